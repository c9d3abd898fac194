import { Vault, type VaultOptions } from '../../../src-main/vault/vault'
import type { Keyring } from '../../../src-main/platform/ports'
import { KmsError, type ErrorCode } from '../../../src-shared/errors'
import type { Caller } from '../../../src-shared/model/caller'

export const caller = (operation = 'test'): Caller => ({ face: 'cli', client: 'tester', operation })
export const bytes = (text: string) => new TextEncoder().encode(text)
export const text = (content: Uint8Array | null) => (content === null ? null : new TextDecoder().decode(content))
export const passphrase = () => bytes('correct horse battery staple')
export const pin = () => bytes('482913')
export const cheap = { memoryKib: 64, passes: 1, lanes: 1 }
export const silentLog = { info: () => undefined, warn: () => undefined, error: () => undefined }
export const allEntries = { offset: 0, count: 500, operation: '', result: 'any', search: '', resource: '' } as const

export type FailureMode = 'KEYCHAIN_MISSING' | 'KEYCHAIN_LOCKED' | 'KEYCHAIN_TIMEOUT'

/** A keychain in memory that fails when told to. */
export class FakeKeyring implements Keyring {
  readonly entries = new Map<string, string>()
  failure: FailureMode | null = null
  hangs = false

  async get(account: string): Promise<string | null> {
    await this.#answer()
    return this.entries.get(account) ?? null
  }

  async set(account: string, value: string): Promise<void> {
    await this.#answer()
    this.entries.set(account, value)
  }

  async remove(account: string): Promise<boolean> {
    await this.#answer()
    return this.entries.delete(account)
  }

  async probe(): Promise<'available' | 'missing' | 'locked' | 'timeout'> {
    const states = { KEYCHAIN_MISSING: 'missing', KEYCHAIN_LOCKED: 'locked', KEYCHAIN_TIMEOUT: 'timeout' } as const
    return this.failure ? states[this.failure] : 'available'
  }

  async #answer(): Promise<void> {
    if (this.hangs) await new Promise(() => undefined)
    if (this.failure) throw new KmsError(this.failure, 'no keychain')
  }
}

/** A clock that stands still until it is moved. */
export class FakeClock {
  now = Date.UTC(2026, 0, 2, 3, 4, 5, 678)
  nowMs(): number {
    return this.now
  }
}

export interface Fixture {
  vault: Vault
  keyring: FakeKeyring
  clock: FakeClock
}

export function openFixture(folder: string, options: Partial<VaultOptions> & { keyring?: FakeKeyring } = {}): Fixture {
  const keyring = options.keyring ?? new FakeKeyring()
  const clock = new FakeClock()
  const vault = new Vault({ folder, clock, log: silentLog, argon2Floor: cheap, keyringPatienceMs: 50, ...options, keyring })
  return { vault, keyring, clock }
}

/** Creates a vault with two keys and their material in `folder` and closes it; the recovery words. */
export async function makeVault(folder: string, options: Partial<VaultOptions> & { keyring?: FakeKeyring } = {}): Promise<string[]> {
  const { vault } = openFixture(folder, options)
  const words = await vault.create({ passphrase: passphrase(), name: 'Test vault' })
  for (const name of ['one', 'two']) await putKey(vault, name, `{"name":"${name}"}`)
  await vault.dispose()
  return words
}

export async function putKey(vault: Vault, id: string, content: string): Promise<void> {
  await vault.mutate(caller('createKey'), id, async (tx) => {
    await tx.put('key', id, null, bytes(content))
    await tx.put('key-material', `${id}-v1`, id, bytes(`material of ${id}`))
  })
}

/** Opens the vault of `folder`, lists all of it and closes it again. */
export async function readAll(folder: string, options: Partial<VaultOptions> & { keyring?: FakeKeyring } = {}): Promise<string[]> {
  const { vault } = openFixture(folder, options)
  let content: string[] = []
  vault.register({ load: async () => void (content = await contentOf(vault)), unload: () => undefined })
  try {
    await vault.unlockWithPassphrase(caller('unlockVault'), passphrase())
    return content
  } finally {
    await vault.dispose()
  }
}

export async function contentOf(vault: Vault): Promise<string[]> {
  const records = [...(await vault.list('key')), ...(await vault.list('key-material'))]
  return records.map((record) => `${record.id} ${record.parentId} ${text(record.bytes)}`).sort()
}

export const twoKeys = ['one null {"name":"one"}', 'one-v1 one material of one', 'two null {"name":"two"}', 'two-v1 two material of two']

/** Code of the KmsError that `task` fails with; fails itself for any other outcome. */
export async function codeOf(task: Promise<unknown>): Promise<ErrorCode> {
  const outcome = await task.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  )
  if (outcome instanceof KmsError) return outcome.code
  throw outcome
}
