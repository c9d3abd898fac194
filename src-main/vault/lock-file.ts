import { randomBytes } from 'node:crypto'
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { z } from 'zod'
import { inUse, writeFailed } from './problems'

const contentSchema = z.strictObject({
  pid: z.int().min(1),
  /** Start of the process in clock ticks since boot; null where the system does not tell. A pid alone may be recycled. */
  startTime: z.string().nullable(),
  /** Inode of this very file: a copied lock file locks nothing. */
  inode: z.string(),
})
type LockContent = z.infer<typeof contentSchema>

/** The process that holds the lock at `path`; null when it is free or stale. */
export async function lockOwner(path: string): Promise<number | null> {
  const found = await readLock(path)
  return found && (await isAlive(found)) ? found.pid : null
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
      if (!(await linked(own.path, this.#path))) {
        await takeAway(this.#path)
        if (!(await linked(own.path, this.#path))) throw inUse((await lockOwner(this.#path)) ?? undefined)
      }
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
    const content: LockContent = { pid: process.pid, startTime: await startTimeOf(process.pid), inode: String(ino) }
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

/** Moves a stale lock out of the way. VAULT_IN_USE when its owner lives; puts it back when it was another one by then. */
async function takeAway(path: string): Promise<void> {
  const owner = await lockOwner(path)
  if (owner !== null) throw inUse(owner)
  const aside = `${path}.${randomBytes(8).toString('hex')}`
  try {
    await rename(path, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw writeFailed(error)
  }
  const fresh = await lockOwner(aside)
  if (fresh !== null) await link(aside, path)
  await rm(aside, { force: true })
  if (fresh !== null) throw inUse(fresh)
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
