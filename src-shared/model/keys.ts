/** Domain types of customer master keys; literal values as documented by the KMS (kms-api 1.2, 1.3). */

export const symmetricKeySpecs = ['Aliyun_AES_256', 'Aliyun_AES_192', 'Aliyun_AES_128', 'Aliyun_SM4'] as const
export type SymmetricKeySpec = (typeof symmetricKeySpecs)[number]

export const asymmetricKeySpecs = ['RSA_2048', 'RSA_3072', 'RSA_4096', 'EC_P256', 'EC_P256K', 'EC_P384', 'EC_SM2', 'Ed25519'] as const
export type AsymmetricKeySpec = (typeof asymmetricKeySpecs)[number]

/** Named as the MAC algorithm that they are for. */
export const macKeySpecs = ['HMAC_SHA_224', 'HMAC_SHA_256', 'HMAC_SHA_384', 'HMAC_SHA_512', 'HMAC_SM3'] as const
export type MacKeySpec = (typeof macKeySpecs)[number]

export const keySpecs = [...symmetricKeySpecs, ...asymmetricKeySpecs, ...macKeySpecs] as const
export type KeySpec = (typeof keySpecs)[number]

export const keyUsages = ['ENCRYPT/DECRYPT', 'SIGN/VERIFY', 'GENERATE_VERIFY_MAC'] as const
export type KeyUsage = (typeof keyUsages)[number]

export const keyOrigins = ['Aliyun_KMS', 'EXTERNAL'] as const
export type KeyOrigin = (typeof keyOrigins)[number]

export const protectionLevels = ['SOFTWARE', 'HSM'] as const
export type ProtectionLevel = (typeof protectionLevels)[number]

export const keyStates = ['Enabled', 'Disabled', 'PendingDeletion', 'PendingImport'] as const
export type KeyState = (typeof keyStates)[number]

export const automaticRotations = ['Enabled', 'Disabled', 'Suspended'] as const
export type AutomaticRotation = (typeof automaticRotations)[number]

export const deletionProtections = ['Enabled', 'Disabled'] as const

export const encryptionAlgorithms = ['RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1', 'SM2PKE'] as const
export type EncryptionAlgorithm = (typeof encryptionAlgorithms)[number]

/**
 * Signature algorithms. All take a digest that the caller has made, but for ED25519_SHA_512, which takes the message
 * itself (RFC 8032 5.1.6); ED25519_PH_SHA_512 is Ed25519ph over a SHA-512 digest. SM2DSA takes SM3(ZA ‖ message).
 */
export const signatureAlgorithms = [
  'RSA_PSS_SHA_256',
  'RSA_PKCS1_SHA_256',
  'ECDSA_SHA_256',
  'ECDSA_SHA_384',
  'SM2DSA',
  'ED25519_SHA_512',
  'ED25519_PH_SHA_512',
] as const
export type SignatureAlgorithm = (typeof signatureAlgorithms)[number]

/** MAC algorithms, each with the key spec of the same name. */
export const macAlgorithms = macKeySpecs
export type MacAlgorithm = MacKeySpec

export const wrappingKeySpecs = ['RSA_2048', 'EC_SM2'] as const
export type WrappingKeySpec = (typeof wrappingKeySpecs)[number]

/** RSAES_PKCS1_V1_5 is known, and refused: its padding gives an oracle that reveals what was wrapped. */
export const importWrappingAlgorithms = ['RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1', 'SM2PKE', 'RSAES_PKCS1_V1_5'] as const
export type ImportWrappingAlgorithm = (typeof importWrappingAlgorithms)[number]
