import { execFileSync } from 'node:child_process'
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator } from 'playwright'
import { expect, it } from 'vitest'
import { createKeyQuickly, createVaultQuickly } from './support/bridge'
import { chooseTarget } from './support/desktop'
import { openKey, openKeyTab } from './support/key-steps'
import type { RunningApp } from './support/launch'
import { typeInto } from './support/steps'
import { useSharedApp } from './support/use-apps'

const theApp = useSharedApp(({ page }) => createVaultQuickly(page))

/** Runs OpenSSL among the files of the test and tells what it wrote. */
function openssl(cwd: string, ...args: string[]): string {
  return execFileSync('openssl', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

async function saveAs({ electron, folders }: RunningApp, button: Locator, name: string): Promise<string> {
  const path = join(folders.work, name)
  await chooseTarget(electron, path)
  await button.click()
  await expect.poll(() => statSync(path, { throwIfNoEntry: false })?.size ?? 0).toBeGreaterThan(0)
  return path
}

/** An authority of OpenSSL in the folder of the test: ca.crt and ca.key. */
function makeAuthority(cwd: string): void {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  writeFileSync(join(cwd, 'ca.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  openssl(cwd, 'req', '-x509', '-key', 'ca.key', '-out', 'ca.crt', '-days', '30', '-subj', '/CN=Test authority')
}

it('requests a certificate, takes the issued one, and leaves as PKCS#12', async () => {
  const app = theApp()
  const { page, folders, electron } = app
  const { work } = folders
  makeAuthority(work)
  await createKeyQuickly(page, 'alias/server', '', { keySpec: 'EC_P256', keyUsage: 'SIGN/VERIFY', exportable: true })
  await openKey(page, 'server')
  await openKeyTab(page, 'Certificates')
  await page.getByText('No certificate yet').waitFor()
  await page.getByRole('button', { name: 'New certificate' }).click()
  const panel = page.getByRole('dialog', { name: 'New certificate' })
  expect(await panel.getByRole('button', { name: 'Make request' }).isDisabled()).toBe(true)
  await panel.getByLabel(/^Common name/).fill('www.example.com')
  await panel.getByLabel(/^Country/).fill('Deutschland')
  await panel.getByText('Use the two letters of the country.').waitFor()
  await panel.getByLabel(/^Country/).fill('DE')
  await panel.getByLabel(/^Alternative names/).fill('www.example.com\n192.0.2.10')
  await panel.getByRole('button', { name: 'Make request' }).click()
  await panel.waitFor({ state: 'hidden' })
  const item = page.getByRole('list', { name: 'Certificates' }).getByRole('listitem', { name: 'www.example.com' })
  await item.getByText('Waits for certificate', { exact: true }).waitFor()

  const request = await saveAs(app, item.getByRole('button', { name: /^Save request/ }), 'server.csr')
  const shown = openssl(work, 'req', '-in', request, '-noout', '-verify', '-text')
  expect(shown).toMatch(/DNS:www\.example\.com, IP Address:192\.0\.2\.10/)
  openssl(work, 'x509', '-req', '-in', request, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '30', '-copy_extensions', 'copy', '-out', 'server.crt')
  openssl(work, 'req', '-x509', '-key', 'ca.key', '-out', 'foreign.crt', '-days', '30', '-subj', '/CN=www.example.com')

  await item.getByRole('button', { name: /^Upload certificate/ }).click()
  const upload = page.getByRole('dialog', { name: 'Upload certificate' })
  await upload.getByRole('textbox', { name: /^Certificate \(PEM\)/ }).fill(readFileSync(join(work, 'foreign.crt'), 'utf8'))
  await upload.getByRole('button', { name: 'Upload certificate' }).click()
  await upload.getByText('CERTIFICATE_MISMATCH').waitFor()
  await upload.getByRole('textbox', { name: /^Certificate \(PEM\)/ }).fill(readFileSync(join(work, 'server.crt'), 'utf8'))
  await upload.getByRole('textbox', { name: /^Chain \(PEM\)/ }).fill(readFileSync(join(work, 'ca.crt'), 'utf8'))
  await upload.getByRole('button', { name: 'Upload certificate' }).click()
  await upload.waitFor({ state: 'hidden' })
  await item.getByText('Active', { exact: true }).waitFor()

  const certificate = await saveAs(app, item.getByRole('button', { name: /^Save certificate/ }), 'saved.crt')
  expect(new X509Certificate(readFileSync(certificate)).fingerprint256).toBe(new X509Certificate(readFileSync(join(work, 'server.crt'))).fingerprint256)
  await item.getByRole('button', { name: /^More actions/ }).click()
  await page.getByRole('menuitem', { name: 'Export as PKCS#12' }).click()
  const out = page.getByRole('dialog', { name: 'Export as PKCS#12' })
  await typeInto(out.getByLabel('Passphrase of the file', { exact: true }), 'walnut orbit fabric sudden')
  await typeInto(out.getByLabel('Repeat the passphrase', { exact: true }), 'walnut orbit fabric sudden')
  await chooseTarget(electron, join(work, 'server.p12'))
  await out.getByRole('button', { name: 'Choose target and export' }).click()
  await out.waitFor({ state: 'hidden' })
  const pem = openssl(work, 'pkcs12', '-in', 'server.p12', '-nodes', '-passin', 'pass:walnut orbit fabric sudden')
  expect(pem.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
  expect(new X509Certificate(readFileSync(certificate)).checkPrivateKey(createPrivateKey(pem.slice(pem.indexOf('-----BEGIN PRIVATE KEY'))))).toBe(true)

  await item.getByRole('button', { name: /^More actions/ }).click()
  await page.getByRole('menuitem', { name: 'Revoke' }).click()
  const question = page.getByRole('dialog', { name: 'Revoke www.example.com?' })
  await question.getByRole('button', { name: 'Revoke', exact: true }).click()
  await question.waitFor({ state: 'hidden' })
  await item.getByText('Revoked', { exact: true }).waitFor()
})

it('signs a certificate for itself, which OpenSSL verifies', async () => {
  const app = theApp()
  const { page, folders } = app
  await createKeyQuickly(page, 'alias/internal', '', { keySpec: 'RSA_2048', keyUsage: 'SIGN/VERIFY' })
  await openKey(page, 'internal')
  await openKeyTab(page, 'Certificates')
  await page.getByRole('button', { name: 'New certificate' }).click()
  const panel = page.getByRole('dialog', { name: 'New certificate' })
  await panel.getByRole('radio', { name: 'Self-signed certificate' }).click()
  await panel.getByLabel(/^Common name/).fill('内部服务')
  await panel.getByLabel(/^Alternative names/).fill('internal.test')
  await panel.getByRole('button', { name: 'Make certificate' }).click()
  await panel.waitFor({ state: 'hidden' })
  const item = page.getByRole('list', { name: 'Certificates' }).getByRole('listitem', { name: '内部服务' })
  await item.getByText('Self-signed', { exact: true }).waitFor()
  const path = await saveAs(app, item.getByRole('button', { name: /^Save certificate/ }), 'internal.crt')
  expect(openssl(folders.work, 'verify', '-CAfile', path, path)).toContain(': OK')
  expect(new X509Certificate(readFileSync(path)).checkHost('internal.test')).toBe('internal.test')
  await item.getByRole('button', { name: /^More actions/ }).click()
  expect(await page.getByRole('menuitem', { name: 'Export as PKCS#12' }).count()).toBe(0)
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  const question = page.getByRole('dialog', { name: 'Delete 内部服务?' })
  await question.getByRole('button', { name: 'Delete certificate' }).click()
  await question.waitFor({ state: 'hidden' })
  await page.getByText('No certificate yet').waitFor()
})
