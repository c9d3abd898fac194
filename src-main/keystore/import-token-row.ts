import type { EncryptionAlgorithm } from '../../src-shared/model/keys'
import { concatBytes, u64 } from '../crypto/bytes'
import { SecretBuffer } from '../crypto/secret-buffer'
import { damagedRow } from './stored-row'

/** What a row `import-token` keeps: the private key that opens what is wrapped for the token. */
export interface TokenRow {
  algorithm: EncryptionAlgorithm
  /** Milliseconds since the epoch. */
  expiresAt: number
  /** RSA: PKCS#8 DER; SM2: the scalar. */
  privateKey: SecretBuffer
}

const rowVersion = 1
const headBytes = 10
/** A place of this list is what the row says; never to be reordered. */
const algorithms: readonly EncryptionAlgorithm[] = ['RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1', 'SM2PKE']

/** Version byte 01, place of the algorithm (1 byte), time of expiry (8 bytes, big-endian), private key. The caller zeroes it. */
export function encodeTokenRow({ algorithm, expiresAt, privateKey }: TokenRow): Uint8Array {
  const head = concatBytes(Uint8Array.of(rowVersion, algorithms.indexOf(algorithm)), u64(expiresAt))
  return privateKey.use((bytes) => concatBytes(head, bytes))
}

/** Takes over a row, which is zeroed; the caller destroys the private key. VAULT_DAMAGED. */
export function takeTokenRow(row: Uint8Array): TokenRow {
  try {
    const algorithm = algorithms[row[1] ?? algorithms.length]
    if (row[0] !== rowVersion || algorithm === undefined || row.length <= headBytes) throw damagedRow('import token record')
    return { algorithm, expiresAt: expiryOf(row), privateKey: SecretBuffer.take(row.subarray(headBytes)) }
  } finally {
    row.fill(0)
  }
}

/** When a row expires, for those who need nothing else of it; the row is zeroed. VAULT_DAMAGED. */
export function takeTokenExpiry(row: Uint8Array): number {
  const { expiresAt, privateKey } = takeTokenRow(row)
  privateKey.destroy()
  return expiresAt
}

function expiryOf(row: Uint8Array): number {
  const expiresAt = Number(new DataView(row.buffer, row.byteOffset).getBigUint64(2))
  if (!Number.isSafeInteger(expiresAt)) throw damagedRow('import token record')
  return expiresAt
}
