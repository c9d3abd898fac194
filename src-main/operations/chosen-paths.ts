import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { ChosenPath } from '../../src-shared/contract/desktop'
import type { PathUse } from '../../src-shared/contract/fields'
import type { PathHandles } from '../platform/path-handles'

/** First bytes of a file in message format 2 with suite 0478 (file-format.md 1.1). */
const encryptedStart = [0x02, 0x04, 0x78]
const atOnce = 32

/**
 * Issues a handle for each path and looks at what is there. A path that cannot be read still gets its handle: the job
 * that uses it says what is wrong with that one file.
 */
export async function describeChosen(handles: PathHandles, paths: readonly string[], use: PathUse): Promise<ChosenPath[]> {
  const described: ChosenPath[] = []
  for (let start = 0; start < paths.length; start += atOnce) {
    described.push(...(await Promise.all(paths.slice(start, start + atOnce).map((path) => describe(handles, path, use)))))
  }
  return described
}

async function describe(handles: PathHandles, path: string, use: PathUse): Promise<ChosenPath> {
  const info = await stat(path).catch(() => null)
  const isFile = info?.isFile() ?? false
  return {
    handle: handles.issue(path, use),
    name: basename(path) || path,
    isFolder: info?.isDirectory() ?? false,
    sizeBytes: isFile && info ? info.size : null,
    isEncrypted: isFile && (await startsEncrypted(path)),
  }
}

async function startsEncrypted(path: string): Promise<boolean> {
  // Not blocking: between stat and open the name may have become a pipe without a writer.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(() => null)
  if (!file) return false
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(encryptedStart.length), 0, encryptedStart.length, 0)
    return bytesRead === encryptedStart.length && encryptedStart.every((byte, index) => buffer[index] === byte)
  } catch {
    return false
  } finally {
    await file.close()
  }
}
