import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findProblems, type Check } from './support/axe'
import { createKeyQuickly, createVaultQuickly } from './support/bridge'
import { chooseFiles } from './support/desktop'
import { openAct, openKey, openKeyTab, shownResult } from './support/key-steps'
import type { RunningApp } from './support/launch'
import { useApps } from './support/use-apps'

const apps = useApps()

async function walkKeyPage({ page }: RunningApp, check: Check): Promise<void> {
  await createKeyQuickly(page, 'alias/payments/archive', 'For the archive')
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

async function walkImport({ page, folders, electron }: RunningApp, check: Check): Promise<void> {
  await createKeyQuickly(page, 'alias/brought', '', { origin: 'EXTERNAL' })
  await openKey(page, 'brought')
  await check('key page, waiting for material')
  await page.getByRole('button', { name: 'Import material' }).click()
  const panel = page.getByRole('dialog', { name: 'Import key material' })
  await panel.getByRole('button', { name: 'Get wrapping key and token' }).click()
  await panel.getByText('The wrapping key and the import token are ready').waitFor()
  await check('import, wrap')
  await panel.getByRole('button', { name: 'Continue' }).click()
  await panel.getByRole('radio', { name: 'On a date' }).click()
  await check('import, choose')
  const wrong = join(folders.work, 'wrong.bin')
  writeFileSync(wrong, Buffer.alloc(256, 1))
  await chooseFiles(electron, [wrong])
  await panel.getByRole('button', { name: 'Choose file: Wrapped material' }).click()
  await panel.getByText('wrong.bin').waitFor()
  await panel.getByRole('button', { name: 'Rehearse' }).click()
  await panel.getByText('Nothing was changed.').waitFor()
  await check('import, refused')
  await page.keyboard.press('Escape')
  await panel.waitFor({ state: 'hidden' })
  await page.getByRole('link', { name: 'Keys' }).first().click()
  await page.getByRole('button', { name: 'Import key' }).click()
  await page.getByRole('dialog', { name: 'Import private key' }).waitFor()
  await check('import private key')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
}

async function walkCertificates({ page }: RunningApp, check: Check): Promise<void> {
  await openKey(page, 'signer')
  await page.getByRole('button', { name: 'Export private key' }).click()
  await page.getByRole('dialog', { name: 'Export private key' }).waitFor()
  await check('export private key')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await openKeyTab(page, 'Certificates')
  await page.getByText('No certificate yet').waitFor()
  await check('certificates, empty')
  await page.getByRole('button', { name: 'New certificate' }).click()
  const panel = page.getByRole('dialog', { name: 'New certificate' })
  await panel.getByLabel(/^Common name/).fill('www.example.com')
  await panel.getByLabel(/^Country/).fill('Nowhere')
  await check('new certificate, with a problem')
  await panel.getByLabel(/^Country/).fill('')
  await panel.getByRole('button', { name: 'Make request' }).click()
  await panel.waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: /^Details of/ }).click()
  await check('certificates')
  await page.getByRole('button', { name: /^Upload certificate/ }).click()
  await page.getByRole('dialog', { name: 'Upload certificate' }).waitFor()
  await check('upload certificate')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
}

const walks = [walkKeyPage, walkSigningKey, walkCertificates, walkImport]

it('finds nothing serious on the pages of keys in either theme', async () => {
  const app = await apps.start()
  await createVaultQuickly(app.page)
  expect(await findProblems(app, walks)).toEqual([])
})
