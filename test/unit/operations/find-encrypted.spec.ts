import { mkdir, rename, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KmsError } from '../../../src-shared/errors'
import { callerOf, parsed } from '../../support/keystore-fixture'
import { RotationFixture } from '../../support/rotation-fixture'
import { InThreadWorkers } from '../files/in-thread-workers'
import { bytesOfLength, seal } from '../files/support'

let workers: InThreadWorkers
let fixture: RotationFixture

beforeEach(async () => {
  workers = new InThreadWorkers()
  fixture = await RotationFixture.create({ workers })
})
afterEach(() => fixture.remove())

describe('files that are encrypted', () => {
  it('are done even if the vault cannot remember them, which the log says', async () => {
    await writeFile(fixture.path('a.txt'), 'a')
    const request = parsed('encryptFiles', { sources: [fixture.handles.issue(fixture.path('a.txt'), 'source')], keyId: fixture.keyId })
    const { job } = await fixture.files.encryptFiles(callerOf('encryptFiles'), request)
    workers.beforeBatch = () => fixture.records.failNextCommit(new KmsError('NO_SPACE', 'full'))
    expect((await fixture.finished(job)).job).toMatchObject({ state: 'done', filesDone: 1, code: null })
    expect(fixture.logged).toEqual(['file-use-not-recorded'])
    expect((await fixture.uses()).total).toBe(0)
    expect(await fixture.find(fixture.root)).toEqual({ found: 1, added: 1, unreadable: 0 })
    expect((await fixture.uses()).total).toBe(1)
  })
})

describe('looking for encrypted files', () => {
  it('remembers those that name keys of this vault, whatever they are called', async () => {
    await mkdir(fixture.path('deep/er'), { recursive: true })
    await rename(await fixture.encrypted('a.txt', 'a'), fixture.path('deep/er/photo.jpg'))
    await fixture.rotate()
    await rename(await fixture.encrypted('b.txt', 'b'), fixture.path('deep/b.keystead'))
    await writeFile(fixture.path('deep/plain.keystead'), 'plain')
    await writeFile(fixture.path('deep/empty'), '')
    await writeFile(fixture.path('deep/binary'), Uint8Array.of(2, 9, 9, 9))
    await writeFile(fixture.path('deep/cut'), (await fixture.read('deep/b.keystead')).subarray(0, 60))
    await writeFile(fixture.path('deep/foreign'), (await seal(bytesOfLength(10))).bytes)
    for (const { useId } of (await fixture.uses()).uses) await fixture.opened.ask('forgetKeyUse', { useId })
    expect(await fixture.find(fixture.path('deep'))).toEqual({ found: 2, added: 2, unreadable: 1 })
    const [first, second] = await fixture.versionIds()
    const known = (await fixture.uses()).uses.map(({ name, keyVersionId }) => [name, keyVersionId])
    expect(known.toSorted()).toEqual([
      [fixture.path('deep/b.keystead'), second],
      [fixture.path('deep/er/photo.jpg'), first],
    ])
    expect(await fixture.find(fixture.path('deep'))).toEqual({ found: 2, added: 0, unreadable: 1 })
    expect((await fixture.finish()).job).toMatchObject({ filesTotal: 1, filesDone: 1 })
    expect(Buffer.from(await fixture.content(fixture.path('deep/er/photo.jpg'))).toString()).toBe('a')
  })

  it('takes a missing file back that is there again', async () => {
    const path = await fixture.encrypted('a.txt', 'a')
    await fixture.rotate()
    await rename(path, fixture.path('away'))
    await fixture.finish()
    expect((await fixture.uses()).uses).toMatchObject([{ isMissing: true }])
    await rename(fixture.path('away'), path)
    expect(await fixture.find(path)).toEqual({ found: 1, added: 1, unreadable: 0 })
    expect((await fixture.uses()).uses).toMatchObject([{ isMissing: false }])
    expect(await fixture.find(fixture.path('none'))).toEqual({ found: 0, added: 0, unreadable: 1 })
  })
})
