import type { FileKeys } from '../keystore/file-keys'

/** The keys of files with whatever may miss a token done by `guard`, which may log in and call again: a stream cannot be begun anew. */
export function guardedFileKeys(keys: FileKeys, guard: <T>(work: () => Promise<T>) => Promise<T>): FileKeys {
  return {
    resolveForEncryption: (reference) => keys.resolveForEncryption(reference),
    requireToken: (reference) => guard(() => keys.requireToken(reference)),
    wrapDataKey: (...request) => guard(() => keys.wrapDataKey(...request)),
    unwrapDataKey: (...request) => guard(() => keys.unwrapDataKey(...request)),
    describeEntry: (entry) => keys.describeEntry(entry),
    recipientKind: (entry) => keys.recipientKind(entry),
    canOpen: (keyId, keyVersionId) => keys.canOpen(keyId, keyVersionId),
  }
}
