import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, truncateSync, writeFileSync } from 'node:fs'
import { chmod, mkdir, readdir, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseHeader } from '../../../src-main/files/codec/header'
import { isPartName, reservePartPath } from '../../../src-main/files/part-files'
import type { JobSummary } from '../../../src-shared/contract/files'
import { InThreadWorkers } from './in-thread-workers'
import { JobsFixture } from './jobs-support'
import { bytesOfLength, caller, codeOf, keyId, seal, withByte } from './support'

const MiB = 1024 * 1024
let workers: InThreadWorkers
let fixture: JobsFixture

beforeEach(async () => {
  workers = new InThreadWorkers()
  fixture = await JobsFixture.create({ workers })
})
afterEach(() => fixture.remove())

const codesOf = ({ files }: { files: { code: string | null }[] }) => files.map(({ code }) => code)

/** Runs `work` without the rights of the superuser, which no file refuses. */
async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work()
  await chmod(fixture.root, 0o777)
  process.seteuid?.(65534)
  try {
    return await work()
  } finally {
    process.seteuid?.(0)
  }
}

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

describe('bad sources', () => {
  it('each have their code and leave nothing', async () => {
    execFileSync('mkfifo', [fixture.path('pipe')])
    const sparse = await fixture.write('huge', '')
    await truncate(sparse, 2 ** 40 + 1)
    const { job, files } = await fixture.encrypt([fixture.path('missing'), fixture.path('pipe'), '/dev/null', sparse])
    expect(files.map(({ code }) => code)).toEqual(['FILE_NOT_FOUND', 'FILE_NOT_REGULAR', 'FILE_NOT_REGULAR', 'FILE_TOO_LARGE'])
    expect(job).toMatchObject({ state: 'failed', code: 'FILE_NOT_FOUND', filesFailed: 4 })
    expect(await fixture.names()).toEqual(['huge', 'pipe'])
  })

  it('that may not be read are FILE_UNREADABLE', async () => {
    await chmod(await fixture.write('secret', 'x'), 0)
    await mkdir(fixture.path('closed'), { mode: 0 })
    const result = await asOrdinaryUser(() => fixture.encrypt([fixture.path('secret'), fixture.path('closed')]))
    expect(codesOf(result)).toEqual(['FILE_UNREADABLE', 'FILE_UNREADABLE'])
  })

  it.each([
    ['grows', (path: string) => appendFileSync(path, 'more')],
    ['shrinks', (path: string) => truncateSync(path, 10)],
    ['is rewritten', (path: string) => writeFileSync(path, bytesOfLength(3 * MiB + 1))],
  ])('that %s while read is SOURCE_CHANGED', async (_name, change) => {
    const source = await fixture.write('a.bin', bytesOfLength(3 * MiB))
    await utimes(source, 1, 1)
    let batches = 0
    workers.beforeBatch = () => void (++batches === 2 && change(source))
    expect(codesOf(await fixture.encrypt([source]))).toEqual(['SOURCE_CHANGED'])
    expect(await fixture.names()).toEqual(['a.bin'])
  })

  it('that change while decrypted are not called damaged', async () => {
    await fixture.encrypt([await fixture.write('a.bin', bytesOfLength(3 * MiB))])
    const source = fixture.path('a.bin.keystead')
    await utimes(source, 1, 1)
    let batches = 0
    workers.beforeBatch = () => void (++batches === 2 && writeFileSync(source, new Uint8Array(3 * MiB)))
    expect(codesOf(await fixture.decrypt([source], { file: fixture.path('out') }))).toEqual(['SOURCE_CHANGED'])
    expect(await fixture.names()).toEqual(['a.bin', 'a.bin.keystead'])
  })
})

