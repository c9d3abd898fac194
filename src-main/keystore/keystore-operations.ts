import { certificateOperations } from './certificate-operations'
import { certificateUses } from './certificate-uses'
import { cryptographyOperations } from './cryptography-operations'
import { importOperations } from './import-operations'
import { aliasOperations } from './key-aliases'
import { deletionOperations } from './key-deletion'
import { detailOperations } from './key-details'
import { lifeCycleOperations } from './key-life-cycle'
import { placeOperations } from './key-place'
import { policyOperations } from './key-policies'
import { queryOperations } from './key-queries'
import { rotationOperations } from './key-rotation'
import { tagOperations } from './key-tags'
import { versionOperations } from './key-versions'
import { resourceTagOperations } from './resource-tags'
import { whereUsedOperations } from './where-used-operations'

/** Every operation of the keys that needs nothing but the unlocked vault. */
export const keystoreOperations = {
  ...lifeCycleOperations,
  ...deletionOperations,
  ...aliasOperations,
  ...versionOperations,
  ...rotationOperations,
  ...tagOperations,
  ...resourceTagOperations,
  ...policyOperations,
  ...queryOperations,
  ...detailOperations,
  ...placeOperations,
  ...cryptographyOperations,
  ...whereUsedOperations,
  ...importOperations,
  ...certificateOperations,
  ...certificateUses,
}

export type KeystoreOperationName = keyof typeof keystoreOperations
