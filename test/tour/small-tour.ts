import type { RunningApp } from '../e2e/support/launch'
import { openSecret, openSecretTab, openSecrets, secretRow } from '../e2e/support/secret-steps'
import { openTokens, tokenItem } from '../e2e/support/token-steps'
import type { Guide } from './guide'
import { tourLogin } from './secret-tour'
import { tourToken } from './token-tour'

/** The smallest window that is promised to be usable, English and light; the vault is unlocked. */
export async function smallTour({ page, electron }: RunningApp, guide: Guide): Promise<void> {
  await page.evaluate(() => window.keystead.operations.updateSettings({ language: 'en', theme: 'light' }))
  await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(900, 600))
  await page.waitForFunction(() => innerWidth <= 900)
  await guide.step('Small: keys', 'small-keys', async () => {
    await page.getByRole('link', { name: 'Keys' }).first().click()
    await page.getByRole('row', { name: 'documents' }).waitFor()
  })
  await guide.step('Small: new key', 'small-new-key', async () => {
    await page.keyboard.press('Control+n')
    await page.getByRole('dialog', { name: 'Create key' }).waitFor()
  })
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await guide.step('Small: a key', 'small-key', async () => {
    await page.getByRole('row', { name: 'documents' }).click()
    await page.getByRole('heading', { name: 'documents', level: 1 }).waitFor()
  })
  for (const tab of ['Try it', 'Versions', 'Uses'] as const) {
    await guide.step(`Small: ${tab}`, `small-${tab.toLowerCase().replace(' ', '-')}`, () => page.getByRole('tab', { name: tab, exact: true }).click())
  }
  await guide.step('Small: inspector', 'small-inspector', async () => {
    await page.getByRole('link', { name: 'Files' }).click()
    await page.getByRole('link', { name: 'Inspect file' }).click()
    await page.getByLabel('Or paste a text').fill('good morning')
    await page.getByRole('heading', { name: 'Not recognised' }).waitFor()
  })
  await guide.step('Small: tokens', 'small-tokens', async () => {
    await openTokens(page)
    await tokenItem(page, tourToken).waitFor()
  })
  await guide.step('Small: a token', 'small-token', async () => {
    await tokenItem(page, tourToken).getByRole('link', { name: tourToken, exact: true }).click()
    await page.getByRole('heading', { name: tourToken, level: 1 }).waitFor()
  })
  await guide.step('Small: secrets', 'small-secrets', async () => {
    await openSecrets(page)
    await secretRow(page, tourLogin).waitFor()
  })
  await guide.step('Small: a secret', 'small-secret', () => openSecret(page, tourLogin))
  await guide.step('Small: versions of a secret', 'small-secret-versions', () => openSecretTab(page, 'Versions'))
}
