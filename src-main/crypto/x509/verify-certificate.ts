import { constants, createPublicKey, hash, verify, type KeyObject } from 'node:crypto'
import { equalBytes } from '../bytes'
import { verifyEcdsa } from '../ecdsa'
import { bitsOf, oidOf, readBer, sequenceOf, smallIntegerOf, type BerNode } from '../key-formats/ber'
import { sm2Digest, verifySm2 } from '../sm2'
import { specOfPublicKey } from '../spki'
import type { ParsedCertificate } from './parse-certificate'

type Hash = 'sha256' | 'sha384' | 'sha512'

/** A certificate as it was signed, and the public key (SPKI) that is said to have signed it. */
interface Signed {
  spki: Uint8Array
  bytes: Uint8Array
  /** AlgorithmIdentifier. */
  algorithm: BerNode
  signature: Uint8Array
}

const hashOids: ReadonlyMap<string, Hash> = new Map([
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
])

/** By the name of algorithmName(). SHA-1 proves nothing any more, so it is not here. */
const verifiers: Readonly<Record<string, (signed: Signed) => boolean>> = {
  RSA_PKCS1_SHA_256: (signed) => verifyPkcs1(signed, 'sha256'),
  RSA_PKCS1_SHA_384: (signed) => verifyPkcs1(signed, 'sha384'),
  RSA_PKCS1_SHA_512: (signed) => verifyPkcs1(signed, 'sha512'),
  RSA_PSS: verifyPss,
  ECDSA_SHA_256: (signed) => verifyEc(signed, 'sha256'),
  ECDSA_SHA_384: (signed) => verifyEc(signed, 'sha384'),
  ECDSA_SHA_512: (signed) => verifyEc(signed, 'sha512'),
  SM2DSA: ({ spki, bytes, signature }) => specOfPublicKey(spki) === 'EC_SM2' && verifySm2(spki, sm2Digest(spki, bytes), signature),
  ED25519_SHA_512: ({ spki, bytes, signature }) => verify(null, bytes, keyOf(spki, 'ed25519'), signature),
}

/**
 * Whether `issuer` is the issuer that the certificate names, and its key has signed the certificate: RSA (PKCS #1 and
 * PSS) and ECDSA with SHA-256, -384 or -512, Ed25519, SM2 with the default id. Times, usages and revocation are not
 * looked at. False for every other algorithm.
 */
export function isIssuedBy(certificate: ParsedCertificate, issuer: ParsedCertificate): boolean {
  const check = Object.hasOwn(verifiers, certificate.signatureAlgorithm) ? verifiers[certificate.signatureAlgorithm] : undefined
  if (check === undefined || certificate.issuer === '' || certificate.issuer !== issuer.subject) return false
  try {
    return check(signedPartOf(certificate.der, issuer.publicKey))
  } catch {
    // The runtime throws errors of many kinds at keys and signatures of another form.
    return false
  }
}

/** RFC 5280 4.1: what is signed names the algorithm too, and must name the same one. */
function signedPartOf(der: Uint8Array, spki: Uint8Array): Signed {
  const [tbs, algorithm, signature] = sequenceOf(readBer(der))
  const inner = sequenceOf(tbs).filter(({ kind }) => kind !== 0xa0)[1]
  if (tbs === undefined || algorithm === undefined || inner === undefined || !equalBytes(inner.encoded, algorithm.encoded)) {
    throw new RangeError('two algorithms in one certificate')
  }
  return { spki, bytes: tbs.encoded, algorithm, signature: bitsOf(signature) }
}

function verifyPkcs1({ spki, bytes, signature }: Signed, name: Hash): boolean {
  return verify(name, bytes, { key: keyOf(spki, 'rsa'), padding: constants.RSA_PKCS1_PADDING }, signature)
}

/** RSASSA-PSS-params (RFC 4055): the hash under [0], SHA-1 when absent; the length of the salt under [2], 20 when absent. */
function verifyPss({ spki, bytes, algorithm, signature }: Signed): boolean {
  const parameters = sequenceOf(sequenceOf(algorithm)[1])
  const [hashAlgorithm] = parameters.find(({ kind }) => kind === 0xa0)?.children ?? []
  const name = hashOids.get(oidOf(sequenceOf(hashAlgorithm)[0]))
  const [salt] = parameters.find(({ kind }) => kind === 0xa2)?.children ?? []
  const saltLength = salt === undefined ? 20 : smallIntegerOf(salt)
  const key = { key: keyOf(spki, 'rsa'), padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }
  return name !== undefined && verify(name, bytes, key, signature)
}

/** The runtime has the curves of NIST only. */
function verifyEc({ spki, bytes, signature }: Signed, name: Hash): boolean {
  if (specOfPublicKey(spki) === 'EC_P256K') return verifyEcdsa('secp256k1', spki, hash(name, bytes, 'buffer'), signature)
  return verify(name, bytes, keyOf(spki, 'ec'), signature)
}

function keyOf(spki: Uint8Array, type: KeyObject['asymmetricKeyType']): KeyObject {
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  if (key.asymmetricKeyType !== type) throw new RangeError('a key of another kind')
  return key
}
