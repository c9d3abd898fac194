import { constants, publicEncrypt, randomBytes } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { createKeyQuickly } from '../e2e/support/bridge'
import { chooseFiles, chooseTarget } from '../e2e/support/desktop'
import { chooseKeyType, openAct, openAdvanced, openCreatePanel, openKey, openKeyTab, shownResult } from '../e2e/support/key-steps'
import type { RunningApp } from '../e2e/support/launch'
import { openInspector } from '../e2e/support/steps'
import type { Guide } from './guide'

const closePanel = async (page: Page) => {
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
}

/** What a key can be, do and become, in English and light; `documents` is a key that has encrypted a file. */
export async function keyTour(app: RunningApp, guide: Guide): Promise<void> {
  await chooseKind(app, guide)
  await rotate(app, guide)
  await sign(app, guide)
  await certify(app, guide)
  await bringMaterial(app, guide)
  await endKey(app, guide)
}

async function chooseKind({ page }: RunningApp, guide: Guide): Promise<void> {
  await guide.step('See the kinds of keys', 'key-types', async () => {
    const panel = await openCreatePanel(page)
    await panel.getByRole('button', { name: /^Key type: / }).click()
    await page.getByPlaceholder(/^Search key type/).waitFor()
  })
  await page.keyboard.press('Escape')
  await page.getByPlaceholder(/^Search key type/).waitFor({ state: 'hidden' })
  const panel = page.getByRole('dialog', { name: 'Create key' })
  await guide.step('See what a type rules out', 'key-refusals', () => chooseKeyType(page, panel, 'EC P-256'))
  await guide.step('Bring the material from outside', 'key-external', async () => {
    await chooseKeyType(page, panel, 'AES-256')
    await openAdvanced(panel)
    await panel.getByRole('radio', { name: 'External' }).click()
    await panel.getByRole('checkbox', { name: /^The private key may/ }).scrollIntoViewIfNeeded()
  })
  await closePanel(page)
}

async function rotate({ page }: RunningApp, guide: Guide): Promise<void> {
  await guide.step('Look at a key', 'key-page', () => openKey(page, 'documents'))
  await guide.step('Rotate it', 'key-rotated', async () => {
    await openKeyTab(page, 'Versions')
    await page.getByRole('button', { name: 'Rotate now' }).click()
    await page.getByRole('button', { name: 'Re-encrypt now' }).waitFor()
  })
  await guide.step('Finish the rotation', 'key-finished', async () => {
    await page.getByRole('button', { name: 'Re-encrypt now' }).click()
    await page.getByText('Nothing needs version 1 any more.').waitFor()
  })
  await guide.step('See where it is used', 'key-uses', async () => {
    await openKeyTab(page, 'Uses')
    await page.getByRole('table', { name: 'Uses of this key' }).waitFor()
  })
}

async function sign({ page }: RunningApp, guide: Guide): Promise<void> {
  await createKeyQuickly(page, 'alias/release/signing', 'Signs what we publish', { keySpec: 'EC_P256', keyUsage: 'SIGN/VERIFY', exportable: true })
  await guide.step('Sign a text', 'signed', async () => {
    await openKey(page, 'release/signing')
    await openKeyTab(page, 'Try it')
    await page.getByLabel('Message', { exact: true }).fill('Version 1.0 of the product')
    await page.getByRole('button', { name: 'Sign', exact: true }).click()
    await page.getByRole('button', { name: 'Copy signature' }).waitFor()
  })
  await guide.step('Verify it', 'verified', async () => {
    const signature = await shownResult(page, 'Signature')
    await openAct(page, 'Verify')
    await page.getByLabel('Message', { exact: true }).fill('Version 1.0 of the product')
    await page.getByLabel('Signature', { exact: true }).fill(signature)
    await page.getByRole('button', { name: 'Verify', exact: true }).click()
    await page.getByText('The signature is valid').waitFor()
  })
}

async function certify({ page }: RunningApp, guide: Guide): Promise<void> {
  await openKeyTab(page, 'Certificates')
  await page.getByRole('button', { name: 'New certificate' }).click()
  const panel = page.getByRole('dialog', { name: 'New certificate' })
  await guide.step('Describe a certificate', 'new-certificate', async () => {
    await panel.getByRole('radio', { name: 'Self-signed certificate' }).click()
    await panel.getByLabel(/^Common name/).fill('www.example.com')
    await panel.getByLabel(/^Alternative names/).fill('www.example.com\n192.0.2.10')
  })
  await guide.step('Make it', 'certificates', async () => {
    await panel.getByRole('button', { name: 'Make certificate' }).click()
    await panel.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: /^Details of/ }).click()
  })
  const pem = await page.evaluate(async () => {
    const { listCertificates, getCertificate } = window.keystead.operations
    const listed = await listCertificates({})
    const certificateId = listed.ok ? (listed.value.certificates[0]?.certificateId ?? '') : ''
    const answer = await getCertificate({ certificateId })
    return answer.ok ? (answer.value.certificate ?? '') : answer.code
  })
  await guide.step('Ask the inspector what it is', 'inspected-text', async () => {
    await openInspector(page)
    await page.getByLabel('Or paste a text').fill(pem)
    await page.getByText('It belongs to a key of this vault').waitFor()
  })
}

async function bringMaterial({ page, folders, electron }: RunningApp, guide: Guide): Promise<void> {
  await createKeyQuickly(page, 'alias/brought', 'Made in our hardware module', { origin: 'EXTERNAL' })
  const [publicKey, wrapped] = [join(folders.work, 'wrapping-key.pem'), join(folders.work, 'wrapped.bin')]
  const panel = page.getByRole('dialog', { name: 'Import key material' })
  await guide.step('A key waits for its material', 'key-waiting', () => openKey(page, 'brought'))
  await guide.step('Get the wrapping key', 'import-wrap', async () => {
    await page.getByRole('button', { name: 'Import material' }).click()
    await panel.getByRole('button', { name: 'Get wrapping key and token' }).click()
    await chooseTarget(electron, publicKey)
    await panel.getByRole('button', { name: 'Save wrapping key (PEM)' }).click()
    while (!(statSync(publicKey, { throwIfNoEntry: false })?.size ?? 0)) await page.evaluate(() => new Promise(requestAnimationFrame))
  })
  writeFileSync(wrapped, publicEncrypt({ key: readFileSync(publicKey), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, randomBytes(32)))
  await guide.step('Choose what was wrapped', 'import-file', async () => {
    await panel.getByRole('button', { name: 'Continue' }).click()
    await chooseFiles(electron, [wrapped])
    await panel.getByRole('button', { name: /file: Wrapped material$/ }).click()
    await panel.getByText('wrapped.bin 256 B').waitFor()
  })
  await guide.step('Rehearse the import', 'import-rehearsed', async () => {
    await panel.getByRole('button', { name: 'Rehearse' }).click()
    await panel.getByText('The import will work').waitFor()
  })
  await guide.step('Import', 'imported', async () => {
    await panel.getByRole('button', { name: 'Import and enable' }).click()
    await panel.waitFor({ state: 'hidden' })
    await page.getByText('Enabled', { exact: true }).first().waitFor()
  })
}

async function endKey({ page }: RunningApp, guide: Guide): Promise<void> {
  await openKey(page, 'documents')
  await guide.step('See what a deletion would destroy', 'schedule-deletion', async () => {
    await page.getByRole('button', { name: 'Schedule deletion' }).click()
    await page.getByText('1 file', { exact: true }).waitFor()
  })
  await closePanel(page)
}
