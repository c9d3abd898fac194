import { KmsError } from '../../src-shared/errors'
import { systemCaller, type Caller } from '../../src-shared/model/caller'
import type { EncryptionAlgorithm } from '../../src-shared/model/keys'
import { limits } from '../../src-shared/model/limits'
import { randomBytesOf } from '../crypto/random'
import type { SecretBuffer } from '../crypto/secret-buffer'
import type { RecordTransaction, StoredRecord } from '../vault/records'
import { encodeImportToken, openImportToken } from './import-token'
import { encodeTokenRow, takeTokenExpiry, takeTokenRow, type TokenRow } from './import-token-row'
import type { KeySession } from './key-session'
import { damagedRow } from './stored-row'

/** Row `import-token` without a parent: the 32 bytes under which the tokens of this vault are authenticated. */
const authenticationKeyId = 'authentication-key'
const authenticationKeyBytes = 32
const tokenLifeMs = limits.importTokenHours * 3_600_000

/** When the private keys of the tokens of the vault end, by key and row; the rows themselves stay in the vault. */
export class ImportTokenExpiries {
  readonly #byKey = new Map<string, Map<string, number>>()

  /** Takes over and zeroes the rows. VAULT_DAMAGED. */
  constructor(rows: readonly StoredRecord[]) {
    for (const { id, parentId, bytes } of rows) {
      if (parentId === null) bytes.fill(0)
      else this.put(parentId, id, takeTokenExpiry(bytes))
    }
  }

  /** When the newest of all tokens was made, milliseconds since the epoch; 0 when there is none. */
  get newestMadeAt(): number {
    const times = [...this.#byKey.values()].flatMap((tokens) => [...tokens.values()])
    return times.reduce((newest, time) => Math.max(newest, time - tokenLifeMs), 0)
  }

  /** The earliest expiry of a token of the key; null when it has none. */
  nextOf(keyId: string): number | null {
    const times = [...(this.#byKey.get(keyId)?.values() ?? [])]
    return times.length === 0 ? null : Math.min(...times)
  }

  /** Ids of the tokens of the key that have expired. */
  expiredOf(keyId: string, nowMs: number): string[] {
    return [...(this.#byKey.get(keyId) ?? [])].filter(([, expiresAt]) => expiresAt <= nowMs).map(([tokenId]) => tokenId)
  }

  /** Ids of all tokens of the key. */
  idsOf(keyId: string): string[] {
    return [...(this.#byKey.get(keyId)?.keys() ?? [])]
  }

  put(keyId: string, tokenId: string, expiresAt: number): void {
    const tokens = this.#byKey.get(keyId) ?? new Map<string, number>()
    this.#byKey.set(keyId, tokens.set(tokenId, expiresAt))
  }

  remove(keyId: string, tokenIds: readonly string[]): void {
    const tokens = this.#byKey.get(keyId)
    for (const tokenId of tokenIds) tokens?.delete(tokenId)
    if (tokens?.size === 0) this.#byKey.delete(keyId)
  }

  /** Forgets what was known of a key that has ended. */
  forget(keyId: string): void {
    this.#byKey.delete(keyId)
  }
}

/**
 * A new token for the key, whose private key is kept for 24 hours; what has expired of the key goes with the same
 * transaction. For callers that have queued and checked; `privateKey` stays theirs.
 */
export async function issueToken(
  session: KeySession,
  caller: Caller,
  keyId: string,
  algorithm: EncryptionAlgorithm,
  privateKey: SecretBuffer,
): Promise<{ importToken: Uint8Array; expiresAt: number }> {
  const nowMs = session.nowMs()
  const tokenId = Buffer.from(randomBytesOf(16)).toString('hex')
  const expiresAt = nowMs + tokenLifeMs
  const expired = session.importTokens.expiredOf(keyId, nowMs)
  const row = encodeTokenRow({ algorithm, expiresAt, privateKey })
  try {
    const importToken = await session.records.mutate(caller, keyId, async (tx) => {
      await removeTokens(tx, expired)
      await tx.put('import-token', tokenId, keyId, row)
      return withAuthenticationKey(tx, (key) => encodeImportToken(key, keyId, { tokenId, expiresAt }))
    })
    session.importTokens.remove(keyId, expired)
    session.importTokens.put(keyId, tokenId, expiresAt)
    return { importToken, expiresAt }
  } finally {
    row.fill(0)
  }
}

/**
 * What a token stands for; the caller destroys the private key. INVALID_IMPORT_TOKEN for anything but a token of this
 * vault and key. EXPIRED_IMPORT_TOKEN after 24 hours: a row that is gone was removed because they were over, so a clock
 * that is set back brings no token back.
 */
export async function redeemToken(session: KeySession, keyId: string, bytes: Uint8Array): Promise<TokenRow> {
  const authenticationKey = await session.records.read('import-token', authenticationKeyId)
  const token = authenticationKey && openImportToken(authenticationKey, keyId, bytes)
  authenticationKey?.fill(0)
  if (!token) throw new KmsError('INVALID_IMPORT_TOKEN', 'The import token is not one of this key, or it is damaged.', { keyId })
  const row = token.expiresAt <= session.nowMs() ? null : await session.records.read('import-token', token.tokenId)
  if (!row) throw new KmsError('EXPIRED_IMPORT_TOKEN', 'The import token has expired.', { keyId, limit: limits.importTokenHours })
  return takeTokenRow(row)
}

/** Destroys the private keys of the tokens of the key that have expired. Nothing when there are none. */
export function removeExpiredTokens(session: KeySession, keyId: string): Promise<void> {
  return session.changes.run(async () => {
    const expired = session.importTokens.expiredOf(keyId, session.nowMs())
    if (expired.length === 0) return
    await session.records.mutate(systemCaller('deleteImportToken'), keyId, (tx) => removeTokens(tx, expired))
    session.importTokens.remove(keyId, expired)
  })
}

async function removeTokens(tx: RecordTransaction, tokenIds: readonly string[]): Promise<void> {
  for (const tokenId of tokenIds) await tx.remove('import-token', tokenId)
}

/** Lends the key for the time of the call; the first call of a vault makes it. VAULT_DAMAGED. */
async function withAuthenticationKey<T>(tx: RecordTransaction, work: (key: Uint8Array) => T): Promise<T> {
  const stored = await tx.read('import-token', authenticationKeyId)
  const key = stored ?? randomBytesOf(authenticationKeyBytes)
  try {
    if (key.length !== authenticationKeyBytes) throw damagedRow('import token record')
    if (!stored) await tx.put('import-token', authenticationKeyId, null, key)
    return work(key)
  } finally {
    key.fill(0)
  }
}
