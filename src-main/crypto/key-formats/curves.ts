import type { AsymmetricKeySpec } from '../../../src-shared/model/keys'
import { ecPublicKeyOf } from '../ecdsa'
import { sm2PublicKeyOf } from '../sm2'

export type EcKeySpec = Extract<AsymmetricKeySpec, `EC_${string}`>

/** A curve on which keys may lie, with its names in the formats. */
export interface Curve {
  keySpec: EcKeySpec
  oid: string
  /** Length of a scalar and of a coordinate. */
  bytes: number
  /** SPKI of a scalar. RangeError when it is not between 1 and the order of the curve minus 1. */
  publicKeyOf: (scalar: Uint8Array) => Uint8Array
  /** Name in a JWK (RFC 7518 6.2.1.1, RFC 8812); SM2 has none. */
  jwk?: string
  /** Name in OpenSSH (RFC 5656); others have none. */
  openSsh?: string
}

export const curves: readonly Curve[] = [
  { keySpec: 'EC_P256', oid: '1.2.840.10045.3.1.7', bytes: 32, publicKeyOf: (scalar) => ecPublicKeyOf('P-256', scalar), jwk: 'P-256', openSsh: 'nistp256' },
  { keySpec: 'EC_P384', oid: '1.3.132.0.34', bytes: 48, publicKeyOf: (scalar) => ecPublicKeyOf('P-384', scalar), jwk: 'P-384', openSsh: 'nistp384' },
  { keySpec: 'EC_P256K', oid: '1.3.132.0.10', bytes: 32, publicKeyOf: (scalar) => ecPublicKeyOf('secp256k1', scalar), jwk: 'secp256k1' },
  { keySpec: 'EC_SM2', oid: '1.2.156.10197.1.301', bytes: 32, publicKeyOf: sm2PublicKeyOf },
]
