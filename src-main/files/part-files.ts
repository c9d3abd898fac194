import { createHash, randomBytes } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { systemCode } from './fs-errors'

const partPattern = /\.([0-9a-f]{8})-(\d{1,10})-[0-9a-f]{8}\.part$/
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8)
const longestName = 200
const live = new Set<string>()

/**
 * A name beside `target` for an output that is not finished: `<name>.<host>-<process>-<random>.part`. Unique, so that
 * what a killed run has left never stands in the way; and it says who may still be writing it.
 */
export function reservePartPath(target: string): string {
  const name = Buffer.from(basename(target)).subarray(0, longestName).toString('utf8').replaceAll('\uFFFD', '')
  const path = join(dirname(target), `${name}.${host}-${process.pid}-${randomBytes(4).toString('hex')}.part`)
  live.add(path)
  return path
}

/** The output was finished or given up. */
export function releasePartPath(path: string): void {
  live.delete(path)
}

/** Whether a name is one that reservePartPath() makes. */
export function isPartName(name: string): boolean {
  return partPattern.test(name)
}

/** Removes unfinished outputs in `folder` whose process on this machine is gone. Never throws: it is housekeeping. */
export async function removeStaleParts(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    if (isStale(folder, name)) await rm(join(folder, name), { force: true }).catch(() => undefined)
  }
}

function isStale(folder: string, name: string): boolean {
  const [, owner, pid] = partPattern.exec(name) ?? []
  if (owner !== host || pid === undefined) return false
  return Number(pid) === process.pid ? !live.has(join(folder, name)) : !isRunning(Number(pid))
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) !== 'ESRCH'
  }
}
