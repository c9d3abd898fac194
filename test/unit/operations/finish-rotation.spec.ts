import { appendFileSync, writeFileSync } from 'node:fs'
import { chmod, copyFile, mkdir, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseHeader } from '../../../src-main/files/codec/header'
import { systemIo } from '../../../src-main/files/frame-task'
import { isPartName, reservePartPath, releasePartPath } from '../../../src-main/files/part-files'
import { KmsError } from '../../../src-shared/errors'
import { codeOf, parsed } from '../../support/keystore-fixture'
import { RotationFixture } from '../../support/rotation-fixture'
import { InThreadWorkers } from '../files/in-thread-workers'
import { codesOf } from '../files/jobs-support'
import { bytesOfLength, seal } from '../files/support'

const MiB = 1024 * 1024
let workers: InThreadWorkers
let fixture: RotationFixture

beforeEach(async () => {
  workers = new InThreadWorkers()
  fixture = await RotationFixture.create({ workers })
})
afterEach(() => fixture.remove())

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()
const versionOf = async (path: string) => (await fixture.inspect(path)).recipients.map(({ keyVersionId }) => keyVersionId)
const headerOf = async (name: string) => parseHeader(await fixture.read(name))
const hasRun = async () => (await fixture.preview()).isUnfinished

describe('finishing a rotation', () => {
  it.each([0, 1, MiB - 1, MiB, MiB + 1, 2 * MiB, 33 * MiB + 7])('re-encrypts a file of %i bytes with the primary version', async (size) => {
    const path = await fixture.encrypted('a.bin', bytesOfLength(size), { context: { purpose: 'tax' } })
    const before = await headerOf('a.bin.keystead')
    await fixture.rotate()
    const [, primary] = await fixture.versionIds()
    const { job, files } = await fixture.finish()
    expect(job).toMatchObject({ kind: 'reencrypt', state: 'done', title: 'a.bin.keystead', filesTotal: 1, filesDone: 1, filesFailed: 0, code: null })
    expect(job.bytesDone).toBe(job.bytesTotal)
    expect(files).toMatchObject([{ name: path, outputName: 'a.bin.keystead', state: 'done' }])
    expect(await versionOf(path)).toEqual([primary])
    expect(await fixture.inspect(path)).toMatchObject({ encryptionContext: { purpose: 'tax' }, isAuthenticated: true, plaintextBytes: size, frameLength: MiB })
    const after = await headerOf('a.bin.keystead')
    expect(Buffer.compare(after?.messageId ?? new Uint8Array(), before?.messageId ?? new Uint8Array())).not.toBe(0)
    expect(Buffer.compare(after?.commitment ?? new Uint8Array(), before?.commitment ?? new Uint8Array())).not.toBe(0)
    expect(Buffer.compare(await fixture.content(path), bytesOfLength(size))).toBe(0)
    expect(await fixture.uses({ onlyOld: true })).toEqual({ total: 0, uses: [] })
    expect(await fixture.names()).toEqual(['a.bin.keystead'])
  })

  it('shares no byte of the old frames, whatever the content', async () => {
    const path = await fixture.encrypted('a.bin', new Uint8Array(3 * MiB))
    const old = await fixture.read('a.bin.keystead')
    await fixture.rotate()
    await fixture.finish()
    const renewed = await fixture.read('a.bin.keystead')
    expect(renewed.length).toBe(old.length)
    const start = old.length - 3 * (MiB + 32) - 8
    const same = (offset: number) => Buffer.compare(old.subarray(offset, offset + 1024), renewed.subarray(offset, offset + 1024)) === 0
    for (const frame of [0, 1, 2]) expect(same(start + frame * (MiB + 32) + 20)).toBe(false)
    expect(Buffer.compare(await fixture.content(path), new Uint8Array(3 * MiB))).toBe(0)
  })

  it('never writes plaintext', async () => {
    const marker = Buffer.alloc(4096, 'canary of the plaintext ')
    await fixture.encrypted('a.bin', marker)
    await fixture.rotate()
    const written: string[] = []
    const io = new InThreadWorkers({
      write: (fd, source, position) => {
        written.push(Buffer.from(source).toString('latin1'))
        return systemIo.write(fd, source, position)
      },
    })
    workers.run = (task, key, control) => io.run(task, key, control)
    expect((await fixture.finish()).job.state).toBe('done')
    expect(written.length).toBeGreaterThan(0)
    expect(written.join('').includes('canary of')).toBe(false)
  })

  it('tells before what it will do, and after it which versions nothing needs', async () => {
    await fixture.encrypted('a.txt', 'a')
    await fixture.encrypted('b.txt', 'b')
    const { ciphertextBlob } = await fixture.opened.ask('encrypt', { keyId: fixture.keyId, plaintext: new TextEncoder().encode('secret') })
    await fixture.opened.ask('keepCiphertext', { name: 'kept', ciphertextBlob: ciphertextBlob.slice() })
    expect(await fixture.preview()).toEqual({ files: 0, missingFiles: 0, ciphertexts: 0, secrets: 0, bytes: 0, isUnfinished: false, retirableVersionIds: [] })
    await fixture.rotate()
    await fixture.rotate()
    await rm(fixture.path('b.txt.keystead'))
    const size = (await stat(fixture.path('a.txt.keystead'))).size
    const [oldest, middle, primary] = await fixture.versionIds()
    expect(await fixture.preview()).toEqual({ files: 1, missingFiles: 1, ciphertexts: 1, secrets: 0, bytes: size + ciphertextBlob.length, isUnfinished: false, retirableVersionIds: [] })
    const run = await fixture.finish()
    expect(run.job).toMatchObject({ state: 'done', filesDone: 2, filesFailed: 1 })
    expect(run.files.map(({ name, state, code }) => [name.split('/').at(-1), state, code]).toSorted()).toEqual([
      ['a.txt.keystead', 'done', null],
      ['b.txt.keystead', 'failed', 'FILE_NOT_FOUND'],
      ['kept', 'done', null],
    ])
    const { uses } = await fixture.uses({ onlyOld: true })
    expect(uses).toMatchObject([{ name: fixture.path('b.txt.keystead'), isMissing: true, keyVersionId: oldest }])
    expect(await fixture.preview()).toMatchObject({ files: 0, missingFiles: 1, ciphertexts: 0, isUnfinished: false, retirableVersionIds: [] })
    await fixture.opened.ask('forgetKeyUse', { useId: uses[0]?.useId ?? '' })
    expect((await fixture.preview()).retirableVersionIds).toEqual([oldest, middle])
    await fixture.opened.ask('setMinimumDecryptionVersion', { keyId: fixture.keyId, keyVersionId: primary })
    expect((await fixture.preview()).retirableVersionIds).toEqual([])
    expect(text(await fixture.content(fixture.path('a.txt.keystead')))).toBe('a')
  })

  it('offers only the oldest versions, up to the first that something needs', async () => {
    await fixture.rotate()
    await fixture.encrypted('a.txt', 'a')
    await fixture.rotate()
    await fixture.rotate()
    const [first] = await fixture.versionIds()
    expect((await fixture.preview()).retirableVersionIds).toEqual([first])
  })

  it('renews kept ciphertexts with their context', async () => {
    const encryptionContext = { table: 'users' }
    const plaintext = new TextEncoder().encode('db password')
    const { ciphertextBlob } = await fixture.opened.ask('encrypt', { keyId: fixture.keyId, plaintext, encryptionContext })
    const { useId } = await fixture.opened.ask('keepCiphertext', { name: 'kept', ciphertextBlob: ciphertextBlob.slice(), encryptionContext })
    await fixture.rotate()
    const [, primary] = await fixture.versionIds()
    expect((await fixture.finish()).job.state).toBe('done')
    const kept = await fixture.opened.ask('getKeptCiphertext', { useId })
    expect(kept).toMatchObject({ name: 'kept', encryptionContext, keyVersionId: primary })
    expect(Buffer.compare(kept.ciphertextBlob, ciphertextBlob)).not.toBe(0)
    const decrypted = await fixture.opened.ask('decrypt', { ciphertextBlob: kept.ciphertextBlob, encryptionContext })
    expect(text(decrypted.plaintext)).toBe('db password')
    expect(await fixture.uses()).toMatchObject({ total: 1, uses: [{ useId, keyVersionId: primary }] })
  })

  it('keeps permissions, follows a link to the file, and changes the time', async () => {
    const path = await fixture.encrypted('a.txt', 'a')
    await chmod(path, 0o640)
    await utimes(path, 1000, 1000)
    await mkdir(fixture.path('elsewhere'))
    await rename(path, fixture.path('elsewhere/real'))
    await symlink('elsewhere/real', path)
    await fixture.rotate()
    expect((await fixture.finish()).job.state).toBe('done')
    const { mode, mtimeMs } = await stat(path)
    expect((mode & 0o777).toString(8)).toBe('640')
    expect(mtimeMs).toBeGreaterThan(1_000_000)
    expect(await fixture.names()).toEqual(['a.txt.keystead', 'elsewhere', 'elsewhere/real'])
    expect(text(await fixture.content(path))).toBe('a')
    expect((await fixture.uses()).uses).toMatchObject([{ name: path, keyVersionId: (await fixture.versionIds())[1] }])
  })

  it('with nothing to do is a job that is done', async () => {
    expect(await fixture.finish()).toMatchObject({ job: { state: 'done', filesTotal: 0, title: fixture.keyId }, files: [] })
    expect(await hasRun()).toBe(false)
  })

  it('is refused for keys that cannot encrypt', async () => {
    const start = (keyId: string) => codeOf(fixture.handlers.finishRotation(parsed('finishRotation', { keyId }), { face: 'ipc', client: 'window', operation: 'finishRotation' }))
    const signing = await fixture.opened.newKey({ keySpec: 'EC_P256', keyUsage: 'SIGN/VERIFY' })
    expect(await start('key-none')).toBe('KEY_NOT_FOUND')
    expect(await start('alias/none')).toBe('ALIAS_NOT_FOUND')
    expect(await start(signing.keyId)).toBe('UNSUPPORTED_OPERATION')
    await fixture.opened.ask('disableKey', { keyId: fixture.keyId })
    expect(await start(fixture.keyId)).toBe('KEY_DISABLED')
    expect(await hasRun()).toBe(false)
  })

  it('answers with the same job while it runs', async () => {
    await fixture.encrypted('a.bin', bytesOfLength(3 * MiB))
    await fixture.rotate()
    const [one, two] = await Promise.all([fixture.start(), fixture.start()])
    expect(two.jobId).toBe(one.jobId)
    await fixture.finished(one)
    expect(fixture.files.listJobs().jobs.filter(({ kind }) => kind === 'reencrypt')).toHaveLength(1)
    expect((await fixture.start()).jobId).not.toBe(one.jobId)
  })
})

