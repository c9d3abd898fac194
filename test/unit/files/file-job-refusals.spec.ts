import { execFileSync } from 'node:child_process'
import { appendFileSync, truncateSync, writeFileSync } from 'node:fs'
import { chmod, mkdir, truncate, utimes } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InThreadWorkers } from './in-thread-workers'
import { codesOf, JobsFixture } from './jobs-support'
import { bytesOfLength, seal, withByte } from './support'

const MiB = 1024 * 1024
let workers: InThreadWorkers
let fixture: JobsFixture

beforeEach(async () => {
  workers = new InThreadWorkers()
  fixture = await JobsFixture.create({ workers })
})
afterEach(() => fixture.remove())

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
