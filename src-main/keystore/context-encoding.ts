import type { EncryptionContext } from '../../src-shared/model/encryption-context'
import { concatBytes, u16, utf8 } from '../crypto/bytes'

/**
 * The encryption context as bytes, the same for every order of its pairs and different for different contexts
 * (kms-api 1.6): pair count u16, then per pair, sorted by the UTF-8 bytes of the name, name length u16, name, value
 * length u16, value. This is also the layout of the file header (file-format.md 1.1). The context must have passed
 * contextProblem(), which keeps every length below 2^16. An empty context is 00 00.
 */
export function encodeContext(context: EncryptionContext): Uint8Array {
  const entries = Object.entries(context)
  if (entries.length === 0) return u16(0)
  const pairs = entries.map(([name, value]) => ({ name: utf8(name), value: utf8(value) }))
  pairs.sort((a, b) => Buffer.compare(a.name, b.name))
  return concatBytes(u16(pairs.length), ...pairs.flatMap(({ name, value }) => [...lengthPrefixed(name), ...lengthPrefixed(value)]))
}

/** Associated data of a raw AES keyring entry (file-format.md 1.6): as encodeContext(), but nothing for an empty context. */
export function encodeFileContext(context: EncryptionContext): Uint8Array {
  return Object.keys(context).length === 0 ? new Uint8Array(0) : encodeContext(context)
}

/**
 * Associated data of a ciphertext blob: its header, then the context. The header's fields carry their lengths, so no
 * two pairs of header and context give the same bytes; and its magic, read as a pair count, is beyond what a context
 * can have, so it is never the associated data of a file's key.
 */
export function blobAssociatedData(header: Uint8Array, context: EncryptionContext): Uint8Array {
  return Buffer.concat([header, encodeContext(context)])
}

function lengthPrefixed(bytes: Uint8Array): [Uint8Array, Uint8Array] {
  return [u16(bytes.length), bytes]
}
