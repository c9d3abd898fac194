import { createHash, randomBytes } from 'node:crypto'
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { z } from 'zod'
import { inUse, writeFailed } from './problems'

const contentSchema = z.strictObject({
  pid: z.int().min(1),
  /** Start of the process in clock ticks since boot; null where the system does not tell. A pid alone may be recycled. */
  startTime: z.string().nullable(),
  /** Inode of this very file: a copied lock file locks nothing. */
  inode: z.string(),
  /** Makes every lock a different one. */
  nonce: z.string(),
})
type LockContent = z.infer<typeof contentSchema>

/** The process that holds the lock at `path`; null when it is free or stale. */
export async function lockOwner(path: string): Promise<number | null> {
  const found = await readLock(path)
  return found && (await isAlive(found)) ? found.pid : null
}

/** True for a complete lock whose owner is gone. */
export async function isDeadLock(path: string): Promise<boolean> {
  const found = await readLock(path)
  return found !== null && !(await isAlive(found))
}

/**
 * One process opens a vault at a time. The lock is a file with its owner's pid, made in one step (link), so that it is
 * never seen half-written; that of a dead process is taken over.
 */
export class LockFile {
  readonly #path: string
  #held: string | null = null

  constructor(path: string) {
    this.#path = path
  }

  get isHeld(): boolean {
    return this.#held !== null
  }

  /** VAULT_IN_USE with the owner's pid, also when another object of this process holds it. VAULT_WRITE_FAILED. No-op when held. */
  async acquire(): Promise<void> {
    if (this.isHeld) return
    const own = await writeOwn(this.#path)
    try {
      if (!(await linked(own.path, this.#path))) await takeOver(own.path, this.#path)
      this.#held = own.text
    } finally {
      await rm(own.path, { force: true })
    }
  }

  /** Removes the lock when it is still ours. */
  async release(): Promise<void> {
    const held = this.#held
    this.#held = null
    if (held !== null && (await readText(this.#path)) === held) await rm(this.#path, { force: true })
  }
}

async function writeOwn(path: string): Promise<{ path: string; text: string }> {
  const temporary = `${path}.${randomBytes(8).toString('hex')}`
  try {
    const file = await open(temporary, 'wx', 0o600)
    const { ino } = await file.stat({ bigint: true })
    const content: LockContent = { pid: process.pid, startTime: await startTimeOf(process.pid), inode: String(ino), nonce: randomBytes(8).toString('hex') }
    const text = JSON.stringify(content)
    await file.writeFile(text)
    await file.close()
    return { path: temporary, text }
  } catch (error) {
    throw writeFailed(error)
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw writeFailed(error)
  }
}

/**
 * Puts `own` in the place of a stale lock. Whoever does so first claims that very lock, under a name made of its content,
 * and looks again: so of two processes that found the same stale lock only one takes it, and none takes the other's.
 */
async function takeOver(own: string, path: string): Promise<void> {
  const stale = await readText(path)
  await refuseWhenOwned(path)
  const claim = new LockFile(`${path}.${createHash('sha256').update(stale).digest('hex').slice(0, 16)}`)
  await claim.acquire()
  try {
    await refuseWhenOwned(path)
    if ((await readText(path)) !== stale) throw inUse()
    await rename(own, path).catch((error: unknown) => {
      throw writeFailed(error)
    })
  } finally {
    await claim.release()
  }
}

async function refuseWhenOwned(path: string): Promise<void> {
  const owner = await lockOwner(path)
  if (owner !== null) throw inUse(owner)
}

async function readLock(path: string): Promise<LockContent | null> {
  const text = await readText(path)
  const parsed = contentSchema.safeParse(parseJson(text))
  if (!parsed.success) return null
  const { ino } = await stat(path, { bigint: true }).catch(() => ({ ino: -1n }))
  return String(ino) === parsed.data.inode ? parsed.data : null
}

async function isAlive(owner: LockContent): Promise<boolean> {
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false
  }
  const startTime = await startTimeOf(owner.pid)
  return startTime === null || owner.startTime === null || startTime === owner.startTime
}

/** Field 22 of /proc/<pid>/stat; the name before it may hold blanks and parentheses. Null without /proc. */
async function startTimeOf(pid: number): Promise<string | null> {
  const text = await readText(`/proc/${pid}/stat`)
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
