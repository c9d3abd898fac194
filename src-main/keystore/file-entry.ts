import type { KeySpec } from '../../src-shared/model/keys'
import { isAsymmetric } from '../../src-shared/model/key-specs'
import { utf8 } from '../crypto/bytes'
import type { EncryptedDataKey, OwnRecipientKind } from './file-keys'
import { isKeyId, isKeyVersionIdOf } from './key-ids'
import type { KeyVersionRef, SealedBytes } from './key-provider'
import { encodeAesEntry, parseAesEntry } from './raw-aes-keyring'

/** Key namespace of each kind of key in file headers. AES and RSA share one: the provider info tells them apart. */
const namespaces: Readonly<Record<OwnRecipientKind, string>> = {
  'keystead-aes': 'keystead',
  'keystead-rsa': 'keystead',
  'keystead-sm4': 'keystead-sm4',
  'keystead-sm2': 'keystead-sm2',
}

/** How a file's data key is wrapped. */
export type WrappedDataKey = { kind: 'keystead-aes' | 'keystead-sm4'; sealed: SealedBytes | null } | { kind: 'keystead-rsa' | 'keystead-sm2'; ciphertext: Uint8Array }

/** An entry of ours, taken apart. `sealed` is null when the ciphertext does not have the length of a wrapped data key. */
export interface ParsedEntry {
  keyId: string
  keyVersionId: string
  wrapped: WrappedDataKey
}

/** The kind of the entries that keys of the spec make. */
export function recipientKindOf(keySpec: KeySpec): OwnRecipientKind {
  if (isAsymmetric(keySpec)) return keySpec === 'EC_SM2' ? 'keystead-sm2' : 'keystead-rsa'
  return keySpec === 'Aliyun_SM4' ? 'keystead-sm4' : 'keystead-aes'
}

/** Entry of a data key sealed under a symmetric key version (file-format.md 1.6), named `keyId/keyVersionId`. */
export function encodeSealedEntry(kind: 'keystead-aes' | 'keystead-sm4', version: Pick<KeyVersionRef, 'keyId' | 'keyVersionId'>, sealed: SealedBytes): EncryptedDataKey {
  return { providerId: utf8(namespaces[kind]), ...encodeAesEntry(nameOf(version), sealed) }
}

/** Entry of a data key encrypted for a public key (file-format.md 1.7 and 6): the provider info is the name alone. */
export function encodePublicKeyEntry(kind: 'keystead-rsa' | 'keystead-sm2', version: KeyVersionRef, ciphertext: Uint8Array): EncryptedDataKey {
  return { providerId: utf8(namespaces[kind]), providerInfo: utf8(nameOf(version)), ciphertext }
}

/** Null for entries that are not ours: another namespace, a name that is no key version, other tag or nonce lengths. */
export function parseEntry({ providerId, providerInfo, ciphertext }: EncryptedDataKey): ParsedEntry | null {
  switch (latin1(providerId)) {
    case 'keystead':
      return parsePublicKeyEntry('keystead-rsa', providerInfo, ciphertext) ?? parseSealedEntry('keystead-aes', providerInfo, ciphertext)
    case 'keystead-sm4':
      return parseSealedEntry('keystead-sm4', providerInfo, ciphertext)
    case 'keystead-sm2':
      return parsePublicKeyEntry('keystead-sm2', providerInfo, ciphertext)
    default:
      return null
  }
}

function parseSealedEntry(kind: 'keystead-aes' | 'keystead-sm4', providerInfo: Uint8Array, ciphertext: Uint8Array): ParsedEntry | null {
  const parsed = parseAesEntry(providerInfo, ciphertext)
  const version = parsed && versionOf(parsed.name)
  return version && { ...version, wrapped: { kind, sealed: parsed.sealed } }
}

function parsePublicKeyEntry(kind: 'keystead-rsa' | 'keystead-sm2', providerInfo: Uint8Array, ciphertext: Uint8Array): ParsedEntry | null {
  const version = versionOf(providerInfo)
  return version && { ...version, wrapped: { kind, ciphertext } }
}

function nameOf({ keyId, keyVersionId }: Pick<KeyVersionRef, 'keyId' | 'keyVersionId'>): string {
  return `${keyId}/${keyVersionId}`
}

function versionOf(name: Uint8Array): { keyId: string; keyVersionId: string } | null {
  const [keyId, keyVersionId, ...more] = latin1(name).split('/')
  if (keyId === undefined || keyVersionId === undefined || more.length > 0) return null
  return isKeyId(keyId) && isKeyVersionIdOf(keyId, keyVersionId) ? { keyId, keyVersionId } : null
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}
