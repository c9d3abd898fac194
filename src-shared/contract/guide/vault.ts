import type { fileSchemas } from '../files'
import type { serviceSchemas } from '../service'
import type { settingsSchemas } from '../settings'
import type { vaultSchemas } from '../vault'
import type { GuideEntry } from './entry'

type WindowOnly = 'reportActivity' | 'saveRecoveryKit' | 'printRecoveryKit' | 'showJobOutput' | 'copyText'
type Names = Exclude<keyof typeof fileSchemas | keyof typeof serviceSchemas | keyof typeof settingsSchemas | keyof typeof vaultSchemas, WindowOnly>

/** "correct horse battery staple", for reading only. */
const passphrase = 'Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ=='
const throughInput = 'Passphrases are Base64: send the JSON through standard input.'

/** The vault, files and settings. */
export const vaultGuide = {
  createVault: { summary: `Makes the vault and answers the words of its recovery kit. ${throughInput}`, example: { Passphrase: passphrase, Name: 'Workstation' } },
  vaultStatus: { summary: 'Whether there is a vault, whether it is open, and what can open it.', example: {} },
  unlockVault: { summary: `Opens the vault for the rest of the call. ${throughInput}`, example: { Passphrase: passphrase } },
  unlockWithPin: { summary: 'Opens the vault by PIN, where quick unlock is set up.', example: { Pin: 'MTIzNDU2' } },
  unlockWithRecoveryWords: {
    summary: 'Opens the vault by its recovery words and sets a new passphrase.',
    example: { Words: '<recoveryWords>', NewPassphrase: passphrase },
  },
  lockVault: { summary: 'Locks the vault.', example: {} },
  listUnlockSlots: { summary: 'What can open the vault.', example: {} },
  changePassphrase: { summary: `Sets another passphrase. ${throughInput}`, example: { CurrentPassphrase: passphrase, NewPassphrase: passphrase } },
  renewRecoveryKit: { summary: `New recovery words; the old ones stop working. ${throughInput}`, example: { Passphrase: passphrase } },
  dismissRecoveryKit: { summary: 'Forgets recovery words that wait to be saved.', example: {} },
  addQuickUnlock: { summary: `Unlocking by PIN and the keychain of the system. ${throughInput}`, example: { Passphrase: passphrase, Pin: 'MTIzNDU2' } },
  addTokenSlot: { summary: `Lets a key of a token that decrypts open the vault. ${throughInput}`, example: { Passphrase: passphrase, TokenId: '<tokenId>', ObjectId: '<objectId>', UserPin: 'MTIzNDU2' }, keep: { tokenSlotId: 'Slot.SlotId' } },
  unlockWithToken: { summary: 'Opens the vault by the key of a token and its PIN, which is tried once.', example: { SlotId: '<tokenSlotId>', Pin: 'MTIzNDU2' } },
  removeUnlockSlot: { summary: 'Takes away a way of unlocking; the last passphrase stays.', example: { SlotId: '<slotId>' } },
  backupVault: { summary: `A copy of the vault under a passphrase of its own. ${throughInput}`, example: { Target: '<vault.backup>', BackupPassphrase: passphrase } },
  checkBackup: { summary: `Opens a backup in memory and counts what is in it. ${throughInput}`, example: { Backup: '<vault.backup>', BackupPassphrase: passphrase } },
  restoreVault: { summary: `Makes a vault of a backup, where there is none. ${throughInput}`, example: { Backup: '<vault.backup>', BackupPassphrase: passphrase } },
  listAuditEntries: { summary: 'The audit log, newest first.', example: { Operation: 'createKey', Count: 10 } },
  verifyAudit: { summary: 'Checks the chain of the audit log, and its signatures.', example: {} },
  signAuditLog: { summary: `Has a key of a token sign the audit log as it is now. ${throughInput}`, example: { TokenId: '<tokenId>', ObjectId: '<signingObjectId>', UserPin: 'MTIzNDU2' } },
  listAuditSignatures: { summary: 'Signatures of the audit log, newest first.', example: {} },
  encryptFiles: { summary: 'Encrypts files and folders beside themselves.', example: { Sources: ['<file>'], KeyId: 'alias/backups', EncryptionContext: { project: 'alpha' } } },
  inspectFile: { summary: 'The header of an encrypted file.', example: { File: '<file.keystead>' } },
  decryptFiles: { summary: 'Decrypts files and folders.', example: { Sources: ['<file.keystead>'], OnCollision: 'rename' } },
  listJobs: { summary: 'File jobs of this process.', example: {} },
  listJobFiles: { summary: 'The files of a job.', example: { JobId: '<jobId>' } },
  cancelJob: { summary: 'Stops a job.', example: { JobId: '<jobId>' } },
  resumeJob: { summary: 'Goes on with the files of a finished job that were refused for a token, once the token is there and somebody has logged in to it.', example: { JobId: '<jobId>' } },
  dismissJob: { summary: 'Forgets a job that has ended.', example: { JobId: '<jobId>' } },
  getSettings: { summary: 'The settings.', example: {} },
  updateSettings: { summary: 'Changes settings.', example: { LockAfterIdleMinutes: 5 } },
  getAppInfo: { summary: 'Version, and where the vault is.', example: {} },
  describeRegions: { summary: 'The one region there is: local.', example: {} },
  describeAccountKmsStatus: { summary: 'Whether there is a vault, and whether it is locked.', example: {} },
  openKmsService: { summary: 'Succeeds when there is a vault.', example: {} },
} as const satisfies Record<Names, GuideEntry>
