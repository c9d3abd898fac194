import type { secretWindowSchemas } from '../../../src-shared/contract/secret-window'
import type { SecretOperation } from '../secret-operation'
import { removeSecretAttachment } from './attachments'
import { listRotationCalendar } from './calendar'
import { changeSecretSettings, moveSecretFolder } from './change'
import { getSecretDetails } from './details'
import { listSecretFolders, searchSecrets } from './lists'
import { compareSecretVersions, getTotpCode, revealSecretValue } from './reveal'
import { saveSecret } from './save'

/** The operations of the window that need the secrets and nothing else. */
export type SecretWindowOperationName = Exclude<
  keyof typeof secretWindowSchemas,
  'copySecretValue' | 'copySecretText' | 'clearClipboard' | 'generateSecretValue' | 'addSecretAttachment' | 'saveSecretAttachment' | 'checkSecretHealth' | 'saveRotationCalendar'
>

export const secretWindowOperations: { [N in SecretWindowOperationName]: SecretOperation<N> } = {
  searchSecrets,
  listSecretFolders,
  getSecretDetails,
  saveSecret,
  changeSecret: changeSecretSettings,
  moveSecretFolder,
  revealSecretValue,
  getTotpCode,
  compareSecretVersions,
  removeSecretAttachment,
  listRotationCalendar,
}
