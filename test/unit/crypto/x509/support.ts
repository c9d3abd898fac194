import { createHash } from 'node:crypto'
import type { AsymmetricKeySpec } from '../../../../src-shared/model/keys'
import { generateEcKey, signEcdsa, type EcdsaCurve } from '../../../../src-main/crypto/ecdsa'
import { generateEd25519, signEd25519 } from '../../../../src-main/crypto/ed25519'
import { generateRsaKey } from '../../../../src-main/crypto/rsa'
import { signRsaPkcs1, signRsaPss } from '../../../../src-main/crypto/rsa-signature'
import type { SecretBuffer } from '../../../../src-main/crypto/secret-buffer'
import { generateSm2, signSm2, sm2Digest } from '../../../../src-main/crypto/sm2'
import type { Checked } from '../../../../src-main/crypto/x509/checked'
import { certificateAlgorithms, type CertificateAlgorithm, type SignBytes } from '../../../../src-main/crypto/x509/signature-algorithms'

export interface TestKey {
  keySpec: AsymmetricKeySpec
  material: SecretBuffer
  publicKey: Uint8Array
  sign: SignBytes
}

const curveNames: Readonly<Partial<Record<AsymmetricKeySpec, EcdsaCurve>>> = { EC_P256: 'P-256', EC_P384: 'P-384', EC_P256K: 'secp256k1' }
const rsaBits = { RSA_2048: 2048, RSA_3072: 3072, RSA_4096: 4096 } as const

async function generate(keySpec: AsymmetricKeySpec): Promise<{ material: SecretBuffer; publicKey: Uint8Array }> {
  const curve = curveNames[keySpec]
  if (curve !== undefined) return generateEcKey(curve)
  if (keySpec === 'EC_SM2') return generateSm2()
  if (keySpec === 'Ed25519') return generateEd25519()
  return generateRsaKey(rsaBits[keySpec as keyof typeof rsaBits])
}

/** A new key that signs what X.509 asks it to, as the keystore does. */
export async function newKey(keySpec: AsymmetricKeySpec): Promise<TestKey> {
  const { material, publicKey } = await generate(keySpec)
  const digest = (algorithm: CertificateAlgorithm, bytes: Uint8Array) => createHash(algorithm === 'ECDSA_SHA_384' ? 'sha384' : 'sha256').update(bytes).digest()
  const signWith = (algorithm: CertificateAlgorithm, bytes: Uint8Array, secret: Uint8Array): Uint8Array => {
    if (algorithm === 'RSA_PKCS1_SHA_256') return signRsaPkcs1(secret, digest(algorithm, bytes))
    if (algorithm === 'RSA_PSS_SHA_256') return signRsaPss(secret, digest(algorithm, bytes))
    if (algorithm === 'SM2DSA') return signSm2(secret, sm2Digest(publicKey, bytes))
    if (algorithm === 'ED25519_SHA_512') return signEd25519(secret, bytes)
    return signEcdsa(curveNames[keySpec] ?? 'P-256', secret, digest(algorithm, bytes))
  }
  return { keySpec, material, publicKey, sign: async (algorithm, bytes) => material.use((secret) => signWith(algorithm, bytes, secret)) }
}

export function valueOrThrow<T>(checked: Checked<T>): T {
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems))
  return checked.value
}

/** Each spec with each algorithm that its keys sign certificates with. */
export const algorithmsBySpec = (Object.keys(certificateAlgorithms) as AsymmetricKeySpec[]).flatMap((keySpec) =>
  certificateAlgorithms[keySpec].map((algorithm) => [keySpec, algorithm] as const),
)
