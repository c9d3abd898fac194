import { readFileSync, writeFileSync, mkdirSync, copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createKeyQuickly, createVaultQuickly, vaultState } from './support/bridge'
import { chooseFiles } from './support/desktop'
import { tabAround, tabTo, untilHighlighted } from './support/focus'
import { openKeyTab } from './support/key-steps'
import { readRecoveryWords } from './support/steps'
import { useApps } from './support/use-apps'

const apps = useApps()
const passphrase = 'saddle window orbit cinnamon'

it('does the main job by keyboard alone', async () => {
  const app = await apps.start()
  const { page, folders, electron } = app
  const { keyboard } = page
  const original = join(folders.work, 'notes.txt')
  writeFileSync(original, 'By keyboard alone.')

  await tabTo(page, page.getByRole('button', { name: /^Create a vault/ }))
  await keyboard.press('Enter')
  await page.getByLabel(/^Passphrase/).waitFor()
  await tabTo(page, page.getByLabel(/^Passphrase/))
  await keyboard.type(passphrase)
  await tabTo(page, page.getByLabel(/^Repeat the passphrase/))
  await keyboard.type(passphrase)
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Recovery kit' }).waitFor()
  const words = await readRecoveryWords(page)
  await tabTo(page, page.getByRole('checkbox', { name: /^I have stored the kit/ }))
  await keyboard.press('Space')
  await tabTo(page, page.getByRole('button', { name: 'Continue' }))
  await keyboard.press('Enter')
  for (const label of await page.getByText(/^Word \d+$/).allInnerTexts()) {
    await tabTo(page, page.getByLabel(label, { exact: true }))
    await keyboard.type(words[Number(label.slice(5)) - 1] ?? '')
  }
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Keys', exact: true }).waitFor()

  await keyboard.press('Control+n')
  const panel = page.getByRole('dialog', { name: 'Create key' })
  await panel.waitFor()
  await tabTo(page, panel.getByLabel(/^Alias/))
  await keyboard.type('by-keyboard')
  await keyboard.press('Enter')
  await panel.waitFor({ state: 'hidden' })
  await page.getByRole('row', { name: 'by-keyboard' }).waitFor()

  const choose = async (path: string) => {
    await chooseFiles(electron, [path])
    await keyboard.press('Control+n')
  }
  await tabTo(page, page.getByRole('link', { name: 'Files' }))
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Files', exact: true }).waitFor()
  await choose(original)
  const encrypt = page.getByRole('button', { name: 'Encrypt 1 file' })
  await encrypt.waitFor()
  await tabTo(page, encrypt)
  await keyboard.press('Enter')
  await page.getByRole('article', { name: /^Encrypted/ }).waitFor()

  mkdirSync(join(folders.work, 'apart'))
  copyFileSync(`${original}.keystead`, join(folders.work, 'apart', 'notes.txt.keystead'))
  await choose(join(folders.work, 'apart', 'notes.txt.keystead'))
  const decrypt = page.getByRole('button', { name: 'Decrypt 1 file' })
  await decrypt.waitFor()
  await tabTo(page, decrypt)
  await keyboard.press('Enter')
  await page.getByRole('article', { name: /^Decrypted/ }).waitFor()
  expect(readFileSync(join(folders.work, 'apart', 'notes.txt'), 'utf8')).toBe('By keyboard alone.')

  await keyboard.press('Control+l')
  await page.getByLabel(/^Passphrase/).waitFor()
  await expect.poll(() => page.getByLabel(/^Passphrase/).evaluate((element) => element === document.activeElement)).toBe(true)
  await keyboard.type(passphrase)
  await keyboard.press('Enter')
  await page.getByRole('row', { name: 'by-keyboard' }).waitFor()
})

it('makes a key of a chosen type, and rotates and deletes another, by keyboard alone', async () => {
  const app = await apps.start()
  const { page } = app
  const { keyboard } = page
  await createVaultQuickly(page)
  await keyboard.press('Control+n')
  const panel = page.getByRole('dialog', { name: 'Create key' })
  await panel.waitFor()
  await tabTo(page, panel.getByRole('button', { name: 'Key type: AES-256' }))
  await keyboard.press('Enter')
  await page.getByPlaceholder(/^Search key type/).waitFor()
  await keyboard.type('Ed25519')
  await untilHighlighted(page.getByRole('option', { name: 'Ed25519' }))
  await keyboard.press('Enter')
  await panel.getByRole('button', { name: 'Key type: Ed25519' }).waitFor()
  await tabTo(page, panel.getByLabel(/^Alias/))
  await keyboard.type('signer')
  await keyboard.press('Enter')
  await panel.waitFor({ state: 'hidden' })
  await page.getByRole('row', { name: 'signer' }).waitFor()

  await keyboard.press('Control+n')
  await panel.waitFor()
  await tabTo(page, panel.getByLabel(/^Alias/))
  await keyboard.type('turned')
  await tabTo(page, panel.getByLabel('Rotation period'))
  await keyboard.press('Enter')
  await untilHighlighted(page.getByRole('option', { name: 'No automatic rotation' }))
  await keyboard.press('ArrowDown')
  await untilHighlighted(page.getByRole('option', { name: 'Every 30 days' }))
  await keyboard.press('Enter')
  await panel.getByText('It is rotated every 30 days.').waitFor()
  await tabTo(page, panel.getByRole('button', { name: 'Create key' }))
  await keyboard.press('Enter')
  await panel.waitFor({ state: 'hidden' })
  const row = page.getByRole('row', { name: 'turned' })
  await row.waitFor()
  await tabTo(page, row)
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'turned', level: 1 }).waitFor()

  await tabTo(page, page.getByRole('tab', { name: 'Overview' }))
  await keyboard.press('ArrowRight')
  await keyboard.press('ArrowRight')
  await tabTo(page, page.getByRole('button', { name: 'Rotate now' }))
  await keyboard.press('Enter')
  await page.getByRole('listitem', { name: 'Version 2' }).waitFor()
  await tabTo(page, page.getByRole('tab', { name: 'Versions' }))
  await keyboard.press('Home')
  await tabTo(page, page.getByRole('button', { name: 'Schedule deletion' }))
  await keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Delete turned' })
  await tabTo(page, dialog.getByLabel('Type turned to confirm'))
  await keyboard.type('turned')
  await keyboard.press('Enter')
  await dialog.waitFor({ state: 'hidden' })
  await page.getByText(/^This key will be deleted on /).waitFor()
})