describe('damaged encrypted files', () => {
  async function decryptCode(bytes: Uint8Array): Promise<string | null | undefined> {
    await fixture.write('damaged', bytes)
    const { files } = await fixture.decrypt([fixture.path('damaged')], { file: fixture.path('out') })
    expect((await fixture.names()).filter((name) => name !== 'damaged' && !name.startsWith('a.bin'))).toEqual([])
    return files[0]?.code
  }

  async function encrypted(size: number): Promise<Uint8Array> {
    await fixture.encrypt([await fixture.write('a.bin', bytesOfLength(size))])
    return fixture.read('a.bin.keystead')
  }

  it('are refused at every length and leave no output', async () => {
    const bytes = await encrypted(20)
    for (let length = 0; length < bytes.length; length++) {
      expect([length, await decryptCode(bytes.subarray(0, length))]).toEqual([length, length < 3 ? 'FILE_NOT_ENCRYPTED' : 'FILE_TRUNCATED'])
    }
  })

  it('are refused with any byte changed', async () => {
    const bytes = await encrypted(20)
    const codes = new Set<string | null | undefined>()
    for (let offset = 0; offset < bytes.length; offset++) codes.add(await decryptCode(withByte(bytes, offset, (byte) => byte ^ 0x11)))
    expect([...codes].toSorted()).toEqual(['FILE_KEY_UNAVAILABLE', 'FILE_MALFORMED', 'FILE_NOT_ENCRYPTED', 'FILE_TAMPERED', 'FILE_TRUNCATED', 'FILE_UNSUPPORTED'])
  })

  it('are told apart: changed in a late frame, cut between frames, with something appended, swapped frames', async () => {
    const bytes = await encrypted(3 * MiB)
    const start = bytes.length - 3 * (MiB + 32) - 8
    expect(await decryptCode(withByte(bytes, bytes.length - 1, (byte) => byte ^ 1))).toBe('FILE_TAMPERED')
    expect(await decryptCode(bytes.subarray(0, start + 2 * (MiB + 32)))).toBe('FILE_TRUNCATED')
    expect(await decryptCode(Buffer.concat([bytes, Buffer.from('x')]))).toBe('FILE_TAMPERED')
    const [first, second] = [bytes.subarray(start, start + MiB + 32), bytes.subarray(start + MiB + 32, start + 2 * (MiB + 32))]
    expect(await decryptCode(Buffer.concat([bytes.subarray(0, start), second, first, bytes.subarray(start + 2 * (MiB + 32))]))).toBe('FILE_TAMPERED')
  })

  it('of other keys are FILE_KEY_UNAVAILABLE', async () => {
    expect(await decryptCode((await seal(bytesOfLength(10))).bytes)).toBe('FILE_KEY_UNAVAILABLE')
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

describe('disks that refuse', () => {
  it('with too little space are NO_SPACE before anything is written', async () => {
    const small = await JobsFixture.create({ workers, freeBytes: async () => 1000 })
    await small.write('a.bin', bytesOfLength(2000))
    expect(codesOf(await small.encrypt([small.path('a.bin')]))).toEqual(['NO_SPACE'])
    expect(await small.names()).toEqual(['a.bin'])
    await small.remove()
  })

  it('filling up while written are NO_SPACE and leave nothing', async () => {
    let writes = 0
    const write = (_fd: number, source: Uint8Array) => {
      if (++writes > 1) throw Object.assign(new Error('full'), { code: 'ENOSPC' })
      return source.length
    }
    const full = await JobsFixture.create({ workers: new InThreadWorkers({ write }) })
    await full.write('a.bin', bytesOfLength(3 * MiB))
    expect(codesOf(await full.encrypt([full.path('a.bin')]))).toEqual(['NO_SPACE'])
    expect(await full.names()).toEqual(['a.bin'])
    await full.remove()
  })

  it('that give reading errors are FILE_UNREADABLE', async () => {
    const read = () => {
      throw Object.assign(new Error('broken disk'), { code: 'EIO' })
    }
    const broken = await JobsFixture.create({ workers: new InThreadWorkers({ read }) })
    await broken.write('a.bin', 'x')
    expect(codesOf(await broken.encrypt([broken.path('a.bin')]))).toEqual(['FILE_UNREADABLE'])
    await broken.remove()
  })

  it('that do less than asked are asked again', async () => {
    const { systemIo } = await import('../../../src-main/files/frame-task')
    const slow = await JobsFixture.create({
      workers: new InThreadWorkers({
        read: (fd, target, position) => systemIo.read(fd, target.subarray(0, 100_001), position),
        write: (fd, source, position) => systemIo.write(fd, source.subarray(0, 77_777), position),
      }),
    })
    await slow.write('a.bin', bytesOfLength(MiB + 5))
    await slow.encrypt([slow.path('a.bin')])
    await slow.decrypt([slow.path('a.bin.keystead')], { file: slow.path('back') })
    expect(Buffer.compare(await slow.read('back'), bytesOfLength(MiB + 5))).toBe(0)
    await slow.remove()
  })

  it('that may not be written to are TARGET_NOT_WRITABLE', async () => {
    const source = await fixture.write('a.bin', 'x')
    await mkdir(fixture.path('closed'), { mode: 0o555 })
    const result = await asOrdinaryUser(() => fixture.encrypt([source], { folder: fixture.path('closed') }))
    expect(codesOf(result)).toEqual(['TARGET_NOT_WRITABLE'])
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
