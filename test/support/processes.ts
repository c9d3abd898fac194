import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** What /proc says of a process. Strings of bytes, so that nothing is lost. */
export interface ProcessView {
  pid: number
  commandLine: string
  environment: string
  /** What its open files are. */
  openFiles: string[]
}

/** A process and all that it has started, the outermost first. Linux only. */
export function processTree(root: number): ProcessView[] {
  return processIds(root).map(viewOf)
}

/** The numbers of a process and of all that its threads have started, the outermost first. Linux only. */
export function processIds(root: number): number[] {
  const parents = new Map(readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => [Number(pid), parentOf(pid)]))
  const tree = [root]
  for (const parent of tree) for (const [pid, of] of parents) if (of === parent) tree.push(pid)
  return tree
}

/** Whether a process runs; one that has ended and was not asked for its end does not. Linux only. */
export function isRunning(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`).length > 0
  } catch {
    return false
  }
}

function parentOf(pid: string): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return null
  }
}

function viewOf(pid: number): ProcessView {
  const folder = `/proc/${pid}`
  return {
    pid,
    commandLine: readFileSync(`${folder}/cmdline`, 'latin1'),
    environment: readFileSync(`${folder}/environ`, 'latin1'),
    openFiles: readdirSync(`${folder}/fd`).flatMap((fd) => linkOf(`${folder}/fd/${fd}`)),
  }
}

function linkOf(path: string): string[] {
  try {
    return [readlinkSync(path)]
  } catch {
    return []
  }
}
