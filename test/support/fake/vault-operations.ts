import type { AuditSignature, SlotEntry, SlotKind, VaultStatus } from '../../../src-shared/contract/vault'
import { refuse } from './refuse'
import { sampleToken } from './token-world'
import { wait, type FakeOperations, type FakeState } from './state'

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const kdf = { memoryKib: 262_144, passes: 3, lanes: 4 }

export const sampleWords =
  'canyon lamp orbit velvet school index garlic ribbon marble supply tunnel echo hazard kitchen olive bracket drift pencil winter solar magnet copy shine abandon'.split(' ')

function setStatus(state: FakeState, patch: Partial<VaultStatus>): { status: VaultStatus } {
  const kinds: readonly SlotKind[] = [...new Set(state.slots.map((slot) => slot.kind))]
  const tokenSlots = state.slots.flatMap(({ slotId, token }) => (token ? [{ slotId, label: token.label, serial: token.serial }] : []))
  state.status = { ...state.status, slots: [...kinds], tokenSlots, keychain: state.keychain, ...patch }
  state.emit('vaultChanged', state.status)
  return { status: state.status }
}

export function newSlot(kind: SlotKind, createdAt: string, lastUsedAt: string | null = null): SlotEntry {
  return { slotId: `slot-${kind}`, kind, createdAt, lastUsedAt, kdf: kind === 'recovery-kit' || kind === 'token' ? null : kdf, token: null }
}

const sampleSignature: AuditSignature = {
  signatureId: '6f0c1b1e-0a2f-4c1c-9a59-0d3a3a3e7c11',
  sequence: 1,
  time: '2026-03-14T09:26:53.000Z',
  algorithm: 'ECDSA_SHA_256',
  tokenLabel: sampleToken.label,
  tokenSerial: sampleToken.serial,
  keyFingerprint: 'ab'.repeat(32),
}

/** A way to unlock by the token that token-operations.ts has; its PIN is 123456. */
export function newTokenSlot(createdAt: string): SlotEntry {
  const { label, serial, model, manufacturer } = sampleToken
  return { ...newSlot('token', createdAt), token: { label, serial, model, manufacturer, algorithm: 'AES_GCM' } }
}

