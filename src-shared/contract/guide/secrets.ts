import type { secretExchangeSchemas } from '../secret-exchange'
import type { secretRotationSchemas } from '../secret-rotation'
import type { secretWindowSchemas } from '../secret-window'
import type { secretSchemas } from '../secrets'
import type { GuideEntry } from './entry'

type WindowOnly = 'copySecretValue' | 'copySecretText' | 'clearClipboard' | 'chooseRotationProgram'
type Schemas = typeof secretSchemas & typeof secretWindowSchemas & typeof secretRotationSchemas & typeof secretExchangeSchemas
type Names = Exclude<keyof Schemas, WindowOnly>

const SecretName = 'app/token'
const login = 'web/login'
const managed = 'acme/database'
const throughInput = 'Values are secret: send the JSON through standard input.'
/** "alice" and "correct horse" after their lengths, as SaveSecret takes values. */
const packedLogin = 'AAAABWFsaWNlAAAADWNvcnJlY3QgaG9yc2U='

/** Secrets: the operations of the KMS, and what the window adds to them. */
export const secretGuide = {
  createSecret: {
    summary: `Makes a secret with its first version, which is current. ${throughInput}`,
    example: { SecretName, VersionId: 'v1', SecretData: 'data of v1', Description: 'token of the application', Tags: [{ TagKey: 'team', TagValue: 'ops' }] },
  },
  getSecretValue: {
    summary: 'The value of the current version, or of another by VersionStage or VersionId.',
    example: { SecretName, VersionStage: 'ACSCurrent' },
  },
  putSecretValue: {
    summary: `Adds a version. Without VersionStages it is current, and the one that was becomes ACSPrevious. ${throughInput}`,
    example: { SecretName, VersionId: 'v2', SecretData: 'data of v2', VersionStages: '["ACSCurrent","MyUserstage"]' },
  },
  batchGetSecretValue: {
    summary: 'Up to 20 values; what cannot be read is in Errors.',
    example: { SecretsList: [{ SecretName }, { SecretName, VersionStage: 'ACSPrevious' }, { SecretName: 'not-there' }] },
  },
  listSecretVersionIds: { summary: 'The versions with their stages; IncludeDeprecated adds those that have none.', example: { SecretName, IncludeDeprecated: true } },
  updateSecretVersionStage: {
    summary: 'Moves a stage to a version, or takes it from one. ACSCurrent and ACSPrevious can be moved only.',
    example: { SecretName, VersionStage: 'MyUserstage', RemoveFromVersion: 'v2', MoveToVersion: 'v1' },
  },
  listSecrets: { summary: 'Names and types, never values; Filters must all fit, by any of their values.', example: { Filters: [{ Key: 'TagKey', Values: ['team'] }], FetchTags: true } },
  describeSecret: { summary: 'The metadata of a secret.', example: { SecretName } },
  updateSecret: { summary: 'Replaces the description, or the CustomData of a managed secret.', example: { SecretName, Description: 'token of the new application' } },
  setSecretPolicy: {
    summary: 'Keeps a policy with the secret. The window and the command line belong to the owner of the vault and are not bound by it.',
    example: { SecretName, Policy: '{"Version":"1","Statement":[{"Sid":"owner","Effect":"Allow","Principal":{"RAM":["*"]},"Action":["kms:*"],"Resource":"*"}]}' },
  },
  getSecretPolicy: { summary: 'The policy of a secret.', example: { SecretName } },

  saveSecret: {
    summary: 'Makes a secret of fields, or changes one. Values is Base64 of the values, each after its length (4 bytes, big-endian): send the JSON through standard input.',
    example: {
      Name: login,
      Template: 'login',
      Fields: [
        { Name: 'username', Kind: 'text', IsSecret: false, IsGiven: true },
        { Name: 'password', Kind: 'password', IsSecret: true, IsGiven: true },
      ],
      Values: packedLogin,
    },
    keep: { loginVersion: 'VersionId' },
  },
  getSecretDetails: { summary: 'All that the page of a secret shows, without any value that is secret.', example: { SecretName: login } },
  searchSecrets: { summary: 'A window of the list as the Secrets page shows it.', example: { Search: 'login', Folder: 'web', Count: 10, SortBy: 'updateTime', Descending: true } },
  listSecretFolders: { summary: 'The folders below another, and how much is in them.', example: { Parent: '' } },
  revealSecretValue: { summary: 'The value of a version or of one of its fields, as Base64.', example: { SecretName: login, Field: 'password' } },
  getTotpCode: { summary: 'The one-time code of a field that holds an otpauth:// address, as Base64 of its digits.', example: { SecretName: 'web/totp', Field: 'totp' } },
  compareSecretVersions: { summary: 'What differs between two versions, without the values.', example: { SecretName, FromVersionId: 'v1', ToVersionId: 'v2' } },
  generateSecretValue: { summary: 'A new password, or a passphrase of words, as Base64. Needs no vault.', example: { Kind: 'words', Words: 6, Separator: ' ' } },
  changeSecret: { summary: 'Renames a secret, marks it as a favourite, sets when it expires or its key.', example: { SecretName: login, IsFavourite: true, ExpiryDate: '2099-01-01T00:00:00Z' } },
  moveSecretFolder: { summary: 'Renames a folder: everything in it and below.', example: { From: 'web', To: 'internet' } },
  addSecretAttachment: { summary: 'Keeps a file of up to 10 MiB with a secret.', example: { SecretName, File: '<file>', Name: 'notes.txt' }, keep: { attachmentId: 'Attachment.AttachmentId' } },
  saveSecretAttachment: { summary: 'Writes an attachment to a file, for its owner only.', example: { SecretName, AttachmentId: '<attachmentId>', Target: '<attachment>' } },
  removeSecretAttachment: { summary: 'Forgets an attachment.', example: { SecretName, AttachmentId: '<attachmentId>' } },
  checkSecretHealth: { summary: 'Opens every value once and lists what is weak, used twice, expired or overdue.', example: { Count: 100 } },
  listRotationCalendar: { summary: 'What comes due, the earliest first: rotations, expiries and deletions of keys and secrets.', example: { Until: '2100-01-01T00:00:00Z' } },
  saveRotationCalendar: { summary: 'Writes it as iCalendar.', example: { Target: '<calendar.ics>' } },

  setSecretRotationTarget: {
    summary: 'Where the rotation of a managed secret takes effect: a local PostgreSQL, MySQL or Redis server, an account for SSH, or a program.',
    example: { SecretName: managed, Target: { Kind: 'command', Program: '<rotate.sh>', Args: [] } },
  },
  testSecretRotationTarget: { summary: 'Logs in at the target with what is current, and changes nothing.', example: { SecretName: managed } },
  updateSecretRotationPolicy: { summary: 'Automatic rotation of a managed secret, every 6 hours to 365 days, or off.', example: { SecretName: managed, EnableAutomaticRotation: true, RotationInterval: '7d' } },
  rotateSecret: { summary: 'Rotates a managed secret now and answers when that has ended.', example: { SecretName: managed, VersionId: 'rotated-1' } },
  getSecretRotation: { summary: 'Target, schedule and history, and a rotation that stopped.', example: { SecretName: managed } },
  retrySecretRotation: { summary: 'Goes on with a rotation that stopped.', example: { SecretName: managed } },
  rollBackSecretRotation: { summary: 'Puts the target back to the current value and drops the version of a rotation that stopped.', example: { SecretName: managed } },

  previewSecretImport: {
    summary: 'Reads a file of another program (KDBX, Bitwarden, 1PUX, CSV, .env). What it finds ends with the process: `keystead secret import` does it all.',
    example: { File: '<secrets.env>', Format: 'env', Folder: 'imported' },
    keep: { importId: 'ImportId' },
  },
  remapSecretImport: { summary: 'Another reading of the columns or the folder.', example: { ImportId: '<importId>', Folder: 'elsewhere' } },
  listImportRows: { summary: 'What would be imported.', example: { ImportId: '<importId>' } },
  runSecretImport: { summary: 'Imports it.', example: { ImportId: '<importId>', OnNameTaken: 'rename' } },
  listImportResults: { summary: 'What was done with each entry.', example: { ImportId: '<importId>' } },
  cancelSecretImport: { summary: 'Forgets what was found.', example: { ImportId: '<importId>' } },
  exportSecrets: {
    summary: 'Writes secrets as KDBX 4 under a passphrase, or as plain .env or JSON, which ConfirmPlain asks for.',
    example: { Format: 'json', Target: '<secrets.json>', Folder: 'app', ConfirmPlain: true },
  },

  deleteSecret: {
    summary: 'Moves a secret to the recycle bin for 7 to 30 days; ForceDeleteWithoutRecovery destroys it at once.',
    example: { SecretName, RecoveryWindowInDays: 7 },
  },
  restoreSecret: { summary: 'Takes a secret back from the recycle bin.', example: { SecretName } },
} as const satisfies Record<Names, GuideEntry>
