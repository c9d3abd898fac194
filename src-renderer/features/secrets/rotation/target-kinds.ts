import type { RotationTargetKind, SecretTemplate, SecretType } from '../../../../src-shared/model/secrets'

/** What decides where a secret can be rotated. */
export interface RotatedShape {
  secretType: SecretType
  template: SecretTemplate | null
  extendedConfig: string | null
  /** Null: the value is no set of fields. */
  fieldNames: readonly string[] | null
}

const servers = ['postgresql', 'mysql', 'redis'] as const
const keyPairs: readonly RotationTargetKind[] = ['ssh', 'command']

/**
 * The kinds of target at which the value of a secret can be renewed, the likeliest first; none when there is no password
 * or key in it. An account is needed to log in to a database.
 */
export function targetKindsOf({ secretType, template, extendedConfig, fieldNames }: RotatedShape): readonly RotationTargetKind[] {
  if (secretType === 'Rds') return [...servers, 'command']
  if (secretType === 'RAMCredentials') return ['command']
  if (secretType === 'ECS') return subTypeOf(extendedConfig) === 'SSHKey' ? keyPairs : ['command', ...servers]
  if (fieldNames === null) return template === null ? ['command', 'redis'] : []
  const has = (name: string) => fieldNames.includes(name)
  if (has('private_key') && template !== 'certificate') return keyPairs
  if (has('password')) return kindsWithPassword(has('username'), template)
  return template === 'api-key' && has('key') ? kindsWithPassword(has('key_id'), template) : []
}

function kindsWithPassword(hasAccount: boolean, template: SecretTemplate | null): readonly RotationTargetKind[] {
  if (!hasAccount) return ['command', 'redis']
  return template === 'database' ? [...servers, 'command'] : ['command', ...servers]
}

function subTypeOf(extendedConfig: string | null): string {
  if (extendedConfig === null) return ''
  const config: unknown = JSON.parse(extendedConfig)
  return typeof config === 'object' && config !== null && 'SecretSubType' in config ? String(config.SecretSubType) : ''
}
