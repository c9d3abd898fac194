/** Numbers of PKCS#11 (v2.40, EdDSA of v3.0) that main needs; the addon that has them all is loaded in the host alone. */
export const cko = { data: 0, certificate: 1, publicKey: 2, privateKey: 3, secretKey: 4 } as const

export const ckk = { rsa: 0, ec: 3, generic: 0x10, aes: 0x1f, sha1Hmac: 0x28, sha256Hmac: 0x2b, sha384Hmac: 0x2c, sha512Hmac: 0x2d, edwards: 0x40 } as const

export const cka = {
  class: 0x0,
  token: 0x1,
  private: 0x2,
  label: 0x3,
  application: 0x10,
  value: 0x11,
  objectId: 0x12,
  certificateType: 0x80,
  issuer: 0x81,
  serialNumber: 0x82,
  keyType: 0x100,
  subject: 0x101,
  id: 0x102,
  sensitive: 0x103,
  encrypt: 0x104,
  decrypt: 0x105,
  wrap: 0x106,
  unwrap: 0x107,
  sign: 0x108,
  verify: 0x10a,
  derive: 0x10c,
  modulus: 0x120,
  modulusBits: 0x121,
  publicExponent: 0x122,
  privateExponent: 0x123,
  prime1: 0x124,
  prime2: 0x125,
  exponent1: 0x126,
  exponent2: 0x127,
  coefficient: 0x128,
  valueLen: 0x161,
  extractable: 0x162,
  local: 0x163,
  neverExtractable: 0x164,
  alwaysSensitive: 0x165,
  modifiable: 0x170,
  destroyable: 0x172,
  ecParams: 0x180,
  ecPoint: 0x181,
  alwaysAuthenticate: 0x202,
  allowedMechanisms: 0x40000600,
} as const

export const ckm = {
  rsaKeyPairGen: 0x0,
  rsaPkcs: 0x1,
  rsaX509: 0x3,
  rsaPkcsOaep: 0x9,
  rsaPkcsPss: 0xd,
  sha256RsaPkcs: 0x40,
  sha384RsaPkcs: 0x41,
  sha512RsaPkcs: 0x42,
  sha256RsaPkcsPss: 0x43,
  sha384RsaPkcsPss: 0x44,
  sha512RsaPkcsPss: 0x45,
  sha1: 0x220,
  sha256: 0x250,
  sha256Hmac: 0x251,
  sha224: 0x255,
  sha224Hmac: 0x256,
  sha384: 0x260,
  sha384Hmac: 0x261,
  sha512: 0x270,
  sha512Hmac: 0x271,
  genericSecretKeyGen: 0x350,
  ecKeyPairGen: 0x1040,
  ecdsa: 0x1041,
  ecdsaSha256: 0x1044,
  ecdsaSha384: 0x1045,
  ecdsaSha512: 0x1046,
  edwardsKeyPairGen: 0x1055,
  eddsa: 0x1057,
  aesKeyGen: 0x1080,
  aesEcb: 0x1081,
  aesCbc: 0x1082,
  aesCbcPad: 0x1085,
  aesCtr: 0x1086,
  aesGcm: 0x1087,
  aesKeyWrap: 0x2109,
  /** Padded (RFC 5649): the number of v2.40, and that of 3.0. */
  aesKeyWrapPad: 0x210a,
  aesKeyWrapKwp: 0x210b,
} as const

/** CKG_MGF1_… by the mechanism of the hash. */
export const mgf1: Readonly<Record<number, number>> = { [ckm.sha1]: 1, [ckm.sha256]: 2, [ckm.sha384]: 3, [ckm.sha512]: 4 }

/** CKF_… of CK_SLOT_INFO, CK_TOKEN_INFO and CK_MECHANISM_INFO. */
export const slotFlags = { tokenPresent: 1, removable: 2, hardware: 4 } as const
export const tokenFlags = {
  writeProtected: 0x2,
  loginRequired: 0x4,
  userPinInitialized: 0x8,
  protectedPath: 0x100,
  initialized: 0x400,
  userPinCountLow: 0x10000,
  userPinFinalTry: 0x20000,
  userPinLocked: 0x40000,
  userPinToBeChanged: 0x80000,
  soPinCountLow: 0x100000,
  soPinFinalTry: 0x200000,
  soPinLocked: 0x400000,
  soPinToBeChanged: 0x800000,
} as const
export const mechanismFlags = { hardware: 0x1, encrypt: 0x100, decrypt: 0x200, digest: 0x400, sign: 0x800, verify: 0x2000, generate: 0x8000, 'generate-pair': 0x10000, wrap: 0x20000, unwrap: 0x40000, derive: 0x80000 } as const

/** CKA_EC_PARAMS, hex: names of curves; Ed25519 by its OID and by its printable name. */
export const ecParams = {
  P256: '06082a8648ce3d030107',
  P384: '06052b81040022',
  P521: '06052b81040023',
  P256K: '06052b8104000a',
  ed25519: '06032b6570',
  ed25519Name: '130c656477617264733235353139',
} as const

const attributeNames = new Map<number, string>(Object.entries(cka).map(([name, number]) => [number, `CKA_${name.replaceAll(/[A-Z0-9]+/g, (part) => `_${part}`).toUpperCase()}`]))

/** CKO_…, CKK_… and CKC_… by the attribute that has them as its value. */
const valueNames: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  [cka.class]: { [cko.data]: 'CKO_DATA', [cko.certificate]: 'CKO_CERTIFICATE', [cko.publicKey]: 'CKO_PUBLIC_KEY', [cko.privateKey]: 'CKO_PRIVATE_KEY', [cko.secretKey]: 'CKO_SECRET_KEY' },
  [cka.keyType]: {
    [ckk.rsa]: 'CKK_RSA',
    [ckk.ec]: 'CKK_EC',
    [ckk.generic]: 'CKK_GENERIC_SECRET',
    [ckk.aes]: 'CKK_AES',
    [ckk.sha1Hmac]: 'CKK_SHA_1_HMAC',
    [ckk.sha256Hmac]: 'CKK_SHA256_HMAC',
    [ckk.sha384Hmac]: 'CKK_SHA384_HMAC',
    [ckk.sha512Hmac]: 'CKK_SHA512_HMAC',
    [ckk.edwards]: 'CKK_EC_EDWARDS',
  },
  [cka.certificateType]: { 0: 'CKC_X_509' },
}

/** A number that is the value of an attribute, by its name when it has one. */
export function valueName(attribute: number, value: number): string {
  return valueNames[attribute]?.[value] ?? String(value)
}

/** CKA_… name of an attribute. */
export function attributeName(type: number): string {
  return attributeNames.get(type) ?? `0x${type.toString(16)}`
}
