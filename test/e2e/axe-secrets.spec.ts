import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { findProblems, type Check } from './support/axe'
import { createVaultQuickly } from './support/bridge'
import { chooseFiles } from './support/desktop'
import { tabAround, tabTo } from './support/focus'
import { chooseOption, closeMessages } from './support/key-steps'
import type { RunningApp } from './support/launch'
import { createFieldsQuickly, createSecretQuickly, nameField, onSecretPage, openSecret, openSecretTab, openSecrets, reveal, searchSecrets, secretRow, type SecretTab } from './support/secret-steps'
import { useApps } from './support/use-apps'

const apps = useApps()
const totp = 'otpauth://totp/Shop:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Shop'
const login = 'web/shop/login'
const account = 'db/orders'

async function close(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
}

/** Gives up what was typed in a panel, when it asks. */
async function discard(page: Page, check: Check): Promise<void> {
  const question = page.getByRole('dialog', { name: 'Discard what you typed?' })
  await question.waitFor()
  await check('discard what was typed')
  await question.getByRole('button', { name: 'Discard' }).click()
  await question.waitFor({ state: 'hidden' })
}

/** Secrets of several kinds and states. */
async function fill(page: Page): Promise<void> {
  const soon = new Date(Date.now() + 2 * 86_400_000).toISOString()
  const tags = [{ TagKey: 'team', TagValue: 'storefront' }]
  await createFieldsQuickly(page, login, { username: 'ada', password: 'password1', url: 'https://shop.example.com', totp }, { tags, isFavourite: true, expiryDate: soon, description: 'The account of the shop' })
  await createFieldsQuickly(page, login, { username: 'ada', password: 'plum orbit 47 lantern', url: 'https://shop.example.com', totp }, { existing: login, tags, isFavourite: true, expiryDate: soon, description: 'The account of the shop' })
  await createSecretQuickly(page, 'notes/plain', 'one\ntwo')
  await createSecretQuickly(page, 'gone', 'x')
  await createSecretQuickly(page, account, JSON.stringify({ Accounts: [{ AccountName: 'orders', AccountPassword: 'before' }] }), {
    secretType: 'Rds',
    extendedConfig: JSON.stringify({ SecretSubType: 'SingleUser', DBInstanceId: 'orders-db', CustomData: {} }),
  })
  await page.evaluate(() => window.keystead.operations.deleteSecret({ secretName: 'gone', recoveryWindowInDays: 7 }))
}

async function walkList({ page }: RunningApp, check: Check): Promise<void> {
  await openSecrets(page)
  await page.getByText('No secrets yet').waitFor()
  await check('no secrets')
  await fill(page)
  await page.getByRole('main').getByText('1 secret needs attention').waitFor()
  await check('secrets')
  await secretRow(page, login).focus()
  await page.keyboard.press('Shift+F10')
  await page.getByRole('menuitem', { name: 'Copy password' }).waitFor()
  await check('menu of a secret')
  await page.keyboard.press('Escape')
  await searchSecrets(page, 'no such thing')
  await page.getByText('No secret matches').waitFor()
  await check('no match')
  await searchSecrets(page, '')
  await page.getByRole('treeitem', { name: /^Recycle bin/ }).click()
  await secretRow(page, 'gone').waitFor()
  await check('recycle bin')
  await page.getByRole('treeitem', { name: /^web/ }).click()
  await page.getByRole('treeitem', { name: /^web/ }).press('ArrowRight')
  await page.getByRole('treeitem', { name: /^shop/ }).waitFor()
  await check('folder')
  await page.getByRole('treeitem', { name: /^web/ }).press('F2')
  await page.getByRole('dialog', { name: 'Rename folder web' }).waitFor()
  await check('rename folder')
  await close(page)
  await page.getByRole('treeitem', { name: /^All secrets/ }).click()
}

const kinds = ['Login', 'Environment', 'Plain text', 'Database secret', 'SSH secret'] as const

