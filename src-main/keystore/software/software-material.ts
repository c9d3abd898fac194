import type { KeySpec } from '../../../src-shared/model/keys'
import { keySpecInfos } from '../../../src-shared/model/key-specs'
import { concatBytes } from '../../crypto/bytes'
import { SecretBuffer } from '../../crypto/secret-buffer'
import type { NewMaterial } from '../key-provider'
import { damagedRow } from '../stored-row'

const rowVersion = 1

/** Private keys by their length: scalars and seeds. Those that are not here are PKCS#8 DER. */
const privateKeyBytes: Partial<Record<KeySpec, number>> = { EC_P256: 32, EC_P256K: 32, EC_P384: 48, EC_SM2: 32, Ed25519: 32 }

/** Material of the software provider, in memory of its own. */
export class SoftwareMaterial implements NewMaterial {
  readonly secret: SecretBuffer
  readonly publicKey: Uint8Array | null

  constructor(secret: SecretBuffer, publicKey: Uint8Array | null) {
    this.secret = secret
    this.publicKey = publicKey
  }

  /** What is in the vault is a copy. */
  keep(): void {}

  destroy(): void {
    this.secret.destroy()
  }
}

/** A row `key-material`: version byte 01, then the material. The caller zeroes it. */
export function encodeMaterialRow(material: SecretBuffer): Uint8Array {
  return material.use((bytes) => concatBytes(Uint8Array.of(rowVersion), bytes))
}

/** Takes over a row `key-material`, which is zeroed. VAULT_DAMAGED when it is missing or not material of the spec. */
export function takeMaterialRow(row: Uint8Array | null, keySpec: KeySpec): SecretBuffer {
  if (row === null) throw damagedRow('key without its material')
  try {
    const length = keySpecInfos[keySpec].materialBytes ?? privateKeyBytes[keySpec] ?? row.length - 1
    if (row[0] !== rowVersion || length === 0 || row.length !== 1 + length) throw damagedRow('key material record')
    return SecretBuffer.take(row.subarray(1))
  } finally {
    row.fill(0)
  }
}
