import { join } from 'node:path'
import type { Page } from 'playwright'
import { zhCN as texts } from '../../src-renderer/i18n/zh-CN'
import { dropFiles } from '../e2e/support/desktop'
import type { RunningApp } from '../e2e/support/launch'
import type { Guide } from './guide'
import { tourAccount, tourLogin } from './secret-tour'
import { tourToken } from './token-tour'

/** The pages once more, in Simplified Chinese and dark. */
export async function chineseTour({ page, folders }: RunningApp, guide: Guide, passphrase: string, images: string | null): Promise<void> {
  await guide.step('Switch to Simplified Chinese and dark', 'zh-dark-keys', async () => {
    await page.evaluate(() => window.keystead.operations.updateSettings({ language: 'zh-CN', theme: 'dark' }))
    await page.getByRole('heading', { name: '密钥', exact: true }).waitFor()
    await page.getByRole('row', { name: 'documents' }).waitFor()
  })
  if (images) await guide.takeAs(join(images, 'keys-zh-dark.png'))
  await guide.step('One key', 'zh-dark-key', async () => {
    await page.getByRole('row', { name: 'documents' }).click()
    await page.getByRole('heading', { name: 'documents' }).waitFor()
  })
  for (const [tab, picture] of [['试一试', 'try-it'], ['版本', 'versions'], ['使用情况', 'uses']] as const) {
    await guide.step(`One key: ${picture}`, `zh-dark-${picture}`, async () => {
      await page.getByRole('tab', { name: tab, exact: true }).click()
      await page.getByRole('tab', { name: tab, exact: true, selected: true }).waitFor()
    })
  }
  await guide.step('New key', 'zh-dark-new-key', async () => {
    await page.keyboard.press('Control+n')
    await page.getByRole('dialog').waitFor()
  })
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await secrets(page, guide)
  await guide.step('Files', 'zh-dark-files', async () => {
    await page.getByRole('link', { name: '文件' }).click()
    await dropFiles(page, [join(folders.work, 'README.md'), join(folders.work, 'README.md.keystead'), join(folders.work, 'apart')])
    await page.getByText('README.md.keystead').first().waitFor()
  })
  await guide.step('Inspector', 'zh-dark-inspector', async () => {
    await page.getByRole('link', { name: '检查文件' }).click()
    await page.getByText(texts.inspector.drop).waitFor()
    await dropFiles(page, [join(folders.work, 'README.md.keystead')])
    await page.getByText('加密文件').first().waitFor()
  })
  await guide.step('Tokens', 'zh-dark-tokens', async () => {
    await page.getByRole('link', { name: '令牌' }).first().click()
    await page.getByRole('listitem', { name: tourToken }).waitFor()
  })
  await guide.step('Log in to a token', 'zh-dark-token-login', async () => {
    await page.getByRole('button', { name: `登录：${tourToken}` }).click()
    await page.getByRole('dialog').waitFor()
  })
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  for (const [tab, picture] of [[texts.tokenPage.tab.objects, 'objects'], [texts.tokenPage.tab.about, 'about']] as const) {
    await guide.step(`One token: ${picture}`, `zh-dark-token-${picture}`, async () => {
      await page.getByRole('link', { name: texts.shell.tokens }).first().click()
      await page.getByRole('listitem', { name: tourToken }).getByRole('link', { name: tourToken, exact: true }).click()
      await page.getByRole('tab', { name: tab, exact: true }).click()
      await page.getByRole('tab', { name: tab, exact: true, selected: true }).waitFor()
    })
  }
  await guide.step('Activity', 'zh-dark-activity', async () => {
    await page.getByRole('link', { name: '操作审计' }).click()
    await page.getByRole('row').nth(3).waitFor()
  })
  await guide.step('Settings', 'zh-dark-settings', async () => {
    await page.getByRole('link', { name: '设置' }).click()
    await page.getByRole('heading', { name: '设置', exact: true }).waitFor()
  })
  await guide.step('Locked', 'zh-dark-locked', async () => {
    await page.keyboard.press('Control+l')
    await page.getByLabel(/^主密码/).waitFor()
  })
  await guide.step('Unlock', null, async () => {
    await page.getByLabel(/^主密码/).fill(passphrase)
    await page.getByRole('button', { name: '解锁', exact: true }).click()
    await page.getByRole('row', { name: 'documents' }).waitFor()
  })
}

async function secrets(page: Page, guide: Guide): Promise<void> {
  const list = page.getByRole('navigation', { name: texts.shell.navigation }).getByRole('link', { name: texts.shell.secrets })
  const row = (name: string) => page.getByRole('row').filter({ has: page.locator(`[title="${name}"]`) })
  await guide.step('Secrets', 'zh-dark-secrets', async () => {
    await list.click()
    await row(tourLogin).waitFor()
  })
  await guide.step('New secret', 'zh-dark-new-secret', async () => {
    await page.keyboard.press('Control+n')
    await page.getByRole('dialog', { name: texts.secretEdit.title }).waitFor()
  })
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await guide.step('One secret', 'zh-dark-secret', async () => {
    await row(tourLogin).click()
    await page.getByRole('heading', { name: 'login', level: 1 }).waitFor()
  })
  await guide.step('Versions', 'zh-dark-secret-versions', async () => {
    await page.getByRole('tab', { name: texts.secretPage.tab.versions, exact: true }).click()
    await page.getByRole('listitem').filter({ hasText: 'ACSCurrent' }).waitFor()
  })
  await guide.step('Rotation', 'zh-dark-secret-rotation', async () => {
    await list.click()
    await row(tourAccount).click()
    await page.getByRole('tab', { name: texts.secretPage.tab.rotation, exact: true }).click()
    await page.getByRole('button', { name: texts.secretRotation.now.action }).waitFor()
  })
  await guide.step('Health', 'zh-dark-secret-health', async () => {
    await list.click()
    await page.getByRole('button', { name: texts.secrets.more.label }).click()
    await page.getByRole('menuitem', { name: texts.secrets.more.health }).click()
    await page.getByRole('grid', { name: texts.secretTools.health.list }).waitFor()
  })
}
