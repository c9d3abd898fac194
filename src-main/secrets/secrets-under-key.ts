import { SecretEntry } from './secret-index'
import type { SecretRecord } from './secret-record'
import type { SecretSession } from './secret-session'

/** The secrets whose values are sealed under a key, the oldest first; also those in the recycle bin. */
export function secretsUnder(session: SecretSession, keyId: string): SecretRecord[] {
  return SecretEntry.glances(session.index.inOrderOfCreation()).filter((record) => record.keyId === keyId)
}