async function walkPanels({ page }: RunningApp, check: Check): Promise<void> {
  await openSecrets(page)
  await page.getByRole('button', { name: 'New secret' }).click()
  await page.getByRole('dialog', { name: 'New secret' }).waitFor()
  await check('kinds of secrets')
  for (const kind of kinds) {
    await page.getByRole('dialog', { name: 'New secret' }).getByRole('button', { name: new RegExp(`^${kind}`) }).click()
    const panel = page.getByRole('dialog', { name: `New secret: ${kind}` })
    if (kind === 'Login') {
      await nameField(panel).fill('bad name')
      await panel.getByLabel('Password', { exact: true }).fill('password1')
      await panel.getByRole('button', { name: 'Description, tags, expiry and key' }).click()
      await panel.getByRole('button', { name: 'Add field' }).click()
      await panel.getByLabel('Name of field 6').fill('url')
      await check('new login, with problems')
      await panel.getByRole('button', { name: 'Generate', exact: true }).first().click()
      await page.getByRole('button', { name: 'Use it' }).waitFor()
      await check('generator in a field')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Use it' }).waitFor({ state: 'hidden' })
    } else {
      await nameField(panel).waitFor()
      await check(`new secret, ${kind}`)
    }
    await panel.getByRole('button', { name: 'Other kind' }).click()
    if (kind === 'Login') await discard(page, check)
  }
  await close(page)
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Password generator' }).click()
  await page.getByRole('tab', { name: 'Words' }).click()
  await check('generator')
  await close(page)
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Export…' }).click()
  await page.getByRole('dialog', { name: 'Export secrets' }).waitFor()
  await check('export')
  await page.getByRole('radio', { name: 'JSON, plain text' }).click()
  await page.getByText('The file will not be encrypted').waitFor()
  await check('export as plain text')
  await close(page)
}

async function walkPage({ page, electron, folders }: RunningApp, check: Check): Promise<void> {
  await openSecret(page, login)
  await reveal(page, 'password')
  await page.getByRole('button', { name: 'Show the code of totp' }).click()
  await page.getByRole('status', { name: 'One-time code of totp' }).waitFor()
  await page.getByRole('button', { name: 'Copy password' }).click()
  await page.getByRole('timer').waitFor()
  await check('secret, revealed')
  await page.getByRole('button', { name: 'Show the QR code of totp' }).click()
  await page.getByRole('img', { name: 'QR code of totp' }).waitFor()
  await check('QR code')
  await close(page)
  for (const button of ['Edit tags', 'Edit description', 'Change the expiry']) await page.getByRole('button', { name: button }).click()
  await check('secret, edited in place')
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await page.getByRole('dialog', { name: 'Edit secret' }).getByRole('button', { name: 'Save changes' }).waitFor()
  await check('edit secret')
  await close(page)
  await openSecretTab(page, 'Versions')
  await page.getByRole('button', { name: 'Reveal password of both versions' }).click()
  await page.getByRole('button', { name: 'Hide password of both versions' }).waitFor()
  await check('versions')
  await page.getByRole('button', { name: 'Stage ACSCurrent of version v2' }).click()
  await page.getByRole('menuitem', { name: 'Move to version v1' }).waitFor()
  await check('menu of a stage')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Add a stage to version v1' }).click()
  await page.getByLabel(/^Name of the stage/).fill('ACSPending')
  await page.getByText('ACSPending belongs to rotations.').waitFor()
  await check('add a stage')
  await page.keyboard.press('Escape')
  await openSecretTab(page, 'Attachments')
  await check('no attachments')
  writeFileSync(join(folders.work, 'a.txt'), 'a')
  await chooseFiles(electron, [join(folders.work, 'a.txt')])
  await page.getByRole('button', { name: 'Attach files' }).click()
  await page.getByRole('button', { name: 'Remove a.txt' }).click()
  await page.getByRole('dialog', { name: 'Remove a.txt?' }).waitFor()
  await check('remove an attachment')
  await close(page)
  await openSecretTab(page, 'Activity')
  await page.getByText('addSecretAttachment').waitFor()
  await check('activity of a secret')
  await openSecretTab(page, 'Danger')
  await check('danger')
  for (const [button, title] of [['Move or rename', 'Move or rename'], ['Delete with recovery', 'Delete'], ['Delete now', 'Delete']] as const) {
    await page.getByRole('button', { name: button }).click()
    await page.getByRole('dialog', { name: `${title} ${login}` }).waitFor()
    await check(button)
    await close(page)
  }
}

const targets = ['PostgreSQL', 'MySQL or MariaDB', 'Command'] as const

