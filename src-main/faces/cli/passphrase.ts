import { open } from 'node:fs/promises'
import { KmsError } from '../../../src-shared/errors'
import { limits } from '../../../src-shared/model/limits'
import { askHidden } from './terminal'

/** Where the passphrase comes from; the bytes it gives belong to the caller, who zeroes them. */
export type PassphraseSource = (question: string) => Promise<Uint8Array>

/** From the first line of a file (without its line end), otherwise asked on the terminal. */
export function passphraseSource(file: string | null): PassphraseSource {
  return file === null ? askHidden : () => readPassphraseFile(file)
}

/** Asks twice on the terminal for a new passphrase; a file is read once. INVALID_PARAMETER when the two differ. */
export async function newPassphrase(file: string | null, question = 'New passphrase: '): Promise<Uint8Array> {
  if (file !== null) return readPassphraseFile(file)
  const first = await askHidden(question)
  const second = await askHidden('The same again: ')
  const same = Buffer.compare(first, second) === 0
  second.fill(0)
  if (same) return first
  first.fill(0)
  throw new KmsError('INVALID_PARAMETER', 'The two passphrases are not the same. Nothing was created.')
}

async function readPassphraseFile(path: string): Promise<Uint8Array> {
  const buffer = new Uint8Array(new ArrayBuffer(limits.passphraseBytes + 3))
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new KmsError('FILE_NOT_FOUND', 'The passphrase file cannot be read.', { fileName: path }, cause)
  })
  try {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null)
    const lineEnd = buffer.subarray(0, bytesRead).indexOf(0x0a)
    const line = buffer.subarray(0, lineEnd === -1 ? bytesRead : lineEnd)
    return line.slice(0, line.at(-1) === 0x0d ? -1 : line.length)
  } finally {
    buffer.fill(0)
    await file.close()
  }
}
