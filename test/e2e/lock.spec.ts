import { truncateSync, writeFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createKeyQuickly, createVaultQuickly, vaultState } from './support/bridge'
import { dropFiles, rendererPid } from './support/desktop'
import type { RunningApp } from './support/launch'
import { openFiles, startWithoutWaiting } from './support/steps'
import { useApps } from './support/use-apps'

const apps = useApps()

async function unlockedApp(): Promise<RunningApp> {
  const app = await apps.start()
  await createVaultQuickly(app.page)
  await createKeyQuickly(app.page, 'alias/hidden-name')
  await app.page.getByRole('row', { name: 'hidden-name' }).waitFor()
  return app
}

async function expectLockedAnew(app: RunningApp, before: number): Promise<void> {
  await app.page.getByLabel(/^Passphrase/).waitFor()
  await expect.poll(() => rendererPid(app.electron)).not.toBe(before)
  await app.page.getByLabel(/^Passphrase/).waitFor()
  expect(await vaultState(app.page)).toBe('locked')
  expect(await app.page.evaluate(() => document.documentElement.outerHTML.includes('hidden-name'))).toBe(false)
  const refused = await app.page.evaluate(async () => {
    const answer = await window.keystead.operations.listKeys({})
    return answer.ok ? 'ok' : answer.code
  })
  expect(refused).toBe('VAULT_LOCKED')
}

describe('lock', () => {
  for (const event of ['suspend', 'lock-screen'] as const) {
    it(`happens at ${event} and replaces the renderer`, async () => {
      const app = await unlockedApp()
      const before = await rendererPid(app.electron)
      await app.electron.evaluate(({ powerMonitor }, name) => void powerMonitor.emit(name), event)
      await expectLockedAnew(app, before)
    })
  }

  it('does not happen at suspend when the settings say so', async () => {
    const app = await unlockedApp()
    await app.page.evaluate(() => window.keystead.operations.updateSettings({ lockOnSuspend: false }))
    await app.electron.evaluate(({ powerMonitor }) => void powerMonitor.emit('suspend'))
    expect(await vaultState(app.page)).toBe('unlocked')
  })

  it('happens after the minutes without input', async () => {
    const app = await unlockedApp()
    const before = await rendererPid(app.electron)
    await app.page.evaluate(() => window.keystead.operations.updateSettings({ lockAfterIdleMinutes: 5 }))
    await app.electron.evaluate(({ powerMonitor }) => {
      const now = Date.now.bind(Date)
      powerMonitor.getSystemIdleTime = () => 4 * 60
      Date.now = () => now() + 4 * 60_000
    })
    expect(await vaultState(app.page)).toBe('unlocked')
    await app.electron.evaluate(({ powerMonitor }) => {
      const now = Date.now.bind(Date)
      powerMonitor.getSystemIdleTime = () => 6 * 60
      Date.now = () => now() + 2 * 60_000
    })
    await expectLockedAnew(app, before)
  })

  it('happens by the button, the menu and again after an unlock', async () => {
    const app = await unlockedApp()
    let before = await rendererPid(app.electron)
    await app.page.getByRole('button', { name: /^Lock vault/ }).click()
    await expectLockedAnew(app, before)
    before = await rendererPid(app.electron)
    await app.page.getByLabel(/^Passphrase/).fill('maple harbour quartz lantern')
    await app.page.keyboard.press('Enter')
    await app.page.getByRole('row', { name: 'hidden-name' }).waitFor()
    await app.electron.evaluate(({ Menu }) => {
      const items = Menu.getApplicationMenu()?.items.flatMap((item) => item.submenu?.items ?? []) ?? []
      items.find(({ accelerator }) => accelerator === 'CmdOrCtrl+L')?.click()
    })
    await expectLockedAnew(app, before)
  })

  it('ends running jobs without leaving a partial file', async () => {
    const app = await unlockedApp()
    const { page, folders } = app
    writeFileSync(join(folders.work, 'large.bin'), '')
    truncateSync(join(folders.work, 'large.bin'), 1024 * 1024 * 1024)
    await openFiles(page)
    await dropFiles(page, [join(folders.work, 'large.bin')])
    await startWithoutWaiting(page, 'encrypt')
    await expect.poll(() => readdirSync(folders.work).some((name) => name.endsWith('.part')), { interval: 10 }).toBe(true)
    const before = await rendererPid(app.electron)
    await page.keyboard.press('Control+l')
    await expectLockedAnew(app, before)
    expect(readdirSync(folders.work)).toEqual(['large.bin'])
  })
})
