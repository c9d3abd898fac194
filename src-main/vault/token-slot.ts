import { isKmsError, KmsError, type ErrorCode } from '../../src-shared/errors'
import { randomBytesOf, uuid } from '../crypto/random'
import { SecretBuffer } from '../crypto/secret-buffer'
import { lengthPrefixed, toBase64 } from './encoding'
import type { TokenSlot } from './header'
import { saltOf, unwrapRootKey, wrapRootKey } from './slot-wrapping'
import type { ChosenTokenKey, TokenPort } from './token-port'

const secretBytes = 32

/** What a token slot is made for. */
export interface TokenSlotRequest {
  key: ChosenTokenKey
  vaultId: string
  createdAt: string
}

/** A token slot that has its secret and not the root key yet. Whoever has it destroys the secret. */
export interface PreparedTokenSlot {
  vaultId: string
  slot: Omit<TokenSlot, 'wrapped'>
  secret: SecretBuffer
}

/** What the token has to do for a new slot: its secret is random, and encrypted so that only the key on the token gives it back. The errors of TokenPort.encrypt. */
export async function prepareTokenSlot(tokens: TokenPort, { key, vaultId, createdAt }: TokenSlotRequest): Promise<PreparedTokenSlot> {
  const slotId = uuid()
  const secret = SecretBuffer.random(secretBytes)
  try {
    const { serial, label, model, manufacturer, idHex, algorithm, encryptedSecret } = await secret.use((bytes) => tokens.encrypt(key, bytes, contextOf(vaultId, slotId)))
    const named = { kind: 'token', slotId, createdAt, serial, label, model, manufacturer, idHex, algorithm } as const
    return { vaultId, slot: { ...named, salt: toBase64(randomBytesOf(16)), encryptedSecret: toBase64(encryptedSecret) }, secret }
  } catch (error) {
    secret.destroy()
    throw error
  }
}

/** The slot with the root key, which is borrowed. */
export function finishTokenSlot({ vaultId, slot, secret }: PreparedTokenSlot, root: SecretBuffer): TokenSlot {
  return { ...slot, wrapped: wrapRootKey(root, secret, vaultId, slot) }
}

/** Answers of a token that decrypts what was not encrypted for it, or was changed. Modules differ. */
const refusals: readonly ErrorCode[] = ['TOKEN_CIPHERTEXT_REFUSED', 'TOKEN_DATA_REFUSED', 'TOKEN_REFUSED']

/**
 * The root key, for the caller to destroy. TOKEN_SLOT_REFUSED when the slot was changed or the key is another one, and the
 * errors of TokenPort.decrypt. The PIN is borrowed.
 */
export async function openTokenSlot(tokens: TokenPort, slot: TokenSlot, vaultId: string, pin: Uint8Array | null): Promise<SecretBuffer> {
  const secret = await decryptSecret(tokens, slot, vaultId, pin)
  const root = unwrapRootKey(secret, vaultId, slot)
  secret.destroy()
  if (!root) throw slotRefused(slot)
  return root
}

async function decryptSecret(tokens: TokenPort, slot: TokenSlot, vaultId: string, pin: Uint8Array | null): Promise<SecretBuffer> {
  try {
    return SecretBuffer.take(await tokens.decrypt(slot, pin, saltOf(slot.encryptedSecret), contextOf(vaultId, slot.slotId)))
  } catch (error) {
    throw isKmsError(error) && refusals.includes(error.code) ? slotRefused(slot, error) : error
  }
}

function slotRefused({ label }: TokenSlot, cause?: unknown): KmsError {
  return new KmsError('TOKEN_SLOT_REFUSED', 'The key on the token does not open this vault: it is another key, or the entry for it was changed.', { tokenLabel: label }, cause)
}

/** Keeps what the key has encrypted for anything else from being taken for the secret of a slot. */
function contextOf(vaultId: string, slotId: string): Uint8Array {
  return lengthPrefixed('keystead slot secret', vaultId, slotId)
}
