import { concatBytes, copyBytes, equalBytes, u64, utf8 } from '../crypto/bytes'
import { hmacSha256 } from '../crypto/hmac'

/** What a token says of itself. */
export interface ImportToken {
  /** 16 random bytes, as 32 hexadecimal digits: the id of the row that keeps the private key. */
  tokenId: string
  /** Milliseconds since the epoch. */
  expiresAt: number
}

const magic = Uint8Array.of(0x4b, 0x53, 0x49, 0x54, 0x01)
const label = utf8('keystead import token\0')
const idBytes = 16
const timeBytes = 8
const macBytes = 32
const bodyBytes = magic.length + idBytes + timeBytes

/** Length of a token. */
export const importTokenBytes = bodyBytes + macBytes

/**
 * The token of a key (kms-api 1.7): "KSIT", version byte 01, id (16 bytes), time of expiry in milliseconds (8 bytes,
 * big-endian), HMAC-SHA256 over a label, these 29 bytes and the key id under a key that only this vault has. Whoever
 * holds it learns nothing, and no other key or vault accepts it.
 */
export function encodeImportToken(authenticationKey: Uint8Array, keyId: string, { tokenId, expiresAt }: ImportToken): Uint8Array {
  const body = concatBytes(magic, Buffer.from(tokenId, 'hex'), u64(expiresAt))
  return concatBytes(body, macOf(authenticationKey, body, keyId))
}

/** Null for everything but a token that encodeImportToken made with the same key for the same key id. */
export function openImportToken(authenticationKey: Uint8Array, keyId: string, bytes: Uint8Array): ImportToken | null {
  if (!isImportToken(bytes)) return null
  const token = copyBytes(bytes)
  const body = token.subarray(0, bodyBytes)
  if (!equalBytes(macOf(authenticationKey, body, keyId), token.subarray(bodyBytes))) return null
  const tokenId = Buffer.from(body.buffer, magic.length, idBytes).toString('hex')
  return { tokenId, expiresAt: Number(new DataView(body.buffer).getBigUint64(magic.length + idBytes)) }
}

/** Whether bytes have the form of an import token, of whichever vault. */
export function isImportToken(bytes: Uint8Array): boolean {
  return bytes.length === importTokenBytes && equalBytes(bytes.subarray(0, magic.length), magic)
}

function macOf(authenticationKey: Uint8Array, body: Uint8Array, keyId: string): Uint8Array {
  return hmacSha256(authenticationKey, label, body, utf8(keyId))
}
