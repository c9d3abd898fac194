import { execFile } from 'node:child_process'
import { closeSync, constants, createReadStream, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'

/** The end of a pipe that a child writes to, and the one that we read. */
export interface ChildPipe {
  writeEnd: number
  readable: Readable
}

/**
 * Real pipes for a child's output. What Node makes on its own are sockets, and no program can open those again as
 * /dev/stdout or /dev/stderr. The caller closes the write ends once the child has them. Null where the system has no
 * named pipes.
 */
export async function childPipes(count: number): Promise<ChildPipe[] | null> {
  if (process.platform === 'win32') return null
  const folder = await mkdtemp(join(tmpdir(), 'keystead-run-'))
  try {
    const paths = Array.from({ length: count }, (_, at) => join(folder, String(at)))
    await promisify(execFile)('mkfifo', ['-m', '600', ...paths])
    return paths.map(openBoth)
  } catch {
    return null
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** To open one end of a named pipe waits for the other, so an end that is both comes first and goes when they are there. */
function openBoth(path: string): ChildPipe {
  const both = openSync(path, constants.O_RDWR)
  try {
    const writeEnd = openSync(path, constants.O_WRONLY)
    return { writeEnd, readable: createReadStream(path, { fd: openSync(path, constants.O_RDONLY) }) }
  } finally {
    closeSync(both)
  }
}