describe('shortcuts', () => {
  it('open, search, list and close', async () => {
    const app = await apps.start()
    const { page } = app
    const { keyboard } = page
    await createVaultQuickly(page)
    for (const alias of ['alias/alpha', 'alias/beta']) await createKeyQuickly(page, alias)
    await page.getByRole('row', { name: 'beta' }).waitFor()

    await keyboard.press('Control+f')
    await keyboard.type('alph')
    await page.getByRole('row', { name: 'beta' }).waitFor({ state: 'detached' })
    await keyboard.press('Escape')
    await page.getByRole('row', { name: 'beta' }).waitFor()

    await keyboard.press('Control+,')
    await page.getByRole('heading', { name: 'Settings', exact: true }).waitFor()
    await keyboard.press('Control+/')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await keyboard.press('Control+n')
    await page.getByRole('dialog', { name: 'Create key' }).waitFor()
    await keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  })

  it('reach every key and action through the palette', async () => {
    const app = await apps.start()
    const { page } = app
    const { keyboard } = page
    await createVaultQuickly(page)
    await createKeyQuickly(page, 'alias/deep/inside')
    await keyboard.press('Control+k')
    await page.getByPlaceholder('Type a command or the name of a key').waitFor()
    await keyboard.type('deep/ins')
    await untilHighlighted(page.getByRole('option', { name: /deep\/inside/ }))
    await keyboard.press('Enter')
    await page.getByRole('heading', { name: 'deep/inside' }).waitFor()

    await keyboard.press('Control+k')
    await page.getByPlaceholder('Type a command or the name of a key').waitFor()
    await keyboard.type('dark theme')
    await untilHighlighted(page.getByRole('option', { name: 'Use dark theme' }))
    await keyboard.press('Enter')
    await expect.poll(() => page.evaluate(() => document.documentElement.classList.contains('dark'))).toBe(true)

    await keyboard.press('Control+k')
    await page.getByPlaceholder('Type a command or the name of a key').waitFor()
    await keyboard.type('lock vault')
    await untilHighlighted(page.getByRole('option', { name: /^Lock vault/ }))
    await keyboard.press('Enter')
    await page.getByLabel(/^Passphrase/).waitFor()
    expect(await vaultState(page)).toBe('locked')
    await keyboard.press('Control+k')
    await keyboard.press('Control+,')
    expect(await page.getByRole('dialog').count()).toBe(0)
  })
})

describe('focus', () => {
  it('can be seen at each stop of each screen', async () => {
    const app = await apps.start()
    const { page } = app
    await createVaultQuickly(page)
    await createKeyQuickly(page, 'alias/alpha')
    const invisible: string[] = []
    const around = async (screen: string) => {
      const stops = await tabAround(page)
      expect([screen, stops.length > 4]).toEqual([screen, true])
      invisible.push(...stops.filter(({ isVisible }) => !isVisible).map(({ name }) => `${screen}: ${name}`))
    }
    await page.getByRole('row', { name: 'alpha' }).waitFor()
    await around('keys')
    await page.getByRole('row', { name: 'alpha' }).click()
    await page.getByRole('heading', { name: 'alpha' }).waitFor()
    await around('key')
    for (const tab of ['Try it', 'Versions', 'Uses', 'Activity'] as const) {
      await openKeyTab(page, tab)
      await around(`key, ${tab}`)
    }
    await page.getByRole('link', { name: 'Files' }).click()
    await around('files')
    await page.getByRole('link', { name: 'Activity' }).click()
    await page.getByRole('row').nth(2).waitFor()
    await around('activity')
    await page.getByRole('link', { name: 'Settings' }).click()
    for (const section of ['General', 'Security', 'Backup', 'About']) {
      await page.getByRole('link', { name: section, exact: true }).click()
      if (section === 'About') await page.getByText('Vault folder', { exact: true }).waitFor()
      await around(section)
    }
    await page.keyboard.press('Control+l')
    await page.getByLabel(/^Passphrase/).waitFor()
    await page.getByRole('button', { name: 'Use recovery kit' }).waitFor()
    const stops = await tabAround(page)
    invisible.push(...stops.filter(({ isVisible }) => !isVisible).map(({ name }) => `unlock: ${name}`))
    expect(invisible).toEqual([])
  })
})
