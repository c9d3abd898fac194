import type { MacAlgorithm } from '../../../src-shared/model/keys'
import { hmacSha224, hmacSha256, hmacSha384, hmacSha512 } from '../../crypto/hmac'
import { hmacSm3 } from '../../crypto/sm3'

const macs: Readonly<Record<MacAlgorithm, (key: Uint8Array, message: Uint8Array) => Uint8Array>> = {
  HMAC_SHA_224: hmacSha224,
  HMAC_SHA_256: hmacSha256,
  HMAC_SHA_384: hmacSha384,
  HMAC_SHA_512: hmacSha512,
  HMAC_SM3: hmacSm3,
}

/** The whole MAC of the message. */
export function macWith(algorithm: MacAlgorithm, key: Uint8Array, message: Uint8Array): Uint8Array {
  return macs[algorithm](key, message)
}
