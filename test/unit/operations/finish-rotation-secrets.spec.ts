import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { renewWrapping, secretsOfVersions } from '../../../src-main/secrets/key-renewal'
import type { SecretCoreOperationName } from '../../../src-main/secrets/secret-core-operations'
import { addAttachment, saveAttachment } from '../../../src-main/secrets/window/attachments'
import type { RequestInput } from '../../../src-shared/contract/operations'
import { KmsError } from '../../../src-shared/errors'
import { callerOf, codeOf, parsed } from '../../support/keystore-fixture'
import { RotationFixture } from '../../support/rotation-fixture'
import { bytesOf, textOf } from '../../support/secrets-fixture'
import { bytesOfLength } from '../files/support'

const attachmentBytes = 1024 * 1024 + 5
let fixture: RotationFixture

beforeEach(async () => {
  fixture = await RotationFixture.create()
})
afterEach(() => fixture.remove())

describe('secrets under a rotated key', () => {
  const version = (secretName: string, versionId: string) => ({ secretName, versionId, secretData: bytesOf(`${secretName} ${versionId}`) })
  const ask = <N extends SecretCoreOperationName>(operation: N, input: RequestInput<N>) => fixture.secrets.run(operation, callerOf(operation), parsed(operation, input))
  const create = (secretName: string, keyId = fixture.keyId) => ask('createSecret', { ...version(secretName, 'v1'), encryptionKeyId: keyId })
  const valueOf = async (secretName: string, versionId: string) => textOf((await ask('getSecretValue', { secretName, versionId })).secretData)
  const preview = async () => {
    const { secrets, retirableVersionIds } = await fixture.preview()
    return { secrets, retirable: retirableVersionIds.length }
  }
  const attachment = (content: Uint8Array) => ({ name: 'a', sizeBytes: content.length, readAt: (at: number, length: number) => Promise.resolve(content.slice(at, at + length)), checkUnchanged: () => Promise.resolve() })

  it('keep the old version from being retired until they were moved to the newest one', async () => {
    await create('a')
    await ask('putSecretValue', version('a', 'v2'))
    await create('in-the-bin')
    await ask('deleteSecret', { secretName: 'in-the-bin' })
    const { keyId: otherKey } = await fixture.opened.newKey()
    await create('elsewhere', otherKey)
    await fixture.rotate()
    await create('new')
    expect(await preview()).toEqual({ secrets: 2, retirable: 0 })
    const { job, files } = await fixture.finish()
    expect(job).toMatchObject({ kind: 'reencrypt', state: 'done', filesTotal: 2, filesDone: 2, filesFailed: 0 })
    expect(files.map(({ name }) => name)).toEqual(['a', 'in-the-bin'])
    expect(await preview()).toEqual({ secrets: 0, retirable: 1 })
    const [, primary] = await fixture.versionIds()
    await fixture.opened.ask('setMinimumDecryptionVersion', { keyId: fixture.keyId, keyVersionId: primary })
    await ask('restoreSecret', { secretName: 'in-the-bin' })
    expect(await Promise.all([valueOf('a', 'v1'), valueOf('a', 'v2'), valueOf('in-the-bin', 'v1')])).toEqual(['a v1', 'a v2', 'in-the-bin v1'])
  })

  it('take their files with them', async () => {
    await create('a')
    const content = bytesOfLength(attachmentBytes)
    await addAttachment(fixture.secrets.session(), callerOf('addSecretAttachment'), 'a', attachment(content))
    await fixture.rotate()
    await ask('putSecretValue', version('a', 'v2'))
    await fixture.finish()
    const [, primary] = await fixture.versionIds()
    await fixture.opened.ask('setMinimumDecryptionVersion', { keyId: fixture.keyId, keyVersionId: primary })
    const target = fixture.path('saved')
    const [kept] = fixture.secrets.session().resolve('a').record.attachments
    await saveAttachment(fixture.secrets.session(), callerOf('saveSecretAttachment'), 'a', kept?.attachmentId ?? '', target)
    expect(Buffer.compare(await fixture.read('saved'), content)).toBe(0)
  })

  it('stay readable when the disk refuses, and are moved by the next run', async () => {
    await create('a')
    await fixture.rotate()
    const [outdated] = (await secretsOfVersions(fixture.secrets.session(), fixture.keyId)).outdated
    fixture.records.failNextCommit(new KmsError('NO_SPACE', 'The disk is full.'))
    expect(await codeOf(renewWrapping(fixture.secrets.session(), callerOf('finishRotation'), outdated?.secretId ?? ''))).toBe('NO_SPACE')
    expect(await preview()).toEqual({ secrets: 1, retirable: 0 })
    expect(await valueOf('a', 'v1')).toBe('a v1')
    expect((await fixture.finish()).job).toMatchObject({ state: 'done', filesDone: 1 })
    expect(await preview()).toEqual({ secrets: 0, retirable: 1 })
  })
})
