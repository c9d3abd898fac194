import type { cryptographySchemas } from '../../src-shared/contract/cryptography'
import { asymmetricOperations } from './asymmetric-operations'
import { dataKeyOperations } from './data-key-operations'
import { withDryRun } from './dry-run'
import type { KeyOperationsOf } from './key-operation'
import { macOperations } from './mac-operations'
import { passwordOperations } from './random-password'
import { reEncryptionOperations } from './re-encryption'
import { symmetricOperations } from './symmetric-operations'

/** Every operation that uses keys. */
export const cryptographyOperations: KeyOperationsOf<typeof cryptographySchemas> = withDryRun({
  ...symmetricOperations,
  ...dataKeyOperations,
  ...reEncryptionOperations,
  ...asymmetricOperations,
  ...macOperations,
  ...passwordOperations,
})
