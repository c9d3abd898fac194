import type { AsymmetricKeySpec, SignatureAlgorithm } from '../../../src-shared/model/keys'
import { explicit, nullValue, oid, sequence, smallInteger, writeDer, type DerNode } from '../key-formats/der'
import { isP521PublicKey, specOfPublicKey } from '../spki'

/** Signature algorithms of keys of the vault that X.509 has a name for. */
export type VaultCertificateAlgorithm = Exclude<SignatureAlgorithm, 'ED25519_PH_SHA_512'>
/** Keys of P-521 are on tokens alone. */
export type CertificateAlgorithm = VaultCertificateAlgorithm | 'ECDSA_SHA_512'

/**
 * Signs the bytes (DER of what is to be signed) and gives the signature as X.509 has it: DER of r and s for ECDSA and
 * SM2DSA. The signer hashes: SHA-256, SHA-384 or SHA-512 as the name says, SM3(ZA ‖ bytes) with the default id for SM2DSA, and
 * nothing for ED25519_SHA_512.
 */
export type SignBytes = (algorithm: CertificateAlgorithm, bytes: Uint8Array) => Promise<Uint8Array>

const sha256 = sequence(oid('2.16.840.1.101.3.4.2.1'), nullValue)
const mgf1Sha256 = sequence(oid('1.2.840.113549.1.1.8'), sha256)
const pssSaltBytes = 32

/** RFC 4055 (RSA; PSS with all parameters), RFC 5758 (ECDSA), GM/T 0006 (SM2), RFC 8410 (Ed25519). */
const identifiers: Readonly<Record<CertificateAlgorithm, DerNode>> = {
  RSA_PKCS1_SHA_256: sequence(oid('1.2.840.113549.1.1.11'), nullValue),
  RSA_PSS_SHA_256: sequence(
    oid('1.2.840.113549.1.1.10'),
    sequence(explicit(0, sha256), explicit(1, mgf1Sha256), explicit(2, smallInteger(pssSaltBytes))),
  ),
  ECDSA_SHA_256: sequence(oid('1.2.840.10045.4.3.2')),
  ECDSA_SHA_384: sequence(oid('1.2.840.10045.4.3.3')),
  ECDSA_SHA_512: sequence(oid('1.2.840.10045.4.3.4')),
  SM2DSA: sequence(oid('1.2.156.10197.1.501')),
  ED25519_SHA_512: sequence(oid('1.3.101.112')),
}

/** Names of what other programs sign with, too. */
const names: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.5', 'RSA_PKCS1_SHA_1'],
  ['1.2.840.113549.1.1.11', 'RSA_PKCS1_SHA_256'],
  ['1.2.840.113549.1.1.12', 'RSA_PKCS1_SHA_384'],
  ['1.2.840.113549.1.1.13', 'RSA_PKCS1_SHA_512'],
  ['1.2.840.113549.1.1.10', 'RSA_PSS'],
  ['1.2.840.10045.4.3.2', 'ECDSA_SHA_256'],
  ['1.2.840.10045.4.3.3', 'ECDSA_SHA_384'],
  ['1.2.840.10045.4.3.4', 'ECDSA_SHA_512'],
  ['1.2.156.10197.1.501', 'SM2DSA'],
  ['1.3.101.112', 'ED25519_SHA_512'],
])

const rsaAlgorithms = ['RSA_PKCS1_SHA_256', 'RSA_PSS_SHA_256'] as const
/** The algorithms with which a key of a spec signs certificates; the first is the usual one. */
export const certificateAlgorithms: Readonly<Record<AsymmetricKeySpec, readonly [VaultCertificateAlgorithm, ...VaultCertificateAlgorithm[]]>> = {
  RSA_2048: rsaAlgorithms,
  RSA_3072: rsaAlgorithms,
  RSA_4096: rsaAlgorithms,
  EC_P256: ['ECDSA_SHA_256'],
  EC_P256K: ['ECDSA_SHA_256'],
  EC_P384: ['ECDSA_SHA_384'],
  EC_SM2: ['SM2DSA'],
  Ed25519: ['ED25519_SHA_512'],
}

/** The same of a public key (SPKI), also of those that only tokens have; empty for a key that signs none. */
export function certificateAlgorithmsOf(publicKey: Uint8Array): readonly CertificateAlgorithm[] {
  if (isP521PublicKey(publicKey)) return ['ECDSA_SHA_512']
  const keySpec = specOfPublicKey(publicKey)
  return keySpec === null ? [] : certificateAlgorithms[keySpec]
}

/** AlgorithmIdentifier, DER. RangeError when a key with that public key (SPKI) does not sign with the algorithm. */
export function algorithmIdentifier(algorithm: CertificateAlgorithm, publicKey: Uint8Array): Uint8Array<ArrayBuffer> {
  if (!certificateAlgorithmsOf(publicKey).includes(algorithm)) throw new RangeError('the key does not sign with this algorithm')
  return writeDer(identifiers[algorithm])
}

/** The name of an algorithm, or its number with dots. */
export function algorithmName(dotted: string): string {
  return names.get(dotted) ?? dotted
}
