import type { Keystore } from '../keystore/keystore'
import type { Clock, Log } from '../platform/ports'
import type { UnlockedService, UseAudit, VaultRecords } from '../vault/records'

export interface SecretsOptions {
  keystore: Keystore
  clock: Clock
  useAudit: UseAudit
  log: Log
}

/** Secrets of the unlocked vault. */
export class Secrets implements UnlockedService {
  readonly #listeners = new Set<(secretName: string | null) => void>()

  constructor(_options: SecretsOptions) {}

  async load(_records: VaultRecords): Promise<void> {}

  unload(): void {}

  /** Calls `listener` with the name of a secret that changed, null when all may have. Gives back how to stop it. */
  onChange(listener: (secretName: string | null) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
