import { join } from 'node:path'
import { dropFiles } from '../e2e/support/desktop'
import type { RunningApp } from '../e2e/support/launch'
import type { Guide } from './guide'

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
  await guide.step('Files', 'zh-dark-files', async () => {
    await page.getByRole('link', { name: '文件' }).click()
    await dropFiles(page, [join(folders.work, 'README.md'), join(folders.work, 'README.md.keystead'), join(folders.work, 'apart')])
    await page.getByText('README.md.keystead').first().waitFor()
  })
  await guide.step('Inspector', 'zh-dark-inspector', async () => {
    await page.getByRole('link', { name: '检查文件' }).click()
    await dropFiles(page, [join(folders.work, 'README.md.keystead')])
    await page.getByText('加密文件').first().waitFor()
  })
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
