import { basename } from 'node:path'
import type { vaultSchemas } from '../../../src-shared/contract/vault'
import { KmsError } from '../../../src-shared/errors'
import type { Caller } from '../../../src-shared/model/caller'
import { writeChosenFile } from '../../platform/atomic-file'
import type { PathHandles } from '../../platform/path-handles'
import type { Clock } from '../../platform/ports'
import type { Vault } from '../../vault/vault'
import { languageOf, type DesktopPort } from '../desktop-port'
import type { HandlersOf } from '../handlers'
import { recoveryKitPage, recoveryKitText, type KitVault } from '../recovery-kit'
import type { SettingsStore } from '../settings-store'

export interface VaultHandlerOptions {
  vault: Vault
  handles: PathHandles
  desktop: DesktopPort
  settings: SettingsStore
  clock: Clock
  /** Stops jobs, writes what is pending and locks. */
  lock: (caller: Caller) => Promise<void>
  /** The page saw input of the user. */
  activity: () => void
}

type VaultHandlers = HandlersOf<typeof vaultSchemas>
type KitNames = 'saveRecoveryKit' | 'printRecoveryKit' | 'dismissRecoveryKit'

/** Unlocking, slots, recovery kit, backup and the audit log. */
export function vaultHandlers(options: VaultHandlerOptions): VaultHandlers {
  const { vault } = options
  const status = async () => ({ status: await vault.status() })
  return {
    ...slotHandlers(options),
    ...kitHandlers(options),
    ...backupHandlers(options),
    vaultStatus: status,
    async createVault(request, caller) {
      const recoveryWords = await vault.create({ ...request, caller })
      return { ...(await status()), recoveryWords }
    },
    async unlockVault({ passphrase }, caller) {
      await vault.unlockWithPassphrase(caller, passphrase)
      return status()
    },
    async unlockWithPin({ pin }, caller) {
      await vault.unlockWithPin(caller, pin)
      return status()
    },
    async unlockWithRecoveryWords({ words, newPassphrase }, caller) {
      await vault.unlockWithRecoveryWords(caller, words, newPassphrase)
      return status()
    },
    async unlockWithToken({ slotId = null, pin = null }, caller) {
      await vault.unlockWithToken(caller, slotId, pin)
      return status()
    },
    async lockVault(_request, caller) {
      await options.lock(caller)
      return status()
    },
    async reportActivity() {
      options.activity()
      return {}
    },
    listAuditEntries: (request) => vault.listAuditEntries(request),
    verifyAudit: () => vault.verifyAudit(),
    signAuditLog: async ({ tokenId, objectId, userPin = null }, caller) => ({ signature: await vault.signAudit(caller, { tokenId, objectId, userPin }) }),
    listAuditSignatures: async () => ({ signatures: await vault.listAuditSignatures() }),
  }
}

function slotHandlers({ vault }: VaultHandlerOptions) {
  return {
    listUnlockSlots: () => vault.listSlots(),
    async changePassphrase({ currentPassphrase, newPassphrase, kdfTargetMs }, caller) {
      await vault.changePassphrase(caller, currentPassphrase, newPassphrase, kdfTargetMs)
      return {}
    },
    renewRecoveryKit: async ({ passphrase }, caller) => ({ recoveryWords: await vault.renewRecoveryKit(caller, passphrase) }),
    addQuickUnlock: async ({ passphrase, pin }, caller) => ({ slot: await vault.addQuickUnlock(caller, passphrase, pin) }),
    addTokenSlot: async ({ passphrase, tokenId, objectId, userPin = null }, caller) => ({ slot: await vault.addTokenSlot(caller, passphrase, { tokenId, objectId, userPin }) }),
    async removeUnlockSlot({ slotId }, caller) {
      await vault.removeSlot(caller, slotId)
      return {}
    },
  } satisfies Partial<VaultHandlers>
}

function kitHandlers(options: VaultHandlerOptions): Pick<VaultHandlers, KitNames> {
  const { vault, desktop, settings } = options
  return {
    async saveRecoveryKit() {
      const { about, words } = await pendingKit(options)
      const path = await desktop.chooseSaveTarget('recovery-kit', 'keystead-recovery-kit.txt')
      if (path === null) return { fileName: null }
      const text = recoveryKitText(languageOf(settings.current, desktop), about, words)
      await writeChosenFile(path, text, 'The recovery kit could not be saved there. Choose another folder.').finally(() => text.fill(0))
      return { fileName: basename(path) }
    },
    async printRecoveryKit() {
      const { about, words } = await pendingKit(options)
      const page = recoveryKitPage(languageOf(settings.current, desktop), about, words)
      return { printed: await desktop.printPage(page).finally(() => page.fill(0)) }
    },
    async dismissRecoveryKit() {
      vault.dismissRecoveryKit()
      return {}
    },
  }
}

/** The words that wait to be kept. HANDLE_INVALID when none do: they are shown once. */
async function pendingKit({ vault, clock }: VaultHandlerOptions): Promise<{ about: KitVault; words: readonly string[] }> {
  const words = vault.pendingRecoveryWords()
  if (words === null) throw new KmsError('HANDLE_INVALID', 'There are no recovery words to keep. Renew the recovery kit to get new ones.')
  const { name, vaultId } = await vault.status()
  return { about: { name: name ?? '', vaultId: vaultId ?? '', date: new Date(clock.nowMs()).toISOString() }, words }
}

function backupHandlers({ vault, handles }: VaultHandlerOptions) {
  return {
    backupVault: ({ target, backupPassphrase }, caller) => vault.backup(caller, handles.redeem(target, 'target'), backupPassphrase),
    checkBackup: async ({ backup, backupPassphrase }) => vault.checkBackup(handles.redeem(backup, 'backup'), backupPassphrase),
    async restoreVault({ backup, backupPassphrase }, caller) {
      await vault.restore(handles.redeem(backup, 'backup'), backupPassphrase, caller)
      return { status: await vault.status() }
    },
  } satisfies Partial<VaultHandlers>
}
