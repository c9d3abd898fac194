import type { EncryptionContext } from '../../src-shared/model/encryption-context'
import { copyBytes, zero } from '../crypto/bytes'
import { SecretBuffer } from '../crypto/secret-buffer'
import { encodeFileContext } from './context-encoding'
import { encodePublicKeyEntry, encodeSealedEntry, recipientKindOf, type WrappedDataKey } from './file-entry'
import type { EncryptedDataKey } from './file-keys'
import type { KeyVersionRef } from './key-provider'
import type { KeySession } from './key-session'
import { encryptWith } from './public-key-work'
import { fileDataKeyBytes } from './raw-aes-keyring'
import { sm2CipherDer } from './sm2-cipher-der'

/**
 * Wraps the data key of a file under a key version: AES and SM4 seal it for the context; RSA (OAEP with SHA-256) and SM2
 * encrypt it for the public key and do not bind the context, which the header's tag does. KEY_USE_EXHAUSTED.
 */
export async function wrapFileKey(session: KeySession, version: KeyVersionRef, dataKey: SecretBuffer, context: EncryptionContext): Promise<EncryptedDataKey> {
  const plain = dataKey.use(copyBytes)
  try {
    const kind = recipientKindOf(version.keySpec)
    if (kind === 'keystead-aes' || kind === 'keystead-sm4') {
      await session.usage.takeEncryption(version.keyId, version.keyVersionId)
      return encodeSealedEntry(kind, version, await session.provider.encrypt(version, plain, encodeFileContext(context)))
    }
    const publicKey = await session.publicKeys.of(version)
    session.usage.noteUse(version.keyId, version.keyVersionId)
    const ciphertext = kind === 'keystead-rsa' ? encryptWith(publicKey, 'RSAES_OAEP_SHA_256', plain) : sm2CipherDer(encryptWith(publicKey, 'SM2PKE', plain))
    return encodePublicKeyEntry(kind, version, ciphertext)
  } finally {
    plain.fill(0)
  }
}

/** Null when the entry is not what a key of the version's spec makes, or does not open. */
export async function unwrapFileKey(session: KeySession, version: KeyVersionRef, wrapped: WrappedDataKey, context: EncryptionContext): Promise<SecretBuffer | null> {
  if (wrapped.kind !== recipientKindOf(version.keySpec)) return null
  const plain = await openWrapped(session, version, wrapped, context)
  if (plain?.length === fileDataKeyBytes) return SecretBuffer.take(plain)
  zero(plain)
  return null
}

async function openWrapped(session: KeySession, version: KeyVersionRef, wrapped: WrappedDataKey, context: EncryptionContext): Promise<Uint8Array | null> {
  if ('sealed' in wrapped) return wrapped.sealed && session.provider.decrypt(version, wrapped.sealed, encodeFileContext(context))
  const algorithm = wrapped.kind === 'keystead-rsa' ? 'RSAES_OAEP_SHA_256' : 'SM2PKE'
  return session.provider.asymmetricDecrypt(version, algorithm, wrapped.ciphertext)
}
