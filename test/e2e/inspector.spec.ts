import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { createKeyQuickly, createVaultQuickly } from './support/bridge'
import { chooseFiles, dropFiles } from './support/desktop'
import { openKey, openKeyTab, shownResult } from './support/key-steps'
import { openFiles, openInspector, queueOf, startQueue } from './support/steps'
import { useApps } from './support/use-apps'

const apps = useApps()

const result = (page: Page) => page.getByRole('region', { name: 'Inspect' }).getByRole('status')

async function paste(page: Page, text: string, kind: string): Promise<void> {
  await page.getByLabel('Or paste a text').fill(text)
  await result(page).getByRole('heading', { name: kind, exact: true }).waitFor()
}

it('says what a pasted text is and which key opens it', async () => {
  const { page } = await apps.start()
  await createVaultQuickly(page)
  await createKeyQuickly(page, 'alias/opener')
  await createKeyQuickly(page, 'alias/signer', '', { keySpec: 'EC_P256', keyUsage: 'SIGN/VERIFY' })
  await openKey(page, 'opener')
  await openKeyTab(page, 'Try it')
  await page.getByLabel('Text', { exact: true }).fill('inside')
  await page.getByRole('button', { name: 'Encrypt', exact: true }).click()
  const ciphertext = await shownResult(page, 'Ciphertext')
  const ownKey = await page.evaluate(async () => {
    const { listKeyVersions, getPublicKey } = window.keystead.operations
    const listed = await listKeyVersions({ keyId: 'alias/signer' })
    if (!listed.ok) return listed.code
    const answer = await getPublicKey({ keyId: 'alias/signer', keyVersionId: listed.value.keyVersions[0]?.keyVersionId ?? '' })
    return answer.ok ? answer.value.publicKey : answer.code
  })
  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256', publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } })

  await openInspector(page)
  await page.getByText('What it is will be shown here.').waitFor()
  await paste(page, ownKey, 'Public key')
  await result(page).getByText('It belongs to a key of this vault').waitFor()
  await result(page).getByRole('link', { name: 'signer' }).waitFor()
  await paste(page, foreign.publicKey, 'Public key')
  await result(page).getByText('It belongs to no key of this vault').waitFor()
  await paste(page, readFileSync(join('test', 'vectors', 'key-formats', 'ec_p256.crt.pem'), 'utf8'), 'Certificate')
  await result(page).getByText('It belongs to no key of this vault').waitFor()
  await result(page).getByText('EC P-256', { exact: true }).waitFor()
  await paste(page, foreign.privateKey, 'Private key, not encrypted')
  await paste(page, 'good morning', 'Not recognised')
  await page.getByRole('button', { name: 'Clear' }).click()
  expect(await page.getByLabel('Or paste a text').inputValue()).toBe('')
  await paste(page, Buffer.from(ciphertext, 'base64').toString('hex'), 'Ciphertext')
  await paste(page, ciphertext, 'Ciphertext')
  await result(page).getByText('A key of this vault opens it').waitFor()
  await page.evaluate(() => window.keystead.operations.disableKey({ keyId: 'alias/opener' }))
  await paste(page, `${ciphertext} `, 'Ciphertext')
  await result(page).getByText('Its key is in this vault but cannot open it now').waitFor()
  await page.evaluate(() => window.keystead.operations.enableKey({ keyId: 'alias/opener' }))
  await paste(page, ciphertext, 'Ciphertext')
  await result(page).getByRole('button', { name: 'Decrypt with its key' }).click()
  await page.getByRole('heading', { name: 'opener', level: 1 }).waitFor()
  await page.getByRole('tab', { name: 'Decrypt', exact: true, selected: true }).waitFor()
})

it('reads files that are dropped or chosen, and goes on with them', async () => {
  const { page, folders, electron } = await apps.start()
  const letter = join(folders.work, 'letter.txt')
  const apart = join(folders.work, 'apart')
  mkdirSync(apart)
  writeFileSync(letter, 'Dear reader')
  await createVaultQuickly(page)
  await createKeyQuickly(page, 'alias/letters')
  await openFiles(page)
  await dropFiles(page, [letter])
  await startQueue(page, 'encrypt')
  const encrypted = join(apart, 'letter.txt.keystead')
  renameSync(`${letter}.keystead`, encrypted)

  await openInspector(page)
  await chooseFiles(electron, [letter])
  await page.getByRole('button', { name: 'Choose file' }).click()
  await result(page).getByRole('heading', { name: 'Not recognised' }).waitFor()
  await dropFiles(page, [encrypted])
  await result(page).getByRole('heading', { name: 'Encrypted file' }).waitFor()
  await result(page).getByText('Proven', { exact: true }).waitFor()
  await result(page).getByRole('link', { name: 'letters' }).first().waitFor()
  await result(page).getByRole('button', { name: 'Decrypt file' }).click()
  await queueOf(page, 'decrypt').getByText('letter.txt.keystead').waitFor()
  await startQueue(page, 'decrypt')
  expect(existsSync(join(apart, 'letter.txt'))).toBe(true)
})
