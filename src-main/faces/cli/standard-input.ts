import type { Readable } from 'node:stream'
import { KmsError } from '../../../src-shared/errors'
import { joinBytes } from './references/own-bytes'

/** Everything a stream gives, as text. LIMIT_EXCEEDED above `maximumBytes`. */
export async function readAll(stream: Readable, maximumBytes: number, encoding: 'utf8' | 'latin1' = 'utf8'): Promise<string> {
  const bytes = await readAllBytes(stream, maximumBytes)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(encoding)
  bytes.fill(0)
  return text
}

/** Everything a stream gives, in one piece that belongs to the caller. LIMIT_EXCEEDED above `maximumBytes`. */
export async function readAllBytes(stream: Readable, maximumBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk as Uint8Array)
      chunks.push(bytes)
      length += bytes.length
      if (length > maximumBytes) throw new KmsError('LIMIT_EXCEEDED', 'The input is too long.', { limit: maximumBytes })
    }
    return joinBytes(chunks)
  } finally {
    for (const chunk of chunks) chunk.fill(0)
  }
}
