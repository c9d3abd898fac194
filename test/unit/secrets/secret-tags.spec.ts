import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Application } from '../../../src-main/compose'
import type { OperationName } from '../../../src-shared/contract/catalog'
import type { RequestInput } from '../../../src-shared/contract/operations'
import { composeIn, createTestVault } from '../../support/composed-application'
import { codeOf } from '../../support/keystore-fixture'
import { bytesOf } from '../../support/secrets-fixture'
import { useTemporaryFolder } from '../../support/temporary-folder'

const path = useTemporaryFolder()
let application: Application
const run = <N extends OperationName>(operation: N, request: RequestInput<N>) => application.dispatcher.run(operation, request, { face: 'ipc', client: 'window' })
const create = (secretName: string, encryptionKeyId?: string) =>
  run('createSecret', { secretName, versionId: 'v1', secretData: bytesOf('x'), ...(encryptionKeyId === undefined ? {} : { encryptionKeyId }) })
const tag = (TagKey: string, TagValue = '') => ({ TagKey, TagValue })

beforeEach(async () => {
  application = await composeIn(path())
  await createTestVault(application)
})
afterEach(() => application.dispose())

describe('tags of a secret, through dispatch', () => {
  it('are added, replaced, listed and removed', async () => {
    await create('a')
    await run('tagResource', { secretName: 'a', tags: [tag('team', 'payments'), tag('env', 'prod')] })
    await run('tagResource', { secretName: 'a', tags: [tag('env', 'test')] })
    const { tags } = await run('listResourceTags', { secretName: 'a' })
    expect(tags).toEqual([{ ...tag('env', 'test'), secretName: 'a' }, { ...tag('team', 'payments'), secretName: 'a' }])
    await run('untagResource', { secretName: 'a', tagKeys: ['env', 'none'] })
    expect(await run('describeSecret', { secretName: 'a', fetchTags: true })).toMatchObject({ tags: [tag('team', 'payments')] })
  })

  it('are those of one resource, and within the limits', async () => {
    await create('a')
    const { keyId } = (await run('createKey', {})).keyMetadata
    expect(await codeOf(run('tagResource', { secretName: 'a', keyId, tags: [tag('x')] }))).toBe('INVALID_PARAMETER')
    expect(await codeOf(run('listResourceTags', {}))).toBe('INVALID_PARAMETER')
    expect(await codeOf(run('tagResource', { secretName: 'b', tags: [tag('x')] }))).toBe('SECRET_NOT_FOUND')
    expect(await codeOf(run('tagResource', { secretName: 'a', tags: [tag('acs:x')] }))).toBe('INVALID_PARAMETER')
    for (const first of [0, 10]) await run('tagResource', { secretName: 'a', tags: Array.from({ length: 10 }, (_, at) => tag(`t${first + at}`)) })
    expect(await codeOf(run('tagResource', { secretName: 'a', tags: [tag('one-more')] }))).toBe('LIMIT_EXCEEDED')
    await run('deleteSecret', { secretName: 'a' })
    expect(await codeOf(run('tagResource', { secretName: 'a', tags: [tag('t0', 'x')] }))).toBe('SECRET_IN_DELETE_WINDOW')
    await run('tagResource', { keyId, tags: [tag('of-the-key')] })
    expect((await run('listResourceTags', { keyId })).tags).toEqual([{ ...tag('of-the-key'), keyId }])
  })

  it('are changed on many secrets, all or none, and listed', async () => {
    for (const name of ['a', 'b', 'c']) await create(name)
    const many = { resourceType: 'secret' as const, resourceId: ['a', 'b', 'missing'] }
    await run('tagResources', { ...many, tag: [{ key: 'team', value: 'payments' }, { key: 'env' }] })
    await run('deleteSecret', { secretName: 'c' })
    expect(await codeOf(run('tagResources', { ...many, resourceId: ['a', 'c'], tag: [{ key: 'team', value: 'search' }] }))).toBe('SECRET_IN_DELETE_WINDOW')
    expect(await codeOf(run('untagResources', { ...many, tagKey: ['team'], all: true }))).toBe('INVALID_PARAMETER')
    await run('untagResources', { ...many, resourceId: ['b'], tagKey: ['env'] })
    const rows = async (input: object) =>
      (await run('listTagResources', { resourceType: 'secret', ...input })).tagResources.map(({ resourceType, resourceId, tagKey, tagValue }) => [resourceType, resourceId, tagKey, tagValue].join(' '))
    expect(await rows({})).toEqual(['secret a env ', 'secret a team payments', 'secret b team payments'])
    expect(await rows({ resourceId: ['b'] })).toEqual(['secret b team payments'])
    expect(await rows({ tag: [{ key: 'env' }] })).toEqual(['secret a env ', 'secret a team payments'])
    await run('untagResources', { ...many, all: true })
    expect(await rows({})).toEqual([])
    expect((await run('listTagResources', { resourceType: 'key' })).tagResources).toEqual([])
  })
})

describe('the preview of the deletion of a key', () => {
  it('counts the secrets that would be lost, and names some', async () => {
    const { keyId } = (await run('createKey', {})).keyMetadata
    await run('createAlias', { keyId, aliasName: 'alias/mine' })
    expect(await run('previewKeyDeletion', { keyId })).toMatchObject({ secrets: 0, examples: [] })
    for (let at = 0; at < 12; at += 1) await create(`s${at}`, 'alias/mine')
    await create('elsewhere')
    await run('deleteSecret', { secretName: 's0' })
    expect(await run('previewKeyDeletion', { keyId: 'alias/mine' })).toMatchObject({ secrets: 12, files: 0, examples: Array.from({ length: 10 }, (_, at) => `s${at}`) })
    const { ciphertextBlob } = await run('encrypt', { keyId, plaintext: bytesOf('x') })
    await run('keepCiphertext', { name: 'kept', ciphertextBlob })
    const { examples, ciphertexts } = await run('previewKeyDeletion', { keyId })
    expect([ciphertexts, examples.length, examples.at(-1)]).toEqual([1, 10, 'kept'])
  })
})
