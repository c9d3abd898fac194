import type { Readable } from 'node:stream'
import { KmsError } from '../../../src-shared/errors'

/** Everything a stream gives, as UTF-8 text. LIMIT_EXCEEDED above `maximumBytes`. */
export async function readAll(stream: Readable, maximumBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Uint8Array)
    length += bytes.length
    if (length > maximumBytes) throw new KmsError('LIMIT_EXCEEDED', 'The input is too long.', { limit: maximumBytes })
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}
