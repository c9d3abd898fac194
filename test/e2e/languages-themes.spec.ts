import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { zhCN as texts } from '../../src-renderer/i18n/zh-CN'
import { createKeyQuickly, createVaultQuickly, testPassphrase } from './support/bridge'
import { makeFolders } from './support/folders'
import { createFieldsQuickly, createSecretQuickly } from './support/secret-steps'
import { useApps } from './support/use-apps'

const apps = useApps()

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

const appearance = (page: Page) =>
  page.evaluate(() => ({
    language: document.documentElement.lang,
    isDark: document.documentElement.classList.contains('dark'),
    canvas: getComputedStyle(document.body).backgroundColor,
  }))

it('switches to Simplified Chinese and dark at once, and keeps both over a restart', async () => {
  const folders = makeFolders()
  const first = await apps.start({ folders })
  const { page } = first
  await createVaultQuickly(page)
  await createKeyQuickly(page, 'alias/alpha')
  const before = await appearance(page)
  expect(before).toMatchObject({ language: 'en', isDark: false })
  await page.getByRole('link', { name: 'Settings' }).click()
  await choose(page, 'Language', '简体中文')
  await page.getByRole('heading', { name: '设置', exact: true }).waitFor()
  await choose(page, '主题', '深色')
  await expect.poll(() => appearance(page)).toMatchObject({ language: 'zh-CN', isDark: true })
  expect((await appearance(page)).canvas).not.toBe(before.canvas)
  await page.getByRole('link', { name: '密钥' }).first().click()
  await page.getByRole('row', { name: 'alpha' }).waitFor()
  expect(await first.electron.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map(({ label }) => label))).toContain('文件')
  await first.close()

  const second = await apps.start({ folders })
  await second.page.getByText('已锁定').waitFor()
  expect(await appearance(second.page)).toMatchObject({ language: 'zh-CN', isDark: true })
  await second.page.getByLabel(/^主密码/).fill(testPassphrase)
  await second.page.getByRole('button', { name: '解锁', exact: true }).click()
  await second.page.getByRole('row', { name: 'alpha' }).waitFor()
})

it('shows no English sentence on any page in Simplified Chinese', async () => {
  const app = await apps.start()
  const { page } = app
  await page.evaluate(() => window.keystead.operations.updateSettings({ language: 'zh-CN' }))
  await createVaultQuickly(page, testPassphrase, '密钥')
  await createKeyQuickly(page, 'alias/papers')
  await createKeyQuickly(page, 'alias/signer', '', { keySpec: 'EC_P256', keyUsage: 'SIGN/VERIFY', exportable: true })
  await createKeyQuickly(page, 'alias/brought', '', { origin: 'EXTERNAL' })
  const english: string[] = []
  const read = async () => {
    const texts = await page.evaluate(() => document.body.innerText.split('\n'))
    english.push(...texts.filter((text) => /\b[a-z]+ [a-z]+ [a-z]+\b/.test(text) && !/apache|mit|license|electron/i.test(text)))
  }
  for (const name of ['密钥', '文件', '操作审计', '设置']) {
    await page.getByRole('link', { name }).first().click()
    await page.getByRole('heading', { name, exact: true }).waitFor()
    await read()
  }
  for (const name of ['通用', '安全', '备份', '关于']) {
    await page.getByRole('link', { name, exact: true }).click()
    await read()
  }
  const panels: [string, string][] = [[texts.keys.create, texts.createKey.title], [texts.imports.privateKey.open, texts.imports.privateKey.title]]
  for (const [button, title] of panels) {
    await page.getByRole('link', { name: texts.keys.title }).first().click()
    await page.getByRole('button', { name: button, exact: true }).click()
    await page.getByRole('dialog', { name: title }).waitFor()
    if (title === texts.createKey.title) await page.getByRole('button', { name: texts.createKey.advanced }).click()
    await read()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  }
  const { tab } = texts.keyPage
  await readKeyPage(page, 'papers', [tab.versions, tab.uses, tab.activity], texts.workbench.act.encrypt, read)
  await readKeyPage(page, 'signer', [tab.versions, tab.certificates], texts.workbench.act.sign, read)
  await readKeyPage(page, 'brought', [], null, read)
  await page.getByRole('button', { name: texts.keyPage.banner.importMaterial }).first().click()
  await page.getByRole('button', { name: texts.imports.material.get }).click()
  await page.getByText(texts.imports.material.got).waitFor()
  await read()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await page.getByRole('link', { name: texts.shell.files }).click()
  await page.getByRole('link', { name: texts.files.inspect }).click()
  await page.getByRole('textbox').fill('good morning')
  await page.getByText(texts.inspector.kindText.unknown).waitFor()
  await page.getByRole('textbox').fill('')
  await read()
  await readSecrets(page, read)
  expect(english).toEqual([])
})

