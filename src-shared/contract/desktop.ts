import { z } from 'zod'
import { empty } from './fields'
import { limits } from '../model/limits'

/** A path that the user has chosen: the page sees the handle and the name, never the path. */
export const chosenPath = z.strictObject({
  handle: z.string(),
  name: z.string(),
  isFolder: z.boolean(),
  /** Bytes of a file; null for a folder. */
  sizeBytes: z.int().nullable(),
  /** Starts like an encrypted file of Keystead. */
  isEncrypted: z.boolean(),
})
export type ChosenPath = z.infer<typeof chosenPath>

/** What a file is for that the user saves; decides the ending that the dialog offers. */
export const saveTargets = [
  'backup',
  'recovery-kit',
  'ceremony-protocol',
  'public-key',
  'private-key',
  'certificate-request',
  'certificate',
  'pkcs12',
  'signature',
  'ciphertext',
  'import-parameters',
  'attachment',
  'calendar',
  'kdbx',
  'env',
  'json',
] as const
export type SaveTarget = (typeof saveTargets)[number]

const chosen = z.strictObject({ paths: z.array(chosenPath) })

export const desktopSchemas = {
  chooseFiles: { request: z.strictObject({ what: z.enum(['files', 'folders']).default('files') }), response: chosen },
  chooseFolder: { request: empty, response: z.strictObject({ folder: chosenPath.nullable() }) },
  /** Called by the preload only, with the paths of files dropped on the window; the page cannot name a path. */
  registerDroppedPaths: {
    request: z.strictObject({ paths: z.array(z.string().min(1).max(4096)).min(1).max(limits.pathsPerCall) }),
    response: chosen,
  },
  chooseBackupFile: { request: empty, response: z.strictObject({ file: chosenPath.nullable() }) },
  chooseBackupTarget: { request: empty, response: z.strictObject({ target: z.strictObject({ handle: z.string(), name: z.string() }).nullable() }) },
}
