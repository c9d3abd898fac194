import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseHeader } from '../../../src-main/files/codec/header'
import type { FileUse, FileUses } from '../../../src-main/keystore/file-uses'
import { KmsError } from '../../../src-shared/errors'
import { JobsFixture } from './jobs-support'
import { keyId, keyVersionId } from './support'

/** Holds every call until it is let go, or until all are. */
class HeldUses implements FileUses {
  readonly calls: (readonly FileUse[])[] = []
  readonly #called: (() => void)[] = []
  #release: () => void = () => undefined
  #isOpen = false

  record(uses: readonly FileUse[]): Promise<void> {
    this.calls.push(uses)
    this.#called.shift()?.()
    if (this.#isOpen) return Promise.resolve()
    return new Promise((resolve) => (this.#release = resolve))
  }

  nextCall(): Promise<void> {
    return new Promise((resolve) => this.#called.push(resolve))
  }

  release(): void {
    this.#release()
  }

  releaseAll(): void {
    this.#isOpen = true
    this.#release()
  }
}

let fixture: JobsFixture
beforeEach(async () => {
  fixture = await JobsFixture.create()
})
afterEach(() => fixture.remove())

describe('the vault', () => {
  it('is told of every encrypted file, and of nothing else', async () => {
    const sources = await Promise.all(['a', 'b', 'c'].map((name) => fixture.write(name, name)))
    await fixture.encrypt(sources)
    await fixture.decrypt([fixture.path('a.keystead')], { onCollision: 'rename' })
    expect(fixture.uses.all.map(({ path }) => path).toSorted()).toEqual(['a', 'b', 'c'].map((name) => fixture.path(`${name}.keystead`)))
    for (const use of fixture.uses.all) {
      const bytes = await fixture.read(use.path.slice(fixture.root.length + 1))
      expect(use).toEqual({ path: use.path, keyId, keyVersionId, messageId: parseHeader(bytes)?.messageId, bytes: bytes.length })
    }
  })

  it('has a file before the file is done, and takes together what comes meanwhile', async () => {
    const uses = new HeldUses()
    const slow = await JobsFixture.create({ uses })
    const sources = await Promise.all(Array.from({ length: 30 }, (_none, index) => slow.write(`${index}`, 'x')))
    const first = uses.nextCall()
    const started = await slow.startEncrypt(sources)
    await first
    expect(slow.jobs.listJobs().jobs[0]).toMatchObject({ state: 'running', filesDone: 0 })
    const second = uses.nextCall()
    uses.release()
    await second
    const [head] = uses.calls
    expect(slow.jobs.listJobs().jobs[0]).toMatchObject({ state: 'running', filesDone: head?.length })
    uses.releaseAll()
    expect((await slow.finish(started)).job).toMatchObject({ state: 'done', filesDone: 30 })
    expect(uses.calls.flat()).toHaveLength(30)
    expect(uses.calls.length).toBeLessThan(30)
    await slow.remove()
  })

  it('that refuses does not make a good file a bad one', async () => {
    fixture.uses.failure = new KmsError('VAULT_WRITE_FAILED', 'full')
    const { job, files } = await fixture.encrypt([await fixture.write('a', 'a')])
    expect(job).toMatchObject({ state: 'done', filesDone: 1, code: null })
    expect(files).toMatchObject([{ state: 'done', outputName: 'a.keystead', code: null }])
    expect(fixture.logged).toEqual([fixture.uses.failure])
  })
})
