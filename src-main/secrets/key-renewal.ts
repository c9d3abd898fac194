import type { Caller } from '../../src-shared/model/caller'
import { parseBlob } from '../keystore/ciphertext-blob'
import { rewrappedAttachments } from './attachment-rewrapping'
import { pieceRowOf } from './attachment-rows'
import { wrappedKeyOf } from './attachment-sealing'
import type { SecretRecord } from './secret-record'
import type { SecretSession } from './secret-session'
import { secretsUnder } from './secrets-under-key'
import { decodeValues, readValues, rewrapValues, writeValues } from './secret-values'

/** What secrets still need of a key. */
export interface SecretsOfVersions {
  /** Secrets with a value or an attachment under another version than new encryptions use, the oldest first; also those in the recycle bin. */
  readonly outdated: readonly SecretRecord[]
  /** Every version that opens a value or an attachment. */
  readonly neededVersionIds: ReadonlySet<string>
}

/** Looks at every value under a key, without opening one. VAULT_DAMAGED. */
export async function secretsOfVersions(session: SecretSession, keyId: string): Promise<SecretsOfVersions> {
  const { versions, primaryVersionId } = session.keys.resolve(keyId).record
  // Nothing can be under an older version; most keys never have another.
  if (versions.length === 1) return { outdated: [], neededVersionIds: new Set([primaryVersionId]) }
  const records = secretsUnder(session, keyId)
  if (records.length === 0) return { outdated: [], neededVersionIds: new Set() }
  const versionsBySecret = new Map(records.map(({ secretId }) => [secretId, new Set<string>()]))
  const note = (secretId: string, wrappedKey: Uint8Array) => {
    const blob = parseBlob(wrappedKey)
    if (blob?.keyId === keyId) versionsBySecret.get(secretId)?.add(blob.keyVersionId)
  }
  await session.records.scan('secret-values', (rows) => {
    for (const { id, bytes } of rows) {
      if (versionsBySecret.has(id)) for (const { wrappedKey } of decodeValues(bytes).values()) note(id, wrappedKey)
    }
  })
  for (const { secretId, attachments } of records) {
    for (const { attachmentId } of attachments) note(secretId, wrappedKeyOf(await pieceRowOf(session.records, attachmentId, 0)))
  }
  const isOld = (keyVersionId: string) => keyVersionId !== primaryVersionId
  return {
    outdated: records.filter(({ secretId }) => [...(versionsBySecret.get(secretId) ?? [])].some(isOld)),
    neededVersionIds: new Set([...versionsBySecret.values()].flatMap((needed) => [...needed])),
  }
}

/**
 * Wraps the data keys of a secret's values and attachments anew, with the version of its key that new encryptions use; the
 * values stay sealed as they are. Nothing when the secret is gone. The codes of the master key's state, VAULT_DAMAGED,
 * VAULT_WRITE_FAILED, NO_SPACE.
 */
export function renewWrapping(session: SecretSession, caller: Caller, secretId: string): Promise<void> {
  return session.changes.run(async () => {
    const record = session.index.byId(secretId)?.record
    if (!record) return
    await session.audited(caller, record.name, async () => {
      const values = await rewrapValues(session, record, await readValues(session.records, secretId))
      const rows = await rewrappedAttachments(session, record, record.keyId)
      await session.records.mutate(caller, record.name, async (tx) => {
        await writeValues(tx, secretId, values)
        for (const [id, row] of rows) await tx.put('secret-attachment', id, secretId, row)
      })
    })
  })
}
