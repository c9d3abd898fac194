import { constants, createCipheriv, createPrivateKey, createPublicKey, generateKeyPairSync, publicEncrypt, randomBytes, sign, verify } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { createKeyQuickly, createVaultQuickly } from './support/bridge'
import { chooseFiles, chooseTarget } from './support/desktop'
import { keyState, metadataOf, openAct, openKey, openKeyTab, shownResult } from './support/key-steps'
import type { RunningApp } from './support/launch'
import { typeInto } from './support/steps'
import { useSharedApp } from './support/use-apps'

const theApp = useSharedApp(({ page }) => createVaultQuickly(page))

/** What the wizard's OpenSSL line does: RSA-OAEP with SHA-256 for both hashes. */
function wrap(publicKeyPem: string, material: Buffer): Buffer {
  return publicEncrypt({ key: publicKeyPem, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, material)
}

/** First three bytes of a block of zeros (ANSI X9.24). */
function keyCheckValue(material: Buffer): string {
  return createCipheriv('aes-256-ecb', material, null).update(Buffer.alloc(16)).subarray(0, 3).toString('hex')
}

/** Presses a button that saves, and reads what was written. */
async function saved({ electron, folders }: RunningApp, button: Locator, name: string): Promise<string> {
  const path = join(folders.work, name)
  await chooseTarget(electron, path)
  await button.click()
  await expect.poll(() => statSync(path, { throwIfNoEntry: false })?.size ?? 0).toBeGreaterThan(0)
  return readFileSync(path, 'utf8')
}

async function chooseWrapped({ electron, folders }: RunningApp, panel: Locator, name: string, content: Buffer): Promise<void> {
  const path = join(folders.work, name)
  writeFileSync(path, content)
  await chooseFiles(electron, [path])
  await panel.getByRole('button', { name: /^Choose (another )?file: Wrapped material$/ }).click()
  await panel.getByRole('group', { name: 'Wrapped material' }).getByText(`${name} 256 B`).waitFor()
}

/** What main says about a key, also while a panel covers its page. */
function stateOf(page: Page, key: string): Promise<string> {
  return page.evaluate(async (keyId) => {
    const answer = await window.keystead.operations.describeKey({ keyId })
    return answer.ok ? answer.value.keyMetadata.keyState : answer.code
  }, key)
}

/** The first step of the wizard, where the wrapping key is or was asked for; the panel is left at the second. */
async function wrapIn(app: RunningApp, panel: Locator, material: Buffer): Promise<Buffer> {
  const pem = await saved(app, panel.getByRole('button', { name: 'Save wrapping key (PEM)' }), 'wrapping-key.pem')
  await saved(app, panel.getByRole('button', { name: 'Save import token' }), 'import-token.txt')
  await panel.getByRole('button', { name: 'Continue' }).click()
  return wrap(pem, material)
}

describe('material from outside', () => {
  it('is wrapped, rehearsed and imported; deleted, it comes back only as the same bytes', async () => {
    const app = theApp()
    const { page, folders, electron } = app
    const material = randomBytes(32)
    await createKeyQuickly(page, 'alias/brought', '', { origin: 'EXTERNAL' })
    await openKey(page, 'brought')
    await page.getByRole('button', { name: 'Import material' }).click()
    const panel = page.getByRole('dialog', { name: 'Import key material' })
    expect(await panel.getByRole('radio', { name: 'RSAES_PKCS1_V1_5' }).isDisabled()).toBe(true)
    await panel.getByText('Not accepted: its padding can give away what was wrapped.').waitFor()
    await panel.getByRole('button', { name: 'Get wrapping key and token' }).click()
    const wrapped = await wrapIn(app, panel, material)
    await chooseWrapped(app, panel, 'damaged.bin', Buffer.from(wrapped).reverse())
    await panel.getByRole('button', { name: 'Rehearse' }).click()
    await panel.getByText('INVALID_KEY_MATERIAL').waitFor()
    await panel.getByText('Nothing was changed.').waitFor()
    expect(await stateOf(page, 'alias/brought')).toBe('PendingImport')
    await panel.getByRole('button', { name: 'Back' }).click()
    await chooseWrapped(app, panel, 'wrapped.bin', wrapped)
    await panel.getByRole('button', { name: 'Rehearse' }).click()
    await panel.getByText('The import will work').waitFor()
    await panel.getByText('256 bits (32 bytes)').waitFor()
    await panel.getByText(keyCheckValue(material)).waitFor()
    expect(await stateOf(page, 'alias/brought')).toBe('PendingImport')
    await panel.getByRole('button', { name: 'Import and enable' }).click()
    await panel.waitFor({ state: 'hidden' })
    await expect.poll(() => keyState(page)).toBe('Enabled')

    await openKeyTab(page, 'Try it')
    await page.getByLabel('Text', { exact: true }).fill('under brought bytes')
    await page.getByRole('button', { name: 'Encrypt', exact: true }).click()
    const ciphertext = await shownResult(page, 'Ciphertext')
    await openKeyTab(page, 'Overview')
    await page.getByRole('button', { name: 'Delete material' }).click()
    const question = page.getByRole('dialog', { name: 'Delete the key material?' })
    await question.getByRole('button', { name: 'Delete material' }).click()
    await question.waitFor({ state: 'hidden' })
    await expect.poll(() => keyState(page)).toBe('Pending import')

    await page.getByRole('button', { name: 'Import material' }).click()
    const again = page.getByRole('dialog', { name: 'Import key material again' })
    await again.waitFor()
    await chooseWrapped(app, again, 'other.bin', await wrapIn(app, again, randomBytes(32)))
    await again.getByRole('button', { name: 'Rehearse' }).click()
    await again.getByText('INVALID_KEY_MATERIAL').waitFor()
    await again.getByRole('button', { name: 'Back' }).click()
    const pem = readFileSync(join(folders.work, 'wrapping-key.pem'), 'utf8')
    await chooseWrapped(app, again, 'again.bin', wrap(pem, material))
    await again.getByRole('radio', { name: 'A saved token' }).click()
    await chooseFiles(electron, [join(folders.work, 'import-token.txt')])
    await again.getByRole('button', { name: 'Choose file: Token file' }).click()
    await again.getByText('import-token.txt').waitFor()
    await again.getByRole('radio', { name: 'On a date' }).click()
    await again.getByLabel('Last day').fill('2020-01-01')
    await again.getByText('Choose today or a later day.').waitFor()
    expect(await again.getByRole('button', { name: 'Rehearse' }).isDisabled()).toBe(true)
    await again.getByLabel('Last day').fill('2099-12-31')
    await again.getByRole('button', { name: 'Rehearse' }).click()
    await again.getByText('Same material as before').waitFor()
    await again.getByRole('button', { name: 'Import again' }).click()
    await again.waitFor({ state: 'hidden' })
    await expect.poll(() => keyState(page)).toBe('Enabled')
    expect(await metadataOf(page, 'Material expires').innerText()).toContain('2099')
    await openKeyTab(page, 'Try it')
    await openAct(page, 'Decrypt')
    await page.getByLabel('Ciphertext', { exact: true }).fill(ciphertext)
    await page.getByRole('button', { name: 'Decrypt', exact: true }).click()
    await page.getByText('under brought bytes').waitFor()
  })
})

/** A private key file of another program, under a passphrase. */
function writePrivateKey(path: string, passphrase: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }))
  return { privateKey, publicKey }
}

