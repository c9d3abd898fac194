import { isKmsError } from '../../src-shared/errors'
import { versionNotFound } from '../../src-shared/model/secret-stages'
import type { SecretDataType } from '../../src-shared/model/secrets'
import { decryptAesGcm, encryptAesGcm, sealOverheadBytes } from '../crypto/aes-gcm'
import { concatBytes, joinBytes, u16, u32, utf8 } from '../crypto/bytes'
import { randomBytesOf } from '../crypto/random'
import { findBlobKey, openBlob, sealBlob } from '../keystore/blob-sealing'
import { requireUsable } from '../keystore/key-session'
import { damagedRow } from '../keystore/stored-row'
import { lengthPrefixed } from '../vault/encoding'
import type { RecordTransaction, VaultRecords } from '../vault/records'
import type { SecretRecord } from './secret-record'
import type { SecretSession } from './secret-session'

/** A value as it is stored: its data key as a ciphertext blob of the master key, and IV, ciphertext and tag. */
export interface SealedValue {
  readonly wrappedKey: Uint8Array
  readonly sealed: Uint8Array
}

/** The sealed values of a secret by version id. */
export type SecretValues = ReadonlyMap<string, SealedValue>

/** The records or a transaction on them. */
type Reader = Pick<VaultRecords, 'read'> | Pick<RecordTransaction, 'read'>

const dataKeyBytes = 32
const ivBytes = 12
const tagBytes = 16
const layoutVersion = 1
const what = 'secret value'

/**
 * Seals a value, which stays the caller's, under a data key of its own, which the secret's master key wraps. Not within a
 * transaction: it may have to write a reservation first. KEY_NOT_FOUND, KEY_DISABLED, KEY_PENDING_DELETION,
 * KEY_PENDING_IMPORT, UNSUPPORTED_OPERATION for a key that is not symmetric, KEY_USE_EXHAUSTED, VAULT_WRITE_FAILED.
 */
export async function sealValue(session: SecretSession, { secretId, keyId }: Pick<SecretRecord, 'secretId' | 'keyId'>, versionId: string, dataType: SecretDataType, plaintext: Uint8Array): Promise<SealedValue> {
  const { keys } = session
  const { record } = keys.resolve(keyId)
  requireUsable(keys, record, 'generateDataKey')
  const dataKey = randomBytesOf(dataKeyBytes)
  try {
    const { ciphertextBlob } = await sealBlob(keys, record, dataKey, { secretId, versionId })
    keys.index.used(record.keyId, keys.usage.lastUseAt(record.keyId))
    const iv = randomBytesOf(ivBytes)
    const { ciphertext, tag } = encryptAesGcm(dataKey, iv, plaintext, associatedData(secretId, versionId, dataType))
    return { wrappedKey: ciphertextBlob, sealed: concatBytes(iv, ciphertext, tag) }
  } finally {
    dataKey.fill(0)
  }
}

/**
 * The value of a version, in memory of its own, for the caller to zero. SECRET_VERSION_NOT_FOUND, the codes of the master
 * key's state, KEY_NOT_FOUND when that key is gone, VAULT_DAMAGED when the value was not sealed for this version.
 */
export async function openValue(session: SecretSession, record: SecretRecord, versionId: string, values?: SecretValues): Promise<Uint8Array> {
  const { secretId, versions } = record
  const version = versions.find((one) => one.versionId === versionId)
  if (!version) throw versionNotFound()
  const value = (values ?? (await readValues(session.records, secretId))).get(versionId)
  if (!value) throw damagedRow(what)
  const dataKey = await unwrap(session, secretId, versionId, value)
  try {
    const { sealed } = value
    const tagStart = sealed.length - tagBytes
    const plaintext = decryptAesGcm(dataKey, sealed.subarray(0, ivBytes), sealed.subarray(ivBytes, tagStart), sealed.subarray(tagStart), associatedData(secretId, versionId, version.dataType))
    if (!plaintext) throw damagedRow(what)
    return plaintext
  } finally {
    dataKey.fill(0)
  }
}

