import type { KeySpec } from '../../../src-shared/model/keys'
import { decryptAesGcm, encryptAesGcm } from '../../crypto/aes-gcm'
import { randomBytesOf } from '../../crypto/random'
import { decryptSm4Gcm, encryptSm4Gcm } from '../../crypto/sm4-gcm'
import type { SealedBytes } from '../key-provider'

const nonceBytes = 12

/** GCM of a symmetric spec, AES by the length of its key, under a fresh random nonce. */
export function sealGcm(keySpec: KeySpec, key: Uint8Array, plaintext: Uint8Array, associatedData: Uint8Array): SealedBytes {
  const nonce = randomBytesOf(nonceBytes)
  const encrypt = keySpec === 'Aliyun_SM4' ? encryptSm4Gcm : encryptAesGcm
  return { nonce, ...encrypt(key, nonce, plaintext, associatedData) }
}

/** Null when it does not authenticate. */
export function openGcm(keySpec: KeySpec, key: Uint8Array, { nonce, ciphertext, tag }: SealedBytes, associatedData: Uint8Array): Uint8Array | null {
  const decrypt = keySpec === 'Aliyun_SM4' ? decryptSm4Gcm : decryptAesGcm
  return decrypt(key, nonce, ciphertext, tag, associatedData)
}
