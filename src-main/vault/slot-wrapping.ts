import { openAesGcm, sealAesGcm } from '../crypto/aes-gcm'
import { u32, u64, utf8 } from '../crypto/bytes'
import { hkdfSha256 } from '../crypto/hkdf'
import { SecretBuffer } from '../crypto/secret-buffer'
import { fromBase64, lengthPrefixed, toBase64 } from './encoding'
import type { Slot } from './header'
import { damaged } from './problems'

/** Version of the layout of slots; it stays when vault.json gets another, so that no slot has to be wrapped again. */
const slotVersion = 1

type SlotParameters = { [K in Slot['kind']]: Omit<Extract<Slot, { kind: K }>, 'wrapped'> }[Slot['kind']]

/**
 * Wraps the root key: AES-256-GCM under HKDF-SHA256(secret, salt, kind), with everything that the slot says about itself
 * as associated data, so that nobody can lower its cost or move it. Both secrets are borrowed.
 */
export function wrapRootKey(root: SecretBuffer, secret: SecretBuffer, vaultId: string, slot: SlotParameters): string {
  return withWrapKey(secret, slot, (key) => root.use((bytes) => toBase64(sealAesGcm(key, bytes, associatedData(vaultId, slot)))))
}

/** Null when the secret is not this slot's or the slot was changed. The caller destroys the root key. */
export function unwrapRootKey(secret: SecretBuffer, vaultId: string, slot: Slot): SecretBuffer | null {
  const wrapped = saltOf(slot.wrapped)
  const bytes = withWrapKey(secret, slot, (key) => openAesGcm(key, wrapped, associatedData(vaultId, slot)))
  return bytes && SecretBuffer.take(bytes)
}

/** Bytes of a Base64 field that the schema has already checked. */
export function saltOf(text: string): Uint8Array {
  const bytes = fromBase64(text)
  if (!bytes) throw damaged()
  return bytes
}

function withWrapKey<T>(secret: SecretBuffer, slot: SlotParameters, work: (key: Uint8Array) => T): T {
  const salt = saltOf('salt' in slot ? slot.salt : slot.kdf.salt)
  const key = secret.use((bytes) => hkdfSha256(bytes, salt, utf8(`keystead slot 1 ${slot.kind}`), 32))
  try {
    return work(key)
  } finally {
    key.fill(0)
  }
}

function associatedData(vaultId: string, slot: SlotParameters): Uint8Array {
  return lengthPrefixed(utf8('keystead slot'), u32(slotVersion), vaultId, slot.kind, slot.slotId, slot.createdAt, ...ownParameters(slot))
}

/** The attempt counter is left out: it changes while the vault is locked. */
function ownParameters(slot: SlotParameters): (Uint8Array | string)[] {
  switch (slot.kind) {
    case 'recovery-kit':
      return [saltOf(slot.salt)]
    case 'token':
      return [slot.serial, slot.label, slot.model, slot.manufacturer, slot.idHex, slot.algorithm, saltOf(slot.salt), saltOf(slot.encryptedSecret)]
    default:
      return [slot.kdf.algorithm, u64(slot.kdf.memoryKib), u64(slot.kdf.passes), u64(slot.kdf.lanes), saltOf(slot.kdf.salt)]
  }
}
