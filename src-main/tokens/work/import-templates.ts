import { copyBytes, zero } from '../../crypto/bytes'
import { curves } from '../../crypto/key-formats/curves'
import type { PrivateKeyParts } from '../../crypto/key-formats/decoded-key'
import { octetsOf, readBer, sequenceOf } from '../../crypto/key-formats/ber'
import { octets, oid, writeDer } from '../../crypto/key-formats/der'
import { readRsaPrivateKey } from '../../crypto/key-formats/rsa-parts'
import { ecPointOf, ed25519KeyOf } from '../../crypto/spki'
import type { Attribute, ObjectView } from '../host/calls'
import { Attributes } from '../object-view'
import { cka, ckk, ecParams } from '../pkcs11'

/** The attributes of a private key and its public part that are theirs alone. */
export interface PairParts {
  keyType: 'RSA' | 'EC' | 'EDDSA'
  privateOwn: Attribute[]
  publicOwn: Attribute[]
}

export const keyTypeNumbers = { AES: ckk.aes, GENERIC: ckk.generic, RSA: ckk.rsa, EC: ckk.ec, EDDSA: ckk.edwards } as const

/** Null for a kind of key that tokens do not have (SM2). Values of the private part are copies, for the caller to zero: zeroPair(). */
export function pairParts({ keySpec, material, publicKey }: PrivateKeyParts): PairParts | null {
  if (keySpec.startsWith('RSA_')) return material.use(rsaPair)
  const value = () => material.use((bytes) => ({ type: cka.value, value: copyBytes(bytes) }))
  if (keySpec === 'Ed25519') {
    const parameters = { type: cka.ecParams, value: Buffer.from(ecParams.ed25519Name, 'hex') }
    return { keyType: 'EDDSA', privateOwn: [parameters, value()], publicOwn: [parameters, { type: cka.ecPoint, value: writeDer(octets(ed25519KeyOf(publicKey))) }] }
  }
  const curve = curves.find((known) => known.keySpec === keySpec)
  if (!curve || keySpec === 'EC_SM2') return null
  const parameters = { type: cka.ecParams, value: writeDer(oid(curve.oid)) }
  return { keyType: 'EC', privateOwn: [parameters, value()], publicOwn: [parameters, { type: cka.ecPoint, value: writeDer(octets(ecPointOf(publicKey))) }] }
}

export function zeroPair({ privateOwn }: PairParts): void {
  for (const { value } of privateOwn) if (value instanceof Uint8Array) zero(value)
}

/** `pkcs8`: PrivateKeyInfo of an RSA key, DER. */
function rsaPair(pkcs8: Uint8Array): PairParts {
  const { n, e, d, p, q, dp, dq, qi } = readRsaPrivateKey(readBer(octetsOf(sequenceOf(readBer(pkcs8))[2])))
  const own = (type: number, value: Uint8Array): Attribute => ({ type, value: copyBytes(value) })
  const publicOwn = [own(cka.modulus, n), own(cka.publicExponent, e)]
  const secret = [own(cka.privateExponent, d), own(cka.prime1, p), own(cka.prime2, q), own(cka.exponent1, dp), own(cka.exponent2, dq), own(cka.coefficient, qi)]
  return { keyType: 'RSA', privateOwn: [own(cka.modulus, n), own(cka.publicExponent, e), ...secret], publicOwn }
}

/** What makes the public part of a pair, as it is read of a public key or of an RSA private key; null when it is not all there. */
export function publicOwnOf(view: ObjectView): Attribute[] | null {
  const attributes = new Attributes(view)
  const taken = (...types: readonly number[]) => types.map((type) => ({ type, value: attributes.bytes(type) ?? new Uint8Array() }))
  const candidates = attributes.number(cka.keyType) === ckk.rsa ? taken(cka.modulus, cka.publicExponent) : taken(cka.ecParams, cka.ecPoint)
  return candidates.every(({ value }) => value.length > 0) ? candidates : null
}

/** Subject, issuer and serial number of a certificate (DER), as they stand in it. */
export function certificateParts(der: Uint8Array): { subject: Uint8Array; issuer: Uint8Array; serialNumber: Uint8Array } {
  const [tbs] = sequenceOf(readBer(der))
  const [serial, , issuer, , subject] = sequenceOf(tbs).filter(({ kind }) => kind !== 0xa0)
  return { subject: encodedOf(subject), issuer: encodedOf(issuer), serialNumber: encodedOf(serial) }
}

function encodedOf(node: { encoded: Uint8Array } | undefined): Uint8Array {
  return copyBytes(node?.encoded ?? new Uint8Array())
}
