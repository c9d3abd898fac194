import { invalidParameter } from '../../src-shared/errors'
import { secretLimits, type SecretType } from '../../src-shared/model/secrets'

/** The extended config of a secret as an object, in the order in which it was written. */
export type ExtendedConfig = Readonly<Record<string, unknown>>

const fieldName = 'extendedConfig'
const valueChars = 256

/** What the config of a managed type must have (kms-api 1.10): the sub types, and the names of texts that are needed. */
const shapes: Readonly<Record<Exclude<SecretType, 'Generic'>, { subTypes: readonly string[]; needed: readonly string[] }>> = {
  Rds: { subTypes: ['SingleUser', 'DoubleUsers'], needed: ['DBInstanceId'] },
  RAMCredentials: { subTypes: ['RamUserAccessKey'], needed: ['UserName'] },
  ECS: { subTypes: ['Password', 'SSHKey'], needed: ['RegionId', 'InstanceId'] },
}

/**
 * The config of a new secret, checked for its type; null for a Generic secret, which has none. INVALID_PARAMETER
 * (extendedConfig).
 */
export function checkedConfig(secretType: SecretType, text: string | undefined): ExtendedConfig | null {
  if (secretType === 'Generic') {
    if (text !== undefined) throw invalid('is for managed secrets only')
    return null
  }
  if (text === undefined) throw invalid('must be given for a managed secret')
  const config = parsed(text)
  const { subTypes, needed } = shapes[secretType]
  if (!subTypes.includes(String(config['SecretSubType']))) throw invalid(`must have a SecretSubType of ${subTypes.join(' or ')}`)
  for (const name of needed) if (!isText(config[name])) throw invalid(`must have ${name}, a text of 1 to ${valueChars} characters`)
  const allowed = new Set(['SecretSubType', ...needed, 'CustomData'])
  if (!Object.keys(config).every((name) => allowed.has(name))) throw invalid(`must have the fields ${[...allowed].join(', ')} only`)
  if (config['CustomData'] !== undefined) requireCustomData(config['CustomData'])
  return config
}

/** A config with the CustomData of `text`, which is `{"CustomData": {...}}`. INVALID_PARAMETER (extendedConfig). */
export function withCustomData(config: ExtendedConfig | null, text: string): ExtendedConfig {
  const given = parsed(text)
  if (Object.keys(given).join() !== 'CustomData') throw invalid('must have the field CustomData only')
  requireCustomData(given['CustomData'])
  const changed = { ...config, CustomData: given['CustomData'] }
  if (JSON.stringify(changed).length > secretLimits.extendedConfigChars) throw tooLong()
  return changed
}

/** SecretSubType; empty for a secret without a config. */
export function subTypeOf(config: ExtendedConfig | null): string {
  const subType = config?.['SecretSubType']
  return typeof subType === 'string' ? subType : ''
}

function parsed(text: string): Record<string, unknown> {
  if (text.length > secretLimits.extendedConfigChars) throw tooLong()
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch {
    // Refused below; the parser's error quotes the text.
  }
  throw invalid('must be a JSON object')
}

function requireCustomData(value: unknown): void {
  if (!isObject(value) || !Object.values(value).every((item) => typeof item === 'string')) throw invalid('must have CustomData that is an object of strings')
  if (Object.keys(value).length > secretLimits.customDataPairs) throw invalid(`must have CustomData of at most ${secretLimits.customDataPairs} pairs`)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= valueChars
}

function tooLong() {
  return invalid(`must have at most ${secretLimits.extendedConfigChars} characters`)
}

function invalid(problem: string) {
  return invalidParameter(fieldName, problem)
}
