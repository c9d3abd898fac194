import { createHmac, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { createVaultQuickly, testPassphrase } from './support/bridge'
import { chooseFiles, chooseTarget } from './support/desktop'
import { tabTo } from './support/focus'
import { closeMessages } from './support/key-steps'
import {
  addStage, chooseInRowMenu, createFieldsQuickly, nameField, onSecretPage, openSecret, openSecretTab, openSecrets, reveal, saveEdited, searchSecrets, secretRow, shownValue, stagesOf, startEditing, startSecret,
  submitSecret, versionItem,
} from './support/secret-steps'
import { lockByKeyboard, unlock } from './support/steps'
import { useSharedApp } from './support/use-apps'

const theApp = useSharedApp(({ page }) => createVaultQuickly(page))

/** The secret of the test vectors of RFC 6238, and the code that it makes at a time (SHA-1, 6 digits, 30 seconds). */
const rfcSecret = { bytes: Buffer.from('12345678901234567890'), base32: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' }
function codeAt(seconds: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(seconds / 30)))
  const mac = createHmac('sha1', rfcSecret.bytes).update(counter).digest()
  const at = (mac.at(-1) ?? 0) & 15
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

const kinds: Readonly<Record<string, readonly string[]>> = {
  Login: ['User name', 'Password', 'Address', 'One-time codes', 'Notes'],
  'API key': ['Key ID', 'Key', 'Address', 'Notes'],
  'Database login': ['Engine', 'Host', 'Port', 'Database', 'User name', 'Password'],
  'SSH key': ['User name', 'Host', 'Private key', 'Public key', 'Passphrase'],
  Certificate: ['Certificate', 'Private key', 'Chain', 'Passphrase'],
  Environment: ['Paste an .env file'],
  Note: ['Note'],
  'Plain text': ['Value'],
  'Database secret': ['Database server', 'User name', 'Password now'],
  'Access key secret': ['User name', 'Access key ID', 'Access key secret'],
  'SSH secret': ['Machine', 'User name', 'Password now'],
}

it('offers what each kind of secret is made of', async () => {
  expect(codeAt(59)).toBe('287082')
  const { page } = theApp()
  await openSecrets(page)
  await page.getByRole('button', { name: 'New secret' }).first().click()
  for (const [kind, labels] of Object.entries(kinds)) {
    await page.getByRole('dialog', { name: 'New secret' }).getByRole('button', { name: new RegExp(`^${kind}`) }).click()
    const panel = page.getByRole('dialog', { name: `New secret: ${kind}` })
    await nameField(panel).waitFor()
    for (const label of labels) await panel.getByRole('textbox', { name: label, exact: true }).or(panel.getByLabel(label, { exact: true })).first().waitFor()
    expect([kind, await panel.getByRole('button', { name: 'Create secret' }).isDisabled()]).toEqual([kind, true])
    await panel.getByRole('button', { name: 'Other kind' }).click()
  }
})

describe('a login', () => {
  it('is made with a generated password and one-time codes, found, shown, changed and taken back', async () => {
    const { page } = theApp()
    const generated = await makeLogin(page)
    await findIt(page)
    await showIt(page, generated)
    await changeIt(page)
    await takeItBack(page, generated)
    await moveStageByKeyboard(page)
  })
})

const login = 'web/shop/login'

async function makeLogin(page: Page): Promise<string> {
  const panel = await startSecret(page, 'Login')
  await nameField(panel).fill(login)
  await panel.getByLabel('User name', { exact: true }).fill('ada')
  await panel.getByLabel('Address', { exact: true }).fill('https://shop.example.com')
  await panel.getByLabel('One-time codes', { exact: true }).fill(`otpauth://totp/Shop:ada?secret=${rfcSecret.base32}&issuer=Shop`)
  await panel.getByText('Shop: ada, 6 digits every 30 s.').waitFor()
  await panel.getByRole('button', { name: 'Generate', exact: true }).first().click()
  const value = page.getByRole('status', { name: 'Generated value' })
  await expect.poll(() => value.innerText()).toMatch(/^\S{20}$/)
  const generated = await value.innerText()
  await page.getByRole('button', { name: 'Use it' }).click()
  expect(await panel.getByLabel('Password', { exact: true }).inputValue()).toBe(generated)
  await panel.getByRole('button', { name: 'Description, tags, expiry and key' }).click()
  await panel.getByRole('button', { name: 'Add tag' }).click()
  await panel.getByLabel('Name of tag 1').fill('team')
  await panel.getByLabel('Value of tag 1').fill('storefront')
  await panel.getByText('Makes the secret web/shop/login with 4 fields, 2 of them secret.').waitFor()
  await submitSecret(page, panel, login)
  return generated
}

async function findIt(page: Page): Promise<void> {
  await createFieldsQuickly(page, 'web/blog', { username: 'bob', password: 'correct horse 1' })
  await openSecrets(page)
  await secretRow(page, login).getByText('ada', { exact: true }).waitFor()
  await page.getByRole('button', { name: `Add ${login} to favourites` }).click()
  await page.getByRole('button', { name: `Remove ${login} from favourites` }).waitFor()
  for (const text of ['shop login', 'ada', 'tag:team=storefront', 'field:url=shop.example', 'is:favourite', '-bob type:login']) {
    await searchSecrets(page, text)
    await secretRow(page, 'web/blog').waitFor({ state: 'detached' })
    await secretRow(page, login).waitFor()
    await searchSecrets(page, '')
    await secretRow(page, 'web/blog').waitFor()
  }
  await searchSecrets(page, 'no such thing')
  await page.getByText('No secret matches “no such thing”').waitFor()
  await page.getByRole('button', { name: 'Clear the search' }).click()
  await secretRow(page, login).waitFor()
}

async function showIt(page: Page, password: string): Promise<void> {
  await openSecret(page, login)
  expect(await shownValue(page, 'username').innerText()).toBe('ada')
  expect(await shownValue(page, 'password').innerText()).not.toContain(password)
  expect(await reveal(page, 'password')).toBe(password)
  await page.getByRole('button', { name: 'Hide password' }).click()
  expect(await shownValue(page, 'password').innerText()).not.toContain(password)
  const before = Math.floor(Date.now() / 1000)
  await page.getByRole('button', { name: 'Show the code of totp' }).click()
  const code = (await page.getByRole('status', { name: 'One-time code of totp' }).innerText()).replaceAll(' ', '')
  expect([codeAt(before), codeAt(Math.floor(Date.now() / 1000))]).toContain(code)
}

async function changeIt(page: Page): Promise<void> {
  const panel = await startEditing(page)
  await panel.getByLabel('User name', { exact: true }).fill('ada@example.com')
  await panel.getByRole('group', { name: 'Password' }).getByRole('button', { name: 'Change' }).click()
  await panel.getByRole('textbox', { name: 'Password' }).fill('a better one, by hand')
  await panel.getByText('Makes version v2 and keeps the old value, v1, as ACSPrevious.').waitFor()
  await saveEdited(panel)
  await closeMessages(page)
  await expect.poll(() => shownValue(page, 'username').innerText()).toBe('ada@example.com')
  expect(await reveal(page, 'password')).toBe('a better one, by hand')
}

async function takeItBack(page: Page, password: string): Promise<void> {
  await openSecretTab(page, 'Versions')
  expect([await stagesOf(page, 'v2'), await stagesOf(page, 'v1')]).toEqual([['ACSCurrent'], ['ACSPrevious']])
  const diff = page.getByRole('region', { name: 'Compare versions' })
  await diff.getByText('Changed').first().waitFor()
  const changes = await diff.getByRole('listitem').allInnerTexts()
  expect(changes.map((text) => text.split('\n').slice(0, 2))).toEqual([['username', 'Changed'], ['password', 'Changed'], ['url', 'Same'], ['totp', 'Same']])
  await diff.getByRole('button', { name: 'Reveal password of both versions' }).click()
  await diff.getByText(password, { exact: true }).waitFor()
  await diff.getByText('a better one, by hand').waitFor()
  await versionItem(page, 'v1').getByRole('button', { name: 'Make current: version v1' }).click()
  await page.getByText('Version v1 is current now.').first().waitFor()
  await expect.poll(() => stagesOf(page, 'v1')).toEqual(['ACSCurrent'])
  expect(await stagesOf(page, 'v2')).toEqual(['ACSPrevious'])
  await openSecretTab(page, 'Overview')
  expect(await reveal(page, 'password')).toBe(password)
}

async function moveStageByKeyboard(page: Page): Promise<void> {
  await closeMessages(page)
  await openSecretTab(page, 'Versions')
  await addStage(page, 'v2', 'blue')
  await closeMessages(page)
  await tabTo(page, page.getByRole('button', { name: 'Stage blue of version v2' }))
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Move to version v1' }).waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(() => stagesOf(page, 'v1')).toEqual(['ACSCurrent', 'blue'])
  await tabTo(page, page.getByRole('button', { name: 'Stage blue of version v1' }))
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Remove stage' }).waitFor()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await expect.poll(() => stagesOf(page, 'v1')).toEqual(['ACSCurrent'])
}

describe('a secret', () => {
  it('keeps files, is renamed with its folder, deleted, restored, and tells when it is due', async () => {
    const { page, folders, electron } = theApp()
    await createFieldsQuickly(page, 'old/mail', { username: 'ada', password: 'pass one' })
    await createFieldsQuickly(page, 'old/wiki', { username: 'ada', password: 'pass two' })
    await openSecret(page, 'old/mail')
    await keepFiles(page, electron, folders.work)
    await rename(page)
    await deleteAndRestore(page)
    await setExpiry(page)
    await lockByKeyboard(page)
    await unlock(page, testPassphrase)
    await page.getByText('1 secret needs attention').first().waitFor()
    await openSecrets(page)
    const main = page.getByRole('main')
    await main.getByText('1 secret needs attention').waitFor()
    await main.getByRole('button', { name: 'Show them' }).click()
    await secretRow(page, 'new/wiki').waitFor({ state: 'detached' })
    await secretRow(page, 'new/post').getByText('Expires').waitFor()
  })
})

async function keepFiles(page: Page, electron: Parameters<typeof chooseFiles>[0], work: string): Promise<void> {
  await openSecretTab(page, 'Attachments')
  const [small, large, saved] = ['key.pem', 'dump.bin', 'again.bin'].map((name) => join(work, name)) as [string, string, string]
  writeFileSync(small, 'not really a key')
  writeFileSync(large, randomBytes(300_000))
  await chooseFiles(electron, [small, large])
  await page.getByRole('button', { name: 'Attach files' }).click()
  const list = page.getByRole('list', { name: 'Attachments' })
  await list.getByText('dump.bin').waitFor()
  expect(await list.getByRole('listitem').count()).toBe(2)
  await closeMessages(page)
  await chooseTarget(electron, saved)
  await list.getByRole('button', { name: 'Save dump.bin' }).click()
  await page.getByText('Saved as again.bin.').first().waitFor()
  expect(readFileSync(saved).equals(readFileSync(large))).toBe(true)
  await closeMessages(page)
  await list.getByRole('button', { name: 'Remove key.pem' }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove key.pem?' })
  await dialog.getByRole('button', { name: 'Remove attachment' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await list.getByText('key.pem').waitFor({ state: 'detached' })
  await closeMessages(page)
}

async function rename(page: Page): Promise<void> {
  await openSecretTab(page, 'Danger')
  await page.getByRole('button', { name: 'Move or rename' }).click()
  const dialog = page.getByRole('dialog', { name: 'Move or rename old/mail' })
  await dialog.getByLabel('New name').fill('old/wiki')
  await dialog.getByRole('button', { name: 'Rename secret' }).click()
  await dialog.getByText('A secret of that name is already there. Choose another name.').waitFor()
  await dialog.getByLabel('New name').fill('old/post')
  await dialog.getByRole('button', { name: 'Rename secret' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await onSecretPage(page, 'old/post')
  await openSecrets(page)
  const folder = page.getByRole('treeitem', { name: /^old/ })
  await folder.click()
  await folder.focus()
  await page.keyboard.press('F2')
  const renaming = page.getByRole('dialog', { name: 'Rename folder old' })
  await renaming.getByLabel('New folder').fill('new')
  await page.keyboard.press('Enter')
  await renaming.waitFor({ state: 'hidden' })
  for (const name of ['new/post', 'new/wiki']) await secretRow(page, name).waitFor()
  await page.getByRole('treeitem', { name: /^old/ }).waitFor({ state: 'detached' })
  await closeMessages(page)
}

async function deleteAndRestore(page: Page): Promise<void> {
  await chooseInRowMenu(page, 'new/post', 'Move to recycle bin…')
  const dialog = page.getByRole('dialog', { name: 'Delete new/post' })
  await dialog.getByLabel('Days in the recycle bin').fill('7')
  await page.keyboard.press('Tab')
  await dialog.getByRole('button', { name: 'Delete in 7 days' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await secretRow(page, 'new/post').waitFor({ state: 'detached' })
  await closeMessages(page)
  await page.getByRole('treeitem', { name: /^Recycle bin/ }).click()
  await secretRow(page, 'new/wiki').waitFor({ state: 'detached' })
  await secretRow(page, 'new/post').click()
  await page.getByText(/^This secret is in the recycle bin until /).waitFor()
  expect(await page.getByRole('button', { name: /^Reveal/ }).count()).toBe(0)
  await page.getByRole('button', { name: 'Restore' }).first().click()
  await page.getByText(/^This secret is in the recycle bin until /).waitFor({ state: 'detached' })
  expect(await reveal(page, 'password')).toBe('pass one')
  await openSecrets(page)
  await page.getByRole('treeitem', { name: /^All secrets/ }).click()
  await secretRow(page, 'new/post').waitFor()
}

async function setExpiry(page: Page): Promise<void> {
  await openSecret(page, 'new/post')
  const tomorrow = await page.evaluate(() => {
    const day = new Date(Date.now() + 86_400_000)
    return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
  })
  await page.getByRole('button', { name: 'Change the expiry' }).click()
  await page.getByLabel('Expiry date').fill(tomorrow)
  await page.getByRole('button', { name: 'Save date' }).click()
  await page.getByText(/^This secret expires on /).waitFor()
  await closeMessages(page)
}
