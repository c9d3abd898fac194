import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { chmod, mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseHeader } from '../../../src-main/files/codec/header'
import { isPartName, reservePartPath } from '../../../src-main/files/part-files'
import type { JobSummary } from '../../../src-shared/contract/files'
import { KmsError } from '../../../src-shared/errors'
import { InThreadWorkers } from './in-thread-workers'
import { codesOf, JobsFixture } from './jobs-support'
import { bytesOfLength, caller, codeOf, keyId, withByte } from './support'

const MiB = 1024 * 1024
let workers: InThreadWorkers
let fixture: JobsFixture

beforeEach(async () => {
  workers = new InThreadWorkers()
  fixture = await JobsFixture.create({ workers })
})
afterEach(() => fixture.remove())

describe('encrypting and decrypting files', () => {
  it.each([0, 1, MiB - 1, MiB, MiB + 1, 2 * MiB, 3 * MiB + 5, 33 * MiB + 7])('brings back %i bytes', async (size) => {
    const plaintext = bytesOfLength(size)
    const source = await fixture.write('a.bin', plaintext)
    const encrypted = await fixture.encrypt([source])
    expect(encrypted.job).toMatchObject({ state: 'done', filesTotal: 1, filesDone: 1, filesFailed: 0, bytesTotal: size, bytesDone: size, title: 'a.bin', code: null })
    expect(encrypted.files[0]).toMatchObject({ name: 'a.bin', outputName: 'a.bin.keystead', state: 'done' })
    await mkdir(fixture.path('out'))
    const decrypted = await fixture.decrypt([fixture.path('a.bin.keystead')], { folder: fixture.path('out') })
    expect(codesOf(decrypted)).toEqual([null])
    expect(Buffer.compare(await fixture.read('out', 'a.bin'), plaintext)).toBe(0)
    expect(await fixture.names()).toEqual(['a.bin', 'a.bin.keystead', 'out', 'out/a.bin'])
  })

  it('carries the context and says so in the header', async () => {
    const source = await fixture.write('a.txt', 'hello')
    await fixture.encrypt([source], { context: { purpose: 'tax', year: '2026' } })
    const header = await fixture.inspect(fixture.path('a.txt.keystead'))
    expect(header).toMatchObject({ encryptionContext: { purpose: 'tax', year: '2026' }, isAuthenticated: true, plaintextBytes: 5, frameLength: MiB })
    expect(header.recipients).toEqual([{ kind: 'keystead-aes', provider: 'keystead', name: expect.stringContaining(`${keyId}/`), keyId, keyVersionId: expect.any(String), canOpen: true }])
  })

  it('never shares a data key or a message id between two writes', async () => {
    const source = await fixture.write('a.txt', 'same content')
    const ids = new Set<string>()
    for (let run = 0; run < 20; run++) {
      await fixture.encrypt([source], { onCollision: 'replace' })
      ids.add(Buffer.from(parseHeader(await fixture.read('a.txt.keystead'))?.messageId ?? []).toString('hex'))
    }
    expect(ids.size).toBe(20)
    expect(new Set(fixture.keys.wraps.map(({ dataKey }) => dataKey)).size).toBe(20)
  })

  it('gives the decrypted file to its owner alone and the encrypted one no more readers than the original', async () => {
    const open = await fixture.write('open.txt', 'x')
    const closed = await fixture.write('closed.txt', 'x')
    await chmod(open, 0o755)
    await chmod(closed, 0o600)
    await fixture.encrypt([open, closed])
    const modeOf = async (name: string) => ((await stat(fixture.path(name))).mode & 0o777).toString(8)
    expect([await modeOf('open.txt.keystead'), await modeOf('closed.txt.keystead')]).toEqual(['644', '600'])
    await fixture.decrypt([fixture.path('open.txt.keystead')], { onCollision: 'rename' })
    expect(await modeOf('open (2).txt')).toBe('600')
  })

  it('appends an ending when there is none to take off, and takes an exact target', async () => {
    await fixture.encrypt([await fixture.write('a.txt', 'hello')], { file: fixture.path('b.esdk') })
    await fixture.decrypt([fixture.path('b.esdk')])
    expect(Buffer.from(await fixture.read('b.esdk.decrypted')).toString()).toBe('hello')
  })

  it('refuses an exact target for a folder or for several sources', async () => {
    await mkdir(fixture.path('folder'))
    const file = await fixture.write('a.txt', 'x')
    const target = fixture.path('out')
    expect(await codeOf(() => fixture.startEncrypt([fixture.path('folder')], { file: target }))).toBe('INVALID_PARAMETER')
    expect(await codeOf(() => fixture.startEncrypt([file, file], { file: target }))).toBe('INVALID_PARAMETER')
    expect(await codeOf(() => fixture.startEncrypt([file], { file: target, folder: fixture.root }))).toBe('INVALID_PARAMETER')
  })

  it.each([{ Zeta: 'x' }, { a_b: 'x' }, { 'aws-crypto-x': 'x' }, { ü: 'x' }, { a: 'x'.repeat(8192) }])('refuses the context %j', async (context) => {
    const source = await fixture.write('a.txt', 'x')
    expect(await codeOf(() => fixture.startEncrypt([source], { context: context as unknown as Record<string, string> }))).toBe('INVALID_PARAMETER')
  })

  it('refuses a key that cannot encrypt, and handles that are spent', async () => {
    const handle = fixture.handles.issue(await fixture.write('a.txt', 'x'), 'source')
    expect(await codeOf(() => fixture.jobs.encryptFiles(caller, { sources: [handle], keyId: 'alias/none', onCollision: 'refuse' }))).toBe('KEY_NOT_FOUND')
    await fixture.jobs.waitFor((await fixture.jobs.encryptFiles(caller, { sources: [handle], keyId, onCollision: 'refuse' })).job.jobId)
    expect(await codeOf(() => fixture.jobs.encryptFiles(caller, { sources: [handle], keyId, onCollision: 'refuse' }))).toBe('HANDLE_INVALID')
  })
})

