import { constants, createHash, createPublicKey, generateKeyPairSync, privateDecrypt, publicEncrypt, verify } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import type { RequestInput } from '../../src-shared/contract/operations'
import { createKeyQuickly, createVaultQuickly } from './support/bridge'
import { chooseFiles, chooseTarget } from './support/desktop'
import type { RunningApp } from './support/launch'
import { chooseOption, openAct, openKey, openKeyTab, shownResult } from './support/key-steps'
import { useSharedApp } from './support/use-apps'

const theApp = useSharedApp(({ page }) => createVaultQuickly(page))
const oaep256 = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }

/** Shows the workbench of a new key of that name. */
async function workbenchOf(name: string, kind: RequestInput<'createKey'>): Promise<RunningApp> {
  const app = theApp()
  await createKeyQuickly(app.page, `alias/${name}`, '', kind)
  await openKey(app.page, name)
  await openKeyTab(app.page, 'Try it')
  return app
}

async function addPair(page: Page, name: string, value: string): Promise<void> {
  await page.getByRole('button', { name: 'Add pair' }).first().click()
  await page.getByLabel('Name of pair 1').first().fill(name)
  await page.getByLabel('Value of pair 1').first().fill(value)
}

/** Signs the text that is in the field and tells the signature. */
async function sign(page: Page, message: string): Promise<Buffer> {
  await openAct(page, 'Sign')
  await page.getByLabel('Message', { exact: true }).fill(message)
  await page.getByRole('button', { name: 'Sign', exact: true }).click()
  return Buffer.from(await shownResult(page, 'Signature'), 'base64')
}

/** The key that the page shows as PEM, for other programs. */
async function publicKeyOf(page: Page) {
  await openAct(page, 'Public key')
  return createPublicKey(await page.getByLabel('Public key', { exact: true }).filter({ hasText: 'BEGIN' }).innerText())
}

