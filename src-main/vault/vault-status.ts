import type { KeychainState, VaultStatus } from '../../src-shared/contract/vault'
import { isKmsError } from '../../src-shared/errors'
import { assertPrivateFolder } from '../platform/private-folder'
import type { Header, TokenSlot } from './header'
import { lockOwner } from './lock-file'
import { tokenSlotsOf } from './unlocking'
import type { VaultFiles } from './vault-files'

/** What the facade knows beside the files. */
export interface StatusParts {
  /** Null while the vault is locked. */
  openHeader: Header | null
  ownsLock: boolean
  keychain: KeychainState | null
  rolledBack: boolean
  recoveryKitPending: boolean
}

const problems = ['VAULT_DAMAGED', 'VAULT_NEWER_VERSION', 'VAULT_INSECURE'] as const

/** State of the vault for the window, from vault.json alone while it is locked. Never throws for a bad vault. */
export async function readStatus(files: VaultFiles, parts: StatusParts): Promise<VaultStatus> {
  const { openHeader, ownsLock, keychain, rolledBack, recoveryKitPending } = parts
  const found = openHeader ? { header: openHeader, problem: null } : await inspect(files, ownsLock)
  const { header, problem } = found
  return {
    state: openHeader ? 'unlocked' : header || problem ? 'locked' : 'none',
    name: header?.name ?? null,
    vaultId: header?.vaultId ?? null,
    slots: header ? [...header.slots, ...(header.quickUnlock ? [header.quickUnlock] : [])].map((slot) => slot.kind) : [],
    tokenSlots: header ? tokenSlotsOf(header).map(({ slotId, label, serial }) => ({ slotId, label, serial })) : [],
    pinAttemptsLeft: header?.quickUnlock?.attemptsLeft ?? null,
    keychain,
    rolledBack,
    recoveryKitPending,
    problem,
  }
}

/** Keys on tokens that open the vault, also while it is locked: then nothing has vouched for them yet. Empty for a vault that cannot be read. */
export async function readTokenSlots(files: VaultFiles, openHeader: Header | null): Promise<TokenSlot[]> {
  const header = openHeader ?? (await inspect(files, true)).header
  return header ? tokenSlotsOf(header) : []
}

async function inspect(files: VaultFiles, ownsLock: boolean): Promise<{ header: Header | null; problem: VaultStatus['problem'] }> {
  try {
    if (!(await files.exists())) return { header: null, problem: null }
    await assertPrivateFolder(files.folder)
    const header = await files.readHeader()
    const isElsewhere = header !== null && !ownsLock && (await lockOwner(files.lock)) !== null
    return { header, problem: isElsewhere ? 'VAULT_IN_USE' : null }
  } catch (error) {
    const problem = problems.find((code) => isKmsError(error, code))
    if (problem) return { header: null, problem }
    throw error
  }
}