describe('folders', () => {
  beforeEach(async () => {
    await mkdir(fixture.path('docs/deep'), { recursive: true })
    await mkdir(fixture.path('out'))
    await fixture.write('docs/a.txt', 'a')
    await fixture.write('docs/deep/b.txt', 'b')
  })

  it('are mirrored below the target folder, both ways', async () => {
    const { job, files } = await fixture.encrypt([fixture.path('docs')], { folder: fixture.path('out') })
    expect(job).toMatchObject({ state: 'done', filesDone: 2, title: 'docs' })
    expect(files.map(({ name, outputName }) => [name, outputName])).toEqual([
      ['docs/a.txt', 'docs/a.txt.keystead'],
      ['docs/deep/b.txt', 'docs/deep/b.txt.keystead'],
    ])
    await mkdir(fixture.path('back'))
    await fixture.decrypt([fixture.path('out/docs')], { folder: fixture.path('back') })
    expect(Buffer.from(await fixture.read('back/docs/deep/b.txt')).toString()).toBe('b')
  })

  it('beside the sources leave out what is encrypted already', async () => {
    await fixture.encrypt([fixture.path('docs')])
    await fixture.write('docs/c.txt', 'c')
    const again = await fixture.encrypt([fixture.path('docs')])
    expect(again.files.map(({ name, code }) => [name, code])).toEqual([
      ['docs/a.txt', 'TARGET_EXISTS'],
      ['docs/c.txt', null],
      ['docs/deep/b.txt', 'TARGET_EXISTS'],
    ])
    const { job } = await fixture.decrypt([fixture.path('docs')], { onCollision: 'rename' })
    expect(job).toMatchObject({ filesTotal: 3, filesDone: 3 })
  })

  it('report links that lead back, links to other folders, broken links, pipes and sockets', async () => {
    await symlink('..', fixture.path('docs/deep/loop'))
    await symlink('self', fixture.path('docs/self'))
    await symlink(fixture.path('out'), fixture.path('docs/elsewhere'))
    await symlink('gone', fixture.path('docs/broken'))
    await symlink('a.txt', fixture.path('docs/link.txt'))
    execFileSync('mkfifo', [fixture.path('docs/pipe')])
    const server = createServer().listen(fixture.path('docs/socket'))
    await once(server, 'listening')
    const { files } = await fixture.encrypt([fixture.path('docs')], { folder: fixture.path('out') })
    server.close()
    expect(Object.fromEntries(files.map(({ name, code }) => [name, code]))).toEqual({
      'docs/a.txt': null,
      'docs/broken': 'FILE_NOT_FOUND',
      'docs/deep/b.txt': null,
      'docs/deep/loop': 'DIRECTORY_LOOP',
      'docs/elsewhere': 'FILE_NOT_REGULAR',
      'docs/link.txt': null,
      'docs/pipe': 'FILE_NOT_REGULAR',
      'docs/self': 'DIRECTORY_LOOP',
      'docs/socket': 'FILE_NOT_REGULAR',
    })
  })

  it('of many files are done file by file', async () => {
    await mkdir(fixture.path('many'))
    await Promise.all(Array.from({ length: 300 }, (_none, index) => writeFile(fixture.path('many', `${index}.txt`), `content ${index}`)))
    const { job } = await fixture.encrypt([fixture.path('many')], { folder: fixture.path('out') })
    expect(job).toMatchObject({ state: 'done', filesTotal: 300, filesDone: 300 })
    expect(await readdir(fixture.path('out/many'))).toHaveLength(300)
  })
})

