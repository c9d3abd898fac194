import { basename } from 'node:path'
import type { secretExchangeSchemas } from '../../../src-shared/contract/secret-exchange'
import { isKmsError, KmsError, missedTokenCodes } from '../../../src-shared/errors'
import { readWholeFile } from '../../files/read-source'
import { vaultLocked } from '../../keystore/vault-locked'
import type { PathHandles } from '../../platform/path-handles'
import { exchangeThreads } from '../../secrets/exchange/exchange-thread'
import { checkExport, exportSecrets } from '../../secrets/exchange/secret-exports'
import { SecretImports } from '../../secrets/exchange/secret-imports'
import type { Secrets } from '../../secrets/secrets'
import type { HandlersOf } from '../handlers'
import type { SecretWork } from '../secret-work'

export interface SecretExchangeOptions {
  secrets: Secrets
  secretWork: SecretWork
  /** Bundle of the thread that reads and writes files of other programs. */
  exchangeWorkerUrl: URL
  handles: PathHandles
}

const mostFileBytes = 512 * 1024 * 1024

/** Import and export of secrets. The lock ends what runs, and what a preview holds is zeroed. */
export function secretExchangeHandlers({ secrets, secretWork, exchangeWorkerUrl, handles }: SecretExchangeOptions): HandlersOf<typeof secretExchangeSchemas> {
  const threads = exchangeThreads(exchangeWorkerUrl)
  const imports = new SecretImports(threads)
  let exporting = new AbortController()
  secrets.onChange(() => {
    if (secrets.isUnlocked) return
    imports.clear(vaultLocked())
    exporting.abort(vaultLocked())
    exporting = new AbortController()
  })
  return {
    previewSecretImport: (request) =>
      handles.lend(request.file, 'source', ['IMPORT_PASSWORD'], async (path) => {
        const session = secrets.session()
        const bytes = await readSource(path)
        if (secrets.isUnlocked && secrets.session() === session) return imports.preview(session, { name: basename(path), bytes }, request)
        bytes.fill(0)
        throw vaultLocked()
      }),
    remapSecretImport: (request) => imports.remap(request),
    listImportRows: async (request) => imports.rows(request),
    runSecretImport: (request, caller) => imports.run(caller, request, (done, total) => secretWork.report('import', done, total)),
    listImportResults: async (request) => imports.results(request),
    cancelSecretImport: async (request) => imports.cancel(request),
    async exportSecrets(request, caller) {
      checkExport(request)
      const progress = (done: number, total: number) => secretWork.report('export', done, total)
      return handles.lend(request.target, 'target', missedTokenCodes, (path) => exportSecrets(secrets.session(), caller, threads, request, { path, progress, signal: exporting.signal }))
    },
  }
}

async function readSource(path: string): Promise<Uint8Array> {
  try {
    return await readWholeFile(path, mostFileBytes)
  } catch (error) {
    throw isKmsError(error, 'FILE_TOO_LARGE') ? new KmsError('IMPORT_TOO_LARGE', error.message, error.details) : error
  }
}
