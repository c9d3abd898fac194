import { z } from 'zod'
import { limits } from '../model/limits'
import { bytes, empty, encryptionContext, keyReference, pathHandle, text, timestamp, windowCount, windowOffset } from './fields'
import { jobSummary } from './files'

/** Something that a key has encrypted, as far as the vault knows. No content. */
export const keyUse = z.strictObject({
  useId: z.string(),
  kind: z.enum(['file', 'ciphertext']),
  /** The path of the file, or the name of the ciphertext. */
  name: z.string(),
  keyId: z.string(),
  keyVersionId: z.string(),
  encryptedAt: timestamp,
  /** A file that was not there any more when it was last looked for. */
  isMissing: z.boolean(),
})
export type KeyUse = z.infer<typeof keyUse>

export const whereUsedSchemas = {
  /** What the app has encrypted with a key, newest first. */
  listKeyUses: {
    request: z.strictObject({
      keyId: keyReference,
      keyVersionId: text(128, 1).optional(),
      /** Only what still needs another version than the primary one. */
      onlyOld: z.boolean().default(false),
      offset: windowOffset,
      count: windowCount,
    }),
    response: z.strictObject({ total: z.int(), uses: z.array(keyUse) }),
  },
  /** Looks for encrypted files in files and folders and remembers those that keys of this vault open. */
  findEncryptedFiles: {
    request: z.strictObject({ sources: z.array(pathHandle('source')).min(1).max(limits.pathsPerCall) }),
    response: z.strictObject({ found: z.int(), added: z.int(), unreadable: z.int() }),
  },
  /** Keeps a ciphertext in the vault, so that finish-rotation can renew it. */
  keepCiphertext: {
    request: z.strictObject({ name: text(255, 1), ciphertextBlob: bytes(1, limits.ciphertextBlobBytes), encryptionContext: encryptionContext.optional() }),
    response: z.strictObject({ useId: z.string() }),
  },
  getKeptCiphertext: {
    request: z.strictObject({ useId: text(64, 1) }),
    response: z.strictObject({
      name: z.string(),
      ciphertextBlob: bytes(1, limits.ciphertextBlobBytes),
      encryptionContext: z.record(z.string(), z.string()),
      keyId: z.string(),
      keyVersionId: z.string(),
    }),
  },
  /** Forgets an entry; the file itself is not touched. */
  forgetKeyUse: { request: z.strictObject({ useId: text(64, 1) }), response: empty },
  /** What a finish-rotation run would do. */
  previewFinishRotation: {
    request: z.strictObject({ keyId: keyReference }),
    response: z.strictObject({
      files: z.int(),
      missingFiles: z.int(),
      ciphertexts: z.int(),
      /** With a value or an attachment under an older version, also in the recycle bin. */
      secrets: z.int(),
      bytes: z.int(),
      /** A run was begun and not ended. */
      isUnfinished: z.boolean(),
      /** Versions that nothing known to the vault needs, oldest first; they can be retired. */
      retirableVersionIds: z.array(z.string()),
    }),
  },
  /** Re-encrypts with the primary version what still uses older ones; begins or goes on. The job is listed with the file jobs. */
  finishRotation: { request: z.strictObject({ keyId: keyReference }), response: z.strictObject({ job: jobSummary }) },
}