/** Values whose data keys the primary version of the secret's master key wraps; what is sealed stays as it is. Codes of sealValue() and openValue(). */
export async function rewrapValues({ keys }: SecretSession, { secretId, keyId }: Pick<SecretRecord, 'secretId' | 'keyId'>, values: SecretValues): Promise<SecretValues> {
  const { record } = keys.resolve(keyId)
  requireUsable(keys, record, 'generateDataKey')
  const renewed = new Map<string, SealedValue>()
  for (const [versionId, value] of values) {
    const dataKey = await unwrap({ keys }, secretId, versionId, value)
    try {
      renewed.set(versionId, { ...value, wrappedKey: (await sealBlob(keys, record, dataKey, { secretId, versionId })).ciphertextBlob })
    } finally {
      dataKey.fill(0)
    }
  }
  return renewed
}

/** The sealed values of a secret. VAULT_DAMAGED when they are missing or malformed. */
export async function readValues(from: Reader, secretId: string): Promise<SecretValues> {
  const row = await from.read('secret-values', secretId)
  if (!row) throw damagedRow(what)
  return decodeValues(row)
}

/** Writes the values of a secret in the place of those it had. */
export async function writeValues(tx: Pick<RecordTransaction, 'put'>, secretId: string, values: SecretValues): Promise<void> {
  await tx.put('secret-values', secretId, null, encodeValues(values))
}

/** The row: 01, count (2 bytes), then for each version its id after its length (2), the wrapped key after its length (4), the sealed value after its length (4). */
export function encodeValues(values: SecretValues): Uint8Array {
  const parts = [...values].flatMap(([versionId, { wrappedKey, sealed }]) => {
    const id = utf8(versionId)
    return [u16(id.length), id, u32(wrappedKey.length), wrappedKey, u32(sealed.length), sealed]
  })
  return joinBytes([Uint8Array.of(layoutVersion), u16(values.size), ...parts])
}

/** Reads encodeValues() strictly; the values are parts of `row`. VAULT_DAMAGED, VAULT_NEWER_VERSION. */
export function decodeValues(row: Uint8Array): SecretValues {
  const buffer = Buffer.from(row.buffer, row.byteOffset, row.length)
  if (row.length < 3 || row[0] !== layoutVersion) throw damagedRow(what)
  const values = new Map<string, SealedValue>()
  let at = 3
  const take = (sizeBytes: 2 | 4): Uint8Array => {
    if (at + sizeBytes > row.length) throw damagedRow(what)
    const start = at + sizeBytes
    at = start + buffer.readUIntBE(at, sizeBytes)
    if (at > row.length) throw damagedRow(what)
    return row.subarray(start, at)
  }
  for (let left = buffer.readUInt16BE(1); left > 0; left--) {
    const versionId = Buffer.from(take(2)).toString()
    const [wrappedKey, sealed] = [take(4), take(4)]
    if (values.has(versionId) || sealed.length < sealOverheadBytes) throw damagedRow(what)
    values.set(versionId, { wrappedKey, sealed })
  }
  if (at !== row.length) throw damagedRow(what)
  return values
}

async function unwrap({ keys }: Pick<SecretSession, 'keys'>, secretId: string, versionId: string, { wrappedKey }: SealedValue): Promise<Uint8Array> {
  try {
    const found = findBlobKey(keys, wrappedKey)
    requireUsable(keys, found.record, 'decrypt')
    const dataKey = await openBlob(keys, found, { secretId, versionId })
    if (dataKey.length === dataKeyBytes) return dataKey
    dataKey.fill(0)
    throw damagedRow(what)
  } catch (error) {
    // The row is authentic, so a key that does not open was put there for another version.
    throw isKmsError(error, 'INVALID_CIPHERTEXT') ? damagedRow(what) : error
  }
}

function associatedData(secretId: string, versionId: string, dataType: SecretDataType): Uint8Array {
  return lengthPrefixed(secretId, versionId, dataType)
}
