import type { KeyRecord } from '../key-record'
import { versionOf, type KeySession } from '../key-session'
import type { TokenKeyRef } from './token-keys'

/** A version of a master key that is on a token. */
export interface KeyOnToken extends TokenKeyRef {
  keyId: string
  /** The first name of the key, alias/…. */
  aliasName: string | null
}

/** Every version of every key with protection level HSM, also of keys that wait for their deletion. VAULT_DAMAGED. */
export async function keysOnTokens(session: KeySession): Promise<KeyOnToken[]> {
  const records: KeyRecord[] = []
  for (const { record } of session.index.entries()) if (record.protectionLevel === 'HSM') records.push(record)
  const found: KeyOnToken[] = []
  for (const record of records) {
    for (const { keyVersionId } of record.versions) {
      const ref = await session.provider.tokenKeyOf(versionOf(record, keyVersionId))
      if (ref) found.push({ ...ref, keyId: record.keyId, aliasName: record.aliases[0] ?? null })
    }
  }
  return found
}