/** Unlocking, slots, backup of the fake main. */
export function vaultOperations(state: FakeState): Pick<FakeOperations, VaultName> {
  const now = () => new Date(state.nowMs).toISOString()
  const replaceSlot = (slot: SlotEntry) => (state.slots = [...state.slots.filter(({ slotId }) => slotId !== slot.slotId), slot])
  const checkPassphrase = async (bytes: Uint8Array) => {
    const typed = text(bytes)
    await wait(state.kdfMs)
    if (typed !== state.passphrase) refuse('WRONG_PASSPHRASE')
  }
  return {
    vaultStatus: async () => ({ status: state.status }),
    async createVault(request) {
      const typed = text(request.passphrase)
      await wait(state.kdfMs)
      if (state.status.state !== 'none') refuse('VAULT_EXISTS')
      Object.assign(state, { passphrase: typed, pendingWords: state.words, slots: [newSlot('passphrase', now()), newSlot('recovery-kit', now())] })
      return { ...setStatus(state, { state: 'unlocked', name: request.name ?? 'Keystead', vaultId: 'v-1', recoveryKitPending: true }), recoveryWords: state.words }
    },
    async unlockVault({ passphrase }) {
      await checkPassphrase(passphrase)
      return setStatus(state, { state: 'unlocked' })
    },
    async unlockWithPin({ pin }) {
      const typed = text(pin)
      await wait(state.kdfMs)
      if (typed === state.pin) return setStatus(state, { state: 'unlocked', pinAttemptsLeft: 5 })
      const attemptsLeft = (state.status.pinAttemptsLeft ?? 1) - 1
      if (attemptsLeft > 0) {
        setStatus(state, { pinAttemptsLeft: attemptsLeft })
        return refuse('WRONG_PIN', { attemptsLeft })
      }
      state.slots = state.slots.filter(({ kind }) => kind !== 'quick-unlock')
      setStatus(state, { pinAttemptsLeft: null })
      return refuse('QUICK_UNLOCK_REMOVED')
    },
    async unlockWithRecoveryWords({ words, newPassphrase }) {
      const typed = text(words).trim().split(/\s+/)
      const passphrase = newPassphrase && text(newPassphrase)
      await wait(state.kdfMs)
      if (typed.length !== 24) refuse('RECOVERY_WORDS_MISTYPED')
      if (typed.join(' ') !== state.words.join(' ')) refuse('WRONG_RECOVERY_WORDS')
      state.passphrase = passphrase ?? state.passphrase
      return setStatus(state, { state: 'unlocked' })
    },
    async unlockWithToken({ pin }) {
      const slot = state.slots.find(({ kind }) => kind === 'token') ?? refuse('SLOT_NOT_FOUND')
      if (!pin || text(pin) !== '123456') refuse('TOKEN_PIN_WRONG', { pinState: 'low', ...(slot.token && { tokenLabel: slot.token.label }) })
      return setStatus(state, { state: 'unlocked' })
    },
    async addTokenSlot({ passphrase, userPin }) {
      await checkPassphrase(passphrase)
      if (userPin && text(userPin) !== '123456') refuse('TOKEN_PIN_WRONG', { pinState: 'low' })
      const slot = newTokenSlot(now())
      replaceSlot(slot)
      setStatus(state, {})
      return { slot }
    },
    async lockVault() {
      state.pendingWords = null
      return setStatus(state, { state: 'locked', recoveryKitPending: false })
    },
    reportActivity: async () => ({}),
    listUnlockSlots: async () => ({ slots: state.slots, keychain: state.keychain }),
    async changePassphrase({ currentPassphrase, newPassphrase }) {
      const next = text(newPassphrase)
      await checkPassphrase(currentPassphrase)
      state.passphrase = next
      replaceSlot(newSlot('passphrase', now()))
      return {}
    },
    async renewRecoveryKit({ passphrase }) {
      await checkPassphrase(passphrase)
      state.words = state.words.toReversed()
      state.pendingWords = state.words
      replaceSlot(newSlot('recovery-kit', now()))
      setStatus(state, { recoveryKitPending: true })
      return { recoveryWords: state.words }
    },
    saveRecoveryKit: async () => ({ fileName: 'keystead-recovery-kit.txt' }),
    printRecoveryKit: async () => ({ printed: true }),
    async dismissRecoveryKit() {
      state.pendingWords = null
      setStatus(state, { recoveryKitPending: false })
      return {}
    },
    async addQuickUnlock({ passphrase, pin }) {
      const typed = text(pin)
      if (state.keychain !== 'available') refuse(({ missing: 'KEYCHAIN_MISSING', locked: 'KEYCHAIN_LOCKED', timeout: 'KEYCHAIN_TIMEOUT' } as const)[state.keychain])
      await checkPassphrase(passphrase)
      state.pin = typed
      const slot = newSlot('quick-unlock', now())
      replaceSlot(slot)
      setStatus(state, { pinAttemptsLeft: 5 })
      return { slot }
    },
    async removeUnlockSlot({ slotId }) {
      const slot = state.slots.find((other) => other.slotId === slotId) ?? refuse('SLOT_NOT_FOUND')
      const isLasting = ({ kind }: SlotEntry) => kind === 'passphrase' || kind === 'recovery-kit'
      if (isLasting(slot) && state.slots.filter(isLasting).length === 1) refuse('LAST_SLOT')
      state.slots = state.slots.filter((other) => other.slotId !== slotId)
      setStatus(state, slot.kind === 'quick-unlock' ? { pinAttemptsLeft: null } : {})
      return {}
    },
    async backupVault() {
      await wait(state.kdfMs)
      return { fileName: 'keystead-2026-03-14.backup', sizeBytes: 412_672, records: 512 }
    },
    async checkBackup({ backupPassphrase }) {
      const typed = text(backupPassphrase)
      await wait(state.kdfMs)
      if (typed === 'wrong') refuse('BACKUP_INVALID')
      return { vaultName: 'Workstation', createdAt: now(), records: 512, keys: state.keys.length, auditEntries: state.audit.length }
    },
    async restoreVault({ backupPassphrase }) {
      const typed = text(backupPassphrase)
      await wait(state.kdfMs)
      if (typed === 'wrong') refuse('BACKUP_INVALID')
      state.passphrase = typed
      state.slots = [newSlot('passphrase', now())]
      return setStatus(state, { state: 'locked', name: 'Workstation', vaultId: 'v-2' })
    },
    async listAuditEntries(request) {
      const { offset = 0, count = 100, operation = '', result = 'any', search = '', resource = '' } = request
      const found = state.audit.filter(
        (entry) =>
          (operation === '' || entry.operation === operation) &&
          (result === 'any' || entry.result === result) &&
          (resource === '' || entry.resource === resource) &&
          `${entry.operation} ${entry.resource} ${entry.client}`.toLowerCase().includes(search.toLowerCase()),
      )
      return { total: found.length, entries: found.slice(offset, offset + count) }
    },
    verifyAudit: async () => ({ intact: true, entries: state.audit.length, brokenAt: null, signatures: state.auditSignatures.map((signature) => ({ ...signature, outcome: 'valid' })) }),
    async signAuditLog() {
      const signature = { ...sampleSignature, sequence: state.audit.length, time: now() }
      state.auditSignatures = [signature, ...state.auditSignatures]
      return { signature }
    },
    listAuditSignatures: async () => ({ signatures: state.auditSignatures }),
  }
}

type VaultName =
  | 'vaultStatus' | 'createVault' | 'unlockVault' | 'unlockWithPin' | 'unlockWithRecoveryWords' | 'lockVault' | 'reportActivity'
  | 'listUnlockSlots' | 'changePassphrase' | 'renewRecoveryKit' | 'saveRecoveryKit' | 'printRecoveryKit' | 'dismissRecoveryKit'
  | 'unlockWithToken' | 'addTokenSlot' | 'addQuickUnlock' | 'removeUnlockSlot' | 'backupVault' | 'checkBackup' | 'restoreVault' | 'listAuditEntries' | 'verifyAudit' | 'signAuditLog' | 'listAuditSignatures'
