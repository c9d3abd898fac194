import { KmsError } from '../../src-shared/errors'
import { SourceFile } from './source-file'

const pieceBytes = 1024 * 1024

/** The whole content of a small file, for the caller to zero. FILE_TOO_LARGE beyond `maxBytes`, and the codes of SourceFile. */
export async function readWholeFile(path: string, maxBytes: number): Promise<Uint8Array> {
  const source = await SourceFile.open(path)
  try {
    if (source.size > maxBytes) throw new KmsError('FILE_TOO_LARGE', `The file is larger than ${maxBytes} bytes.`, { limit: maxBytes })
    const content = await source.readAt(0, source.size)
    try {
      await source.checkUnchanged()
    } catch (error) {
      content.fill(0)
      throw error
    }
    return content
  } finally {
    await source.close()
  }
}

/**
 * Gives the content of a file to `take` piece by piece, and answers its length. SOURCE_CHANGED when it changed
 * meanwhile, and the codes of SourceFile.
 */
export async function readInPieces(path: string, take: (piece: Uint8Array) => void): Promise<number> {
  const source = await SourceFile.open(path)
  try {
    for (let position = 0; position < source.size; position += pieceBytes) {
      take(await source.readAt(position, Math.min(pieceBytes, source.size - position)))
    }
    await source.checkUnchanged()
    return source.size
  } finally {
    await source.close()
  }
}

/** The first bytes of a file, at most `maxBytes`, for the caller to zero, and the length of the whole. The codes of SourceFile. */
export async function readStart(path: string, maxBytes: number): Promise<{ start: Uint8Array; sizeBytes: number }> {
  const source = await SourceFile.open(path)
  try {
    return { start: await source.readAt(0, Math.min(maxBytes, source.size)), sizeBytes: source.size }
  } finally {
    await source.close()
  }
}
