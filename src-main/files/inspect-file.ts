import { basename } from 'node:path'
import type { FileHeaderInfo, recipientInfo } from '../../src-shared/contract/files'
import type { z } from 'zod'
import type { Caller } from '../../src-shared/model/caller'
import { isKmsError } from '../../src-shared/errors'
import { zero } from '../crypto/bytes'
import type { EncryptedDataKey, FileKeys } from '../keystore/file-keys'
import { findBodyEnd } from './codec/body-end'
import type { FileHeader } from './codec/header'
import { plaintextBytesOf } from './codec/layout'
import { openFileHeader, readFileHeader } from './crypt-file'
import { SourceFile } from './source-file'

type RecipientInfo = z.infer<typeof recipientInfo>

/** Codes with which a key may refuse; anything else is a failure of the inspection. */
const refusals = new Set(['FILE_TAMPERED', 'FILE_KEY_UNAVAILABLE', 'VAULT_LOCKED', 'KEY_DISABLED', 'KEY_PENDING_DELETION', 'KEY_PENDING_IMPORT', 'KEY_VERSION_RETIRED'])

/** What the header of the file at `path` says, and whether a key of the vault has proven it. */
export async function inspectFile(caller: Caller, keys: FileKeys, path: string): Promise<FileHeaderInfo> {
  const source = await SourceFile.open(path)
  try {
    const header = await readFileHeader(source)
    const recipients = header.entries.map((entry) => describeRecipient(keys, entry))
    return {
      fileName: basename(path),
      suite: header.suite.name,
      messageId: Buffer.from(header.messageId).toString('hex'),
      recipients,
      frameLength: header.frameLength,
      encryptionContext: { ...header.context },
      isAuthenticated: recipients.some(({ canOpen }) => canOpen === true) && (await isAuthentic(caller, keys, header)),
      fileBytes: source.size,
      plaintextBytes: await plaintextSize(header, source),
    }
  } finally {
    await source.close()
  }
}

async function isAuthentic(caller: Caller, keys: FileKeys, header: FileHeader): Promise<boolean> {
  try {
    zero(await openFileHeader(caller, keys, header))
    return true
  } catch (error) {
    if (isKmsError(error) && refusals.has(error.code)) return false
    throw error
  }
}

/** From the length of the file and the head of its last frame; null when they do not fit. */
async function plaintextSize(header: FileHeader, source: SourceFile): Promise<number | null> {
  try {
    const { layout } = await findBodyEnd(header, source.size, (position, length) => source.readAt(position, length))
    return plaintextBytesOf(layout)
  } catch (error) {
    if (isKmsError(error, 'FILE_TRUNCATED') || isKmsError(error, 'FILE_TAMPERED')) return null
    throw error
  }
}

function describeRecipient(keys: FileKeys, entry: EncryptedDataKey): RecipientInfo {
  const ours = keys.describeEntry(entry)
  const kind = keys.recipientKind(entry)
  const provider = printable(entry.providerId)
  if (!ours) return { kind, provider, name: printable(entry.providerInfo), keyId: null, keyVersionId: null, canOpen: false }
  const { keyId, keyVersionId } = ours
  return { kind, provider, name: `${keyId}/${keyVersionId}`, keyId, keyVersionId, canOpen: keys.canOpen(keyId, keyVersionId) }
}

/** The readable start of a field: what follows a name there is binary. */
function printable(bytes: Uint8Array): string {
  return /^[\x20-\x7e]*/.exec(Buffer.from(bytes).toString('latin1'))?.[0] ?? ''
}
