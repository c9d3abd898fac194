import type { FileJobs } from '../../files/file-jobs'
import type { Keystore } from '../../keystore/keystore'
import type { PathHandles } from '../../platform/path-handles'
import type { Log } from '../../platform/ports'
import type { Secrets } from '../../secrets/secrets'
import { findEncrypted } from '../find-encrypted'
import { FinishRotation } from '../finish-rotation'
import type { Handlers } from '../handlers'

export interface WhereUsedHandlerOptions {
  keystore: Keystore
  secrets: Secrets
  files: FileJobs
  handles: PathHandles
  log: Log
}

/** The operations of the where-used index that look at files. */
export function whereUsedHandlers(options: WhereUsedHandlerOptions): Pick<Handlers, 'findEncryptedFiles' | 'previewFinishRotation' | 'finishRotation'> {
  const { keystore, handles } = options
  const finishing = new FinishRotation(options)
  return {
    findEncryptedFiles: ({ sources }) => findEncrypted(keystore, sources.map((handle) => handles.redeem(handle, 'source'))),
    previewFinishRotation: (request) => finishing.preview(request),
    finishRotation: (request, caller) => finishing.start(caller, request),
  }
}
