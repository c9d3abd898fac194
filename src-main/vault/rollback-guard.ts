import { isKmsError } from '../../src-shared/errors'
import type { Keyring, Log } from '../platform/ports'

/**
 * Remembers in the keychain how far the vault has come, and notices when the whole vault is older than that: a copy was
 * put back. Best effort: works in the background, never delays unlocking, and a missing keychain is no error.
 */
export class RollbackGuard {
  readonly #keyring: Keyring
  readonly #log: Log
  readonly #patienceMs: number
  #work: Promise<void> = Promise.resolve()

  constructor(keyring: Keyring, log: Log, patienceMs: number) {
    this.#keyring = keyring
    this.#log = log
    this.#patienceMs = patienceMs
  }

  /** Compares `generation` with the keychain's and calls `onRolledBack` when it is older; otherwise writes it there. */
  check(vaultId: string, generation: number, onRolledBack: () => void): void {
    this.#inBackground(async () => {
      const known = Number(await this.#keyring.get(accountOf(vaultId)))
      if (known > generation) onRolledBack()
      else await this.#keyring.set(accountOf(vaultId), String(generation))
    })
  }

  /** Writes `generation`, also over a higher one: the user has been told. */
  remember(vaultId: string, generation: number): void {
    this.#inBackground(() => this.#keyring.set(accountOf(vaultId), String(generation)))
  }

  /** For a vault that is older on purpose: restored from a backup. */
  forget(vaultId: string): void {
    this.#inBackground(async () => void (await this.#keyring.remove(accountOf(vaultId))))
  }

  /** Resolves when everything is written, or when the patience is over. */
  async settled(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#patienceMs)
    })
    await Promise.race([this.#work, patience])
    clearTimeout(timer)
  }

  #inBackground(task: () => Promise<void>): void {
    this.#work = this.#work.then(task).catch((error: unknown) => {
      this.#log.info('rollback-guard', { code: isKmsError(error) ? error.code : 'INTERNAL' })
    })
  }
}

function accountOf(vaultId: string): string {
  return `${vaultId}/generation`
}
