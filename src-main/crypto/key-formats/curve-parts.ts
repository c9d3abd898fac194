import { copyBytes, equalBytes, ownBytes } from '../bytes'
import { ed25519PublicKeyOf } from '../ed25519'
import { SecretBuffer } from '../secret-buffer'
import { ecPointOf, ed25519KeyOf } from '../spki'
import { bitsOf, childrenOf, octetsOf, oidOf, sequenceOf, smallIntegerOf, kinds, withoutLeadingZeros, type BerNode } from './ber'
import { curves, type Curve } from './curves'
import type { PrivateKeyParts } from './decoded-key'
import { inconsistent, notAKey, unsupported } from './failure'

export const ecOid = '1.2.840.10045.2.1'
export const ed25519Oid = '1.3.101.112'
const seedBytes = 32

/** The curve with that object identifier. */
export function curveOf(parameters: BerNode | undefined): Curve {
  if (parameters?.kind === kinds.sequence) throw unsupported('EC keys with explicit curve parameters are not supported')
  const dotted = oidOf(parameters)
  return knownCurve(curves.find((curve) => curve.oid === dotted))
}

export function knownCurve(curve: Curve | undefined): Curve {
  if (curve === undefined) throw unsupported('EC keys on P-256, P-384, secp256k1 and SM2 are supported')
  return curve
}

/** An ECPrivateKey (RFC 5915). `outer` is the curve that PKCS#8 names; alone, the key names its own. */
export function readEcPrivateKey(node: BerNode, outer: Curve | null): PrivateKeyParts {
  const [version, scalar, ...optional] = sequenceOf(node)
  if (smallIntegerOf(version) !== 1) throw notAKey()
  const [named] = optional.filter((child) => child.kind === 0xa0).flatMap((child) => childrenOf(child, 0xa0))
  const [point] = optional.filter((child) => child.kind === 0xa1).flatMap((child) => childrenOf(child, 0xa1))
  const curve = named === undefined ? outer : curveOf(named)
  if (curve === null) throw notAKey()
  if (outer !== null && outer !== curve) throw inconsistent()
  return ecKey(curve, octetsOf(scalar), point === undefined ? null : bitsOf(point))
}

/**
 * The key of a scalar, big-endian, whatever its leading zeros. `point` is the public part beside it: uncompressed or
 * compressed (SEC 1 2.3.3); null when the format has none.
 */
export function ecKey(curve: Curve, scalar: Uint8Array, point: Uint8Array | null): PrivateKeyParts {
  const short = withoutLeadingZeros(scalar)
  if (short.length > curve.bytes) throw inconsistent()
  const padded = ownBytes(curve.bytes)
  padded.set(short, curve.bytes - short.length)
  const material = SecretBuffer.take(padded)
  const publicKey = publicOrNull(() => material.use(curve.publicKeyOf))
  if (publicKey !== null && (point === null || isPointOf(publicKey, point, curve))) return { keySpec: curve.keySpec, material, publicKey }
  material.destroy()
  throw inconsistent()
}

/** The key of a seed (RFC 8032 5.1.5). `point` is the public part beside it, null when the format has none. */
export function ed25519Key(seed: Uint8Array, point: Uint8Array | null): PrivateKeyParts {
  if (seed.length !== seedBytes) throw notAKey()
  const publicKey = ed25519PublicKeyOf(seed)
  if (point !== null && !equalBytes(ed25519KeyOf(publicKey), point)) throw inconsistent()
  return { keySpec: 'Ed25519', material: SecretBuffer.take(copyBytes(seed)), publicKey }
}

function isPointOf(publicKey: Uint8Array, point: Uint8Array, curve: Curve): boolean {
  const own = ecPointOf(publicKey)
  if (point.length === own.length) return equalBytes(own, point)
  const isOdd = ((own.at(-1) ?? 0) & 1) === 1
  return point.length === curve.bytes + 1 && point[0] === (isOdd ? 3 : 2) && equalBytes(own.subarray(1, curve.bytes + 1), point.subarray(1))
}

/** A scalar outside of the range of the curve has no public key. */
function publicOrNull(derive: () => Uint8Array): Uint8Array | null {
  try {
    return derive()
  } catch {
    return null
  }
}