async function walkRotation({ page }: RunningApp, check: Check): Promise<void> {
  await openSecret(page, account)
  await openSecretTab(page, 'Rotation')
  await page.getByRole('switch', { name: 'Rotate on a schedule' }).click()
  await check('rotation')
  await page.getByRole('button', { name: 'Set target' }).click()
  const panel = page.getByRole('dialog', { name: 'Target of the rotation' })
  for (const target of targets) {
    await chooseOption(page, panel.getByRole('combobox', { name: 'Kind' }), target)
    if (target !== 'Command') await panel.getByRole('radio', { name: 'An administrator' }).click()
    await check(`target, ${target}`)
  }
  await page.keyboard.press('Escape')
  await discard(page, check)
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await page.evaluate(
    (secretName) => window.keystead.operations.setSecretRotationTarget({ secretName, target: { kind: 'postgresql', host: '127.0.0.1', port: 9 } }),
    account,
  )
  await page.getByRole('button', { name: 'Test connection' }).click()
  await page.getByText('The current value does not log in.').waitFor()
  await check('target tested')
}

async function walkTools({ page }: RunningApp, check: Check): Promise<void> {
  for (const [name, ready] of [['Health report', 'secrets checked'], ['Calendar', 'Secret expires'], ['Import…', 'Drop a file here']] as const) {
    await openSecrets(page)
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name }).click()
    await page.getByText(ready).first().waitFor()
    await check(name)
  }
}

async function walkImport({ page, electron, folders }: RunningApp, check: Check): Promise<void> {
  const file = join(folders.work, 'passwords.csv')
  writeFileSync(file, `name,url,username,password,note\n${login},https://shop.example.com,ada,secret one,\nnew,https://new.example.com,eve,secret two,a note\n`)
  await chooseFiles(electron, [file])
  await page.getByRole('button', { name: 'Choose file' }).click()
  await page.getByRole('button', { name: /^Import \d+ secret/ }).waitFor()
  await check('import, preview')
  await page.getByRole('button', { name: /^Import \d+ secret/ }).click()
  await page.getByText('The import has ended').waitFor()
  await check('import, results')
}

const walks = [walkList, walkPanels, walkPage, walkRotation, walkTools, walkImport]

it('finds nothing serious on the pages of secrets in either theme', async () => {
  const app = await apps.start()
  await createVaultQuickly(app.page)
  expect(await findProblems(app, walks)).toEqual([])
})

it('walks the list and the page of a secret by keyboard alone, and sees the focus at each stop', async () => {
  const app = await apps.start()
  const { page } = app
  const { keyboard } = page
  await createVaultQuickly(page)
  await fill(page)
  await tabTo(page, page.getByRole('link', { name: 'Secrets' }).first())
  await keyboard.press('Enter')
  await page.getByText('3 secrets', { exact: true }).waitFor()

  const rows = page.getByRole('grid').locator('[role=row][data-index]')
  await tabTo(page, rows.first())
  await keyboard.press('End')
  await expectFocus(page, login)
  await keyboard.press('Control+b')
  await expect.poll(() => app.electron.evaluate(({ clipboard }) => clipboard.readText())).toBe('ada')
  await keyboard.press('Shift+F10')
  await page.getByRole('menuitem', { name: 'Remove from favourites' }).waitFor()
  await keyboard.type('rem')
  await keyboard.press('Enter')
  await page.getByRole('button', { name: `Add ${login} to favourites` }).waitFor()
  await expectFocus(page, login)
  await keyboard.press('Home')
  await expectFocus(page, account)
  await keyboard.press('ArrowDown')
  await expectFocus(page, 'notes/plain')
  await keyboard.press('Enter')
  await onSecretPage(page, 'notes/plain')
  await closeMessages(page)

  const invisible: string[] = []
  const around = async (screen: string) => {
    const stops = await tabAround(page)
    expect([screen, stops.length > 4]).toEqual([screen, true])
    invisible.push(...stops.filter(({ isVisible }) => !isVisible).map(({ name }) => `${screen}: ${name}`))
  }
  for (const tab of ['Overview', 'Versions', 'Rotation', 'Attachments', 'Activity', 'Danger'] as const satisfies readonly SecretTab[]) {
    await openSecretTab(page, tab)
    await around(tab)
  }
  await openSecret(page, account)
  await openSecretTab(page, 'Rotation')
  await around('rotation of an account')
  for (const [name, ready] of [['Health report', 'secrets checked'], ['Calendar', 'Secret expires'], ['Import…', 'Drop a file here']] as const) {
    await openSecrets(page)
    if (name === 'Health report') await around('secrets')
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name }).click()
    await page.getByText(ready).first().waitFor()
    await around(name)
  }
  expect(invisible).toEqual([])
})

async function expectFocus(page: Page, name: string): Promise<void> {
  await expect.poll(() => secretRow(page, name).evaluate((row) => row === document.activeElement)).toBe(true)
}
