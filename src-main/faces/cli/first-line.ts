import { read } from 'node:fs'
import { open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { KmsError } from '../../../src-shared/errors'

const readSome = promisify(read)
const lineEnd = 0x0a

/**
 * The first line of a file without its end, as bytes that belong to the caller. `what` it should hold is named when it cannot
 * be read (FILE_NOT_FOUND). A longer line is cut behind `maximumBytes`, so that it is refused as too long.
 */
export async function firstLineOfFile(path: string, what: string, maximumBytes: number): Promise<Uint8Array> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new KmsError('FILE_NOT_FOUND', `The file of the ${what} cannot be read.`, { fileName: path }, cause)
  })
  try {
    return await nextLine(file.fd, maximumBytes)
  } finally {
    await file.close()
  }
}

/** The next line of an open file or pipe, as firstLineOfFile(). What comes after it stays there to be read. */
export async function nextLine(descriptor: number, maximumBytes: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(new ArrayBuffer(maximumBytes + 2))
  try {
    let length = 0
    while (length < buffer.length && (await readSome(descriptor, buffer, length, 1, null)).bytesRead > 0 && buffer[length] !== lineEnd) length += 1
    const line = buffer.subarray(0, length)
    return line.slice(0, line.at(-1) === 0x0d ? -1 : length)
  } finally {
    buffer.fill(0)
  }
}
