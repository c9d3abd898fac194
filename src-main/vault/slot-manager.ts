import type { SlotEntry } from '../../src-shared/contract/vault'
import { KmsError } from '../../src-shared/errors'
import { limits } from '../../src-shared/model/limits'
import type { Caller } from '../../src-shared/model/caller'
import type { SecretBuffer } from '../crypto/secret-buffer'
import type { Clock, Keyring, Log } from '../platform/ports'
import type { Header, Slot } from './header'
import type { OpenVault } from './open-vault'
import { checkPassphraseStrength, makePassphraseSlot } from './passphrase-slot'
import { locked, slotNotFound } from './problems'
import { makeQuickUnlockSlot } from './quick-unlock-slot'
import { makeRecoverySlot } from './recovery-slot'
import type { SlotKdfs } from './slot-kdf'
import { finishTokenSlot, prepareTokenSlot, type PreparedTokenSlot } from './token-slot'
import type { ChosenTokenKey, TokenPort } from './token-port'
import { forgetDeviceKey, tokenSlotsOf, unwrapWithPassphrase } from './unlocking'

/** The services that slots need. */
export interface SlotParts {
  kdfs: SlotKdfs
  keyring: Keyring
  tokens: TokenPort
  clock: Clock
  log: Log
}

/** Adds, replaces and removes the slots of an open vault; the rows are never sealed again for it. */
export class SlotManager {
  readonly #parts: SlotParts

  constructor(parts: SlotParts) {
    this.#parts = parts
  }

  /** All slots with the time of their last use. VAULT_DAMAGED. */
  async list(vault: OpenVault): Promise<SlotEntry[]> {
    const { slots, quickUnlock } = vault.header
    const all: Slot[] = quickUnlock ? [...slots, quickUnlock] : [...slots]
    return Promise.all(all.map((slot) => describe(vault, slot)))
  }

  /** WRONG_PASSPHRASE, PASSPHRASE_TOO_WEAK, SLOT_NOT_FOUND, VAULT_WRITE_FAILED, NO_SPACE. Passphrases are borrowed. */
  async changePassphrase(vault: OpenVault, caller: Caller, current: Uint8Array, next: Uint8Array, kdfTargetMs?: number): Promise<void> {
    checkPassphraseStrength(next)
    await this.verify(vault, current)
    await this.setPassphrase(vault, caller, next, kdfTargetMs)
  }

