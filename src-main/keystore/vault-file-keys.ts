import type { Caller } from '../../src-shared/model/caller'
import type { EncryptionContext } from '../../src-shared/model/encryption-context'
import { KmsError } from '../../src-shared/errors'
import { copyBytes } from '../crypto/bytes'
import { SecretBuffer } from '../crypto/secret-buffer'
import { encodeFileContext } from './context-encoding'
import type { EncryptedDataKey, FileKeys, OpenedFileKey } from './file-keys'
import type { KeyVersionRef } from './key-provider'
import type { KeyRecord } from './key-record'
import { findVersion, primaryVersion, requireState, requireUsage, stateError, type KeySession } from './key-session'
import { vaultLocked } from './vault-locked'
import { encodeEntry, fileDataKeyBytes, parseEntry, type ParsedEntry } from './raw-aes-keyring'

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
    const { record } = this.#unlocked().resolve(reference)
    requireUsable(record)
    const { keyId, keyVersionId } = primaryVersion(record)
    return { keyId, keyVersionId }
  }

  async wrapDataKey(caller: Caller, keyId: string, dataKey: SecretBuffer, context: EncryptionContext): Promise<EncryptedDataKey> {
    if (dataKey.length !== fileDataKeyBytes) throw new RangeError('the data key of a file has 32 bytes')
    const session = this.#unlocked()
    const entry = session.resolve(keyId)
    return session.audited(caller, entry.keyId, async () => {
      requireUsable(entry.record)
      const wrapped = await wrap(session, primaryVersion(entry.record), dataKey, context)
      session.recordUse(caller, entry.keyId)
      return wrapped
    })
  }

  async unwrapDataKey(caller: Caller, entries: readonly EncryptedDataKey[], context: EncryptionContext): Promise<OpenedFileKey | null> {
    const session = this.#unlocked()
    const ours = entries.map(parseEntry).flatMap((entry) => candidatesOf(session, entry))
    const usable = ours.filter(({ record }) => stateError(record, 'decrypt') === null)
    for (const candidate of usable) {
      const opened = await unwrap(session, candidate, context)
      if (opened) return noteOpened(session, caller, opened)
    }
    const refused = usable[0] ?? ours[0]
    if (!refused) return null
    const error = stateError(refused.record, 'decrypt') ?? tampered()
    session.recordRefusal(caller, refused.keyId, error.code)
    throw error
  }

  describeEntry(entry: EncryptedDataKey): { keyId: string; keyVersionId: string } | null {
    const parsed = parseEntry(entry)
    return parsed && { keyId: parsed.keyId, keyVersionId: parsed.keyVersionId }
  }

  canOpen(keyId: string, keyVersionId: string): boolean | null {
    const session = this.#session()
    if (!session) return null
    const record = session.index.byId(keyId)?.record
    return record !== undefined && findVersion(record, keyVersionId) !== null && stateError(record, 'decrypt') === null
  }

  #unlocked(): KeySession {
    const session = this.#session()
    if (!session) throw vaultLocked()
    return session
  }
}

function requireUsable(record: KeyRecord): void {
  requireState(record, 'encrypt')
  requireUsage(record, 'ENCRYPT/DECRYPT')
}

async function wrap(session: KeySession, version: KeyVersionRef, dataKey: SecretBuffer, context: EncryptionContext): Promise<EncryptedDataKey> {
  await session.usage.takeEncryption(version.keyId, version.keyVersionId)
  const plain = dataKey.use(copyBytes)
  try {
    const sealed = await session.provider.encrypt(version, plain, encodeFileContext(context))
    return encodeEntry(version.keyId, version.keyVersionId, sealed)
  } finally {
    plain.fill(0)
  }
}

function candidatesOf(session: KeySession, entry: ParsedEntry | null): Candidate[] {
  const record = entry && session.index.byId(entry.keyId)?.record
  const version = record && findVersion(record, entry.keyVersionId)
  return version ? [{ ...entry, record, version }] : []
}

async function unwrap(session: KeySession, { version, sealed }: Candidate, context: EncryptionContext): Promise<OpenedFileKey | null> {
  const plain = sealed && (await session.provider.decrypt(version, sealed, encodeFileContext(context)))
  return plain && { dataKey: SecretBuffer.take(plain), keyId: version.keyId, keyVersionId: version.keyVersionId }
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
