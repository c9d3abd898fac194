import { createHash } from 'node:crypto'
import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { createVaultQuickly, testPassphrase } from './support/bridge'
import type { RunningApp } from './support/launch'
import { createFieldsQuickly, openSecret, openSecrets, secretRow } from './support/secret-steps'
import { lockByKeyboard, unlock } from './support/steps'
import { useApps } from './support/use-apps'

const apps = useApps()
const name = 'web/shop'
const password = 'plum orbit 47 lantern'
const clearSeconds = 5

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
const nothing = hashOf('')

/** SHA-256 of the text on the system's clipboard; the text itself stays where it is. */
function clipboardHash({ electron }: RunningApp): Promise<string> {
  return electron.evaluate(async ({ clipboard }) => {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(await clipboard.readText()))
    return Buffer.from(digest).toString('hex')
  })
}

const bar = (page: Page) => page.getByRole('complementary', { name: 'Clipboard' }).getByRole('timer')

/** Copies by what is done, and waits until the bar counts. */
async function copy(page: Page, act: () => Promise<unknown>): Promise<void> {
  await act()
  await bar(page).waitFor()
}

it('holds a copied secret for its time, and nothing else that is there then', async () => {
  const app = await apps.start()
  const { page } = app
  await createVaultQuickly(page)
  await page.evaluate((clipboardClearSeconds) => window.keystead.operations.updateSettings({ clipboardClearSeconds }), clearSeconds)
  await createFieldsQuickly(page, name, { username: 'ada', password, totp: 'otpauth://totp/Shop:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' })

  await openSecret(page, name)
  const started = Date.now()
  await copy(page, () => page.getByRole('button', { name: 'Copy password' }).click())
  expect(await clipboardHash(app)).toBe(hashOf(password))
  await expect.poll(() => bar(page).innerText()).toMatch(/^Cleared in [1-5] s$/)
  await bar(page).waitFor({ state: 'detached' })
  expect(Date.now() - started).toBeGreaterThanOrEqual(clearSeconds * 1000)
  expect(await clipboardHash(app)).toBe(nothing)

  await copy(page, () => page.getByRole('button', { name: 'Copy password' }).click())
  await page.getByRole('button', { name: 'Clear now' }).click()
  await bar(page).waitFor({ state: 'detached' })
  expect(await clipboardHash(app)).toBe(nothing)

  await page.getByRole('button', { name: 'Reveal password' }).click()
  await page.getByText(password, { exact: true }).click({ clickCount: 3 })
  await copy(page, () => page.keyboard.press('Control+c'))
  expect(await clipboardHash(app)).toBe(hashOf(password))
  await page.getByRole('button', { name: 'Clear now' }).click()
  await bar(page).waitFor({ state: 'detached' })

  await openSecrets(page)
  await secretRow(page, name).focus()
  await copy(page, () => page.keyboard.press('Control+b'))
  await expect.poll(() => clipboardHash(app)).toBe(hashOf('ada'))
  await page.keyboard.press('Control+c')
  await expect.poll(() => clipboardHash(app)).toBe(hashOf(password))
  await app.electron.evaluate(({ clipboard }) => clipboard.writeText('put there by another program'))
  await bar(page).waitFor({ state: 'detached' })
  expect(await clipboardHash(app)).toBe(hashOf('put there by another program'))
})

it('holds no copied secret after the lock and after the end', async () => {
  const app = await apps.start()
  const { page } = app
  await createVaultQuickly(page)
  await createFieldsQuickly(page, name, { username: 'ada', password, totp: 'otpauth://totp/Shop:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' })
  await openSecrets(page)
  await secretRow(page, name).focus()
  await copy(page, () => page.keyboard.press('Control+t'))
  expect(await app.electron.evaluate(async ({ clipboard }) => /^\d{6}$/.test(await clipboard.readText()))).toBe(true)
  await lockByKeyboard(page)
  expect(await clipboardHash(app)).toBe(nothing)

  await unlock(page, testPassphrase)
  await openSecrets(page)
  await secretRow(page, name).focus()
  await copy(page, () => page.keyboard.press('Control+c'))
  expect(await clipboardHash(app)).toBe(hashOf(password))
  // On the virtual display the clipboard ends with the app, so the clearing itself is told.
  await app.electron.evaluate(({ clipboard }) => {
    const clear = clipboard.clear.bind(clipboard)
    clipboard.clear = () => {
      clear()
      process.stdout.write('The clipboard was cleared.\n')
    }
  })
  await app.close()
  expect(app.output).toContain('The clipboard was cleared.')
})
