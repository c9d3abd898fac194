import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createVaultQuickly, testPassphrase, vaultState } from './support/bridge'
import { makeFolders } from './support/folders'
import { startKeychain, type Keychain } from './support/keychain'
import { lockByKeyboard, typeInto, unlock } from './support/steps'
import { useApps } from './support/use-apps'

const keychains: Keychain[] = []
const apps = useApps({ beforeRemoval: async () => void (await Promise.all(keychains.splice(0).map((keychain) => keychain.stop()))) })

describe('passphrase', () => {
  it('says what happened and what to do when it is wrong, and opens when it is right', async () => {
    const app = await apps.start()
    const { page } = app
    await createVaultQuickly(page)
    await lockByKeyboard(page)
    await page.getByRole('heading', { name: 'Test vault' }).waitFor()
    await typeInto(page.getByLabel(/^Passphrase/), 'not the passphrase')
    await page.keyboard.press('Enter')
    await page.getByText('The passphrase does not open this vault. Check Caps Lock, or use the recovery kit.').waitFor()
    await page.getByText('WRONG_PASSPHRASE').waitFor()
    expect(await page.getByLabel(/^Passphrase/).inputValue()).toBe('')
    expect(await vaultState(page)).toBe('locked')
    await unlock(page, testPassphrase)
  })
})

describe('recovery kit', () => {
  it('opens the vault and sets a new passphrase, and tells a mistyped word', async () => {
    const app = await apps.start()
    const { page } = app
    const words = await createVaultQuickly(page)
    await lockByKeyboard(page)
    await page.getByRole('button', { name: 'Use recovery kit' }).click()
    const field = page.getByLabel(/^The 24 words/)
    const fresh = 'orchid ribbon glacier pepper'
    const swapped = [words[1], words[0], ...words.slice(2)].join(' ')
    await field.fill(swapped)
    await page.getByLabel(/^New passphrase/).fill(fresh)
    await page.getByLabel(/^Repeat the passphrase/).fill(fresh)
    await page.getByRole('button', { name: 'Unlock and set passphrase' }).click()
    await page.getByText('RECOVERY_WORDS_MISTYPED').waitFor()
    await field.fill(words.map((word, index) => `${index + 1}. ${word.toUpperCase()}`).join('\n'))
    await page.getByLabel(/^New passphrase/).fill(fresh)
    await page.getByLabel(/^Repeat the passphrase/).fill(fresh)
    await page.getByRole('button', { name: 'Unlock and set passphrase' }).click()
    await page.getByRole('navigation', { name: 'Main navigation' }).waitFor()
    await lockByKeyboard(page)
    await typeInto(page.getByLabel(/^Passphrase/), testPassphrase)
    await page.keyboard.press('Enter')
    await page.getByText('WRONG_PASSPHRASE').waitFor()
    await unlock(page, fresh)
  })
})

describe('quick unlock', () => {
  it('opens with the PIN, and five wrong PINs remove it', async () => {
    const folders = makeFolders()
    const keychain = await startKeychain(folders)
    keychains.push(keychain)
    const app = await apps.start({ folders, env: keychain.env })
    const { page } = app
    await createVaultQuickly(page)
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('link', { name: 'Security' }).click()
    await page.getByText('Available', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Add PIN' }).click()
    const panel = page.getByRole('dialog', { name: 'Add quick unlock' })
    await typeInto(panel.getByLabel(/^Passphrase/), testPassphrase)
    await typeInto(panel.getByLabel(/^New PIN/), '739154')
    await typeInto(panel.getByLabel(/^Repeat the PIN/), '739154')
    await panel.getByRole('button', { name: 'Add quick unlock' }).click()
    await panel.waitFor({ state: 'hidden' })

    const enterPin = async (digits: string) => {
      await typeInto(page.getByLabel(/^PIN/), digits)
      await page.keyboard.press('Enter')
    }
    await page.keyboard.press('Control+l')
    await enterPin('739154')
    await page.getByRole('navigation', { name: 'Main navigation' }).waitFor()

    await page.keyboard.press('Control+l')
    for (const left of [4, 3, 2, 1]) {
      await enterPin('000000')
      await page.getByText(new RegExp(`^${left} (try|tries) left$`)).waitFor()
      expect(await vaultState(page)).toBe('locked')
    }
    await enterPin('000000')
    await page.getByText('The PIN was wrong five times, so quick unlock was removed.').first().waitFor()
    await page.getByLabel(/^Passphrase/).waitFor()
    expect(await page.getByRole('button', { name: 'Use PIN' }).count()).toBe(0)
    await unlock(page, testPassphrase)
  })

  it('says within five seconds that there is no keychain, and offers no PIN', async () => {
    const app = await apps.start()
    const { page } = app
    await createVaultQuickly(page)
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('link', { name: 'Security' }).click()
    await page.getByText('Not running', { exact: true }).waitFor({ timeout: 5000 })
    expect(await page.getByRole('button', { name: 'Add PIN' }).isDisabled()).toBe(true)
  })
})

describe('a vault that cannot be opened', () => {
  it('tells that another program has it', async () => {
    const app = await apps.start()
    await createVaultQuickly(app.page)
    const other = { ...app.folders, profile: join(app.folders.base, 'other-profile') }
    const second = await apps.start({ folders: other })
    await second.page.getByText('The vault is open elsewhere').waitFor()
  })

  it('tells that it is damaged, and leaves the file as it is', async () => {
    const folders = makeFolders()
    const app = await apps.start({ folders })
    await createVaultQuickly(app.page)
    await app.close()
    const header = join(folders.vault, 'vault.json')
    const database = readFileSync(join(folders.vault, 'vault.db'))
    writeFileSync(header, '{ "broken": ')
    const again = await apps.start({ folders })
    await again.page.getByText('The vault file is damaged').waitFor()
    expect(await again.page.getByLabel(/^Passphrase/).count()).toBe(0)
    expect(readFileSync(header, 'utf8')).toBe('{ "broken": ')
    expect(readFileSync(join(folders.vault, 'vault.db')).equals(database)).toBe(true)
  })
})

