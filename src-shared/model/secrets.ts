/** Types of secrets (kms-api 1.10). */
export const secretTypes = ['Generic', 'Rds', 'RAMCredentials', 'ECS'] as const
export type SecretType = (typeof secretTypes)[number]

export const secretDataTypes = ['text', 'binary'] as const
export type SecretDataType = (typeof secretDataTypes)[number]

/** The version that is served when nothing else is asked for. Can be moved, never removed. */
export const currentStage = 'ACSCurrent'
/** The version that was current before. Moves together with ACSCurrent. */
export const previousStage = 'ACSPrevious'
/** A version that a rotation has made and not finished with. Only rotations set and remove it; it does not count as a label. */
export const pendingStage = 'ACSPending'

/** Limits of kms-api 1.10 and of what Keystead adds to it. */
export const secretLimits = {
  nameChars: 192,
  versionIdChars: 64,
  stageChars: 64,
  dataBytes: 30_720,
  versions: 10,
  stages: 8,
  extendedConfigChars: 1024,
  customDataPairs: 10,
  recoveryMinDays: 7,
  recoveryMaxDays: 30,
  rotationMinSeconds: 6 * 3600,
  rotationMaxSeconds: 365 * 86_400,
  rotationsPerHour: 50,
  batchGet: 20,
  fields: 50,
  fieldNameChars: 128,
  attachments: 20,
  attachmentBytes: 10 * 1024 * 1024,
  attachmentNameChars: 255,
  historyEntries: 50,
  /** The folder of an import leaves room for the names within. */
  importFolderChars: 120,
} as const

/** What a Generic secret is for; decides the fields that are offered. */
export const secretTemplates = ['login', 'api-key', 'database', 'ssh-key', 'certificate', 'env', 'note'] as const
export type SecretTemplate = (typeof secretTemplates)[number]

/** How a field is shown and checked. `totp` holds an otpauth:// URI. */
export const secretFieldKinds = ['text', 'password', 'url', 'totp', 'multiline', 'date'] as const
export type SecretFieldKind = (typeof secretFieldKinds)[number]

/** A field of a secret whose value is a flat JSON object of strings; its name is the name in that object. */
export interface SecretField {
  readonly name: string
  readonly kind: SecretFieldKind
  /** Hidden until it is revealed, never listed, never searched. */
  readonly isSecret: boolean
}

const field = (name: string, kind: SecretFieldKind, isSecret: boolean): SecretField => ({ name, kind, isSecret })

/** The fields that a new secret of a template begins with. Names follow the value formats that programs expect. */
export const templateFields: Readonly<Record<SecretTemplate, readonly SecretField[]>> = {
  login: [field('username', 'text', false), field('password', 'password', true), field('url', 'url', false), field('totp', 'totp', true), field('notes', 'multiline', true)],
  'api-key': [field('key_id', 'text', false), field('key', 'password', true), field('url', 'url', false), field('notes', 'multiline', true)],
  database: [
    field('engine', 'text', false),
    field('host', 'text', false),
    field('port', 'text', false),
    field('database', 'text', false),
    field('username', 'text', false),
    field('password', 'password', true),
  ],
  'ssh-key': [field('username', 'text', false), field('host', 'text', false), field('private_key', 'multiline', true), field('public_key', 'multiline', false), field('passphrase', 'password', true)],
  certificate: [field('certificate', 'multiline', false), field('private_key', 'multiline', true), field('chain', 'multiline', false), field('passphrase', 'password', true)],
  env: [],
  note: [field('note', 'multiline', true)],
}

/** Null for a name that is allowed (kms-api 1.10), otherwise a fixed phrase saying what is wrong. `/` makes folders. */
export function secretNameProblem(name: string, type: SecretType = 'Generic'): string | null {
  if (name.length === 0) return 'must not be empty'
  if (name.length > secretLimits.nameChars) return `must have at most ${secretLimits.nameChars} characters`
  if (!/^[A-Za-z0-9_/+=.@-]+$/.test(name)) return 'must have only letters, digits and _/+=.-@'
  if (name.startsWith('/') || name.endsWith('/') || name.includes('//')) return 'must not begin or end with /, or have two in a row'
  if ((type === 'Generic' || type === 'Rds') && name.startsWith('acs/')) return 'must not begin with acs/, which is reserved'
  if (type === 'ECS' && !name.startsWith('acs/ecs/')) return 'must begin with acs/ecs/'
  if (type === 'RAMCredentials' && !name.startsWith('acs/ram/user/')) return 'must begin with acs/ram/user/, or be $Auto'
  return null
}

/** Null for a version id that is allowed, otherwise a fixed phrase. */
export function versionIdProblem(versionId: string): string | null {
  if (versionId.length === 0 || versionId.length > secretLimits.versionIdChars) return `must have 1 to ${secretLimits.versionIdChars} characters`
  return /^[A-Za-z0-9_/+=.@-]+$/.test(versionId) ? null : 'must have only letters, digits and _/+=.-@'
}

/** Null for the name of a stage that is allowed, otherwise a fixed phrase. ACSCurrent and ACSPrevious are allowed names. */
export function stageProblem(stage: string): string | null {
  if (stage.length === 0 || stage.length > secretLimits.stageChars) return `must have 1 to ${secretLimits.stageChars} characters`
  if (!/^[A-Za-z0-9_/+=.@-]+$/.test(stage)) return 'must have only letters, digits and _/+=.-@'
  if (stage === pendingStage) return 'must not be ACSPending, which belongs to rotations'
  return null
}

/** The folders of a name, outermost first: `a/b/c` lies in `a` and `a/b`. */
export function foldersOf(name: string): string[] {
  const parts = name.split('/').slice(0, -1)
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'))
}

/** Managed secrets rotate; AutomaticRotation of kms-api 1.10. Invalid: the last rotation failed. */
export const secretAutomaticRotations = ['Enabled', 'Disabled', 'Invalid'] as const
export type SecretAutomaticRotation = (typeof secretAutomaticRotations)[number]

/** Where a rotation takes effect. All of them are on this machine: loopback or a socket file. */
export const rotationTargetKinds = ['postgresql', 'mysql', 'redis', 'ssh', 'command'] as const
export type RotationTargetKind = (typeof rotationTargetKinds)[number]

/** The steps of a rotation in their order; a run stops at the step that failed. */
export const rotationSteps = ['prepare', 'apply', 'test', 'switch', 'clean'] as const
export type RotationStep = (typeof rotationSteps)[number]

/** States by which secrets are filtered. */
export const secretStates = ['active', 'deleted', 'expired', 'due-soon', 'rotation-overdue', 'rotation-failed', 'rotation-pending'] as const
export type SecretState = (typeof secretStates)[number]

/** Days before an expiry in which a secret is due soon. */
export const dueSoonDays = 3
