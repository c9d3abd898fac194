import type { Page } from 'playwright'
import type { Bridge } from '../../../src-shared/contract/bridge'
import type { RequestInput } from '../../../src-shared/contract/operations'

declare global {
  interface Window {
    readonly keystead: Bridge
  }
}

export const testPassphrase = 'maple harbour quartz lantern'

/**
 * A vault made through the bridge, for tests about something else: its key derivation costs as little as is allowed.
 * Tells the recovery words and leaves the window at the list of keys.
 */
export async function createVaultQuickly(page: Page, passphrase = testPassphrase, keysTitle = 'Keys'): Promise<string[]> {
  const words = await page.evaluate(async (text) => {
    const { createVault, dismissRecoveryKit } = window.keystead.operations
    const answer = await createVault({ passphrase: new TextEncoder().encode(text), name: 'Test vault', kdfTargetMs: 1 })
    if (!answer.ok) throw new Error(`${answer.code}: ${answer.message}`)
    await dismissRecoveryKit({})
    return answer.value.recoveryWords
  }, passphrase)
  await page.reload()
  await page.getByRole('heading', { name: keysTitle, exact: true }).waitFor()
  return words
}

/** Makes a key, with an alias when one is given, and tells its id; the usual kind of key unless told otherwise. */
export function createKeyQuickly(page: Page, aliasName?: string, description = '', kind: RequestInput<'createKey'> = {}): Promise<string> {
  return page.evaluate(
    async ([alias, text, more]) => {
      const { createKey, createAlias } = window.keystead.operations
      const made = await createKey({ description: text, ...more })
      if (!made.ok) throw new Error(`${made.code}: ${made.message}`)
      const { keyId } = made.value.keyMetadata
      const named = alias === undefined ? null : await createAlias({ aliasName: alias, keyId })
      if (named && !named.ok) throw new Error(`${named.code}: ${named.message}`)
      return keyId
    },
    [aliasName, description, kind] as const,
  )
}

/** Unlocks through the bridge; the code when it is refused. */
export function unlockQuickly(page: Page, passphrase = testPassphrase): Promise<string> {
  return page.evaluate(async (text) => {
    const answer = await window.keystead.operations.unlockVault({ passphrase: new TextEncoder().encode(text) })
    return answer.ok ? 'ok' : answer.code
  }, passphrase)
}

/** What main says about the vault. */
export function vaultState(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const answer = await window.keystead.operations.vaultStatus({})
    return answer.ok ? answer.value.status.state : answer.code
  })
}
