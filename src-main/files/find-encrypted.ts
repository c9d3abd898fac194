import { stat } from 'node:fs/promises'
import type { EncryptedDataKey } from '../keystore/file-keys'
import { isKmsError } from '../../src-shared/errors'
import { startsLikeMessage } from './codec/header'
import { readFileHeader } from './crypt-file'
import { sourceError } from './fs-errors'
import { SourceFile } from './source-file'
import { findFiles } from './walk'

/** An encrypted file, as its header describes it: nothing of it is proven. */
export interface EncryptedFile {
  path: string
  entries: readonly EncryptedDataKey[]
  messageId: Uint8Array
  bytes: number
  /** Milliseconds since the epoch. */
  changedAt: number
}

const atOnce = 16
const startBytes = 3
const nanosecondsPerMs = 1_000_000n

/**
 * Every encrypted file behind the chosen paths, whatever it is called, and `null` for each file or folder that cannot be
 * read or whose header is damaged. What is not encrypted is passed over.
 */
export async function* findEncryptedFiles(paths: readonly string[]): AsyncGenerator<EncryptedFile | null> {
  const found = await findFiles(paths, { kind: 'any', isBeside: false, signal: new AbortController().signal })
  for (let start = 0; start < found.length; start += atOnce) {
    const some = found.slice(start, start + atOnce).map(({ path, problem }) => (problem === null ? lookInto(path) : ({ file: null, isUnreadable: unreadable.has(problem) })))
    for (const { file, isUnreadable } of await Promise.all(some)) if (file !== null || isUnreadable) yield file
  }
}

/** Other problems of the walk are things that are no files. */
const unreadable = new Set(['FILE_NOT_FOUND', 'FILE_UNREADABLE'])

async function lookInto(path: string): Promise<{ file: EncryptedFile | null; isUnreadable: boolean }> {
  try {
    return { file: await readEncrypted(path), isUnreadable: false }
  } catch (error) {
    if (!isKmsError(error)) throw error
    return { file: null, isUnreadable: true }
  }
}

/** Null when it is no encrypted file. */
async function readEncrypted(path: string): Promise<EncryptedFile | null> {
  const source = await SourceFile.open(path)
  try {
    if (!startsLikeMessage(await source.readAt(0, startBytes))) return null
    const { entries, messageId } = await readFileHeader(source)
    return { path, entries, messageId, bytes: source.size, changedAt: Math.max(0, Number(source.identity.mtimeNs / nanosecondsPerMs)) }
  } finally {
    await source.close()
  }
}

/** Sizes of files in the order of `paths`; null for those that are not there, 0 for those that cannot be looked at. */
export async function sizesOf(paths: readonly string[]): Promise<(number | null)[]> {
  const sizes: (number | null)[] = []
  for (let start = 0; start < paths.length; start += atOnce) {
    sizes.push(...(await Promise.all(paths.slice(start, start + atOnce).map(sizeOf))))
  }
  return sizes
}

async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ size }) => size,
    (error: unknown) => (sourceError(error).code === 'FILE_NOT_FOUND' ? null : 0),
  )
}