describe('outputs whose name is taken', () => {
  let source: string
  beforeEach(async () => {
    source = await fixture.write('a.txt', 'new')
    await fixture.write('a.txt.keystead', 'old')
  })

  it('are refused by default', async () => {
    expect(codesOf(await fixture.encrypt([source]))).toEqual(['TARGET_EXISTS'])
    expect(Buffer.from(await fixture.read('a.txt.keystead')).toString()).toBe('old')
  })

  it('are refused when the name is taken in the last moment', async () => {
    workers.beforeBatch = () => writeFileSync(fixture.path('b.txt.keystead'), 'mine')
    const other = await fixture.write('b.txt', 'x')
    expect(codesOf(await fixture.encrypt([other]))).toEqual(['TARGET_EXISTS'])
    expect(Buffer.from(await fixture.read('b.txt.keystead')).toString()).toBe('mine')
    expect((await fixture.names()).filter(isPartName)).toEqual([])
  })

  it('are replaced or numbered on request', async () => {
    await fixture.encrypt([source], { onCollision: 'rename' })
    await fixture.encrypt([source], { onCollision: 'rename' })
    expect(await fixture.names()).toEqual(['a (2).txt.keystead', 'a (3).txt.keystead', 'a.txt', 'a.txt.keystead'])
    await fixture.encrypt([source], { onCollision: 'replace' })
    expect((await fixture.inspect(fixture.path('a.txt.keystead'))).plaintextBytes).toBe(3)
  })

  it('are never the source, a folder or an output of the same job', async () => {
    expect(codesOf(await fixture.encrypt([source], { file: source, onCollision: 'replace' }))).toEqual(['TARGET_EXISTS'])
    expect(Buffer.from(await fixture.read('a.txt')).toString()).toBe('new')
    await mkdir(fixture.path('taken'))
    expect(codesOf(await fixture.encrypt([source], { file: fixture.path('taken'), onCollision: 'replace' }))).toEqual(['TARGET_EXISTS'])
    await mkdir(fixture.path('x'))
    await mkdir(fixture.path('out'))
    const twin = await fixture.write('x/a.txt', 'twin')
    const twins = await fixture.encrypt([source, twin], { folder: fixture.path('out'), onCollision: 'replace' })
    expect(codesOf(twins).toSorted()).toEqual(['TARGET_EXISTS', null])
  })
})

