import { secretTemplates } from '../../../../src-shared/model/secrets'
import type { SecretKind } from './secret-draft'

/** An icon for each kind of secret. */
export const kindIcons: Readonly<Record<SecretKind, string>> = {
  login: 'i-lucide-user-round',
  'api-key': 'i-lucide-key-round',
  database: 'i-lucide-database',
  'ssh-key': 'i-lucide-square-terminal',
  certificate: 'i-lucide-award',
  env: 'i-lucide-list-tree',
  note: 'i-lucide-sticky-note',
  plain: 'i-lucide-text-cursor-input',
  Rds: 'i-lucide-database-zap',
  RAMCredentials: 'i-lucide-id-card',
  ECS: 'i-lucide-server-cog',
}

/** Where the name of a kind is in the texts. */
export function kindText(kind: SecretKind) {
  return isTemplate(kind) ? (`secrets.template.${kind}` as const) : (`secretEdit.kind.${kind}` as const)
}

function isTemplate(kind: SecretKind): kind is Exclude<SecretKind, 'plain' | 'Rds' | 'RAMCredentials' | 'ECS'> {
  return secretTemplates.some((each) => each === kind)
}
