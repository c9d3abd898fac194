import type { Request, Response } from '../../../src-shared/contract/operations'
import type { tokenKeySchemas } from '../../../src-shared/contract/token-keys'
import { invalidParameter } from '../../../src-shared/errors'
import type { Caller } from '../../../src-shared/model/caller'
import { writeChosenFile } from '../../platform/atomic-file'
import type { Clock } from '../../platform/ports'
import { examineTokenModule } from '../../tokens/doctor/examine'
import { rehearseTokenKey } from '../../tokens/doctor/rehearse'
import { resolveTokenUri } from '../../tokens/resolve-uri'
import { createTokenCertificate, createTokenCsr, getTokenSshKey } from '../../tokens/work/certificates'
import { copyTokenKey } from '../../tokens/work/copy-key'
import { decryptWithTokenKey, encryptWithTokenKey } from '../../tokens/work/encryption'
import { exportTokenObject } from '../../tokens/work/exports'
import { importTokenCertificate, importTokenData, importTokenKey, importTokenSecret } from '../../tokens/work/imports'
import { tokenDigest, tokenRandom } from '../../tokens/work/keyless'
import { listTokenKeyAlgorithms } from '../../tokens/work/offered'
import { signWithTokenKey, verifyWithTokenKey } from '../../tokens/work/signing'
import { unwrapTokenKey, wrapTokenKey } from '../../tokens/work/wrapping'
import type { HandlersOf } from '../handlers'
import { decodeKeyFile, withGiven } from '../key-files'
import { guarded, type TokenHandlerOptions } from './tokens'

export interface TokenKeyHandlerOptions extends TokenHandlerOptions {
  clock: Clock
}

/** Keys on tokens at work. */
export function tokenKeyHandlers(options: TokenKeyHandlerOptions): HandlersOf<typeof tokenKeySchemas> {
  const { tokens, vaultUses, handles, clock } = options
  return guarded(options, {
    listTokenKeyAlgorithms: (request) => listTokenKeyAlgorithms(tokens, request),
    async importTokenKey(request) {
      await vaultUses.requireFreeId(request)
      return importKey(options, request)
    },
    async importTokenSecret(request) {
      await vaultUses.requireFreeId(request)
      return importTokenSecret(tokens, request)
    },
    importTokenCertificate: (request) => withGiven(handles, request, (content) => importTokenCertificate(tokens, request, content)),
    importTokenData: (request) => withGiven(handles, request, (content) => importTokenData(tokens, request, content)),
    exportTokenObject: (request, caller) => exportObject(options, request, caller),
    wrapTokenKey: (request) => wrapTokenKey(tokens, request),
    async unwrapTokenKey(request) {
      await vaultUses.requireFreeId(request)
      return unwrapTokenKey(tokens, request)
    },
    copyTokenKey: (request) => copyTokenKey(tokens, request),
    signWithTokenKey: (request) => signWithTokenKey(tokens, request),
    verifyWithTokenKey: (request) => verifyWithTokenKey(tokens, request),
    encryptWithTokenKey: (request) => encryptWithTokenKey(tokens, request),
    decryptWithTokenKey: (request) => decryptWithTokenKey(tokens, request),
    tokenRandom: (request) => tokenRandom(tokens, request),
    tokenDigest: (request) => tokenDigest(tokens, request),
    createTokenCsr: (request) => createTokenCsr(tokens, request),
    createTokenCertificate: (request) => createTokenCertificate(tokens, request, clock.nowMs()),
    getTokenSshKey: (request) => getTokenSshKey(tokens, request),
    examineTokenModule: (request) => examineTokenModule(tokens, request),
    rehearseTokenKey: (request) => rehearseTokenKey(tokens, request),
    resolveTokenUri: (request) => resolveTokenUri(tokens, request),
  })
}

async function importKey({ tokens, handles }: TokenKeyHandlerOptions, request: Request<'importTokenKey'>): Promise<Response<'importTokenKey'>> {
  const key = await withGiven(handles, request, (content) => decodeKeyFile(content, request.passphrase))
  try {
    return await importTokenKey(tokens, request.tokenId, request, key)
  } finally {
    key.material.destroy()
  }
}

/** INVALID_PARAMETER (target) for what would be a secret in the page. */
async function exportObject({ tokens, handles }: TokenKeyHandlerOptions, request: Request<'exportTokenObject'>, { face }: Caller): Promise<Response<'exportTokenObject'>> {
  const { object, content } = await exportTokenObject(tokens, request)
  const isPublic = object.objectClass === 'public-key' || object.objectClass === 'certificate'
  if (request.target === undefined) {
    if (isPublic || face !== 'ipc') return { content }
    content.fill(0)
    throw invalidParameter('target', 'is needed for what is secret')
  }
  try {
    await writeChosenFile(handles.redeem(request.target, 'target'), content, 'The object could not be saved there. Choose another folder.')
    return { content: null }
  } finally {
    content.fill(0)
  }
}
