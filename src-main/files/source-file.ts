import { constants, type BigIntStats } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { KmsError } from '../../src-shared/errors'
import { limits } from '../../src-shared/model/limits'
import { sourceChanged } from './file-errors'
import { notRegular, sourceError } from './fs-errors'

/** Tells one state of one file from any other. */
export type FileIdentity = Pick<BigIntStats, 'dev' | 'ino' | 'size' | 'mtimeNs'>

/** A file opened for reading, with the state in which it was found. */
export class SourceFile {
  readonly path: string
  readonly handle: FileHandle
  readonly identity: FileIdentity
  readonly mode: number

  private constructor(path: string, handle: FileHandle, stats: BigIntStats) {
    this.path = path
    this.handle = handle
    this.identity = stats
    this.mode = Number(stats.mode)
  }

  /** Links are followed. FILE_NOT_FOUND, FILE_UNREADABLE, DIRECTORY_LOOP, FILE_NOT_REGULAR, FILE_TOO_LARGE. */
  static async open(path: string): Promise<SourceFile> {
    try {
      // Opening a device or a pipe can have effects or wait for ever, so the kind is looked at before and after.
      if (!(await stat(path)).isFile()) throw notRegular()
      return await SourceFile.#check(path, await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)))
    } catch (error) {
      throw sourceError(error)
    }
  }

  static async #check(path: string, handle: FileHandle): Promise<SourceFile> {
    try {
      const stats = await handle.stat({ bigint: true })
      if (!stats.isFile()) throw notRegular()
      if (stats.size > BigInt(limits.fileMaxBytes)) throw tooLarge()
      return new SourceFile(path, handle, stats)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  get size(): number {
    return Number(this.identity.size)
  }

  /** Up to `length` bytes at `position` in memory of their own; fewer only at the end. */
  async readAt(position: number, length: number): Promise<Uint8Array> {
    const buffer = new Uint8Array(new ArrayBuffer(length))
    let done = 0
    try {
      while (done < length) {
        const { bytesRead } = await this.handle.read(buffer, done, length - done, position + done)
        if (bytesRead === 0) break
        done += bytesRead
      }
    } catch (error) {
      throw sourceError(error)
    }
    return buffer.subarray(0, done)
  }

  /** SOURCE_CHANGED when the path no longer names the same file with the same size and time. */
  async checkUnchanged(): Promise<void> {
    const now = await stat(this.path, { bigint: true }).catch(() => null)
    const { dev, ino, size, mtimeNs } = this.identity
    if (now?.dev !== dev || now.ino !== ino || now.size !== size || now.mtimeNs !== mtimeNs) throw sourceChanged()
  }

  async close(): Promise<void> {
    await this.handle.close()
  }
}

function tooLarge(): KmsError {
  return new KmsError('FILE_TOO_LARGE', 'The file is larger than 1 TiB.', { limit: limits.fileMaxBytes })
}
