import { setSecretPolicy, putSecretValue, updateSecret, updateSecretVersionStage } from './secret-changes'
import { createSecret } from './secret-creation'
import { deleteSecret, restoreSecret } from './secret-deletion'
import { describeSecret, getSecretPolicy, listSecretVersionIds, listSecrets } from './secret-queries'
import { batchGetSecretValue, getSecretValue } from './secret-reading'
import { updateSecretRotationPolicy } from './secret-rotation-policy'

/** The operations of the KMS API that need nothing but the unlocked secrets. */
export const secretCoreOperations = {
  createSecret,
  getSecretValue,
  batchGetSecretValue,
  putSecretValue,
  updateSecret,
  updateSecretVersionStage,
  listSecretVersionIds,
  listSecrets,
  describeSecret,
  deleteSecret,
  restoreSecret,
  updateSecretRotationPolicy,
  setSecretPolicy,
  getSecretPolicy,
}

export type SecretCoreOperationName = keyof typeof secretCoreOperations
