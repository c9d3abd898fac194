import { lstat, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { KmsError } from '../../src-shared/errors'
import { writeFileAtomic } from '../platform/atomic-file'
import { headerMaxBytes, parseHeader, serialiseHeader, type Header } from './header'
import { isDeadLock } from './lock-file'
import { damaged } from './problems'

const othersMayWrite = 0o022

/**
 * The files of a vault folder. `vault.creating` marks a vault that is being made: as long as it is there without a
 * vault.json, the other files are leftovers of a crash and hold nothing that was ever acknowledged.
 */
export class VaultFiles {
  readonly folder: string
  readonly header: string
  readonly database: string
  readonly lock: string
  readonly #marker: string

  constructor(folder: string) {
    this.folder = folder
    this.header = join(folder, 'vault.json')
    this.database = join(folder, 'vault.db')
    this.lock = join(folder, 'vault.lock')
    this.#marker = join(folder, 'vault.creating')
  }

  /** True when there is a vault, whole or damaged; a half-made one is none. */
  async exists(): Promise<boolean> {
    if (await isThere(this.header)) return true
    return (await isThere(this.database)) && !(await isThere(this.#marker))
  }

  /** Null when there is no vault. VAULT_DAMAGED, VAULT_NEWER_VERSION, VAULT_INSECURE. */
  async readHeader(): Promise<Header | null> {
    if (!(await this.exists())) return null
    await checkFile(this.header)
    if (await isThere(this.database)) await checkFile(this.database)
    return parseHeader(await readCapped(this.header))
  }

  /** Replaces vault.json; see writeFileAtomic. */
  async writeHeader(header: Header): Promise<void> {
    await writeFileAtomic(this.header, serialiseHeader(header))
  }

  /**
   * Makes a vault: `fill` writes the database, vault.json comes last, and only with it is there a vault. What a crash
   * or a failure leaves behind is removed before the next try.
   */
  async create(fill: () => Promise<Header>): Promise<void> {
    await writeFileAtomic(this.#marker, new Uint8Array(0))
    try {
      await this.#removeDatabase()
      await this.writeHeader(await fill())
    } catch (error) {
      await rm(this.header, { force: true })
      await this.#removeDatabase()
      await rm(this.#marker, { force: true })
      throw error
    }
    await rm(this.#marker, { force: true })
  }

  /** Removes temporary files that a crash has left. Only for the owner of the lock. */
  async removeLeftovers(): Promise<void> {
    const names = await readdir(this.folder)
    const leftovers = names.filter((name) => /^\.vault\.(json|creating)\.[0-9a-f]+\.tmp$/.test(name) || name.startsWith('.keystead-work-'))
    for (const name of names) if (/^vault\.lock\.[0-9a-f]{16}$/.test(name) && (await isDeadLock(join(this.folder, name)))) leftovers.push(name)
    await Promise.all(leftovers.map((name) => rm(join(this.folder, name), { force: true, recursive: true })))
    if (await isThere(this.header)) await rm(this.#marker, { force: true })
  }

  async #removeDatabase(): Promise<void> {
    for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(this.database + suffix, { force: true })
  }
}

async function checkFile(path: string): Promise<void> {
  const info = await lstat(path).catch((error: unknown) => {
    throw damaged(error)
  })
  const isSafe = info.isFile() && (process.platform === 'win32' || (info.mode & othersMayWrite) === 0)
  if (!isSafe) throw new KmsError('VAULT_INSECURE', 'The vault files are not safe to use: they are links or others may write to them.')
}

async function readCapped(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw damaged(error)
  })
  try {
    const bytes = new Uint8Array(headerMaxBytes + 1)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
    return bytes.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}
