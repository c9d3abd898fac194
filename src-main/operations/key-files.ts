import { invalidParameter, KmsError } from '../../src-shared/errors'
import { limits } from '../../src-shared/model/limits'
import { decodePrivateKey } from '../crypto/key-formats/decode-private-key'
import type { DecodedPrivateKey } from '../crypto/key-formats/decoded-key'
import { isKeyFormatError, type KeyFormatError } from '../crypto/key-formats/failure'
import { readWholeFile } from '../files/read-source'
import type { PathHandles } from '../platform/path-handles'

/** What a request brings along: a file of the user's, or its content. */
export interface Given {
  file?: string | undefined
  content?: Uint8Array | undefined
}

/**
 * Lends the content of what is given, and zeroes what was read from a file. INVALID_PARAMETER (file) unless it is exactly one of
 * the two, and the codes of readWholeFile().
 */
export async function withGiven<T>(handles: PathHandles, { file, content }: Given, work: (content: Uint8Array) => Promise<T>): Promise<T> {
  if (file === undefined && content !== undefined) return work(content)
  if (file === undefined || content !== undefined) throw invalidParameter('file', 'or content must be given, and not both')
  const bytes = await readWholeFile(handles.redeem(file, 'source'), limits.keyFileBytes)
  return work(bytes).finally(() => bytes.fill(0))
}

/** The private key in a file. KEY_FILE_UNREADABLE, KEY_FILE_PASSPHRASE, KEY_FILE_UNSUPPORTED. The caller destroys it. */
export async function decodeKeyFile(bytes: Uint8Array, passphrase: Uint8Array | undefined): Promise<DecodedPrivateKey> {
  try {
    return await decodePrivateKey(bytes, passphrase ?? null)
  } catch (error) {
    const key = isKeyFormatError(error, 'passphrase-needed') ? await decodeWithEmptyPassphrase(bytes) : null
    if (key) return key
    throw isKeyFormatError(error) ? keyFileError(error) : error
  }
}

/** PKCS#12 files without a passphrase are mostly encrypted under an empty one. Null when the key does not open with it. */
async function decodeWithEmptyPassphrase(bytes: Uint8Array): Promise<DecodedPrivateKey | null> {
  try {
    return await decodePrivateKey(bytes, new Uint8Array(0))
  } catch (error) {
    if (isKeyFormatError(error)) return null
    throw error
  }
}

const codes = {
  'not-a-key': 'KEY_FILE_UNREADABLE',
  inconsistent: 'KEY_FILE_UNREADABLE',
  'passphrase-needed': 'KEY_FILE_PASSPHRASE',
  'passphrase-wrong': 'KEY_FILE_PASSPHRASE',
  unsupported: 'KEY_FILE_UNSUPPORTED',
} as const

/** The phrases are fixed: nothing of the file is in them. */
function keyFileError({ reason, message }: KeyFormatError): KmsError {
  return new KmsError(codes[reason], `The private key was not imported: ${message}.`)
}
