import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'

const chunkBytes = 8 * 1024 * 1024

/** The two ways in which text may lie about. */
export function formsOf(text: string): Buffer[] {
  return [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le')]
}

/** The regular files below the folders that hold one of the needles; `except` are paths that may. */
export function filesWith(needles: readonly Uint8Array[], folders: readonly string[], except: readonly string[] = []): string[] {
  return folders.flatMap(regularFiles).filter((path) => !except.includes(path) && holdsAny(path, needles))
}

function regularFiles(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

function holdsAny(path: string, needles: readonly Uint8Array[]): boolean {
  const overlap = Math.max(...needles.map(({ length }) => length)) - 1
  const buffer = Buffer.alloc(chunkBytes + overlap)
  const file = openSync(path, 'r')
  try {
    for (let at = 0; ; at += chunkBytes) {
      const length = readSync(file, buffer, 0, buffer.length, at)
      if (needles.some((needle) => buffer.subarray(0, length).indexOf(needle) !== -1)) return true
      if (length < buffer.length) return false
    }
  } finally {
    closeSync(file)
  }
}
