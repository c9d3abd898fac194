import { cryptographyOperations } from './cryptography-operations'
import { aliasOperations } from './key-aliases'
import { lifeCycleOperations } from './key-life-cycle'
import { queryOperations } from './key-queries'
import { whereUsedOperations } from './where-used-operations'

/** Every operation of the keys that needs nothing but the unlocked vault. */
export const keystoreOperations = {
  ...lifeCycleOperations,
  ...aliasOperations,
  ...queryOperations,
  ...cryptographyOperations,
  ...whereUsedOperations,
}

export type KeystoreOperationName = keyof typeof keystoreOperations
