import type { keyImportSchemas } from '../../../src-shared/contract/key-import'
import type { Request, Response } from '../../../src-shared/contract/operations'
import type { Caller } from '../../../src-shared/model/caller'
import { utf8 } from '../../crypto/bytes'
import { encodeEncryptedPkcs8 } from '../../crypto/key-formats/encode-private-key'
import { toPem } from '../../crypto/spki'
import { keyMetadataOf } from '../../keystore/key-metadata'
import { requireUsable } from '../../keystore/key-session'
import type { Keystore } from '../../keystore/keystore'
import { addPrivateKey, exportableMaterial } from '../../keystore/private-keys'
import { writeChosenFile } from '../../platform/atomic-file'
import type { PathHandles } from '../../platform/path-handles'
import { checkPassphraseStrength } from '../../vault/passphrase-slot'
import type { HandlersOf } from '../handlers'
import { decodeKeyFile, withGiven } from '../key-files'

export interface KeyImportHandlerOptions {
  keystore: Keystore
  handles: PathHandles
}

type KeyFileHandlers = Pick<HandlersOf<typeof keyImportSchemas>, 'importPrivateKey' | 'exportPrivateKey'>

/** Private keys that come from files of other programs, and go into one. */
export function keyImportHandlers(options: KeyImportHandlerOptions): KeyFileHandlers {
  return {
    importPrivateKey: (request, caller) => importPrivateKey(options, caller, request),
    exportPrivateKey: (request, caller) => exportPrivateKey(options, caller, request),
  }
}

/**
 * INVALID_PARAMETER (file, keyUsage), KEY_FILE_UNREADABLE, KEY_FILE_PASSPHRASE, KEY_FILE_UNSUPPORTED, and the codes of
 * readWholeFile().
 */
async function importPrivateKey(options: KeyImportHandlerOptions, caller: Caller, request: Request<'importPrivateKey'>): Promise<Response<'importPrivateKey'>> {
  const { keyUsage, description, exportable: isExportable } = request
  const session = options.keystore.session()
  const key = await withGiven(options.handles, request, (content) => decodeKeyFile(content, request.passphrase))
  try {
    const { record, certificates } = await addPrivateKey(session, caller, key, { keyUsage, description, isExportable }, key.certificates)
    const certificateIds = certificates.map(({ certificateId }) => certificateId)
    return { keyMetadata: keyMetadataOf(session.records.vaultId, record), certificateIds }
  } finally {
    key.material.destroy()
  }
}

/** The codes of the state table, KEY_NOT_EXPORTABLE, KEY_VERSION_NOT_FOUND, PASSPHRASE_TOO_WEAK, TARGET_NOT_WRITABLE, NO_SPACE. */
async function exportPrivateKey({ keystore, handles }: KeyImportHandlerOptions, caller: Caller, request: Request<'exportPrivateKey'>): Promise<Response<'exportPrivateKey'>> {
  const { keyVersionId, passphrase, target } = request
  const session = keystore.session()
  const { keyId, record } = session.resolve(request.keyId)
  return session.audited(caller, keyId, async () => {
    requireUsable(session, record, 'exportPrivateKey')
    checkPassphraseStrength(passphrase)
    const { keySpec, material } = await exportableMaterial(session, record, keyVersionId)
    const encrypted = await encodeEncryptedPkcs8(keySpec, material, passphrase).finally(() => material.destroy())
    const pem = utf8(toPem('ENCRYPTED PRIVATE KEY', encrypted))
    await writeChosenFile(handles.redeem(target, 'target'), pem, 'The private key could not be saved there. Choose another folder.')
    session.recordUse(caller, keyId)
    return {}
  })
}
