import { randomBytes } from 'node:crypto'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createWorkerPool, type FileWorkers } from '../../../src-main/files/worker-pool'
import { layoutOfPlaintext } from '../../../src-main/files/codec/layout'
import type { CryptTask } from '../../../src-main/files/frame-task'
import { TaskControl } from '../../../src-main/files/task-control'
import { bundleForNode } from '../../support/bundle'
import { JobsFixture } from './jobs-support'
import { bytesOfLength, codeOf } from './support'

let workerUrl: URL
let folder: string
let pool: FileWorkers
const MiB = 1024 * 1024

beforeAll(async () => {
  workerUrl = pathToFileURL(await bundleForNode('src-main/files/worker.ts', `file-worker-${process.versions['electron'] ? 'electron' : 'node'}`))
  folder = await mkdtemp(join(tmpdir(), 'pool-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

beforeEach(() => {
  pool = createWorkerPool(workerUrl, 2)
})
afterEach(() => pool.close())

/** A worker that ends without an answer. */
async function crashingWorker(): Promise<URL> {
  const path = join(folder, 'crash.mjs')
  await writeFile(path, "import { parentPort } from 'node:worker_threads'\nparentPort.on('message', () => { throw new Error('crash') })\n")
  return pathToFileURL(path)
}

async function withTask<T>(use: (task: CryptTask) => Promise<T>): Promise<T> {
  const source = await open(join(folder, 'source'), 'w+')
  const target = await open(join(folder, 'target'), 'w+')
  await source.write(bytesOfLength(MiB))
  const layout = layoutOfPlaintext(100, 4096, MiB)
  try {
    return await use({ kind: 'encrypt', sourceFd: source.fd, targetFd: target.fd, messageId: randomBytes(32), layout, first: 1, last: layout.frameCount })
  } finally {
    await source.close()
    await target.close()
  }
}

describe('worker threads', () => {
  it('do whole jobs, large files in two ranges', async () => {
    const fixture = await JobsFixture.create({ workers: pool })
    const plaintext = bytesOfLength(40 * MiB + 3)
    await fixture.write('a.bin', plaintext)
    await fixture.encrypt([fixture.path('a.bin')])
    const { job } = await fixture.decrypt([fixture.path('a.bin.keystead')], { file: fixture.path('back') })
    expect(job.state).toBe('done')
    expect(Buffer.compare(await fixture.read('back'), plaintext)).toBe(0)
    expect(fixture.logged).toEqual([])
    await fixture.remove()
  })

  it('say what is wrong with a file', async () => {
    const fixture = await JobsFixture.create({ workers: pool })
    await fixture.encrypt([await fixture.write('a.bin', bytesOfLength(100))])
    const bytes = await fixture.read('a.bin.keystead')
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    await fixture.write('a.bin.keystead', bytes)
    const { files } = await fixture.decrypt([fixture.path('a.bin.keystead')], { file: fixture.path('back') })
    expect(files.map(({ code }) => code)).toEqual(['FILE_TAMPERED'])
    expect(await fixture.names()).toEqual(['a.bin', 'a.bin.keystead'])
    await fixture.remove()
  })

  it('stop soon after a cancel and leave nothing', async () => {
    const fixture = await JobsFixture.create({ workers: pool })
    const source = await fixture.write('a.bin', new Uint8Array(256 * MiB))
    const started = await fixture.startEncrypt([source])
    await new Promise<void>((resolve) => {
      const stop = fixture.jobs.onChange(({ bytesDone }) => {
        if (bytesDone === 0) return
        stop()
        resolve()
      })
    })
    const cancelledAt = performance.now()
    fixture.jobs.cancelJob({ jobId: started.jobId })
    const { job } = await fixture.finish(started)
    expect(job.state).toBe('cancelled')
    expect(performance.now() - cancelledAt).toBeLessThan(1000)
    expect(await fixture.names()).toEqual(['a.bin'])
    await fixture.remove()
  })

  it('take the key over', async () => {
    await withTask(async (task) => {
      const key = new Uint8Array(randomBytes(32).buffer.slice(0, 32))
      const control = new TaskControl()
      const running = pool.run(task, key, control)
      expect(key.length).toBe(0)
      await running
      expect(control.bytesDone).toBe(MiB)
    })
  })

  it('that crash fail their task alone', async () => {
    const crashing = createWorkerPool(await crashingWorker(), 1)
    await withTask(async (task) => {
      const codes = await Promise.all([1, 2, 3].map(() => codeOf(() => crashing.run(task, new Uint8Array(32), new TaskControl()))))
      expect(codes).toEqual(['INTERNAL', 'INTERNAL', 'INTERNAL'])
    })
    await crashing.close()
  })

  it('that cannot start make the file fail, not the application', async () => {
    const fixture = await JobsFixture.create({ workers: createWorkerPool(pathToFileURL(join(folder, 'none.mjs')), 1) })
    const { files } = await fixture.encrypt([await fixture.write('a.bin', 'x')])
    expect(files.map(({ code }) => code)).toEqual(['INTERNAL'])
    expect(fixture.logged).toHaveLength(1)
    expect(await fixture.names()).toEqual(['a.bin'])
    await fixture.remove()
  })

  it('are used again, and end when idle for long enough', async () => {
    const script = join(folder, 'name.mjs')
    await writeFile(
      script,
      `import { parentPort, threadId } from 'node:worker_threads'
      parentPort.on('message', () => parentPort.postMessage({ code: 'INTERNAL', message: String(threadId), cause: '' }))`,
    )
    await withTask(async (task) => {
      const threadOf = (from: FileWorkers) =>
        from.run(task, new Uint8Array(32), new TaskControl()).then(
          () => 'done',
          (error: Error) => error.message,
        )
      const patient = createWorkerPool(pathToFileURL(script), 1)
      const first = await threadOf(patient)
      expect([await threadOf(patient), await threadOf(patient)]).toEqual([first, first])
      await patient.close()
      const hasty = createWorkerPool(pathToFileURL(script), 1, 1)
      const before = await threadOf(hasty)
      await expect.poll(() => threadOf(hasty), { interval: 20, timeout: 10_000 }).not.toBe(before)
      await hasty.close()
    })
  })
})
