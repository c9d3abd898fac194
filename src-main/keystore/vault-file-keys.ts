import { KmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import type { EncryptionContext } from '../../src-shared/model/encryption-context'
import { isAsymmetric } from '../../src-shared/model/key-specs'
import type { SecretBuffer } from '../crypto/secret-buffer'
import { parseEntry, type ParsedEntry } from './file-entry'
import { unwrapFileKey, wrapFileKey } from './file-key-wrapping'
import type { EncryptedDataKey, FileKeys, OpenedFileKey, RecipientKind } from './file-keys'
import { retirementError } from './key-checks'
import type { KeyVersionRef } from './key-provider'
import type { KeyRecord } from './key-record'
import { findVersion, primaryVersion, requireUsable, requireUsage, useError, type KeySession } from './key-session'
import { fileDataKeyBytes } from './raw-aes-keyring'
import { requireToken } from './token/require-token'
import { isTokenRefusal } from './token/token-refusal'
import { vaultLocked } from './vault-locked'

interface Candidate extends ParsedEntry {
  record: KeyRecord
  version: KeyVersionRef
}

/** FileKeys on the keys of the vault. `session` gives null while the vault is locked; then most calls throw VAULT_LOCKED. */
export class VaultFileKeys implements FileKeys {
  readonly #session: () => KeySession | null

  constructor(session: () => KeySession | null) {
    this.#session = session
  }

  resolveForEncryption(reference: string): { keyId: string; keyVersionId: string } {
    const session = this.#unlocked()
    const { keyId, keyVersionId } = wrappingVersion(session, session.resolve(reference).record)
    return { keyId, keyVersionId }
  }

  async requireToken(reference: string): Promise<void> {
    const session = this.#unlocked()
    const { record } = session.resolve(reference)
    // For a public key the token is not asked.
    if (!isAsymmetric(record.keySpec)) await requireToken(session, record)
  }

  async wrapDataKey(caller: Caller, keyId: string, dataKey: SecretBuffer, context: EncryptionContext): Promise<EncryptedDataKey> {
    if (dataKey.length !== fileDataKeyBytes) throw new RangeError('the data key of a file has 32 bytes')
    const session = this.#unlocked()
    const entry = session.resolve(keyId)
    return session.audited(caller, entry.keyId, async () => {
      const wrapped = await wrapFileKey(session, wrappingVersion(session, entry.record), dataKey, context)
      session.recordUse(caller, entry.keyId)
      return wrapped
    })
  }

  async unwrapDataKey(caller: Caller, entries: readonly EncryptedDataKey[], context: EncryptionContext): Promise<OpenedFileKey | null> {
    const session = this.#unlocked()
    const ours = entries.map(parseEntry).flatMap((entry) => candidatesOf(session, entry))
    const usable = ours.filter((candidate) => refusalOf(session, candidate) === null)
    let waiting: KmsError | null = null
    for (const candidate of usable) {
      const opened = await unwrap(session, candidate, context).catch((error: unknown) => {
        // One of the others may open it without the token.
        if (!isTokenRefusal(error)) throw error
        waiting ??= error
        return null
      })
      if (opened) return noteOpened(session, caller, opened)
    }
    const refused = usable[0] ?? ours[0]
    if (!refused) return null
    const error: KmsError = waiting ?? refusalOf(session, refused) ?? tampered()
    session.recordRefusal(caller, refused.keyId, error.code)
    throw error
  }

  describeEntry(entry: EncryptedDataKey): { keyId: string; keyVersionId: string } | null {
    const parsed = parseEntry(entry)
    return parsed && { keyId: parsed.keyId, keyVersionId: parsed.keyVersionId }
  }

  recipientKind(entry: EncryptedDataKey): RecipientKind {
    return parseEntry(entry)?.wrapped.kind ?? 'foreign'
  }

  canOpen(keyId: string, keyVersionId: string): boolean | null {
    const session = this.#session()
    if (!session) return null
    const record = session.index.byId(keyId)?.record
    return record !== undefined && findVersion(record, keyVersionId) !== null && refusalOf(session, { record, keyVersionId }) === null
  }

  #unlocked(): KeySession {
    const session = this.#session()
    if (!session) throw vaultLocked()
    return session
  }
}

/** The version that files are encrypted for: the primary one, which of an asymmetric key is the newest. State codes, UNSUPPORTED_OPERATION. */
function wrappingVersion(session: KeySession, record: KeyRecord): KeyVersionRef {
  requireUsable(session, record, isAsymmetric(record.keySpec) ? 'asymmetricEncrypt' : 'encrypt')
  requireUsage(record, 'ENCRYPT/DECRYPT')
  return primaryVersion(record)
}

/** Why a version does not decrypt now; null when it does. */
function refusalOf(session: KeySession, { record, keyVersionId }: Pick<Candidate, 'record' | 'keyVersionId'>): KmsError | null {
  const operation = isAsymmetric(record.keySpec) ? 'asymmetricDecrypt' : 'decrypt'
  return useError(session, record, operation) ?? retirementError(record, keyVersionId)
}

function candidatesOf(session: KeySession, entry: ParsedEntry | null): Candidate[] {
  const record = entry && session.index.byId(entry.keyId)?.record
  const version = record && findVersion(record, entry.keyVersionId)
  return version ? [{ ...entry, record, version }] : []
}

async function unwrap(session: KeySession, { version, wrapped }: Candidate, context: EncryptionContext): Promise<OpenedFileKey | null> {
  const dataKey = await unwrapFileKey(session, version, wrapped, context)
  return dataKey && { dataKey, keyId: version.keyId, keyVersionId: version.keyVersionId }
}

function noteOpened(session: KeySession, caller: Caller, opened: OpenedFileKey): OpenedFileKey {
  try {
    session.usage.noteUse(opened.keyId, opened.keyVersionId)
    session.recordUse(caller, opened.keyId)
    return opened
  } catch (error) {
    opened.dataKey.destroy()
    throw error
  }
}

function tampered(): KmsError {
  return new KmsError('FILE_TAMPERED', 'The encrypted file was changed: its key is in this vault and does not open it.')
}
