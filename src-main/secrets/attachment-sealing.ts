import { isKmsError } from '../../src-shared/errors'
import { openAesGcm, sealAesGcm } from '../crypto/aes-gcm'
import { concatBytes, u16, u32 } from '../crypto/bytes'
import { randomBytesOf } from '../crypto/random'
import { findBlobKey, openBlob, sealBlob } from '../keystore/blob-sealing'
import { requireUsable } from '../keystore/key-session'
import { damagedRow } from '../keystore/stored-row'
import { lengthPrefixed } from '../vault/encoding'
import { pieceCountOf, type StoredAttachment } from './attachment-rows'
import type { SecretRecord } from './secret-record'
import type { SecretSession } from './secret-session'

/** The data key of one attachment: as it is, and as a ciphertext blob of the master key. */
export interface AttachmentKey {
  /** For the caller to zero. */
  readonly dataKey: Uint8Array
  readonly wrappedKey: Uint8Array
}

/** A row `secret-attachment`: the wrapped data key, in the first piece only, and the sealed piece (IV, ciphertext, tag). */
interface PieceRow {
  readonly wrappedKey: Uint8Array
  readonly sealed: Uint8Array
}

const layoutVersion = 1
const dataKeyBytes = 32
const what = 'attachment'

/** A new data key. Not within a transaction: it may have to write a reservation first. Codes of requireUsable() and sealBlob(). */
export async function newAttachmentKey({ keys }: SecretSession, { secretId, keyId }: Pick<SecretRecord, 'secretId' | 'keyId'>, attachmentId: string): Promise<AttachmentKey> {
  const dataKey = randomBytesOf(dataKeyBytes)
  try {
    return { dataKey, wrappedKey: await wrap(keys, keyId, dataKey, { secretId, attachmentId }) }
  } catch (error) {
    dataKey.fill(0)
    throw error
  }
}

/** The row of a piece, whose place is part of what is authenticated. `content` stays the caller's. */
export function sealPiece({ dataKey, wrappedKey }: AttachmentKey, secretId: string, attachment: StoredAttachment, piece: number, content: Uint8Array): Uint8Array {
  return encodeRow({ wrappedKey: piece === 0 ? wrappedKey : new Uint8Array(0), sealed: sealAesGcm(dataKey, content, associatedData(secretId, attachment, piece)) })
}

/** The content of a piece, for the caller to zero. VAULT_DAMAGED when it was not sealed for this place. */
export function openPiece(dataKey: Uint8Array, secretId: string, attachment: StoredAttachment, piece: number, row: Uint8Array): Uint8Array {
  const content = openAesGcm(dataKey, decodeRow(row).sealed, associatedData(secretId, attachment, piece))
  if (!content) throw damagedRow(what)
  return content
}

/** The data key that is wrapped in the first row, for the caller to zero. The codes of the master key's state, KEY_NOT_FOUND, VAULT_DAMAGED. */
export async function openAttachmentKey({ keys }: SecretSession, secretId: string, attachmentId: string, firstRow: Uint8Array): Promise<Uint8Array> {
  try {
    const found = findBlobKey(keys, wrappedKeyOf(firstRow))
    requireUsable(keys, found.record, 'decrypt')
    return await openBlob(keys, found, { secretId, attachmentId })
  } catch (error) {
    // The row is authentic, so a key that does not open was put there for another attachment.
    throw isKmsError(error, 'INVALID_CIPHERTEXT') ? damagedRow(what) : error
  }
}

/** The first row with its data key wrapped by the primary version of a master key. Codes of openAttachmentKey() and newAttachmentKey(). */
export async function rewrapped(session: SecretSession, secretId: string, attachmentId: string, firstRow: Uint8Array, keyId: string): Promise<Uint8Array> {
  const dataKey = await openAttachmentKey(session, secretId, attachmentId, firstRow)
  try {
    return encodeRow({ ...decodeRow(firstRow), wrappedKey: await wrap(session.keys, keyId, dataKey, { secretId, attachmentId }) })
  } finally {
    dataKey.fill(0)
  }
}

/** The wrapped data key that a first row has. VAULT_DAMAGED. */
export function wrappedKeyOf(firstRow: Uint8Array): Uint8Array {
  return decodeRow(firstRow).wrappedKey
}

async function wrap(keys: SecretSession['keys'], keyId: string, dataKey: Uint8Array, context: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const { record } = keys.resolve(keyId)
  requireUsable(keys, record, 'generateDataKey')
  return (await sealBlob(keys, record, dataKey, context)).ciphertextBlob
}

/** 01, the wrapped key after its length (2 bytes), the sealed piece. */
function encodeRow({ wrappedKey, sealed }: PieceRow): Uint8Array {
  return concatBytes(Uint8Array.of(layoutVersion), u16(wrappedKey.length), wrappedKey, sealed)
}

function decodeRow(row: Uint8Array): PieceRow {
  const start = 3 + (((row[1] ?? 0) << 8) | (row[2] ?? 0))
  if (row[0] !== layoutVersion || row.length < start) throw damagedRow(what)
  return { wrappedKey: row.subarray(3, start), sealed: row.subarray(start) }
}

/** Secret, attachment, number of the piece and of all pieces: none can be moved, swapped, left out or added. */
function associatedData(secretId: string, { attachmentId, sizeBytes }: StoredAttachment, piece: number): Uint8Array {
  return lengthPrefixed('keystead attachment', secretId, attachmentId, u32(piece), u32(pieceCountOf(sizeBytes)))
}