describe('cancelling', () => {
  it('stops soon, leaves nothing and marks what was not begun', async () => {
    const sources = await Promise.all(Array.from({ length: 12 }, (_none, index) => fixture.write(`${index}.bin`, bytesOfLength(4 * MiB))))
    const before = await fixture.names()
    let batches = 0
    let cancelledMs = 0
    const started = await fixture.startEncrypt(sources)
    workers.beforeBatch = () => {
      if (++batches !== 10) return
      cancelledMs = Date.now()
      fixture.jobs.cancelJob({ jobId: started.jobId })
    }
    const { job, files } = await fixture.finish(started)
    expect(Date.now() - cancelledMs).toBeLessThan(1000)
    expect(job.state).toBe('cancelled')
    expect(new Set(files.map(({ state }) => state))).toContain('cancelled')
    expect(files.filter(({ state }) => state === 'failed')).toEqual([])
    const done = files.flatMap(({ outputName }) => outputName ?? [])
    expect(await fixture.names()).toEqual([...before, ...done].toSorted())
  })

  it('of everything waits until nothing runs', async () => {
    const source = await fixture.write('a.bin', bytesOfLength(4 * MiB))
    const { jobId } = await fixture.startEncrypt([source])
    await fixture.jobs.cancelAll()
    expect(fixture.jobs.listJobs().jobs.map(({ state }) => state)).toEqual(['cancelled'])
    expect(await fixture.names()).toEqual(['a.bin'])
    fixture.jobs.cancelJob({ jobId })
  })
})

describe('a job whose key is on a token', () => {
  const missed = new KmsError('TOKEN_NOT_FOUND', 'not there', { tokenLabel: 'Archive', tokenSerial: '0001' })

  it('goes on with what was refused for the token, and with nothing else', async () => {
    const [first, second] = [await fixture.write('a.txt', 'a'), await fixture.write('b.txt', 'b')]
    await fixture.encrypt([first, second])
    await rm(first)
    fixture.keys.failure = missed
    const refused = await fixture.decrypt([`${first}.keystead`, fixture.path('gone.keystead'), `${second}.keystead`])
    const { jobId } = refused.job
    expect(refused).toMatchObject({ job: { state: 'failed', missedTokens: [{ label: 'Archive', serial: '0001' }] }, files: [{ tokenLabel: 'Archive' }, { code: 'FILE_NOT_FOUND', tokenLabel: null }, { code: 'TOKEN_NOT_FOUND' }] })
    const still = await fixture.finish(fixture.jobs.resumeJob({ jobId }).job)
    expect(still.job.missedTokens).toHaveLength(1)
    fixture.keys.failure = null
    const { job } = fixture.jobs.resumeJob({ jobId })
    expect(job).toMatchObject({ jobId, finishedAt: null })
    expect(await codeOf(() => fixture.jobs.resumeJob({ jobId }))).toBe('INVALID_PARAMETER')
    const ended = await fixture.finish(job)
    expect(ended.files.map(({ state, code }) => code ?? state)).toEqual(['done', 'FILE_NOT_FOUND', 'TARGET_EXISTS'])
    expect(ended.job).toMatchObject({ state: 'done', code: null, filesDone: 1, filesFailed: 2 })
    expect(ended.job.missedTokens).toBeUndefined()
    expect(Buffer.from(await fixture.read('a.txt')).toString()).toBe('a')
    expect(await codeOf(() => fixture.jobs.resumeJob({ jobId }))).toBe('INVALID_PARAMETER')
    expect(await codeOf(() => fixture.jobs.resumeJob({ jobId: 'none' }))).toBe('JOB_NOT_FOUND')
  })

  it('is not begun while the token is away, and what was chosen stays chosen', async () => {
    const handle = fixture.handles.issue(await fixture.write('a.txt', 'a'), 'source')
    const request = { sources: [handle], keyId, onCollision: 'refuse' as const }
    fixture.keys.failure = missed
    expect(await codeOf(() => fixture.jobs.encryptFiles(caller, request))).toBe('TOKEN_NOT_FOUND')
    fixture.keys.failure = null
    expect((await fixture.finish((await fixture.jobs.encryptFiles(caller, request)).job)).job.state).toBe('done')
  })
})

