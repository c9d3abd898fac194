import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { createKeyQuickly, testPassphrase } from './support/bridge'
import { dropFiles } from './support/desktop'
import type { RunningApp } from './support/launch'
import { holdStill } from './support/focus'
import { openAct, openAdvanced, openKey, openKeyTab, shownResult } from './support/key-steps'
import { confirmKit, createKey, fillCreateForm, lockByKeyboard, openFiles, queueOf, readRecoveryWords, startQueue, typeInto, unlock } from './support/steps'
import { useApps } from './support/use-apps'

const apps = useApps()

type Check = (screen: string) => Promise<void>

/** Collects what axe calls serious or critical, by screen. */
function inspector(page: Page): { check: Check; found: string[] } {
  const found: string[] = []
  const check: Check = async (screen) => {
    await holdStill(page)
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
    const serious = await page.evaluate(async () => {
      const { axe: engine } = window as unknown as { axe: typeof axe }
      // The ends of the toast list: they pass the focus on at once, so it never rests on something hidden.
      const focusGuards = '[role=region] > span[aria-hidden=true][tabindex="0"]:empty'
      const { violations } = await engine.run({ include: [document], exclude: [[focusGuards]] } as unknown as axe.ElementContext, { resultTypes: ['violations'] })
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ html }) => html.slice(0, 300)).join(' | ')})`)
    })
    found.push(...serious.map((text) => `${screen}: ${text}`))
  }
  return { check, found }
}

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

async function walkKeyPage({ page }: RunningApp, check: Check): Promise<void> {
  await openKey(page, 'payments/archive')
  await check('key page')
  await page.getByRole('button', { name: 'Schedule deletion' }).click()
  await page.getByLabel(/^Type .* to confirm$/).waitFor()
  await check('schedule deletion')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await openKeyTab(page, 'Versions')
  await page.getByRole('button', { name: 'Rotate now' }).click()
  await page.getByRole('listitem', { name: 'Version 2' }).waitFor()
  await check('versions')
  await openKeyTab(page, 'Try it')
  await page.getByLabel('Text', { exact: true }).fill('hello')
  await page.getByRole('button', { name: 'Encrypt', exact: true }).click()
  await page.getByRole('button', { name: 'Copy ciphertext' }).waitFor()
  await check('workbench, encrypted')
  for (const act of ['Decrypt', 'Re-encrypt', 'Data keys']) {
    await openAct(page, act)
    await check(`workbench, ${act}`)
  }
  for (const tab of ['Uses', 'Activity'] as const) {
    await openKeyTab(page, tab)
    await check(`key page, ${tab}`)
  }
  await page.evaluate(() => window.keystead.operations.disableKey({ keyId: 'alias/payments/archive' }))
  await page.getByRole('button', { name: 'Enable key' }).waitFor()
  await check('key page, disabled')
}

async function walkSigningKey({ page }: RunningApp, check: Check): Promise<void> {
  await createKeyQuickly(page, 'alias/signer', '', { keySpec: 'EC_P256', keyUsage: 'SIGN/VERIFY', exportable: true })
  await openKey(page, 'signer')
  await openKeyTab(page, 'Try it')
  await page.getByLabel('Message', { exact: true }).fill('hello')
  await page.getByRole('button', { name: 'Sign', exact: true }).click()
  const signature = await shownResult(page, 'Signature')
  await check('workbench, signed')
  await openAct(page, 'Verify')
  await page.getByLabel('Message', { exact: true }).fill('hullo')
  await page.getByLabel('Signature', { exact: true }).fill(signature)
  await page.getByRole('button', { name: 'Verify', exact: true }).click()
  await page.getByText('The signature is not valid').waitFor()
  await check('workbench, not verified')
  await openAct(page, 'Public key')
  await page.getByText('BEGIN PUBLIC KEY').waitFor()
  await check('workbench, public key')
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
  await page.getByRole('link', { name: 'Inspect file' }).click()
  await page.getByText('Drop any file here').waitFor()
  await check('inspect, empty')
  await dropFiles(page, [`${file}.keystead`])
  await page.getByText('Proven', { exact: true }).waitFor()
  await check('inspect')
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

for (const theme of ['light', 'dark'] as const) {
  it(`finds nothing serious on any screen in the ${theme} theme`, async () => {
    const app = await apps.start()
    const { check, found } = inspector(app.page)
    await app.page.evaluate((chosen) => window.keystead.operations.updateSettings({ theme: chosen }), theme)
    await expect.poll(() => app.page.evaluate(() => document.documentElement.classList.contains('dark'))).toBe(theme === 'dark')
    for (const walk of [walkWizard, walkKeys, walkKeyPage, walkSigningKey, walkFiles, walkActivity, walkSettings, walkOverlays, walkUnlock]) await walk(app, check)
    expect(found).toEqual([])
  })
}
