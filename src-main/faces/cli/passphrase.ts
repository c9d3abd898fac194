import { KmsError } from '../../../src-shared/errors'
import { limits } from '../../../src-shared/model/limits'
import { firstLineOfFile } from './first-line'
import { askHidden } from './terminal'

/** Where the passphrase comes from; the bytes it gives belong to the caller, who zeroes them. */
export type PassphraseSource = (question: string) => Promise<Uint8Array>

/** From the first line of a file (without its line end), otherwise asked on the terminal. */
export function passphraseSource(file: string | null): PassphraseSource {
  return file === null ? askHidden : () => readPassphraseFile(file)
}

/** Asks twice on the terminal for a new passphrase; a file is read once. INVALID_PARAMETER when the two differ. */
export async function newPassphrase(file: string | null, question = 'New passphrase: '): Promise<Uint8Array> {
  return file === null ? askTwice(question, 'passphrases') : readPassphraseFile(file)
}

/** Asks twice on the terminal for something new, one of `plural`. INVALID_PARAMETER when the two differ. */
export async function askTwice(question: string, plural: string): Promise<Uint8Array> {
  const first = await askHidden(question)
  const second = await askHidden('The same again: ')
  const same = Buffer.compare(first, second) === 0
  second.fill(0)
  if (same) return first
  first.fill(0)
  throw new KmsError('INVALID_PARAMETER', `The two ${plural} are not the same. Nothing was done.`)
}

function readPassphraseFile(path: string): Promise<Uint8Array> {
  return firstLineOfFile(path, 'passphrase', limits.passphraseBytes)
}
