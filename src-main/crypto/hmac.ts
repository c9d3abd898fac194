import { createHmac } from 'node:crypto'
import { copyBytes } from './bytes'

/**
 * HMAC-SHA256 (RFC 2104) over the parts as if they were one message: 32 bytes. Buffers are borrowed and not changed.
 * Parts carry no lengths: the caller makes the joint unambiguous.
 */
export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  return hmac('sha256', key, parts)
}

/** HMAC-SHA224, otherwise as hmacSha256: 28 bytes. */
export function hmacSha224(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  return hmac('sha224', key, parts)
}

/** HMAC-SHA384, otherwise as hmacSha256: 48 bytes. */
export function hmacSha384(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  return hmac('sha384', key, parts)
}

/** HMAC-SHA512, otherwise as hmacSha256: 64 bytes. */
export function hmacSha512(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  return hmac('sha512', key, parts)
}

/** HMAC-SHA1, otherwise as hmacSha256: 20 bytes. For one-time codes (RFC 6238), which know nothing newer by default. */
export function hmacSha1(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  return hmac('sha1', key, parts)
}

function hmac(hash: 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512', key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const mac = createHmac(hash, key)
  for (const part of parts) mac.update(part)
  const digest = mac.digest()
  const own = copyBytes(digest)
  digest.fill(0)
  return own
}
