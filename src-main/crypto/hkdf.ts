import { ownBytes, zero } from './bytes'
import { hmacSha256, hmacSha512 } from './hmac'

type Mac = typeof hmacSha256

const maxInfoBytes = 1024
const maxBlocks = 255

/**
 * HKDF-SHA256 (RFC 5869), extract and expand. The result is in memory of its own; the caller zeroes it.
 * Buffers are borrowed. RangeError when `lengthBytes` is above 255 x 32; `info` is limited to 1024 bytes.
 */
export function hkdfSha256(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, lengthBytes: number): Uint8Array<ArrayBuffer> {
  return hkdf(hmacSha256, 32, ikm, salt, info, lengthBytes)
}

/** HKDF-SHA512, otherwise as hkdfSha256; at most 255 x 64 bytes. Derives the keys of a file (file format section 1.3). */
export function hkdfSha512(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, lengthBytes: number): Uint8Array<ArrayBuffer> {
  return hkdf(hmacSha512, 64, ikm, salt, info, lengthBytes)
}

/** Not the runtime's own: that one copies the key material into an object which keeps it until it is garbage-collected. */
function hkdf(mac: Mac, macBytes: number, ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, lengthBytes: number): Uint8Array<ArrayBuffer> {
  if (lengthBytes > maxBlocks * macBytes) throw new RangeError('HKDF gives at most 255 blocks')
  if (info.length > maxInfoBytes) throw new RangeError('the info of HKDF has at most 1024 bytes')
  const pseudoRandomKey = mac(salt.length === 0 ? new Uint8Array(macBytes) : salt, ikm)
  const output = ownBytes(lengthBytes)
  let block: Uint8Array = ownBytes(0)
  for (let counter = 1, at = 0; at < lengthBytes; counter++, at += macBytes) {
    const next = mac(pseudoRandomKey, block, info, Uint8Array.of(counter))
    zero(block)
    block = next
    output.set(block.subarray(0, lengthBytes - at), at)
  }
  zero(pseudoRandomKey, block)
  return output
}