describe('the list of jobs', () => {
  it('tells listeners of every state and forgets what is dismissed', async () => {
    const states: JobSummary['state'][] = []
    const stop = fixture.jobs.onChange(({ state }) => states.push(state))
    const started = await fixture.startEncrypt([await fixture.write('a.bin', bytesOfLength(10))])
    expect(started.state).toBe('preparing')
    expect(await codeOf(() => fixture.jobs.dismissJob({ jobId: started.jobId }))).toBe('INVALID_PARAMETER')
    const { job } = await fixture.finish(started)
    stop()
    expect([...new Set(states)].filter((state) => state !== 'preparing')).toEqual(['running', 'done'])
    expect(job.finishedAt).not.toBeNull()
    expect(fixture.jobs.outputPath(job.jobId, 0)).toBe(fixture.path('a.bin.keystead'))
    fixture.jobs.dismissJob({ jobId: job.jobId })
    expect(fixture.jobs.listJobs()).toEqual({ jobs: [] })
    for (const call of [
      () => fixture.jobs.dismissJob({ jobId: job.jobId }),
      () => fixture.jobs.cancelJob({ jobId: job.jobId }),
      () => fixture.jobs.waitFor(job.jobId),
      () => fixture.jobs.outputPath(job.jobId, 0),
      () => fixture.jobs.listJobFiles({ jobId: job.jobId, offset: 0, count: 1 }),
    ]) {
      expect(await codeOf(call)).toBe('JOB_NOT_FOUND')
    }
  })

  it('pages through the files', async () => {
    const sources = await Promise.all(['a', 'b', 'c'].map((name) => fixture.write(name, name)))
    const { job } = await fixture.encrypt(sources)
    expect(fixture.jobs.listJobFiles({ jobId: job.jobId, offset: 1, count: 1 })).toMatchObject({ total: 3, files: [{ index: 1, name: 'b' }] })
  })
})

describe('unfinished outputs of a killed run', () => {
  it('do not stand in the way and are removed, those of others are not', async () => {
    const source = await fixture.write('a.txt', 'x')
    const stale = reservePartPath(fixture.path('a.txt.keystead')).replace(`-${process.pid}-`, '-4194304-')
    await writeFile(stale, 'half')
    await fixture.write('notes.part', 'mine')
    await fixture.write('a.txt.keystead.00000000-4194304-00000000.part', 'of another machine')
    expect(codesOf(await fixture.encrypt([source]))).toEqual([null])
    expect(await fixture.names()).toEqual(['a.txt', 'a.txt.keystead', 'a.txt.keystead.00000000-4194304-00000000.part', 'notes.part'])
  })
})

describe('inspecting', () => {
  it('says what is proven while locked, unlocked, changed and truncated', async () => {
    await fixture.encrypt([await fixture.write('a.txt', 'hello')], { context: { purpose: 'tax' } })
    const path = fixture.path('a.txt.keystead')
    fixture.keys.isLocked = true
    expect(await fixture.inspect(path)).toMatchObject({ isAuthenticated: false, recipients: [{ canOpen: null, keyId }] })
    fixture.keys.isLocked = false
    const bytes = await fixture.read('a.txt.keystead')
    await fixture.write('changed', withByte(bytes, Buffer.from(bytes).indexOf('tax'), (byte) => byte ^ 1))
    expect(await fixture.inspect(fixture.path('changed'))).toMatchObject({ isAuthenticated: false, encryptionContext: { purpose: 'uax' } })
    await fixture.write('cut', bytes.subarray(0, -1))
    expect(await fixture.inspect(fixture.path('cut'))).toMatchObject({ isAuthenticated: true, plaintextBytes: null })
    expect(await codeOf(() => fixture.inspect(fixture.path('a.txt')))).toBe('FILE_NOT_ENCRYPTED')
    expect(await codeOf(() => fixture.inspect(fixture.path('none')))).toBe('FILE_NOT_FOUND')
  })
})
