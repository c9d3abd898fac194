import { equalBytes } from '../bytes'
import { ecPointOf } from '../spki'
import { bitsOfKind, octetsOf, oidOf, readBer, sequenceOf, smallIntegerOf, type BerNode } from './ber'
import { curveOf, ecOid, ed25519Key, ed25519Oid, readEcPrivateKey } from './curve-parts'
import type { PrivateKeyParts } from './decoded-key'
import { inconsistent, notAKey, unsupported } from './failure'
import { readRsaPrivateKey, rsaKey, rsaOid } from './rsa-parts'

/** True for what has the shape of a PrivateKeyInfo, whatever its algorithm. */
export function isPkcs8(node: BerNode): boolean {
  const [version, algorithm, key] = node.children
  return version?.kind === 0x02 && algorithm?.kind === 0x30 && algorithm.children[0]?.kind === 0x06 && (key?.kind === 0x04 || key?.kind === 0x24)
}

/** PrivateKeyInfo (RFC 5208) and OneAsymmetricKey (RFC 5958), unencrypted. */
export function readPkcs8(node: BerNode): PrivateKeyParts {
  const [version, algorithm, key, ...optional] = sequenceOf(node)
  const publicPart = optional.find((child) => child.kind === 0x81)
  const number = smallIntegerOf(version)
  if (number > 1 || (number === 0 && publicPart !== undefined)) throw notAKey()
  return readKey(sequenceOf(algorithm), readBer(octetsOf(key)), publicPart)
}

function readKey(algorithm: readonly BerNode[], key: BerNode, publicPart: BerNode | undefined): PrivateKeyParts {
  const [name, parameters] = algorithm
  switch (oidOf(name)) {
    case rsaOid:
      return rsaKey(readRsaPrivateKey(key))
    case ecOid:
      return withPublicPart(readEcPrivateKey(key, curveOf(parameters)), publicPart)
    case ed25519Oid:
      return ed25519Key(octetsOf(key), publicPart === undefined ? null : bitsOfKind(publicPart, 0x81))
    default:
      throw unsupported('RSA, EC and Ed25519 keys are supported')
  }
}

function withPublicPart(parts: PrivateKeyParts, publicPart: BerNode | undefined): PrivateKeyParts {
  if (publicPart === undefined || equalBytes(ecPointOf(parts.publicKey), bitsOfKind(publicPart, 0x81))) return parts
  parts.material.destroy()
  throw inconsistent()
}
