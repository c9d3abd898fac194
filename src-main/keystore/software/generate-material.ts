import { keySpecInfos } from '../../../src-shared/model/key-specs'
import type { AsymmetricKeySpec, KeySpec } from '../../../src-shared/model/keys'
import { generateEcKey } from '../../crypto/ecdsa'
import { generateEd25519 } from '../../crypto/ed25519'
import { generateRsaKey } from '../../crypto/rsa'
import { SecretBuffer } from '../../crypto/secret-buffer'
import { generateSm2 } from '../../crypto/sm2'
import { SoftwareMaterial } from './software-material'

interface KeyPair {
  material: SecretBuffer
  publicKey: Uint8Array
}

/** RSA keys take up to seconds, on a thread of the runtime's pool. */
const pairMakers: Readonly<Record<AsymmetricKeySpec, () => KeyPair | Promise<KeyPair>>> = {
  RSA_2048: () => generateRsaKey(2048),
  RSA_3072: () => generateRsaKey(3072),
  RSA_4096: () => generateRsaKey(4096),
  EC_P256: () => generateEcKey('P-256'),
  EC_P256K: () => generateEcKey('secp256k1'),
  EC_P384: () => generateEcKey('P-384'),
  EC_SM2: generateSm2,
  Ed25519: generateEd25519,
}

/** New random material for a key of the spec. */
export async function generateMaterial(keySpec: KeySpec): Promise<SoftwareMaterial> {
  const { materialBytes } = keySpecInfos[keySpec]
  if (materialBytes !== null) return new SoftwareMaterial(SecretBuffer.random(materialBytes), null)
  const { material, publicKey } = await pairMakers[keySpec as AsymmetricKeySpec]()
  return new SoftwareMaterial(material, publicKey)
}
