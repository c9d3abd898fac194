import type { Request } from '../../src-shared/contract/operations'
import { KmsError } from '../../src-shared/errors'
import { keySpecInfos } from '../../src-shared/model/key-specs'
import { concatBytes, copyBytes, equalBytes, utf8 } from '../crypto/bytes'
import { hmacSha256 } from '../crypto/hmac'
import { randomBytesOf } from '../crypto/random'
import { SecretBuffer } from '../crypto/secret-buffer'
import { redeemToken } from './import-tokens'
import type { KeyRecord } from './key-record'
import type { KeySession } from './key-session'
import { OpenedMaterial } from './software/opened-material'
import { decryptWith } from './software/private-key-work'

const saltBytes = 16
const label = utf8('keystead imported material\0')

type Wrapped = Pick<Request<'importKeyMaterial'>, 'encryptedKeyMaterial' | 'importToken'>

/**
 * The material that a request brings, checked to be right for the key; the caller destroys it. INVALID_IMPORT_TOKEN,
 * EXPIRED_IMPORT_TOKEN; INVALID_KEY_MATERIAL with one text for everything that unwrapping and length can have against
 * it, and with another one for bytes that are not those of the first import.
 */
export async function unwrapMaterial(session: KeySession, { keyId, keySpec, importedMaterial }: KeyRecord, request: Wrapped): Promise<SecretBuffer> {
  const { algorithm, privateKey } = await redeemToken(session, keyId, request.importToken)
  const opened = new OpenedMaterial(privateKey)
  const plaintext = decryptWith(opened, algorithm, request.encryptedKeyMaterial)
  opened.destroy()
  const material = plaintext && SecretBuffer.take(plaintext)
  if (material?.length !== keySpecInfos[keySpec].materialBytes) {
    material?.destroy()
    throw new KmsError('INVALID_KEY_MATERIAL', 'The key material was not wrapped for this import token, or has not the length that the key needs.', { keyId })
  }
  const { fingerprint } = importedMaterial
  if (fingerprint === null || material.use((bytes) => hasFingerprint(bytes, fingerprint))) return material
  material.destroy()
  throw new KmsError('INVALID_KEY_MATERIAL', 'The key material is not the one that was imported first; the key takes no other.', { keyId })
}

/**
 * Base64 of a random salt (16 bytes) and HMAC-SHA256 under it of a label and the material. That is no slow function, for
 * none is needed: whoever can read it reads the material beside it, and 128 random bits cannot be tried. The salt keeps
 * two keys of the same material from looking the same after one of them has lost it.
 */
export function fingerprintOf(material: Uint8Array, salt: Uint8Array = randomBytesOf(saltBytes)): string {
  return Buffer.from(concatBytes(salt, hmacSha256(salt, label, material))).toString('base64')
}

function hasFingerprint(material: Uint8Array, fingerprint: string): boolean {
  const stored = copyBytes(Buffer.from(fingerprint, 'base64'))
  return equalBytes(utf8(fingerprintOf(material, stored.subarray(0, saltBytes))), utf8(fingerprint))
}
