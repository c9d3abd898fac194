import { basename } from 'node:path'
import type { inspectionSchemas } from '../../../src-shared/contract/inspection'
import type { Request, Response } from '../../../src-shared/contract/operations'
import { invalidParameter } from '../../../src-shared/errors'
import { limits } from '../../../src-shared/model/limits'
import { signingDigestOf, startSigningDigest } from '../../crypto/signing-digest'
import type { FileJobs } from '../../files/file-jobs'
import { readInPieces, readWholeFile } from '../../files/read-source'
import { signingKeyOf } from '../../keystore/signing-key'
import type { Keystore } from '../../keystore/keystore'
import { writeChosenFile } from '../../platform/atomic-file'
import type { PathHandles } from '../../platform/path-handles'
import type { DesktopPort } from '../desktop-port'
import type { HandlersOf } from '../handlers'
import { inspectBlob } from '../inspection/inspect-blob'

export interface InspectionHandlerOptions {
  keystore: Keystore
  files: FileJobs
  desktop: DesktopPort
  handles: PathHandles
}

/** Says what bytes are, digests what is to be signed, and passes small public files between the page and the disk. */
export function inspectionHandlers(options: InspectionHandlerOptions): HandlersOf<typeof inspectionSchemas> {
  const { desktop, handles } = options
  return {
    inspectBlob: (request, caller) => inspectBlob(options, caller, request),
    digestForSigning: (request) => digestForSigning(options, request),
    async readChosenFile({ file }) {
      const path = handles.redeem(file, 'source')
      return { fileName: basename(path), content: await readWholeFile(path, limits.certificateBytes) }
    },
    async saveChosenFile({ target, content }) {
      await writeChosenFile(handles.redeem(target, 'target'), content, 'The file could not be saved there. Choose another folder.')
      return {}
    },
    async chooseSaveTarget({ what, suggestedName }) {
      const path = await desktop.chooseSaveTarget(what, basename(suggestedName))
      return { target: path === null ? null : { handle: handles.issue(path, 'target'), name: basename(path) } }
    },
  }
}

/** KEY_NOT_FOUND, KEY_VERSION_NOT_FOUND, UNSUPPORTED_OPERATION, INVALID_PARAMETER (algorithm, message), and the codes of files. */
async function digestForSigning({ keystore, handles }: InspectionHandlerOptions, request: Request<'digestForSigning'>): Promise<Response<'digestForSigning'>> {
  const { keyId, keyVersionId, algorithm, message, file } = request
  if ((message === undefined) === (file === undefined)) throw invalidParameter('message', 'or file must be given, and not both')
  const { spki } = await signingKeyOf(keystore.session(), keyId, keyVersionId, algorithm)
  const hash = startSigningDigest(algorithm, spki)
  if (file === undefined) {
    const given = message ?? new Uint8Array(0)
    if (!hash) requireShort('message', given.length)
    return { digest: signingDigestOf(algorithm, spki, given), fileName: null, sizeBytes: given.length }
  }
  const path = handles.redeem(file, 'source')
  const fileName = basename(path)
  if (hash) {
    const sizeBytes = await readInPieces(path, (piece) => hash.update(piece))
    return { digest: hash.digest(), fileName, sizeBytes }
  }
  const digest = await readWholeFile(path, limits.signedMessageBytes)
  requireShort('file', digest.length)
  return { digest, fileName, sizeBytes: digest.length }
}

/** Where the message itself is signed it has a limit. */
function requireShort(field: string, length: number): void {
  if (length === 0 || length > limits.signedMessageBytes) throw invalidParameter(field, `must be 1 to ${limits.signedMessageBytes} bytes for this algorithm`)
}
