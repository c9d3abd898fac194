import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { projectRoot } from '../support/source-files'
import { createVaultQuickly } from './support/bridge'
import { chooseFiles, chooseTarget } from './support/desktop'
import type { RunningApp } from './support/launch'
import { createFieldsQuickly, onSecretPage, openSecret, openSecretTab, openSecrets, reveal } from './support/secret-steps'
import { useApps } from './support/use-apps'

const apps = useApps()
const passphrase = 'copper lantern 52 meadow'

async function openImport(page: Page): Promise<void> {
  await openSecrets(page)
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Import' }).click()
  await page.getByRole('heading', { name: 'Import', level: 1 }).waitFor()
}

async function chooseImport({ page, electron }: RunningApp, path: string): Promise<void> {
  await chooseFiles(electron, [path])
  await page.getByRole('button', { name: 'Choose file' }).click()
}

const rowsOf = async (page: Page, grid: string) =>
  (await page.getByRole('grid', { name: grid }).locator('[role=row][data-index]').allInnerTexts()).map((text) => text.split('\n').map((part) => part.trim()).filter((part) => part !== ''))

it('imports a table after a look at it: columns, rows that are left out, names that are taken', async () => {
  const app = await apps.start()
  const { page } = app
  await createVaultQuickly(page)
  await createFieldsQuickly(page, 'web/Forum', { username: 'old', password: 'old-password' })
  const file = join(app.folders.work, 'logins.csv')
  writeFileSync(file, 'Site,Account,Secret word,Remark\nForum,ada,p4ssword-forum,hello\nWiki,bob,p4ssword-wiki,=1+1\nShop,eve,p4ssword-shop,\n')

  await openImport(page)
  await chooseImport(app, file)
  await page.getByText('Table (.csv) · 3 entries').waitFor()
  for (const [title, role] of [['Site', 'Name'], ['Account', 'User name'], ['Secret word', 'Password'], ['Remark', 'Notes']] as const) {
    await page.getByRole('combobox', { name: `What column ${title} holds` }).click()
    await page.getByRole('option', { name: role, exact: true }).click()
    await expect.poll(() => page.getByRole('combobox', { name: `What column ${title} holds` }).innerText()).toBe(role)
  }
  await page.getByLabel('Into the folder').fill('web')
  await page.keyboard.press('Tab')
  await expect.poll(async () => (await rowsOf(page, 'What is imported')).map(([name]) => name)).toEqual(['web/Forum', 'web/Wiki', 'web/Shop'])
  await page.getByText('Creates 2 secrets. Leaves out 1 entry.').waitFor()
  await page.getByRole('checkbox', { name: 'Import web/Shop' }).click()
  await page.getByRole('combobox', { name: '1 name is taken' }).click()
  await page.getByRole('option', { name: 'Add as a new version' }).click()
  await page.getByText('Creates 1 secret. Adds a new version to 1 secret. Leaves out 1 entry.').waitFor()
  await page.getByRole('button', { name: 'Import 2 secrets' }).click()

  await page.getByText('The import has ended').waitFor()
  const results = async () => (await rowsOf(page, 'Results of the import')).map(([name, result]) => [name, result])
  await expect.poll(results).toEqual([['web/Forum', 'New version'], ['web/Wiki', 'Created'], ['web/Shop', 'Left out']])
  await page.getByRole('switch', { name: 'Only remarks and failures' }).click()
  await expect.poll(results).toEqual([['web/Wiki', 'Created']])
  await page.getByText('A cell begins like a formula; it is kept as text.').waitFor()
  await page.getByRole('grid', { name: 'Results of the import' }).locator('[data-index="0"]').click()
  await onSecretPage(page, 'web/Wiki')
  expect(await reveal(page, 'password')).toBe('p4ssword-wiki')
  await openSecret(page, 'web/Forum')
  expect(await reveal(page, 'password')).toBe('p4ssword-forum')
})

