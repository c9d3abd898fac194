import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { zhCN as texts } from '../../src-renderer/i18n/zh-CN'
import { createKeyQuickly, createVaultQuickly, testPassphrase } from './support/bridge'
import { makeFolders } from './support/folders'
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
  expect(english).toEqual([])
})

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