describe('a symmetric key', () => {
  it('encrypts and decrypts in its context alone, and shows the call without the text', async () => {
    const { page, electron, folders } = await workbenchOf('contexts', {})
    await page.getByLabel('Text', { exact: true }).fill('grüße 你好')
    await addPair(page, 'tenant', '42')
    const call = page.getByRole('region', { name: 'The same call elsewhere' })
    const line = await call.getByLabel('Command line', { exact: true }).last().innerText()
    expect(line).toMatch(/^keystead call Encrypt /)
    expect(line).toContain('"EncryptionContext":{"tenant":"42"}')
    expect(line).not.toContain('grüße')
    await call.getByRole('tab', { name: 'Node SDK' }).click()
    await call.getByText('new EncryptRequest(').waitFor()
    await page.getByRole('button', { name: 'Encrypt', exact: true }).click()
    const base64 = await shownResult(page, 'Ciphertext')
    await chooseOption(page, page.getByLabel('Format: Ciphertext'), 'Hex')
    expect(Buffer.from(await shownResult(page, 'Ciphertext'), 'hex')).toEqual(Buffer.from(base64, 'base64'))
    const target = join(folders.work, 'ciphertext.bin')
    await chooseTarget(electron, target)
    await page.getByRole('button', { name: 'Save as file: Ciphertext' }).click()
    await page.getByText('ciphertext.bin').first().waitFor()
    expect(readFileSync(target)).toEqual(Buffer.from(base64, 'base64'))

    await openAct(page, 'Decrypt')
    await page.getByLabel('Ciphertext', { exact: true }).fill('not base64!')
    await page.getByText(/^This is not Base64\./).waitFor()
    await chooseFiles(electron, [target])
    await page.getByRole('button', { name: 'From file: Ciphertext' }).click()
    await expect.poll(() => page.getByLabel('Ciphertext', { exact: true }).inputValue()).toBe(base64)
    await page.getByRole('button', { name: 'Decrypt', exact: true }).click()
    await page.getByText('INVALID_CIPHERTEXT').waitFor()
    await addPair(page, 'tenant', '42')
    await page.getByRole('button', { name: 'Decrypt', exact: true }).click()
    await page.getByText('grüße 你好').waitFor()

    await openAct(page, 'Encrypt')
    expect(await page.getByLabel('Text', { exact: true }).inputValue()).toBe('')
  })

  it('renews a ciphertext for another key and keeps it under a name', async () => {
    const { page } = await workbenchOf('source', {})
    await createKeyQuickly(page, 'alias/target')
    await page.getByLabel('Text', { exact: true }).fill('moves')
    await page.getByRole('button', { name: 'Encrypt', exact: true }).click()
    const before = await shownResult(page, 'Ciphertext')
    await openAct(page, 'Re-encrypt')
    await page.getByLabel('Ciphertext', { exact: true }).fill(before)
    await page.getByRole('button', { name: /^Encrypt with|^Key: / }).click()
    await page.getByRole('option', { name: /target/ }).click()
    await page.getByRole('button', { name: 'Re-encrypt', exact: true }).click()
    const after = await shownResult(page, 'New ciphertext')
    expect(after).not.toBe(before)
    await page.getByRole('button', { name: 'Keep this ciphertext' }).click()
    await page.getByLabel('Name of the ciphertext').fill('moved text')
    await page.getByLabel('Name of the ciphertext').press('Enter')
    await page.getByText('Kept as moved text. It is listed under Uses.').waitFor()
    await openKey(page, 'target')
    await openKeyTab(page, 'Uses')
    await page.getByRole('table', { name: 'Uses of this key' }).getByRole('row', { name: /moved text/ }).waitFor()
    await openKeyTab(page, 'Try it')
    await openAct(page, 'Decrypt')
    await page.getByLabel('Ciphertext', { exact: true }).fill(after)
    await page.getByRole('button', { name: 'Decrypt', exact: true }).click()
    await page.getByText('moves', { exact: true }).waitFor()
  })

  it('makes a data key for two, which another machine unwraps', async () => {
    const { page } = await workbenchOf('two', {})
    const other = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } })
    await openAct(page, 'Data keys')
    await page.getByRole('radio', { name: 'Data key for two' }).click()
    await page.getByRole('textbox', { name: 'Public key of the other machine' }).fill(other.publicKey)
    await page.getByRole('button', { name: 'Make and export data key' }).click()
    const wrapped = Buffer.from(await shownResult(page, 'Data key for the other machine'), 'base64')
    const sealed = await shownResult(page, 'Sealed data key')
    const dataKey = privateDecrypt({ key: other.privateKey, ...oaep256 }, wrapped)
    expect(dataKey).toHaveLength(32)
    const opened = await page.evaluate(async (text) => {
      const answer = await window.keystead.operations.decrypt({ ciphertextBlob: Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)) })
      return answer.ok ? [...answer.value.plaintext] : answer.code
    }, sealed)
    expect(opened).toEqual([...dataKey])

    await page.getByRole('radio', { name: 'Sealed data key', exact: true }).click()
    await page.getByRole('button', { name: 'Make data key' }).click()
    expect(await shownResult(page, 'Sealed data key')).not.toBe(sealed)
  })
})

