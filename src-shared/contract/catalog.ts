/**
 * Every operation, named once, with what dispatch and the faces need to know about it. This file has no schema
 * library in it, so that the preload and the page can import it. Schemas: operations.ts.
 */

export type Face = 'ipc' | 'cli' | 'endpoint'

export interface OperationFlags {
  /** Refused with VAULT_LOCKED while the vault is locked. */
  needsUnlocked: boolean
  /**
   * transaction: the service writes the entry in the same transaction as the mutation.
   * use: cryptographic use; entries are collected and written within a second and at lock, at the latest.
   * handler: needs no vault, or no row of it; the handler writes the entry where one is open.
   * none: reads metadata or the state of the application.
   */
  audit: 'transaction' | 'use' | 'handler' | 'none'
  /** The response (or request) carries a secret: never logged, never cached. */
  returnsSecret: boolean
  faces: readonly Face[]
  /** Part of the KMS API 2016-01-20 under the same name in PascalCase. */
  kms: boolean
}

const everywhere = ['ipc', 'cli', 'endpoint'] as const
const local = ['ipc', 'cli'] as const
const desktop = ['ipc'] as const

const kmsRead = { needsUnlocked: true, audit: 'none', returnsSecret: false, faces: everywhere, kms: true } as const
const kmsChange = { needsUnlocked: true, audit: 'transaction', returnsSecret: false, faces: everywhere, kms: true } as const
const kmsUse = { needsUnlocked: true, audit: 'use', returnsSecret: true, faces: everywhere, kms: true } as const
/** A use whose request and response carry no secret. */
const kmsPublicUse = { ...kmsUse, returnsSecret: false } as const
const read = { needsUnlocked: true, audit: 'none', returnsSecret: false, faces: local, kms: false } as const
const change = { needsUnlocked: true, audit: 'transaction', returnsSecret: false, faces: local, kms: false } as const
const shell = { needsUnlocked: false, audit: 'none', returnsSecret: false, faces: desktop, kms: false } as const
/** Works without a vault on the command line; the handlers see to the window and to the audit log. */
const token = { needsUnlocked: false, audit: 'handler', returnsSecret: false, faces: local, kms: false } as const
/** With a PIN in it. */
const tokenPin = { ...token, returnsSecret: true } as const
/** The same two for what only looks. */
const tokenLook = { ...token, audit: 'none' } as const
const tokenPinLook = { ...tokenPin, audit: 'none' } as const
/** Steps of a key ceremony, which lives in the memory of the window's process. */
const ceremony = { ...token, needsUnlocked: true, faces: desktop } as const
/** With a PIN or the words of a share in it. */
const ceremonySecret = { ...ceremony, returnsSecret: true } as const
const unlocking = { needsUnlocked: false, audit: 'transaction', returnsSecret: true, faces: local, kms: false } as const

