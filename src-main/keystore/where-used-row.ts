import type { EncryptionContext } from '../../src-shared/model/encryption-context'
import { limits } from '../../src-shared/model/limits'
import { isKeyId, isKeyVersionSuffix } from './key-ids'
import { countOf, damagedRow, decodeRow, encodeRow, listOf, textOf } from './stored-row'

/** Something that a key has encrypted, as the index keeps it in memory. Never changed in place. */
export interface KeyUseEntry {
  readonly useId: string
  readonly kind: 'file' | 'ciphertext'
  /** Absolute path of a file, name of a ciphertext. */
  readonly name: string
  readonly keyId: string
  readonly keyVersionId: string
  /** Milliseconds since the epoch. */
  readonly encryptedAt: number
  readonly isMissing: boolean
  /** Size of the encrypted file or of the blob. */
  readonly bytes: number
}

/** What only the row has: the message id of a file in hex, or a blob and its context. */
export type KeyUseContent =
  | { kind: 'file'; messageId: string }
  | { kind: 'ciphertext'; ciphertextBlob: Uint8Array; encryptionContext: EncryptionContext }

export interface KeyUseRow {
  entry: KeyUseEntry
  content: KeyUseContent
}

const layoutVersion = 1
const fieldCount = 7
const what = 'where-used entry'
const pathChars = 32_768
const blobBase64Chars = Math.ceil(limits.ciphertextBlobBytes / 3) * 4

/**
 * The bytes of a row `where-used`, whose id is the use id and whose parent is the key id. Layout 1: kind (0 file,
 * 1 ciphertext), name, key id, what follows it in the version id, encrypted at, size, and as a list: for a file missing
 * (0 or 1) and message id in hex; for a ciphertext the blob in Base64 and its context as [name, value].
 */
export function encodeUse({ entry, content }: KeyUseRow): Uint8Array {
  const suffix = entry.keyVersionId.slice(entry.keyId.length + 1)
  const own =
    content.kind === 'file'
      ? [Number(entry.isMissing), content.messageId]
      : [Buffer.from(content.ciphertextBlob).toString('base64'), Object.entries(content.encryptionContext)]
  return encodeRow(layoutVersion, [Number(entry.kind === 'ciphertext'), entry.name, entry.keyId, suffix, entry.encryptedAt, entry.bytes, own])
}

/** Reads a row strictly. VAULT_DAMAGED, VAULT_NEWER_VERSION. */
export function decodeUse(useId: string, row: Uint8Array): KeyUseRow {
  const fields = decodeRow(row, layoutVersion, fieldCount, what)
  const own = listOf(fields[7], what)
  if (own.length !== 2) throw damagedRow(what)
  if (fields[1] === 0) {
    const isMissing = own[0] === 1
    if (!isMissing && own[0] !== 0) throw damagedRow(what)
    return { entry: entryOf(useId, fields, 'file', isMissing), content: { kind: 'file', messageId: textOf(own[1], 64, what) } }
  }
  if (fields[1] !== 1) throw damagedRow(what)
  const ciphertextBlob = new Uint8Array(Buffer.from(textOf(own[0], blobBase64Chars, what), 'base64'))
  return { entry: entryOf(useId, fields, 'ciphertext', false), content: { kind: 'ciphertext', ciphertextBlob, encryptionContext: contextOf(own[1]) } }
}

/** As decodeUse(), without what only the row has. `shared` gives one string for all ids that are the same. */
export function decodeUseEntry(useId: string, row: Uint8Array, shared: (id: string) => string): KeyUseEntry {
  const fields = decodeRow(row, layoutVersion, fieldCount, what)
  const kind = fields[1] === 1 ? 'ciphertext' : 'file'
  return entryOf(useId, fields, kind, kind === 'file' && listOf(fields[7], what)[0] === 1, shared)
}

function entryOf(useId: string, fields: readonly unknown[], kind: KeyUseEntry['kind'], isMissing: boolean, shared = (id: string) => id): KeyUseEntry {
  const [, , name, keyId, suffix, encryptedAt, bytes] = fields
  if (typeof keyId !== 'string' || !isKeyId(keyId) || typeof suffix !== 'string' || !isKeyVersionSuffix(suffix)) throw damagedRow(what)
  return {
    useId,
    kind,
    name: textOf(name, pathChars, what),
    keyId: shared(keyId),
    keyVersionId: shared(`${keyId}-${suffix}`),
    encryptedAt: countOf(encryptedAt, what),
    isMissing,
    bytes: countOf(bytes, what),
  }
}

function contextOf(value: unknown): EncryptionContext {
  return Object.fromEntries(
    listOf(value, what).map((item) => {
      const [name, text, ...rest] = listOf(item, what)
      if (rest.length > 0) throw damagedRow(what)
      return [textOf(name, limits.contextChars, what), textOf(text, limits.contextChars, what)]
    }),
  )
}
