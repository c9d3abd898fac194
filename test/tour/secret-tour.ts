import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { createKeyQuickly } from '../e2e/support/bridge'
import { chooseFiles } from '../e2e/support/desktop'
import { chooseOption, closeMessages } from '../e2e/support/key-steps'
import type { RunningApp } from '../e2e/support/launch'
import {
  addStage, createFieldsQuickly, createSecretQuickly, nameField, openSecret, openSecretTab, openSecrets, reveal, saveEdited, secretRow, startEditing, startSecret, submitSecret,
} from '../e2e/support/secret-steps'
import type { Guide } from './guide'

/** The login that the tour makes, and the account that rotates. */
export const [tourLogin, tourAccount] = ['web/shop/login', 'db/orders'] as const
const totp = 'otpauth://totp/Shop:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Shop'
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
const tagged = (team: string) => [{ TagKey: 'team', TagValue: team }]

const closePanel = async (page: Page) => {
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
}

async function openMore(page: Page, item: string): Promise<void> {
  await openSecrets(page)
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

/** What secrets are for, in English and light. */
export async function secretTour(app: RunningApp, guide: Guide): Promise<void> {
  await makeLogin(app, guide)
  await lookAtList(app, guide)
  await useLogin(app, guide)
  await changeLogin(app, guide)
  await rotate(app, guide)
  await useTools(app, guide)
}

async function makeLogin({ page }: RunningApp, guide: Guide): Promise<void> {
  await guide.step('Start with no secrets', 'no-secrets', async () => {
    await openSecrets(page)
    await page.getByText('No secrets yet').waitFor()
  })
  await guide.step('Choose what a secret is for', 'secret-kinds', async () => {
    await page.getByRole('button', { name: 'New secret' }).first().click()
    await page.getByRole('dialog', { name: 'New secret' }).waitFor()
  })
  await closePanel(page)
  const panel = await startSecret(page, 'Login')
  await guide.step('Describe a login', 'new-login', async () => {
    await nameField(panel).fill(tourLogin)
    await panel.getByLabel('User name', { exact: true }).fill('ada@example.com')
    await panel.getByLabel('Address', { exact: true }).fill('https://shop.example.com/login')
    await panel.getByLabel('One-time codes', { exact: true }).fill(totp)
    await panel.getByText('Shop: ada@example.com').waitFor()
    await nameField(panel).scrollIntoViewIfNeeded()
  })
  await guide.step('Generate its password', 'generator', async () => {
    await panel.getByRole('button', { name: 'Generate', exact: true }).first().click()
    await page.waitForFunction(() => (document.querySelector('output')?.textContent ?? '').length === 20)
  })
  await guide.step('Create it', 'login-made', async () => {
    await page.getByRole('button', { name: 'Use it' }).click()
    await submitSecret(page, panel, tourLogin)
  })
}

/** Secrets as a team has them. */
async function fill(page: Page): Promise<void> {
  await createFieldsQuickly(page, 'web/blog/admin', { username: 'ada', password: 'password1', url: 'https://blog.example.com' }, { tags: tagged('press'), description: 'Shared by the press team' })
  await createFieldsQuickly(page, 'web/wiki', { username: 'ada', password: 'plum orbit 47 lantern' }, { expiryDate: day(-3), isFavourite: true })
  await createFieldsQuickly(page, 'mail/lists', { username: 'lists@example.com', password: 'plum orbit 47 lantern' }, { expiryDate: day(2), tags: tagged('press') })
  await createFieldsQuickly(page, 'ci/registry', { key_id: 'AKEXAMPLE', key: 'magnet willow 54 saffron oxygen' }, { template: 'api-key', isFavourite: true, expiryDate: day(70), description: 'Pushes images of releases' }, ['key_id'])
  await createFieldsQuickly(page, 'ci/deploy', { DATABASE_URL: 'postgres://127.0.0.1/shop', SESSION_KEY: 'trumpet glacier 77 almond' }, { template: 'env', tags: tagged('storefront') })
  await createSecretQuickly(page, tourAccount, JSON.stringify({ Accounts: [{ AccountName: 'orders', AccountPassword: 'cellar parade 29 oxygen' }] }), {
    secretType: 'Rds',
    description: 'Orders of the shop',
    extendedConfig: JSON.stringify({ SecretSubType: 'SingleUser', DBInstanceId: 'orders-db', CustomData: {} }),
  })
  await createSecretQuickly(page, 'notes/licence', 'KS-2024-0001', { description: 'Licence of the drawing program' })
}

async function lookAtList({ page }: RunningApp, guide: Guide): Promise<void> {
  await guide.step('Look at the secrets and their folders', 'secrets', async () => {
    await fill(page)
    await openSecrets(page)
    await secretRow(page, 'notes/licence').waitFor()
    await page.getByRole('treeitem', { name: /^web/ }).press('ArrowRight')
    await page.getByRole('treeitem', { name: /^shop/ }).waitFor()
  })
}

async function useLogin({ page }: RunningApp, guide: Guide): Promise<void> {
  await guide.step('Reveal a password and its one-time code', 'secret-revealed', async () => {
    await openSecret(page, tourLogin)
    await reveal(page, 'password')
    await page.getByRole('button', { name: 'Show the code of totp' }).click()
    await page.getByRole('status', { name: 'One-time code of totp' }).waitFor()
  })
  await guide.step('Copy it for ten seconds', 'secret-copied', async () => {
    await page.getByRole('button', { name: 'Hide password' }).click()
    await page.getByRole('button', { name: 'Copy password' }).click()
    await page.getByRole('timer').waitFor()
  })
  await page.getByRole('button', { name: 'Clear now' }).click()
  await page.getByRole('timer').waitFor({ state: 'detached' })
}

async function changeLogin({ page }: RunningApp, guide: Guide): Promise<void> {
  const panel = await startEditing(page)
  await guide.step('Edit it', 'edit-secret', async () => {
    await panel.getByRole('group', { name: 'Password' }).getByRole('button', { name: 'Change' }).click()
    await panel.getByRole('textbox', { name: 'Password' }).fill('herring violet 81 turbine')
    await panel.getByText('Makes version v2').waitFor()
  })
  await saveEdited(panel)
  await guide.step('Name versions by stages', 'secret-versions', async () => {
    await openSecretTab(page, 'Versions')
    await addStage(page, 'v1', 'blue')
    await page.getByRole('button', { name: 'Reveal password of both versions' }).waitFor()
  })
  await guide.step('Compare two versions', 'secret-diff', async () => {
    await page.getByRole('button', { name: 'Reveal password of both versions' }).click()
    await page.getByText('herring violet 81 turbine').waitFor()
  })
}

async function rotate({ page }: RunningApp, guide: Guide): Promise<void> {
  await guide.step('See how an account rotates', 'secret-rotation', async () => {
    await openSecret(page, tourAccount)
    await openSecretTab(page, 'Rotation')
    await page.getByRole('button', { name: 'Set target' }).waitFor()
  })
  const panel = page.getByRole('dialog', { name: 'Target of the rotation' })
  await guide.step('Say where it takes effect', 'secret-target', async () => {
    await page.getByRole('button', { name: 'Set target' }).click()
    await chooseOption(page, panel.getByRole('combobox', { name: 'Kind' }), 'PostgreSQL')
    await panel.getByLabel('Database', { exact: true }).fill('shop')
  })
  await panel.getByRole('button', { name: 'Save target' }).click()
  await panel.waitFor({ state: 'hidden' })
  await closeMessages(page)
}

async function useTools({ page, electron, folders }: RunningApp, guide: Guide): Promise<void> {
  await guide.step('Check the health of the secrets', 'secret-health', async () => {
    await openMore(page, 'Health report')
    await page.getByText('secrets checked').waitFor()
  })
  await createKeyQuickly(page, 'alias/turning', 'Turns each month', { enableAutomaticRotation: true, rotationInterval: '30d' })
  await guide.step('See what comes due', 'secret-calendar', async () => {
    await openMore(page, 'Calendar')
    await page.getByText('Secret expires').first().waitFor()
  })
  const file = join(folders.work, 'passwords.csv')
  writeFileSync(file, 'folder,name,username,password,note\nweb,wiki,ada,plum orbit 47 lantern,\nweb,forum,ada,cedar tunnel 12 mango,first door left\n,bank,ada,=1+1,\n')
  await guide.step('Look into a file before it is imported', 'secret-import', async () => {
    await openMore(page, 'Import…')
    await chooseFiles(electron, [file])
    await page.getByRole('button', { name: 'Choose file' }).click()
    await page.getByRole('button', { name: /^Import \d/ }).waitFor()
  })
  await page.getByRole('button', { name: 'Choose another file' }).click()
  await page.getByText('Drop a file here').waitFor()
}
