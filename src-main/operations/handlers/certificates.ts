import { isUtf8 } from 'node:buffer'
import type { certificateSchemas } from '../../../src-shared/contract/certificates'
import type { Request, Response } from '../../../src-shared/contract/operations'
import { invalidParameter } from '../../../src-shared/errors'
import type { Caller } from '../../../src-shared/model/caller'
import { encodePkcs12 } from '../../crypto/key-formats/encode-pkcs12'
import { exportableCertificate } from '../../keystore/certificate-export'
import { requireUse } from '../../keystore/certificate-status'
import type { Keystore } from '../../keystore/keystore'
import { writeChosenFile } from '../../platform/atomic-file'
import type { PathHandles } from '../../platform/path-handles'
import { checkPassphraseStrength } from '../../vault/passphrase-slot'
import type { HandlersOf } from '../handlers'

export interface CertificateHandlerOptions {
  keystore: Keystore
  handles: PathHandles
}

/** Certificates that go into a file. */
export function certificateHandlers(options: CertificateHandlerOptions): Pick<HandlersOf<typeof certificateSchemas>, 'exportCertificate'> {
  return { exportCertificate: (request, caller) => exportCertificate(options, caller, request) }
}

/**
 * CERTIFICATE_NOT_FOUND, CERTIFICATE_INACTIVE, the codes of the state table, KEY_NOT_EXPORTABLE, PASSPHRASE_TOO_WEAK,
 * INVALID_PARAMETER (passphrase), TARGET_NOT_WRITABLE, NO_SPACE.
 */
async function exportCertificate({ keystore, handles }: CertificateHandlerOptions, caller: Caller, request: Request<'exportCertificate'>): Promise<Response<'exportCertificate'>> {
  const { certificateId, passphrase, target } = request
  const session = keystore.session()
  const record = await session.certificates.get(certificateId)
  return session.audited(caller, record.keyId, async () => {
    requireUse(session, record, 'export')
    requireText(passphrase)
    const { keySpec, material, certificates, name } = await exportableCertificate(session, record)
    const file = await encodePkcs12(keySpec, material, certificates, passphrase, name).finally(() => material.destroy())
    await writeChosenFile(handles.redeem(target, 'target'), file, 'The certificate could not be saved there. Choose another folder.')
    session.recordUse(caller, record.keyId)
    return {}
  })
}

/** PKCS#12 derives one of its keys from the characters, not from the bytes. */
function requireText(passphrase: Uint8Array): void {
  if (!isUtf8(passphrase)) throw invalidParameter('passphrase', 'must be UTF-8')
  checkPassphraseStrength(passphrase)
}