/** Reads the pages of secrets: the list, the panels, the parts of two secrets, the tools. */
async function readSecrets(page: Page, read: () => Promise<void>): Promise<void> {
  await createFieldsQuickly(page, 'web/shop', { username: 'ada', password: 'password1' }, { expiryDate: new Date(Date.now() + 86_400_000).toISOString() })
  await createSecretQuickly(page, 'orders', JSON.stringify({ Accounts: [{ AccountName: 'orders', AccountPassword: 'before' }] }), {
    secretType: 'Rds',
    extendedConfig: JSON.stringify({ SecretSubType: 'SingleUser', DBInstanceId: 'orders-db', CustomData: {} }),
  })
  const openList = async () => {
    await page.getByRole('link', { name: texts.shell.secrets }).first().click()
    await page.getByRole('heading', { name: texts.secrets.title, exact: true, level: 1 }).waitFor()
  }
  const closePanel = async () => {
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  }
  await openList()
  await page.getByRole('row', { name: 'orders' }).waitFor()
  await read()
  await page.getByRole('button', { name: texts.secrets.create }).click()
  await page.getByRole('dialog', { name: texts.secretEdit.title }).waitFor()
  await read()
  await page.getByRole('button', { name: new RegExp(`^${texts.secrets.template.login}`) }).click()
  await page.getByRole('button', { name: texts.secretEdit.more }).click()
  await read()
  await closePanel()
  for (const name of ['web/shop', 'orders']) {
    await openList()
    await page.getByRole('row').filter({ has: page.locator(`[title="${name}"]`) }).click()
    await page.getByRole('heading', { name: name.split('/').at(-1) ?? name, level: 1 }).waitFor()
    for (const tab of Object.values(texts.secretPage.tab)) {
      await page.getByRole('tab', { name: tab, exact: true }).click()
      await page.getByRole('tab', { name: tab, exact: true, selected: true }).waitFor()
      if (tab === texts.secretPage.tab.rotation && name === 'orders') await page.getByRole('button', { name: texts.secretRotation.target.set }).waitFor()
      await read()
    }
  }
  const tools = [
    [texts.secrets.more.import, texts.secretExchange.import.drop],
    [texts.secrets.more.export, texts.secretExchange.export.text],
    [texts.secrets.more.generator, texts.secretTools.generator.text],
    [texts.secrets.more.health, texts.secretTools.health.column.advice],
    [texts.secrets.more.calendar, texts.secretTools.calendar.kind['secret-expiry']],
  ] as const
  for (const [item, ready] of tools) {
    await openList()
    await page.getByRole('button', { name: texts.secrets.more.label }).click()
    await page.getByRole('menuitem', { name: item }).click()
    await page.getByText(ready).first().waitFor()
    await read()
    if ((await page.getByRole('dialog').count()) > 0) await closePanel()
  }
}

/** Reads the parts of a key's page, and every act of its workbench when there is a first one. */
async function readKeyPage(page: Page, name: string, tabs: readonly string[], firstAct: string | null, read: () => Promise<void>): Promise<void> {
  await page.getByRole('link', { name: texts.keys.title }).first().click()
  await page.getByRole('row', { name }).click()
  await page.getByRole('heading', { name, level: 1 }).waitFor()
  await read()
  for (const tab of tabs) {
    await page.getByRole('tab', { name: tab, exact: true }).click()
    await page.getByRole('tab', { name: tab, exact: true, selected: true }).waitFor()
    await read()
  }
  if (firstAct === null) return
  await page.getByRole('tab', { name: texts.keyPage.tab.tryIt, exact: true }).click()
  const workbench = page.getByRole('region', { name: texts.workbench.title })
  await workbench.getByRole('tab', { name: firstAct, exact: true }).waitFor()
  for (const act of await workbench.getByRole('tablist').first().getByRole('tab').all()) {
    await act.click()
    await read()
  }
}

it('follows the system when told so', async () => {
  const app = await apps.start()
  await app.electron.evaluate(({ nativeTheme }) => void (nativeTheme.themeSource = 'dark'))
  await expect.poll(async () => (await appearance(app.page)).isDark).toBe(true)
  await app.page.evaluate(() => window.keystead.operations.updateSettings({ theme: 'light' }))
  await expect.poll(async () => (await appearance(app.page)).isDark).toBe(false)
})