  /** Replaces the passphrase slot, or adds one. PASSPHRASE_TOO_WEAK, VAULT_WRITE_FAILED, NO_SPACE. */
  async setPassphrase(vault: OpenVault, caller: Caller, passphrase: Uint8Array, kdfTargetMs?: number): Promise<void> {
    const request = { root: vault.session.keys.root, passphrase, vaultId: vault.header.vaultId, createdAt: this.#now() }
    const slot = await makePassphraseSlot(this.#parts.kdfs, kdfTargetMs === undefined ? request : { ...request, kdfTargetMs })
    await vault.replaceSlots(caller, slot.slotId, withSlot(vault.header, slot))
  }

  /** Replaces the recovery kit; the old words open nothing any more. The caller owns the entropy of the new ones. */
  async renewRecoveryKit(vault: OpenVault, caller: Caller, passphrase: Uint8Array): Promise<SecretBuffer> {
    await this.verify(vault, passphrase)
    const { slot, entropy } = makeRecoverySlot(vault.session.keys.root, vault.header.vaultId, this.#now())
    try {
      await vault.replaceSlots(caller, slot.slotId, withSlot(vault.header, slot))
      return entropy
    } catch (error) {
      entropy.destroy()
      throw error
    }
  }

  /** Adds quick unlock, in place of one that is there. WRONG_PASSPHRASE, KEYCHAIN_MISSING, KEYCHAIN_LOCKED, KEYCHAIN_TIMEOUT. */
  async addQuickUnlock(vault: OpenVault, caller: Caller, passphrase: Uint8Array, pin: Uint8Array): Promise<SlotEntry> {
    const { kdfs, keyring, log } = this.#parts
    await this.verify(vault, passphrase)
    const { vaultId, quickUnlock: previous } = vault.header
    const slot = await makeQuickUnlockSlot(kdfs, keyring, { root: vault.session.keys.root, pin, vaultId, createdAt: this.#now() })
    try {
      await vault.replaceQuickUnlock(caller, slot.slotId, slot)
    } catch (error) {
      if (vault.header.quickUnlock?.slotId !== slot.slotId) await forgetDeviceKey(keyring, log, vaultId, slot.slotId)
      throw error
    }
    if (previous) await forgetDeviceKey(keyring, log, vaultId, previous.slotId)
    return describe(vault, slot)
  }

  /** The slow part of adding a token, which needs no open vault. TOKEN_KEY_USE_REFUSED and more of TokenPort.encrypt. The PIN is borrowed. */
  prepareToken(vaultId: string, key: ChosenTokenKey): Promise<PreparedTokenSlot> {
    return prepareTokenSlot(this.#parts.tokens, { key, vaultId, createdAt: this.#now() })
  }

  /** Adds a token, in place of a slot of the same key. LIMIT_EXCEEDED, VAULT_LOCKED when another vault is open by now. */
  async keepToken(vault: OpenVault, caller: Caller, prepared: PreparedTokenSlot): Promise<SlotEntry> {
    const { slots, vaultId } = vault.header
    if (prepared.vaultId !== vaultId) throw locked()
    const slot = finishTokenSlot(prepared, vault.session.keys.root)
    const others = slots.filter((other) => other.kind !== 'token' || other.serial !== slot.serial || other.label !== slot.label || other.idHex !== slot.idHex)
    if (tokenSlotsOf({ ...vault.header, slots: others }).length >= limits.tokenSlots) {
      throw new KmsError('LIMIT_EXCEEDED', `At most ${limits.tokenSlots} tokens open a vault. Remove one first.`, { limit: limits.tokenSlots })
    }
    await vault.replaceSlots(caller, slot.slotId, [...others, slot])
    return describe(vault, slot)
  }

  /** SLOT_NOT_FOUND; LAST_SLOT when no slot would be left that needs neither keychain nor token. */
  async remove(vault: OpenVault, caller: Caller, slotId: string): Promise<void> {
    const { slots, quickUnlock, vaultId } = vault.header
    if (quickUnlock?.slotId === slotId) {
      await vault.replaceQuickUnlock(caller, slotId, null)
      await forgetDeviceKey(this.#parts.keyring, this.#parts.log, vaultId, slotId)
      return
    }
    const left = slots.filter((slot) => slot.slotId !== slotId)
    if (left.length === slots.length) throw slotNotFound()
    if (left.every(({ kind }) => kind === 'token')) throw new KmsError('LAST_SLOT', 'This is the last way to open the vault without the keychain or a token. Add another one first.')
    await vault.replaceSlots(caller, slotId, left)
  }

  /** WRONG_PASSPHRASE, SLOT_NOT_FOUND. The passphrase is borrowed. */
  async verify(vault: OpenVault, passphrase: Uint8Array): Promise<void> {
    const { root } = await unwrapWithPassphrase(this.#parts.kdfs, vault.header, passphrase)
    root.destroy()
  }

  #now(): string {
    return new Date(this.#parts.clock.nowMs()).toISOString()
  }
}

function withSlot(header: Header, slot: Header['slots'][number]): Header['slots'] {
  return [...header.slots.filter((other) => other.kind !== slot.kind), slot]
}

async function describe(vault: OpenVault, slot: Slot): Promise<SlotEntry> {
  const usage = await vault.session.read('slot-usage', slot.slotId)
  const { slotId, kind, createdAt } = slot
  const kdf = 'kdf' in slot ? { memoryKib: slot.kdf.memoryKib, passes: slot.kdf.passes, lanes: slot.kdf.lanes } : null
  const token = slot.kind === 'token' ? { label: slot.label, serial: slot.serial, model: slot.model, manufacturer: slot.manufacturer, algorithm: slot.algorithm } : null
  return { slotId, kind, createdAt, lastUsedAt: usage && Buffer.from(usage).toString('utf8'), kdf, token }
}