it('exports to KeePass under a passphrase, and imports that again, also after a wrong password', async () => {
  const app = await apps.start()
  const { page } = app
  await createVaultQuickly(page)
  await createFieldsQuickly(page, 'team/mail', { username: 'ada', password: 'canary-of-the-mail' })
  const file = join(app.folders.work, 'out.kdbx')
  await openSecrets(page)
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Export' }).click()
  const panel = page.getByRole('dialog', { name: 'Export secrets' })
  await panel.getByLabel('Passphrase of the file').fill(passphrase)
  await panel.getByLabel('Repeat the passphrase').fill(passphrase)
  await chooseTarget(app.electron, file)
  await panel.getByRole('button', { name: 'Export', exact: true }).click()
  await panel.getByText('1 secret exported to out.kdbx.').waitFor()
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readFileSync(file).includes('canary-of-the-mail')).toBe(false)
  await page.keyboard.press('Escape')
  await panel.waitFor({ state: 'hidden' })

  await openImport(page)
  await chooseImport(app, file)
  const password = page.getByLabel('Password of the file')
  await password.fill('not the passphrase')
  await page.getByRole('button', { name: 'Open file' }).click()
  await page.getByText('IMPORT_PASSWORD').waitFor()
  await password.fill(passphrase)
  await page.keyboard.press('Enter')
  await page.getByText('KeePass (.kdbx) · 1 entry').waitFor()
  await page.getByLabel('Into the folder').fill('again')
  await page.keyboard.press('Tab')
  await expect.poll(async () => (await rowsOf(page, 'What is imported')).map(([name]) => name)).toEqual(['again/team/mail'])
  await page.getByRole('button', { name: 'Import 1 secret' }).click()
  await page.getByText('The import has ended').waitFor()
  await openSecret(page, 'again/team/mail')
  expect(await reveal(page, 'password')).toBe('canary-of-the-mail')
  await importFromKeePassXc(app)
})

/** A file that keepassxc-cli made: a password from before, an attachment, and an entry in its recycle bin. */
async function importFromKeePassXc(app: RunningApp): Promise<void> {
  const { page } = app
  await openImport(page)
  await chooseImport(app, join(projectRoot, 'test', 'vectors', 'exchange', 'keepassxc-cli.kdbx'))
  await page.getByLabel('Password of the file').fill('golden password')
  await page.keyboard.press('Enter')
  await page.getByText('KeePass (.kdbx) · 2 entries').waitFor()
  await page.getByRole('button', { name: 'Import 1 secret' }).click()
  await page.getByText('The import has ended').waitFor()
  await expect.poll(async () => (await rowsOf(page, 'Results of the import')).map(([name, result]) => [name, result])).toEqual([['Servers/build', 'Created'], ['Recycle-Bin/old', 'Left out']])
  await openSecret(page, 'Servers/build')
  expect(await reveal(page, 'password')).toBe('second password')
  await openSecretTab(page, 'Attachments')
  await page.getByRole('list', { name: 'Attachments' }).getByText('readme.txt').waitFor()
  await openSecretTab(page, 'Versions')
  await page.getByRole('button', { name: 'Reveal password of both versions' }).click()
  await page.getByText('first password', { exact: true }).waitFor()
}

it('exports plain text only after the warning is ticked', async () => {
  const app = await apps.start()
  const { page } = app
  await createVaultQuickly(page)
  await createFieldsQuickly(page, 'plain', { username: 'ada', password: 'readable-by-all' })
  await openSecrets(page)
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Export' }).click()
  const panel = page.getByRole('dialog', { name: 'Export secrets' })
  await panel.getByRole('radio', { name: /^JSON/ }).click()
  const button = panel.getByRole('button', { name: 'Export as plain text' })
  expect(await button.isDisabled()).toBe(true)
  await panel.getByRole('group', { name: 'The file will not be encrypted' }).getByRole('checkbox').click()
  const file = join(app.folders.work, 'out.json')
  await chooseTarget(app.electron, null)
  await button.click()
  await expect.poll(() => button.isEnabled()).toBe(true)
  await chooseTarget(app.electron, file)
  await button.click()
  await panel.getByText('1 secret exported to out.json.').waitFor()
  await panel.getByText('shred -u out.json').waitFor()
  expect(readFileSync(file, 'utf8')).toContain('readable-by-all')
  expect(statSync(file).mode & 0o777).toBe(0o600)
})