describe('an asymmetric key', () => {
  it('opens what others encrypt with its public key', async () => {
    const { page } = await workbenchOf('pair', { keySpec: 'RSA_2048', keyUsage: 'ENCRYPT/DECRYPT' })
    await page.getByLabel('Text', { exact: true }).fill('for the pair')
    await page.getByRole('button', { name: 'Encrypt', exact: true }).click()
    expect(Buffer.from(await shownResult(page, 'Ciphertext'), 'base64')).toHaveLength(256)
    const publicKey = await publicKeyOf(page)
    const foreign = publicEncrypt({ key: publicKey, ...oaep256 }, Buffer.from('from elsewhere'))
    await openAct(page, 'Decrypt')
    await page.getByLabel('Ciphertext', { exact: true }).fill(foreign.toString('base64'))
    await page.getByRole('button', { name: 'Decrypt', exact: true }).click()
    await page.getByText('from elsewhere').waitFor()
    foreign[40] = (foreign[40] ?? 0) ^ 1
    await page.getByLabel('Ciphertext', { exact: true }).fill(foreign.toString('base64'))
    await page.getByRole('button', { name: 'Decrypt', exact: true }).click()
    await page.getByText('INVALID_CIPHERTEXT').waitFor()
  })

  it('signs a text and a file, and tells a changed message', async () => {
    const { page, electron, folders } = await workbenchOf('signer', { keySpec: 'EC_P256', keyUsage: 'SIGN/VERIFY' })
    const signature = await sign(page, 'I owe you 10')
    const call = await page.getByRole('region', { name: 'The same call elsewhere' }).getByLabel('Command line', { exact: true }).last().innerText()
    expect(call).toContain(createHash('sha256').update('I owe you 10').digest('base64'))
    const file = join(folders.work, 'contract.bin')
    writeFileSync(file, Buffer.alloc(3_000_000, 7))
    const saved = join(folders.work, 'contract.bin.sig')
    await chooseFiles(electron, [file])
    await page.getByRole('tab', { name: 'File', exact: true }).click()
    await page.getByRole('button', { name: 'Choose file' }).click()
    await page.getByText('contract.bin', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Sign', exact: true }).click()
    await page.getByRole('group', { name: 'Signature' }).waitFor()
    await chooseTarget(electron, saved)
    await page.getByRole('button', { name: 'Save as file: Signature' }).click()
    await page.getByText('contract.bin.sig').first().waitFor()

    await openAct(page, 'Verify')
    await page.getByLabel('Message', { exact: true }).fill('I owe you 10')
    await page.getByLabel('Signature', { exact: true }).fill(signature.toString('base64'))
    await page.getByRole('button', { name: 'Verify', exact: true }).click()
    await page.getByText('The signature is valid').waitFor()
    await page.getByLabel('Message', { exact: true }).fill('I owe you 100')
    await page.getByText('The signature is valid').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Verify', exact: true }).click()
    await page.getByText('The signature is not valid').waitFor()
    await page.getByRole('tab', { name: 'File', exact: true }).click()
    await page.getByRole('button', { name: 'Choose file' }).click()
    await page.getByText('contract.bin', { exact: true }).waitFor()
    await chooseFiles(electron, [saved])
    await page.getByRole('button', { name: 'From file: Signature' }).click()
    await expect.poll(() => page.getByLabel('Signature', { exact: true }).inputValue()).toBe(readFileSync(saved).toString('base64'))
    await page.getByRole('button', { name: 'Verify', exact: true }).click()
    await page.getByText('The signature is valid').waitFor()

    const publicKey = await publicKeyOf(page)
    expect(verify('sha256', Buffer.from('I owe you 10'), publicKey, signature)).toBe(true)
    expect(verify('sha256', readFileSync(file), publicKey, readFileSync(saved))).toBe(true)
  })

  it('signs in the ways of SM2 and Ed25519 too', async () => {
    const { page } = await workbenchOf('curve', { keySpec: 'Ed25519', keyUsage: 'SIGN/VERIFY' })
    const signature = await sign(page, 'commit')
    expect(verify(null, Buffer.from('commit'), await publicKeyOf(page), signature)).toBe(true)
    await createKeyQuickly(page, 'alias/national', '', { keySpec: 'EC_SM2', keyUsage: 'SIGN/VERIFY' })
    await openKey(page, 'national')
    await openKeyTab(page, 'Try it')
    const national = await sign(page, '合同')
    await openAct(page, 'Verify')
    await page.getByLabel('Message', { exact: true }).fill('合同')
    await page.getByLabel('Signature', { exact: true }).fill(national.toString('base64'))
    await page.getByRole('button', { name: 'Verify', exact: true }).click()
    await page.getByText('The signature is valid').waitFor()
  })
})

it('makes and checks authentication codes', async () => {
  const { page } = await workbenchOf('codes', { keySpec: 'HMAC_SHA_256', keyUsage: 'GENERATE_VERIFY_MAC' })
  await page.getByLabel('Message', { exact: true }).fill('webhook body')
  await page.getByRole('button', { name: 'Make MAC', exact: true }).click()
  const result = page.getByRole('group', { name: /^Authentication code/ })
  const mac = await result.innerText()
  expect(Buffer.from(mac, 'base64')).toHaveLength(32)
  await openAct(page, 'Check MAC')
  await page.getByLabel('Message', { exact: true }).fill('webhook body')
  await page.getByLabel('Authentication code (MAC)', { exact: true }).fill(mac)
  await page.getByRole('button', { name: 'Check MAC', exact: true }).click()
  await page.getByText('The MAC is valid').waitFor()
  await page.getByLabel('Message', { exact: true }).fill('webhook body!')
  await page.getByRole('button', { name: 'Check MAC', exact: true }).click()
  await page.getByText('The MAC is not valid').waitFor()
})
