import { constants } from 'node:fs'
import { link, lstat, open, rename, rm, statfs, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { collisionRules } from '../../src-shared/contract/files'
import { KmsError } from '../../src-shared/errors'
import { cancelled } from './file-errors'
import { systemCode, targetError, targetExists } from './fs-errors'
import { numberedName } from './output-names'
import { releasePartPath, reservePartPath } from './part-files'
import type { FileIdentity } from './source-file'

export type CollisionRule = (typeof collisionRules)[number]

/** Free bytes on the disk of a folder. */
export type FreeBytes = (folder: string) => Promise<number>

export interface OutputRequest {
  target: string
  /** `source`: the target is the source, which is replaced. */
  onCollision: CollisionRule | 'source'
  /** Permissions of the finished file. */
  mode: number
  neededBytes: number
  /** The source, which is not replaced by any other rule. */
  source: Pick<FileIdentity, 'dev' | 'ino'>
  /** Paths that this job has written or is about to: one output never replaces another of the same job. */
  written: Set<string>
  freeBytes?: FreeBytes
  /** The last check, when the content is on the disk already; throws to refuse. */
  beforePlacing?: () => Promise<void>
}

const linklessCodes = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL'])
const mostNumbers = 10_000
const flushEveryMs = 30

/** Asks the system. Disks that do not know their size are taken to have room. */
export const systemFreeBytes: FreeBytes = async (folder) => {
  const { bavail, blocks, bsize } = await statfs(folder)
  return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize
}

/** An output in the making, under a name of its own until commit(). */
export class OutputFile {
  readonly handle: FileHandle
  readonly #part: string
  readonly #request: OutputRequest
  #isOpen = true
  #flushed: Promise<void> = Promise.resolve()

  private constructor(handle: FileHandle, part: string, request: OutputRequest) {
    this.handle = handle
    this.#part = part
    this.#request = request
  }

  /** Creates the unfinished file, mode 0600. TARGET_EXISTS, NO_SPACE, TARGET_NOT_WRITABLE. */
  static async create(request: OutputRequest): Promise<OutputFile> {
    const part = reservePartPath(request.target)
    try {
      await checkTarget(request)
      await checkSpace(request)
      return new OutputFile(await open(part, 'wx', 0o600), part, request)
    } catch (error) {
      releasePartPath(part)
      throw targetError(error)
    }
  }

  /**
   * Sends the content to the disk little by little while `work` writes it, so that commit() has less to wait for. Settles
   * as `work` does; a failure of the disk shows in commit().
   */
  async flushDuring(work: Promise<void>): Promise<void> {
    const over = new AbortController()
    this.#flushed = this.#flushUntil(over.signal)
    this.#flushed.catch(() => undefined)
    try {
      await work
    } finally {
      over.abort()
    }
  }

  /**
   * Makes the content durable and gives the file its name; answers the path. Call it after the last check only, and
   * syncFolder() when the names shall be durable too.
   * TARGET_EXISTS, NO_SPACE, TARGET_NOT_WRITABLE, CANCELLED; then discard() is still to be called.
   */
  async commit(signal: AbortSignal): Promise<string> {
    try {
      // Some disks have no permissions to set; the file was made for its owner alone, which is never too wide.
      await this.handle.chmod(this.#request.mode).catch(() => undefined)
      await unlessAborted(this.#sync(), signal)
      await this.#close()
      await this.#request.beforePlacing?.()
      const path = await this.#place()
      releasePartPath(this.#part)
      return path
    } catch (error) {
      throw targetError(error)
    }
  }

  /** Removes the unfinished file. Never throws; nothing is left under the final name. */
  async discard(): Promise<void> {
    // Before closing: a close waits for an fsync that may take long, and the name shall go at once.
    const removed = await rm(this.#part, { force: true }).then(() => true, () => false)
    const closed = this.#close()
    if (removed) {
      closed.catch(() => undefined)
    } else {
      await closed.catch(() => undefined)
      await rm(this.#part, { force: true }).catch(() => undefined)
    }
    releasePartPath(this.#part)
  }

  async #flushUntil(over: AbortSignal): Promise<void> {
    for (await pause(flushEveryMs); !over.aborted; await pause(flushEveryMs)) await this.handle.datasync()
  }

  async #sync(): Promise<void> {
    // The system tells of a failed write once: were an earlier flush not looked at, fsync would call the file safe.
    await this.#flushed
    await this.handle.sync()
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    await this.handle.close()
  }

  async #place(): Promise<string> {
    const { target, onCollision, written } = this.#request
    if (onCollision === 'replace' || onCollision === 'source') {
      if (written.has(target)) throw targetExists()
      written.add(target)
      await rename(this.#part, target)
      return target
    }
    for (let number = 1; number < mostNumbers; number++) {
      const path = number === 1 ? target : join(dirname(target), numberedName(basename(target), number))
      if (await placeWithoutReplacing(this.#part, path)) return path
      if (onCollision === 'refuse') break
    }
    throw targetExists()
  }
}

async function checkTarget({ target, onCollision, source, written }: OutputRequest): Promise<void> {
  if (onCollision === 'rename' || onCollision === 'source') return
  const found = await lstat(target, { bigint: true }).catch(() => null)
  if (!found) return
  const isSource = found.dev === source.dev && found.ino === source.ino
  if (onCollision === 'refuse' || isSource || found.isDirectory() || written.has(target)) throw targetExists()
}

async function checkSpace({ target, neededBytes, freeBytes = systemFreeBytes }: OutputRequest): Promise<void> {
  const free = await freeBytes(dirname(target))
  if (free < neededBytes) throw new KmsError('NO_SPACE', 'There is not enough space left on the disk.', { neededBytes, freeBytes: free })
}

/** False when the name is taken, also by a file that appeared a moment ago. */
async function placeWithoutReplacing(part: string, path: string): Promise<boolean> {
  try {
    await link(part, path)
  } catch (error) {
    const code = systemCode(error)
    if (code === 'EEXIST') return false
    if (!linklessCodes.has(code)) throw error
    return placeOverPlaceholder(part, path)
  }
  await rm(part, { force: true })
  return true
}

/** For disks without hard links: takes the name with an empty file that nobody else can have made, then replaces that. */
async function placeOverPlaceholder(part: string, path: string): Promise<boolean> {
  try {
    await (await open(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600)).close()
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw error
  }
  try {
    await rename(part, path)
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
  return true
}

/** CANCELLED as soon as `signal` says so, although the work itself cannot be stopped. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let stop: () => void = () => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(cancelled())
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
  })
  try {
    await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
    work.catch(() => undefined)
  }
}

/** Makes new names in `folder` durable where the system can: Windows and some network disks cannot. Never throws. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null)
  await handle?.sync().catch(() => undefined)
  await handle?.close().catch(() => undefined)
}
