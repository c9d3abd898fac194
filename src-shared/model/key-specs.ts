import type { EncryptionAlgorithm, KeySpec, KeyUsage, MacAlgorithm, SignatureAlgorithm } from './keys'

/** What keys of a spec are and can do (kms-api 1.3). Sizes in bytes. */
export interface KeySpecInfo {
  family: 'symmetric' | 'asymmetric' | 'mac'
  /** The usages to choose from; the first one is the default. */
  usages: readonly KeyUsage[]
  /** Length of raw key material; null for asymmetric keys. */
  materialBytes: number | null
  /** Asymmetric encryption, the algorithm to prefer first; empty for other families. */
  encryption: readonly EncryptionInfo[]
  signatures: readonly SignatureAlgorithm[]
  mac: MacAlgorithm | null
}

export interface EncryptionInfo {
  algorithm: EncryptionAlgorithm
  maxPlaintextBytes: number
  maxCiphertextBytes: number
}

const symmetric = (materialBytes: number): KeySpecInfo => ({
  family: 'symmetric',
  usages: ['ENCRYPT/DECRYPT'],
  materialBytes,
  encryption: [],
  signatures: [],
  mac: null,
})

const rsa = (modulusBytes: number): KeySpecInfo => ({
  family: 'asymmetric',
  usages: ['SIGN/VERIFY', 'ENCRYPT/DECRYPT'],
  materialBytes: null,
  encryption: [
    { algorithm: 'RSAES_OAEP_SHA_256', maxPlaintextBytes: modulusBytes - 66, maxCiphertextBytes: modulusBytes },
    { algorithm: 'RSAES_OAEP_SHA_1', maxPlaintextBytes: modulusBytes - 42, maxCiphertextBytes: modulusBytes },
  ],
  signatures: ['RSA_PSS_SHA_256', 'RSA_PKCS1_SHA_256'],
  mac: null,
})

const signing = (...signatures: SignatureAlgorithm[]): KeySpecInfo => ({
  family: 'asymmetric',
  usages: ['SIGN/VERIFY'],
  materialBytes: null,
  encryption: [],
  signatures,
  mac: null,
})

const sm2: KeySpecInfo = {
  ...signing('SM2DSA'),
  usages: ['SIGN/VERIFY', 'ENCRYPT/DECRYPT'],
  encryption: [{ algorithm: 'SM2PKE', maxPlaintextBytes: 6047, maxCiphertextBytes: 6144 }],
}

const mac = (algorithm: MacAlgorithm, materialBytes: number): KeySpecInfo => ({
  family: 'mac',
  usages: ['GENERATE_VERIFY_MAC'],
  materialBytes,
  encryption: [],
  signatures: [],
  mac: algorithm,
})

/** Every key spec, in the order in which people are offered them. */
export const keySpecInfos: Readonly<Record<KeySpec, KeySpecInfo>> = {
  Aliyun_AES_256: symmetric(32),
  Aliyun_AES_192: symmetric(24),
  Aliyun_AES_128: symmetric(16),
  Aliyun_SM4: symmetric(16),
  RSA_2048: rsa(256),
  RSA_3072: rsa(384),
  RSA_4096: rsa(512),
  EC_P256: signing('ECDSA_SHA_256'),
  EC_P256K: signing('ECDSA_SHA_256'),
  EC_P384: signing('ECDSA_SHA_384'),
  EC_SM2: sm2,
  Ed25519: signing('ED25519_SHA_512', 'ED25519_PH_SHA_512'),
  HMAC_SHA_224: mac('HMAC_SHA_224', 28),
  HMAC_SHA_256: mac('HMAC_SHA_256', 32),
  HMAC_SHA_384: mac('HMAC_SHA_384', 48),
  HMAC_SHA_512: mac('HMAC_SHA_512', 64),
  HMAC_SM3: mac('HMAC_SM3', 32),
}

/** Length of the digest that a signature algorithm takes, in bytes; null where it takes the message itself. */
export const digestBytes: Readonly<Record<SignatureAlgorithm, number | null>> = {
  RSA_PSS_SHA_256: 32,
  RSA_PKCS1_SHA_256: 32,
  ECDSA_SHA_256: 32,
  ECDSA_SHA_384: 48,
  SM2DSA: 32,
  ED25519_SHA_512: null,
  ED25519_PH_SHA_512: 64,
}

/** Length of a MAC, in bytes. */
export const macBytes: Readonly<Record<MacAlgorithm, number>> = {
  HMAC_SHA_224: 28,
  HMAC_SHA_256: 32,
  HMAC_SHA_384: 48,
  HMAC_SHA_512: 64,
  HMAC_SM3: 32,
}

/** The usage of a new key when none is asked for (kms-api 1.3): signing where the spec can. */
export function defaultKeyUsage(keySpec: KeySpec): KeyUsage {
  return keySpecInfos[keySpec].usages[0] ?? 'ENCRYPT/DECRYPT'
}

/** Whether keys of the spec encrypt and decrypt ciphertext blobs. */
export function isSymmetric(keySpec: KeySpec): boolean {
  return keySpecInfos[keySpec].family === 'symmetric'
}

/** Whether keys of the spec have a public key, and versions without a primary one. */
export function isAsymmetric(keySpec: KeySpec): boolean {
  return keySpecInfos[keySpec].family === 'asymmetric'
}