async function choosePrivateKey(app: RunningApp, panel: Locator, path: string): Promise<void> {
  await chooseFiles(app.electron, [path])
  await panel.getByRole('group', { name: 'Private key file' }).getByRole('button', { name: 'Choose file' }).click()
  await panel.getByText('signer.pem').waitFor()
}

async function signedText(page: Page, message: string): Promise<Buffer> {
  await openKeyTab(page, 'Try it')
  await page.getByLabel('Message', { exact: true }).fill(message)
  await page.getByRole('button', { name: 'Sign', exact: true }).click()
  return Buffer.from(await shownResult(page, 'Signature'), 'base64')
}

describe('a private key', () => {
  it('comes from a file of another program, and leaves as one when it may', async () => {
    const app = theApp()
    const { page, folders, electron } = app
    const path = join(folders.work, 'signer.pem')
    const original = writePrivateKey(path, 'file passphrase')
    await page.getByRole('button', { name: 'Import key' }).click()
    const panel = page.getByRole('dialog', { name: 'Import private key' })
    await choosePrivateKey(app, panel, path)
    await typeInto(panel.getByLabel('Passphrase of the file', { exact: true }), 'not it')
    await panel.getByLabel(/^Alias/).fill('ported')
    await panel.getByRole('checkbox', { name: 'The private key may be exported' }).check()
    await panel.getByRole('button', { name: 'Import key' }).click()
    await panel.getByText('KEY_FILE_PASSPHRASE').waitFor()
    await choosePrivateKey(app, panel, path)
    await typeInto(panel.getByLabel('Passphrase of the file', { exact: true }), 'file passphrase')
    await panel.getByRole('button', { name: 'Import key' }).click()
    await panel.waitFor({ state: 'hidden' })

    await openKey(page, 'ported')
    expect([await metadataOf(page, 'Key type').innerText(), await metadataOf(page, 'Private key').innerText()]).toEqual(['EC P-256', 'May be exported'])
    const signature = await signedText(page, 'as before')
    expect(verify('sha256', Buffer.from('as before'), original.publicKey, signature)).toBe(true)

    await openKeyTab(page, 'Overview')
    await page.getByRole('button', { name: 'Export private key' }).click()
    const out = page.getByRole('dialog', { name: 'Export private key' })
    await typeInto(out.getByLabel('Passphrase of the file', { exact: true }), 'walnut orbit fabric sudden')
    await typeInto(out.getByLabel('Repeat the passphrase', { exact: true }), 'walnut orbit fabric sudden')
    const target = join(folders.work, 'exported.pem')
    await chooseTarget(electron, target)
    await out.getByRole('button', { name: 'Choose target and export' }).click()
    await out.waitFor({ state: 'hidden' })
    const pem = readFileSync(target, 'utf8')
    expect(pem).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/)
    expect(statSync(target).mode & 0o777).toBe(0o600)
    expect(() => createPrivateKey({ key: pem, passphrase: 'another' })).toThrow(/./)
    const exported = createPrivateKey({ key: pem, passphrase: 'walnut orbit fabric sudden' })
    expect(exported.equals(original.privateKey)).toBe(true)
    expect(verify('sha256', Buffer.from('as before'), createPublicKey(exported), sign('sha256', Buffer.from('as before'), original.privateKey))).toBe(true)
  })

  it('does not leave unless that was chosen', async () => {
    const { page } = theApp()
    await createKeyQuickly(page, 'alias/kept', '', { keySpec: 'EC_P256', keyUsage: 'SIGN/VERIFY' })
    await openKey(page, 'kept')
    expect(await metadataOf(page, 'Private key').innerText()).toBe('Never leaves the vault')
    expect(await page.getByRole('button', { name: 'Export private key' }).count()).toBe(0)
  })
})