export const catalog = {
  createKey: kmsChange,
  describeKey: kmsRead,
  listKeys: kmsRead,
  updateKeyDescription: kmsChange,
  enableKey: kmsChange,
  disableKey: kmsChange,
  scheduleKeyDeletion: kmsChange,
  cancelKeyDeletion: kmsChange,
  setDeletionProtection: kmsChange,
  createAlias: kmsChange,
  updateAlias: kmsChange,
  deleteAlias: kmsChange,
  listAliases: kmsRead,
  listAliasesByKeyId: kmsRead,
  updateRotationPolicy: kmsChange,
  rotateKey: change,
  createKeyVersion: kmsChange,
  describeKeyVersion: kmsRead,
  listKeyVersions: kmsRead,
  setMinimumDecryptionVersion: change,
  setKeyPolicy: kmsChange,
  getKeyPolicy: kmsRead,

  searchKeys: read,
  getKeyDetails: read,
  getKeyPlace: read,
  previewKeyDeletion: read,

  tagResource: kmsChange,
  untagResource: kmsChange,
  listResourceTags: kmsRead,
  tagResources: kmsChange,
  untagResources: kmsChange,
  listTagResources: kmsRead,

  encrypt: kmsUse,
  decrypt: kmsUse,
  encryptBatch: { ...kmsUse, faces: local, kms: false },
  decryptBatch: { ...kmsUse, faces: local, kms: false },
  reEncrypt: kmsPublicUse,
  // Data keys never reach the page.
  generateDataKey: { ...kmsUse, faces: ['cli', 'endpoint'] },
  generateDataKeyWithoutPlaintext: kmsPublicUse,
  exportDataKey: kmsPublicUse,
  generateAndExportDataKey: kmsPublicUse,
  asymmetricEncrypt: kmsUse,
  asymmetricDecrypt: kmsUse,
  asymmetricSign: kmsPublicUse,
  asymmetricVerify: kmsPublicUse,
  getPublicKey: kmsRead,
  generateMac: kmsUse,
  verifyMac: kmsUse,
  getRandomPassword: { ...kmsRead, returnsSecret: true },

  getParametersForImport: kmsChange,
  importKeyMaterial: kmsChange,
  deleteKeyMaterial: kmsChange,
  rehearseImport: { ...read, audit: 'use' },
  importPrivateKey: { ...change, returnsSecret: true },
  exportPrivateKey: { ...change, audit: 'use', returnsSecret: true },

  createCertificate: kmsChange,
  createSelfSignedCertificate: change,
  uploadCertificate: kmsChange,
  getCertificate: kmsRead,
  describeCertificate: kmsRead,
  listCertificates: read,
  deleteCertificate: kmsChange,
  updateCertificateStatus: kmsChange,
  certificatePrivateKeySign: kmsPublicUse,
  certificatePublicKeyVerify: kmsPublicUse,
  certificatePublicKeyEncrypt: kmsUse,
  certificatePrivateKeyDecrypt: kmsUse,
  exportCertificate: { ...change, audit: 'use', returnsSecret: true },

  createSecret: { ...kmsChange, returnsSecret: true },
  getSecretValue: kmsUse,
  batchGetSecretValue: { ...kmsUse, faces: ['cli', 'endpoint'] },
  putSecretValue: { ...kmsChange, returnsSecret: true },
  updateSecret: kmsChange,
  updateSecretVersionStage: kmsChange,
  listSecretVersionIds: kmsRead,
  listSecrets: kmsRead,
  describeSecret: kmsRead,
  deleteSecret: kmsChange,
  restoreSecret: kmsChange,
  updateSecretRotationPolicy: kmsChange,
  rotateSecret: kmsChange,
  setSecretPolicy: kmsChange,
  getSecretPolicy: kmsRead,

  searchSecrets: read,
  listSecretFolders: read,
  getSecretDetails: read,
  saveSecret: { ...change, returnsSecret: true },
  changeSecret: change,
  moveSecretFolder: change,
  revealSecretValue: { ...read, audit: 'use', returnsSecret: true },
  copySecretValue: { ...read, audit: 'use', faces: desktop },
  copySecretText: { ...read, faces: desktop, returnsSecret: true },
  clearClipboard: { ...shell, needsUnlocked: true },
  getTotpCode: { ...read, audit: 'use', returnsSecret: true },
  compareSecretVersions: { ...read, audit: 'use' },
  // Needs nothing of the vault.
  generateSecretValue: { ...shell, faces: local, returnsSecret: true },
  addSecretAttachment: change,
  saveSecretAttachment: { ...change, audit: 'use' },
  removeSecretAttachment: change,
  checkSecretHealth: read,
  listRotationCalendar: read,
  saveRotationCalendar: read,

  getSecretRotation: read,
  setSecretRotationTarget: change,
  testSecretRotationTarget: { ...change, audit: 'use' },
  retrySecretRotation: change,
  rollBackSecretRotation: change,
  chooseRotationProgram: { ...shell, needsUnlocked: true },

  previewSecretImport: { ...read, returnsSecret: true },
  remapSecretImport: read,
  listImportRows: read,
  runSecretImport: change,
  listImportResults: read,
  cancelSecretImport: read,
  exportSecrets: { ...change, audit: 'use', returnsSecret: true },

  listKeyUses: read,
  findEncryptedFiles: change,
  keepCiphertext: change,
  getKeptCiphertext: read,
  forgetKeyUse: change,
  previewFinishRotation: read,
  finishRotation: change,

  inspectBlob: { ...shell, faces: local },
  digestForSigning: { ...read, returnsSecret: true },
  readChosenFile: { ...shell, needsUnlocked: true },
  saveChosenFile: { ...shell, needsUnlocked: true },
  chooseSaveTarget: { ...shell, needsUnlocked: true },

  describeRegions: { ...kmsRead, needsUnlocked: false },
  describeAccountKmsStatus: { ...kmsRead, needsUnlocked: false },
  openKmsService: { ...kmsRead, needsUnlocked: false },

  vaultStatus: { ...shell, faces: local },
  createVault: unlocking,
  unlockVault: unlocking,
  unlockWithPin: unlocking,
  unlockWithRecoveryWords: unlocking,
  unlockWithToken: unlocking,
  lockVault: { ...shell, faces: local },
  reportActivity: shell,
  listUnlockSlots: read,
  changePassphrase: { ...change, returnsSecret: true },
  renewRecoveryKit: { ...change, returnsSecret: true },
  saveRecoveryKit: { ...shell, needsUnlocked: true },
  printRecoveryKit: { ...shell, needsUnlocked: true },
  dismissRecoveryKit: { ...shell, needsUnlocked: true, faces: local },
  addQuickUnlock: { ...change, returnsSecret: true },
  addTokenSlot: { ...change, returnsSecret: true },
  removeUnlockSlot: change,
  backupVault: { ...change, returnsSecret: true },
  checkBackup: { ...shell, faces: local, returnsSecret: true },
  restoreVault: { ...shell, faces: local, returnsSecret: true },

  listAuditEntries: read,
  verifyAudit: read,
  signAuditLog: { ...change, returnsSecret: true },
  listAuditSignatures: read,

  encryptFiles: { ...change, audit: 'use' },
  decryptFiles: { ...change, audit: 'use' },
  inspectFile: { ...shell, faces: local },
  listJobs: read,
  listJobFiles: read,
  cancelJob: read,
  resumeJob: { ...change, audit: 'use' },
  dismissJob: read,
  showJobOutput: { ...shell, needsUnlocked: true },

  listTokenModules: tokenLook,
  findTokenModules: tokenLook,
  chooseTokenModule: shell,
  addTokenModule: token,
  acceptTokenModule: token,
  removeTokenModule: token,
  listTokens: tokenLook,
  listTokenMechanisms: tokenLook,
  logInToToken: tokenPin,
  logOutOfToken: token,
  listTokenVaultUses: tokenLook,
  initToken: tokenPin,
  setTokenUserPin: tokenPin,
  changeTokenPin: tokenPin,
  listTokenObjects: tokenPinLook,
  getTokenObject: tokenPinLook,
  renameTokenObject: tokenPin,
  deleteTokenObjects: tokenPin,
  previewTokenKey: tokenLook,
  generateTokenKey: tokenPin,

  startKeyCeremony: ceremony,
  showCeremonyShare: ceremonySecret,
  printCeremonyShare: ceremony,
  confirmCeremonyShare: ceremonySecret,
  addCeremonyShare: ceremonySecret,
  finishKeyCeremony: ceremonySecret,
  getCeremonyProtocol: { ...ceremony, audit: 'none' },
  printCeremonyProtocol: ceremony,
  saveCeremonyProtocol: ceremony,
  cancelKeyCeremony: ceremony,

  listTokenKeyAlgorithms: tokenPinLook,
  importTokenKey: tokenPin,
  importTokenSecret: tokenPin,
  importTokenCertificate: tokenPin,
  importTokenData: tokenPin,
  exportTokenObject: tokenPin,
  wrapTokenKey: tokenPin,
  unwrapTokenKey: tokenPin,
  copyTokenKey: tokenPin,
  signWithTokenKey: tokenPin,
  verifyWithTokenKey: tokenPin,
  encryptWithTokenKey: tokenPin,
  decryptWithTokenKey: tokenPin,
  tokenRandom: tokenPinLook,
  tokenDigest: tokenPinLook,
  createTokenCsr: tokenPin,
  createTokenCertificate: tokenPin,
  getTokenSshKey: tokenPinLook,
  examineTokenModule: tokenPinLook,
  rehearseTokenKey: tokenLook,
  resolveTokenUri: tokenPinLook,

  chooseFiles: shell,
  chooseFolder: shell,
  registerDroppedPaths: shell,
  chooseBackupFile: shell,
  chooseBackupTarget: shell,

  getSettings: { ...shell, faces: local },
  updateSettings: { ...shell, faces: local },
  getAppInfo: { ...shell, faces: local },
  copyText: shell,
} as const satisfies Record<string, OperationFlags>

export type OperationName = keyof typeof catalog

/** All names in the order of the catalog. */
export const operationNames = Object.keys(catalog) as OperationName[]

/** The IPC channel of an operation. */
export function channelOf(operation: OperationName): `kms:${OperationName}` {
  return `kms:${operation}`
}

/** Flags widened to the interface, for code that walks the catalog. */
export function flagsOf(operation: OperationName): OperationFlags {
  return catalog[operation]
}