describe('files that are left alone', () => {
  /** What must not change, and a run over it. */
  async function untouched(path: string, code: string): Promise<void> {
    const name = path.slice(fixture.root.length + 1)
    const before = await fixture.read(name)
    expect(codesOf(await fixture.finish())).toEqual([code])
    expect(Buffer.compare(await fixture.read(name), before)).toBe(0)
    expect((await fixture.names()).filter(isPartName)).toEqual([])
    expect((await fixture.uses({ onlyOld: true })).total).toBe(1)
  }

  it('have other recipients, of other programs or of other keys of the vault', async () => {
    const other = await fixture.opened.newKey()
    await fixture.encrypted('b.txt', 'b', { keyId: other.keyId })
    const second = parseHeader(await fixture.read('b.txt.keystead'))?.entries ?? []
    const foreign = [{ providerId: Buffer.from('somebody'), providerInfo: Buffer.from('else'), ciphertext: new Uint8Array(48) }]
    for (const others of [foreign, second]) {
      const path = await fixture.sealedFor('a.esdk', bytesOfLength(10_000), { others })
      await fixture.rotate()
      await untouched(path, 'FILE_OTHER_RECIPIENTS')
      expect(Buffer.compare(await fixture.content(path), bytesOfLength(10_000))).toBe(0)
    }
  })

  it('are damaged, cut off, replaced by something else, or no files any more', async () => {
    const path = await fixture.encrypted('a.bin', bytesOfLength(3 * MiB))
    const good = await fixture.read('a.bin.keystead')
    await fixture.rotate()
    const damaged = Uint8Array.from(good)
    damaged[2 * MiB] = (damaged[2 * MiB] ?? 0) ^ 1
    for (const [bytes, code] of [
      [damaged, 'FILE_TAMPERED'],
      [good.subarray(0, 2 * MiB), 'FILE_TRUNCATED'],
      [Buffer.concat([good, Buffer.from('x')]), 'FILE_TAMPERED'],
      [Buffer.from('a plain text'), 'FILE_NOT_ENCRYPTED'],
      [(await seal(bytesOfLength(10))).bytes, 'FILE_KEY_UNAVAILABLE'],
    ] as const) {
      await writeFile(path, bytes)
      await untouched(path, code)
    }
    await rm(path)
    await mkdir(path)
    expect(codesOf(await fixture.finish())).toEqual(['FILE_NOT_REGULAR'])
    expect(await hasRun()).toBe(false)
  })

  it.each([
    ['grow', (path: string) => appendFileSync(path, 'more')],
    ['are rewritten', (path: string) => writeFileSync(path, bytesOfLength(100))],
  ])('%s while read', async (_what, change) => {
    const path = await fixture.encrypted('a.bin', bytesOfLength(3 * MiB))
    await fixture.rotate()
    await utimes(path, 1, 1)
    let batches = 0
    workers.beforeBatch = () => void (++batches === 2 && change(path))
    expect(codesOf(await fixture.finish())).toEqual(['SOURCE_CHANGED'])
    expect((await stat(path)).size).not.toBe(0)
    expect((await fixture.names()).filter(isPartName)).toEqual([])
    expect((await fixture.uses({ onlyOld: true })).total).toBe(1)
  })

  it('meet a full disk, before and while they are written', async () => {
    let [free, isFull] = [Number.POSITIVE_INFINITY, false]
    const write: typeof systemIo.write = (fd, source, position) => {
      if (isFull) throw Object.assign(new Error('full'), { code: 'ENOSPC' })
      return systemIo.write(fd, source, position)
    }
    const small = await RotationFixture.create({ workers: new InThreadWorkers({ write }), freeBytes: async () => free })
    const path = await small.encrypted('a.bin', bytesOfLength(2 * MiB))
    const before = await small.read('a.bin.keystead')
    await small.rotate()
    for (const fill of [() => (free = 1000), () => ([free, isFull] = [Number.POSITIVE_INFINITY, true])]) {
      fill()
      expect(codesOf(await small.finish())).toEqual(['NO_SPACE'])
      expect(Buffer.compare(await small.read('a.bin.keystead'), before)).toBe(0)
      expect(await small.names()).toEqual(['a.bin.keystead'])
      expect((await small.preview()).isUnfinished).toBe(true)
    }
    isFull = false
    expect(codesOf(await small.finish())).toEqual([null])
    expect((await small.preview()).isUnfinished).toBe(false)
    expect(Buffer.compare(await small.content(path), bytesOfLength(2 * MiB))).toBe(0)
    await small.remove()
  })

  it('are with another key now: only their entry changes', async () => {
    const other = await fixture.opened.newKey()
    const path = await fixture.encrypted('a.txt', 'a')
    await fixture.rotate()
    const theirs = await fixture.encrypted('b.txt', 'b', { keyId: other.keyId })
    await rename(theirs, path)
    expect((await fixture.finish()).job.state).toBe('done')
    expect(await versionOf(path)).toEqual([other.primaryKeyVersion])
    expect((await fixture.uses()).total).toBe(0)
    const { uses } = await fixture.opened.ask('listKeyUses', { keyId: other.keyId })
    expect(uses.map(({ name }) => name).toSorted()).toEqual([path, theirs])
  })
})

