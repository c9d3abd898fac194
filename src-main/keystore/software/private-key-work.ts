import type { EncryptionAlgorithm, KeySpec, SignatureAlgorithm } from '../../../src-shared/model/keys'
import { signEcdsa } from '../../crypto/ecdsa'
import { importEd25519PrivateKey, signEd25519, signEd25519ph } from '../../crypto/ed25519'
import { importRsaPrivateKey, rsaOaepDecrypt } from '../../crypto/rsa'
import { signRsaPkcs1, signRsaPss } from '../../crypto/rsa-signature'
import { signSm2, sm2Decrypt } from '../../crypto/sm2'
import { ecdsaCurveOf } from '../ecdsa-curve'
import type { OpenedMaterial } from './opened-material'

type Sign = (material: OpenedMaterial, digest: Uint8Array, keySpec: KeySpec) => Uint8Array
type Decrypt = (material: OpenedMaterial, ciphertext: Uint8Array) => Uint8Array | null

const signEc: Sign = (material, digest, keySpec) => material.use((scalar) => signEcdsa(ecdsaCurveOf(keySpec), scalar, digest))

const signers: Readonly<Record<SignatureAlgorithm, Sign>> = {
  RSA_PSS_SHA_256: (material, digest) => signRsaPss(material.keyObject(importRsaPrivateKey), digest),
  RSA_PKCS1_SHA_256: (material, digest) => signRsaPkcs1(material.keyObject(importRsaPrivateKey), digest),
  ECDSA_SHA_256: signEc,
  ECDSA_SHA_384: signEc,
  SM2DSA: (material, digest) => material.use((scalar) => signSm2(scalar, digest)),
  ED25519_SHA_512: (material, message) => signEd25519(material.keyObject(importEd25519PrivateKey), message),
  ED25519_PH_SHA_512: (material, digest) => material.use((seed) => signEd25519ph(seed, digest)),
}

const decrypters: Readonly<Record<EncryptionAlgorithm, Decrypt>> = {
  RSAES_OAEP_SHA_256: (material, ciphertext) => rsaOaepDecrypt(material.keyObject(importRsaPrivateKey), ciphertext, 'sha256'),
  RSAES_OAEP_SHA_1: (material, ciphertext) => rsaOaepDecrypt(material.keyObject(importRsaPrivateKey), ciphertext, 'sha1'),
  SM2PKE: (material, ciphertext) => material.use((scalar) => sm2Decrypt(scalar, ciphertext)),
}

/** Signs a digest as the algorithm takes it. RangeError when the algorithm is not of the material's spec. */
export function signWith(material: OpenedMaterial, keySpec: KeySpec, algorithm: SignatureAlgorithm, digest: Uint8Array): Uint8Array {
  return signers[algorithm](material, digest, keySpec)
}

/** Null for every failure. RangeError when the algorithm is not of the material's spec. */
export function decryptWith(material: OpenedMaterial, algorithm: EncryptionAlgorithm, ciphertext: Uint8Array): Uint8Array | null {
  return decrypters[algorithm](material, ciphertext)
}
