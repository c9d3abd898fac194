import { randomBytesOf, uuid } from '../crypto/random'
import { decodeRecoveryWords } from '../crypto/recovery-words'
import { SecretBuffer } from '../crypto/secret-buffer'
import { toBase64 } from './encoding'
import type { RecoverySlot } from './header'
import { unwrapRootKey, wrapRootKey } from './slot-wrapping'

/** A new recovery-kit slot and the 32 random bytes that its words stand for; the caller destroys them. */
export function makeRecoverySlot(root: SecretBuffer, vaultId: string, createdAt: string): { slot: RecoverySlot; entropy: SecretBuffer } {
  const entropy = SecretBuffer.random(32)
  const slot = { kind: 'recovery-kit', slotId: uuid(), createdAt, salt: toBase64(randomBytesOf(16)) } as const
  return { slot: { ...slot, wrapped: wrapRootKey(root, entropy, vaultId, slot) }, entropy }
}

/** The root key, for the caller to destroy; null when the words are another vault's. RECOVERY_WORDS_MISTYPED. */
export function openRecoverySlot(slot: RecoverySlot, vaultId: string, typedWords: Uint8Array): SecretBuffer | null {
  const entropy = decodeRecoveryWords(typedWords)
  const root = unwrapRootKey(entropy, vaultId, slot)
  entropy.destroy()
  return root
}