describe('a run that was broken off', () => {
  const count = 12

  beforeEach(async () => {
    for (let index = 0; index < count; index++) await fixture.encrypted(`${index}.bin`, bytesOfLength(2 * MiB + index))
    await fixture.rotate()
  })

  /** Every file has its content, the primary version and the right entry; nothing else is left. */
  async function expectFinished(): Promise<void> {
    const primary = (await fixture.versionIds()).at(-1)
    for (let index = 0; index < count; index++) {
      const path = fixture.path(`${index}.bin.keystead`)
      expect(await versionOf(path)).toEqual([primary])
      expect(Buffer.compare(await fixture.content(path), bytesOfLength(2 * MiB + index))).toBe(0)
    }
    expect(await fixture.names()).toEqual(Array.from({ length: count }, (_none, index) => `${index}.bin.keystead`).toSorted())
    expect(await fixture.uses({ keyVersionId: primary ?? '' })).toMatchObject({ total: count })
    expect(await fixture.preview()).toMatchObject({ files: 0, isUnfinished: false, retirableVersionIds: [(await fixture.versionIds())[0]] })
  }

  it('by a cancel goes on with what is left', async () => {
    const started = await fixture.start()
    let batches = 0
    workers.beforeBatch = () => void (++batches === 15 && fixture.files.cancelJob({ jobId: started.jobId }))
    const { job, files } = await fixture.finished(started)
    expect(job.state).toBe('cancelled')
    const done = files.filter(({ state }) => state === 'done').length
    expect(await fixture.preview()).toMatchObject({ files: count - done, isUnfinished: true, retirableVersionIds: [] })
    expect((await fixture.names()).filter(isPartName)).toEqual([])
    expect((await fixture.finish()).job).toMatchObject({ state: 'done', filesTotal: count - done, filesDone: count - done })
    await expectFinished()
  })

  it('by a lock goes on after the unlock', async () => {
    const started = await fixture.start()
    let batches = 0
    let locked: Promise<void> | null = null
    workers.beforeBatch = () => {
      if (++batches === 15) locked = fixture.files.cancelAll().then(() => fixture.opened.relock())
    }
    await fixture.finished(started)
    await locked
    expect(await hasRun()).toBe(true)
    expect((await fixture.finish()).job.state).toBe('done')
    await expectFinished()
  })

  it('by a key that is disabled goes on when it is enabled', async () => {
    let batches = 0
    let disabled: Promise<unknown> | null = null
    workers.beforeBatch = () => {
      if (++batches === 15) disabled = fixture.opened.ask('disableKey', { keyId: fixture.keyId })
    }
    const { files } = await fixture.finished(await fixture.start())
    await disabled
    expect(files.map(({ code }) => code)).toContain('KEY_DISABLED')
    expect(await hasRun()).toBe(true)
    await fixture.opened.ask('enableKey', { keyId: fixture.keyId })
    expect((await fixture.finish()).job.state).toBe('done')
    await expectFinished()
  })

  it('by a vault that closes under it leaves good files', async () => {
    let batches = 0
    workers.beforeBatch = () => void (++batches === 15 && fixture.opened.keystore.unload())
    const { files } = await fixture.finish()
    expect(new Set(codesOf({ files }))).toEqual(new Set([null, 'VAULT_LOCKED']))
    await fixture.opened.keystore.load(fixture.records)
    workers.beforeBatch = () => undefined
    expect(await hasRun()).toBe(true)
    expect((await fixture.finish()).job.state).toBe('done')
    await expectFinished()
  })

  it('between a file and its entry only brings the entry up to date', async () => {
    const old = await fixture.records.list('where-used')
    expect((await fixture.finish()).job.state).toBe('done')
    for (const { id, parentId, bytes } of old) fixture.records.plant('where-used', id, parentId, bytes)
    await fixture.opened.relock()
    const before = await Promise.all(Array.from({ length: count }, (_none, index) => fixture.read(`${index}.bin.keystead`)))
    let batches = 0
    workers.beforeBatch = () => void batches++
    expect((await fixture.finish()).job).toMatchObject({ state: 'done', filesDone: count })
    expect(batches).toBe(0)
    for (const [index, bytes] of before.entries()) expect(Buffer.compare(await fixture.read(`${index}.bin.keystead`), bytes)).toBe(0)
    await expectFinished()
  })

  it('leaves no unfinished outputs for good', async () => {
    const part = reservePartPath(fixture.path('0.bin.keystead'))
    releasePartPath(part)
    await copyFile(fixture.path('0.bin.keystead'), part)
    expect((await fixture.finish()).job.state).toBe('done')
    await expectFinished()
  })

  it('by a vault that cannot be written has its files done and finds them again', async () => {
    for (let failure = 0; failure < 3; failure++) {
      const started = await fixture.start()
      fixture.records.failNextCommit(new KmsError('VAULT_WRITE_FAILED', 'full'))
      expect((await fixture.finished(started)).job.state).toBe('done')
    }
    expect(fixture.logged.length).toBeGreaterThan(0)
    expect((await fixture.finish()).job.state).toBe('done')
    await expectFinished()
  })
})
