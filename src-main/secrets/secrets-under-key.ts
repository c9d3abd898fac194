import type { SecretSession } from './secret-session'

/** The names of the secrets whose values are sealed under a key, the oldest first; also those in the recycle bin. */
export function secretsUnder(session: SecretSession, keyId: string): string[] {
  return session.index.inOrderOfCreation().filter((entry) => entry.glance().keyId === keyId).map(({ summary }) => summary.name)
}
