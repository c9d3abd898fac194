import type { EncryptionAlgorithm, KeySpec, KeyUsage, MacAlgorithm, SignatureAlgorithm } from '../../src-shared/model/keys'
import type { TokenKeyUse } from '../../src-shared/model/tokens'
import { ecdsaDer, type EcdsaCurve } from '../crypto/ecdsa'
import type { OaepHash } from '../crypto/rsa'
import { digestInfo, pssSaltBytes } from '../crypto/rsa-signature'
import type { MechanismUse } from './host/calls'
import { ckm, mgf1 } from './pkcs11'

const plain = (mechanism: number): MechanismUse => ({ mechanism, parameters: { kind: 'none' } })

/** What the key may be used for. A pair that decrypts signs the requests for its own certificates. */
export function usesOf(keySpec: KeySpec, keyUsage: KeyUsage): TokenKeyUse[] {
  if (keyUsage !== 'ENCRYPT/DECRYPT') return ['sign', 'verify']
  return keySpec.startsWith('RSA_') ? ['encrypt', 'decrypt', 'sign', 'verify'] : ['encrypt', 'decrypt']
}

/** What a token must know, each in one way at least, for all that such a key does. */
export function neededMechanisms(keySpec: KeySpec, keyUsage: KeyUsage): readonly (readonly number[])[] {
  const [family] = keySpec.split('_')
  switch (family) {
    case 'Aliyun':
      return [[ckm.aesGcm]]
    case 'RSA':
      return keyUsage === 'SIGN/VERIFY' ? [[ckm.rsaPkcs], [ckm.rsaPkcsPss]] : [[ckm.rsaPkcs], [ckm.rsaPkcsPss], [ckm.rsaPkcsOaep], [ckm.rsaX509]]
    case 'EC':
      return [[ckm.ecdsa]]
    case 'HMAC':
      return [[macMechanisms[keySpec as MacAlgorithm] ?? 0]]
    default:
      return [[ckm.eddsa]]
  }
}

const macMechanisms: Partial<Record<MacAlgorithm, number>> = {
  HMAC_SHA_224: ckm.sha224Hmac,
  HMAC_SHA_256: ckm.sha256Hmac,
  HMAC_SHA_384: ckm.sha384Hmac,
  HMAC_SHA_512: ckm.sha512Hmac,
}

/** Null for one that tokens do not know. */
export function macUse(algorithm: MacAlgorithm): MechanismUse | null {
  const mechanism = macMechanisms[algorithm]
  return mechanism === undefined ? null : plain(mechanism)
}

export function gcmUse(iv: Uint8Array, associatedData: Uint8Array): MechanismUse {
  return { mechanism: ckm.aesGcm, parameters: { kind: 'gcm', iv, associatedData, tagBits: 128 } }
}

const hashMechanisms: Readonly<Record<OaepHash, number>> = { sha1: ckm.sha1, sha256: ckm.sha256 }

/** OAEP by the token with that hash, and MGF1 with the same. */
export function oaepUse(hash: OaepHash): MechanismUse {
  const hashMechanism = hashMechanisms[hash]
  return { mechanism: ckm.rsaPkcsOaep, parameters: { kind: 'oaep', hashMechanism, mgf: mgf1[hashMechanism] ?? 0 } }
}

/** Null for what tokens do not know. */
export function oaepHashOf(algorithm: EncryptionAlgorithm): OaepHash | null {
  if (algorithm === 'SM2PKE') return null
  return algorithm === 'RSAES_OAEP_SHA_256' ? 'sha256' : 'sha1'
}

/** The bare RSA operation. */
export const bareRsaUse = plain(ckm.rsaX509)

interface Signing {
  use: MechanismUse
  /** What the token gets in place of the digest. */
  data: (digest: Uint8Array) => Uint8Array
  /** The signature as the KMS gives it. */
  signature: (raw: Uint8Array) => Uint8Array
}

const same = (bytes: Uint8Array) => bytes
const signing = (use: MechanismUse, more: Partial<Signing> = {}): Signing => ({ use, data: same, signature: same, ...more })
const ecdsa = (keySpec: KeySpec) => signing(plain(ckm.ecdsa), { signature: (raw) => ecdsaDer(curves[keySpec] ?? 'P-256', raw) })
const curves: Partial<Record<KeySpec, EcdsaCurve>> = { EC_P256: 'P-256', EC_P384: 'P-384', EC_P256K: 'secp256k1' }

const signings: Partial<Record<SignatureAlgorithm, (keySpec: KeySpec) => Signing>> = {
  RSA_PSS_SHA_256: () => signing({ mechanism: ckm.rsaPkcsPss, parameters: { kind: 'pss', hashMechanism: ckm.sha256, mgf: mgf1[ckm.sha256] ?? 0, saltBytes: pssSaltBytes } }),
  RSA_PKCS1_SHA_256: () => signing(plain(ckm.rsaPkcs), { data: digestInfo }),
  ECDSA_SHA_256: ecdsa,
  ECDSA_SHA_384: ecdsa,
  ED25519_SHA_512: () => signing(plain(ckm.eddsa)),
}

/** Null for an algorithm that tokens do not know. */
export function signingOf(keySpec: KeySpec, algorithm: SignatureAlgorithm): Signing | null {
  return signings[algorithm]?.(keySpec) ?? null
}
