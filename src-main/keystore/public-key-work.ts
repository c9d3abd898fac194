import type { EncryptionAlgorithm, KeySpec, SignatureAlgorithm } from '../../src-shared/model/keys'
import { verifyEcdsa } from '../crypto/ecdsa'
import { importEd25519PublicKey, verifyEd25519, verifyEd25519ph } from '../crypto/ed25519'
import { importRsaPublicKey, rsaOaepEncrypt } from '../crypto/rsa'
import { verifyRsaPkcs1, verifyRsaPss } from '../crypto/rsa-signature'
import { sm2Encrypt, verifySm2 } from '../crypto/sm2'
import { ecdsaCurveOf } from './ecdsa-curve'
import type { PublicKey } from './public-keys'

type Verify = (key: PublicKey, digest: Uint8Array, signature: Uint8Array, keySpec: KeySpec) => boolean
type Encrypt = (key: PublicKey, plaintext: Uint8Array) => Uint8Array

const verifyEc: Verify = ({ spki }, digest, signature, keySpec) => verifyEcdsa(ecdsaCurveOf(keySpec), spki, digest, signature)

const verifiers: Readonly<Record<SignatureAlgorithm, Verify>> = {
  RSA_PSS_SHA_256: (key, digest, signature) => verifyRsaPss(key.keyObject(importRsaPublicKey), digest, signature),
  RSA_PKCS1_SHA_256: (key, digest, signature) => verifyRsaPkcs1(key.keyObject(importRsaPublicKey), digest, signature),
  ECDSA_SHA_256: verifyEc,
  ECDSA_SHA_384: verifyEc,
  SM2DSA: ({ spki }, digest, signature) => verifySm2(spki, digest, signature),
  ED25519_SHA_512: (key, message, signature) => verifyEd25519(key.keyObject(importEd25519PublicKey), message, signature),
  ED25519_PH_SHA_512: ({ spki }, digest, signature) => verifyEd25519ph(spki, digest, signature),
}

const encrypters: Readonly<Record<EncryptionAlgorithm, Encrypt>> = {
  RSAES_OAEP_SHA_256: (key, plaintext) => rsaOaepEncrypt(key.keyObject(importRsaPublicKey), plaintext, 'sha256'),
  RSAES_OAEP_SHA_1: (key, plaintext) => rsaOaepEncrypt(key.keyObject(importRsaPublicKey), plaintext, 'sha1'),
  SM2PKE: ({ spki }, plaintext) => sm2Encrypt(spki, plaintext),
}

/** Whether the signature fits; false for whatever is no signature. The algorithm is of the spec, the digest as it takes it. */
export function verifyWith(key: PublicKey, keySpec: KeySpec, algorithm: SignatureAlgorithm, digest: Uint8Array, signature: Uint8Array): boolean {
  return verifiers[algorithm](key, digest, signature, keySpec)
}

/** RSAES-OAEP, or SM2 as 04 ‖ C1C3C2. RangeError when the key is not of the algorithm or the plaintext too long. */
export function encryptWith(key: PublicKey, algorithm: EncryptionAlgorithm, plaintext: Uint8Array): Uint8Array {
  return encrypters[algorithm](key, plaintext)
}
