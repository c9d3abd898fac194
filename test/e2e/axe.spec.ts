import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findProblems, type Check } from './support/axe'
import { testPassphrase } from './support/bridge'
import { dropFiles } from './support/desktop'
import { openAdvanced } from './support/key-steps'
import type { RunningApp } from './support/launch'
import { confirmKit, createKey, fillCreateForm, lockByKeyboard, openFiles, openInspector, queueOf, readRecoveryWords, startQueue, typeInto, unlock } from './support/steps'
import { useApps } from './support/use-apps'

const apps = useApps()

async function walkWizard({ page }: RunningApp, check: Check): Promise<void> {
  await check('welcome')
  await page.getByRole('button', { name: /^Restore a backup/ }).click()
  await page.getByLabel(/^Passphrase of the backup/).waitFor()
  await check('restore')
  await page.getByRole('button', { name: 'Back', exact: true }).click()
  await page.getByRole('button', { name: /^Create a vault/ }).click()
  await page.getByLabel(/^Passphrase/).fill('password')
  await page.getByLabel(/^Repeat the passphrase/).fill('other')
  await page.getByLabel(/^Vault name/).click()
  await check('create, with problems')
  await page.getByRole('button', { name: 'Back', exact: true }).click()
  await fillCreateForm(page, testPassphrase)
  await check('recovery kit')
  const words = await readRecoveryWords(page)
  await page.getByRole('checkbox', { name: /^I have stored the kit/ }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await check('recovery kit, check')
  await page.getByRole('button', { name: 'Show the words again' }).click()
  await page.getByRole('checkbox', { name: /^I have stored the kit/ }).click()
  await confirmKit(page, words)
  await page.getByRole('heading', { name: 'Keys', exact: true }).waitFor()
}

async function walkKeys({ page }: RunningApp, check: Check): Promise<void> {
  await page.getByText('No keys yet').waitFor()
  await check('keys, empty')
  await page.getByRole('button', { name: 'Create key' }).first().click()
  const panel = page.getByRole('dialog', { name: 'Create key' })
  await panel.getByLabel(/^Alias/).fill('not good!')
  await openAdvanced(panel)
  await panel.getByRole('radio', { name: 'External' }).click()
  await panel.getByRole('button', { name: 'Add tag' }).click()
  await check('create key, with a problem')
  await panel.getByRole('button', { name: /^Key type: / }).click()
  await page.getByPlaceholder(/^Search key type/).waitFor()
  await check('create key, types')
  await page.keyboard.press('Escape')
  await page.getByPlaceholder(/^Search key type/).waitFor({ state: 'hidden' })
  await page.keyboard.press('Escape')
  await panel.waitFor({ state: 'hidden' })
  await createKey(page, 'payments/archive', 'For the archive')
  await createKey(page, 'backups')
  await check('keys, full')
  await page.getByRole('searchbox').fill('nothing like it')
  await page.getByText('No key matches').waitFor()
  await check('keys, no match')
  await page.keyboard.press('Escape')
}

async function walkFiles({ page, folders }: RunningApp, check: Check): Promise<void> {
  const file = join(folders.work, 'letter.txt')
  writeFileSync(file, 'Dear reader')
  await openFiles(page)
  await check('files, empty')
  await dropFiles(page, [file])
  await queueOf(page, 'encrypt').waitFor()
  await check('files, queue')
  await startQueue(page, 'encrypt')
  await dropFiles(page, [file])
  await startQueue(page, 'encrypt')
  await page.getByText('TARGET_EXISTS').first().waitFor()
  await dropFiles(page, [`${file}.keystead`])
  await queueOf(page, 'decrypt').waitFor()
  await check('files, queue and jobs')
  await openInspector(page)
  await check('inspector, empty')
  await dropFiles(page, [`${file}.keystead`])
  await page.getByText('Proven', { exact: true }).waitFor()
  await check('inspector, encrypted file')
  await page.getByLabel('Or paste a text').fill('good morning')
  await page.getByRole('heading', { name: 'Not recognised' }).waitFor()
  await check('inspector, nothing known')
}

async function walkActivity({ page }: RunningApp, check: Check): Promise<void> {
  await page.getByRole('link', { name: 'Activity' }).click()
  await page.getByRole('row').nth(2).waitFor()
  await check('activity')
  await page.getByRole('button', { name: 'Verify chain' }).click()
  await page.getByText(/^Verified: \d+ entries/).waitFor()
  await check('activity, verified')
  await page.getByRole('row', { name: /createKey/ }).first().click()
  await page.getByRole('dialog', { name: /^Entry \d+/ }).waitFor()
  await check('activity entry')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
}

async function walkSettings({ page }: RunningApp, check: Check): Promise<void> {
  await page.getByRole('link', { name: 'Settings' }).click()
  for (const section of ['General', 'Security', 'Backup', 'About']) {
    await page.getByRole('link', { name: section, exact: true }).click()
    if (section === 'Security') await page.getByText('Not running', { exact: true }).waitFor()
    await check(`settings, ${section}`)
  }
  await page.getByRole('link', { name: 'Security', exact: true }).click()
  await page.getByRole('button', { name: 'Change', exact: true }).click()
  await page.getByRole('dialog', { name: 'Change passphrase' }).waitFor()
  await check('change passphrase')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
}

async function walkOverlays({ page }: RunningApp, check: Check): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('Type a command or the name of a key').waitFor()
  await page.getByRole('option', { name: /backups/ }).waitFor()
  await check('palette')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await page.keyboard.press('Control+/')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  await check('shortcuts')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
}

async function walkUnlock({ page }: RunningApp, check: Check): Promise<void> {
  await lockByKeyboard(page)
  await typeInto(page.getByLabel(/^Passphrase/), 'not it')
  await page.keyboard.press('Enter')
  await page.getByText('WRONG_PASSPHRASE').waitFor()
  await check('unlock, refused')
  await page.getByRole('button', { name: 'Use recovery kit' }).click()
  await check('unlock with the kit')
  await page.getByRole('button', { name: 'Back', exact: true }).click()
  await unlock(page, testPassphrase)
}

const walks = [walkWizard, walkKeys, walkFiles, walkActivity, walkSettings, walkOverlays, walkUnlock]

it('finds nothing serious on any screen in either theme', async () => {
  const app = await apps.start()
  expect(await findProblems(app, walks)).toEqual([])
})
