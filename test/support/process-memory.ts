import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { copyBytes } from '../../src-main/crypto/bytes'

const chunkBytes = 4 * 1024 * 1024

/** How often each needle occurs in the readable memory of a process (Linux, /proc/PID/mem). */
export function countInMemory(pid: number, needles: readonly Uint8Array[]): number[] {
  const counts = needles.map(() => 0)
  const overlap = Math.max(...needles.map(({ length }) => length)) - 1
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  // With as much room on both sides, what is looked for is never read together with the buffer, and counted in it again.
  const readBytes = chunkBytes + overlap
  const buffer = Buffer.alloc(3 * readBytes).subarray(readBytes, 2 * readBytes)
  try {
    for (const { start, end } of readableRanges(pid)) {
      for (let at = start; at < end; at += chunkBytes) {
        const wanted = Math.min(readBytes, end - at)
        // Nor is what was read before found in the buffer, which may be memory of this process.
        const bytes = readOrNothing(memory, buffer.fill(0), wanted, at)
        needles.forEach((needle, index) => (counts[index] = (counts[index] ?? 0) + occurrences(bytes, needle)))
      }
    }
  } finally {
    buffer.fill(0)
    closeSync(memory)
  }
  return counts
}

function readableRanges(pid: number): { start: number; end: number }[] {
  return readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .map((line) => /^([0-9a-f]+)-([0-9a-f]+) r\S* \S+ \S+ \S+\s*(.*)$/.exec(line))
    .filter((match) => match !== null && !/^\[(vvar|vsyscall)/.test(match[3] ?? ''))
    .map((match) => ({ start: Number.parseInt(match?.[1] ?? '', 16), end: Number.parseInt(match?.[2] ?? '', 16) }))
    .filter(({ end }) => end <= Number.MAX_SAFE_INTEGER)
}

/** Ranges that the kernel refuses (guard pages, devices, unmapped meanwhile) hold nothing to find. */
function readOrNothing(memory: number, buffer: Buffer, length: number, position: number): Buffer {
  try {
    return buffer.subarray(0, readSync(memory, buffer, 0, length, position))
  } catch {
    return buffer.subarray(0, 0)
  }
}

function occurrences(haystack: Buffer, needle: Uint8Array): number {
  let count = 0
  for (let at = haystack.indexOf(needle); at !== -1; at = haystack.indexOf(needle, at + 1)) count += 1
  return count
}

/** The bytes turned around: held so, what is looked for is not put where it is looked for. */
export function turned(bytes: Uint8Array): Uint8Array {
  return copyBytes(bytes).reverse()
}

/** How often what was turned around lies about in this process; one of the copies is made for looking. */
export function copiesOf(needle: Uint8Array): number {
  const straight = turned(needle)
  const [count = 0] = countInMemory(process.pid, [straight])
  straight.fill(0)
  return count
}
