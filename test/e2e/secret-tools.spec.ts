import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { createKeyQuickly, createVaultQuickly } from './support/bridge'
import { chooseTarget } from './support/desktop'
import { tabTo, untilHighlighted } from './support/focus'
import { closeMessages } from './support/key-steps'
import { createFieldsQuickly, createSecretQuickly, nameField, onSecretPage, openSecrets, startSecret } from './support/secret-steps'
import { useApps } from './support/use-apps'

const apps = useApps()
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

async function openTool(page: Page, name: string): Promise<void> {
  await openSecrets(page)
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name }).click()
}

it('finds what is weak, used twice and expired, and shows what comes due', async () => {
  const app = await apps.start()
  const { page } = app
  await createVaultQuickly(page)
  await createFieldsQuickly(page, 'shop', { username: 'ada', password: 'password1' })
  await createFieldsQuickly(page, 'mail', { username: 'ada', password: 'herring violet 81 turbine' })
  await createFieldsQuickly(page, 'wiki', { username: 'bob', password: 'herring violet 81 turbine' })
  await createFieldsQuickly(page, 'old', { username: 'eve', password: 'cellar parade 29 oxygen' }, { expiryDate: day(-2) })
  await createFieldsQuickly(page, 'soon', { username: 'eve', password: 'magnet willow 54 saffron' }, { expiryDate: day(2) })
  await createFieldsQuickly(page, 'good', { username: 'eve', password: 'trumpet glacier 77 almond' }, { expiryDate: day(60) })
  await createKeyQuickly(page, 'alias/turning', '', { enableAutomaticRotation: true, rotationInterval: '30d' })

  await openTool(page, 'Health report')
  const counts = page.getByRole('list', { name: 'What was found' })
  await counts.getByText('6 secrets checked').waitFor()
  expect((await counts.getByRole('listitem').allInnerTexts()).slice(0, 6).map((text) => text.replaceAll(/\s+/g, ' '))).toEqual(['0 rotation failed', '1 expired', '0 rotation overdue', '1 weak', '2 reused', '1 due soon'])
  const findings = page.getByRole('grid', { name: 'Findings' }).locator('[role=row][data-index]')
  const found = (await findings.allInnerTexts()).map((text) => text.split('\n').slice(0, 2))
  expect(found).toEqual([['old', 'Expired'], ['shop', 'password is weak'], ['mail', 'password is also in wiki'], ['wiki', 'password is also in mail'], ['soon', 'Expires soon']])
  await findings.filter({ hasText: 'shop' }).click()
  await onSecretPage(page, 'shop')

  await openTool(page, 'Calendar')
  await page.getByRole('region', { name: 'Overdue' }).getByRole('listitem').filter({ hasText: 'old' }).getByText('Secret expires').waitFor()
  const entries = (await page.getByRole('main').getByRole('listitem').allInnerTexts()).map((text) => text.split('\n').slice(0, 2))
  expect(entries).toEqual([['old', 'Secret expires'], ['soon', 'Secret expires'], ['turning', 'Key rotates'], ['good', 'Secret expires']])
  const file = join(app.folders.work, 'dates.ics')
  await chooseTarget(app.electron, file)
  await page.getByRole('button', { name: 'Save as .ics' }).click()
  await page.getByText('4 dates saved as dates.ics.').first().waitFor()
  const text = readFileSync(file, 'utf8')
  expect(text.split('\r\n').filter((line) => /^(BEGIN:VCALENDAR|SUMMARY:|END:VCALENDAR)/.test(line)).map((line) => line.replace(/^SUMMARY:.*\b(old|soon|turning|good)\b.*/, '$1'))).toEqual(['BEGIN:VCALENDAR', 'old', 'soon', 'turning', 'good', 'END:VCALENDAR'])
  await page.getByRole('link', { name: 'turning' }).click()
  await page.getByRole('heading', { name: 'turning', level: 1 }).waitFor()
})

it('generates by keyboard alone, into the clipboard and into a field', async () => {
  const app = await apps.start()
  const { page } = app
  const { keyboard } = page
  await createVaultQuickly(page)
  await keyboard.press('Control+k')
  await keyboard.type('generate pass')
  await untilHighlighted(page.getByRole('option', { name: 'Generate password' }))
  await keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Password generator' })
  const value = dialog.getByRole('status', { name: 'Generated value' })
  await expect.poll(() => value.innerText()).toMatch(/^\S{20}$/)
  const first = await value.innerText()
  await keyboard.press('Control+r')
  await expect.poll(() => value.innerText()).not.toBe(first)

  const length = dialog.getByRole('spinbutton', { name: 'Length' })
  await tabTo(page, length)
  await keyboard.press('Control+a')
  await keyboard.type('33')
  await keyboard.press('Tab')
  await expect.poll(() => value.innerText()).toMatch(/^\S{33}$/)
  for (const name of ['A–Z Capital letters', '0–9 Digits', '!#$… Symbols']) {
    await tabTo(page, dialog.getByRole('button', { name }))
    await keyboard.press('Space')
  }
  await expect.poll(() => value.innerText()).toMatch(/^[a-z]{33}$/)
  await dialog.getByRole('meter', { name: 'Strength' }).waitFor()
  expect(await dialog.getByRole('meter', { name: 'Strength' }).getAttribute('aria-valuetext')).toMatch(/^15[45] bits, excellent$/)

  await tabTo(page, dialog.getByRole('tab', { name: 'Characters' }))
  await keyboard.press('ArrowRight')
  await expect.poll(() => value.innerText()).toMatch(/^([a-z-]+-){6}[a-z-]+$/)
  await tabTo(page, dialog.getByRole('button', { name: 'Copy' }))
  await keyboard.press('Enter')
  await dialog.getByRole('button', { name: /^Copied, cleared in \d+ s$/ }).waitFor()
  const copied = await app.electron.evaluate(async ({ clipboard }) => Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(await clipboard.readText()))).toString('hex'))
  expect(copied).toBe(createHash('sha256').update(await value.innerText()).digest('hex'))
  await keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })

  await useInField(page)
})

async function useInField(page: Page): Promise<void> {
  const { keyboard } = page
  await createSecretQuickly(page, 'first', 'x')
  const panel = await startSecret(page, 'Login')
  await nameField(panel).focus()
  await keyboard.type('by-keyboard')
  await tabTo(page, panel.getByRole('button', { name: 'Generate', exact: true }).first())
  await keyboard.press('Enter')
  await tabTo(page, page.getByRole('button', { name: 'Use it' }))
  await keyboard.press('Enter')
  await expect.poll(() => panel.getByLabel('Password', { exact: true }).inputValue()).toMatch(/^([a-z-]+-){6}[a-z-]+$/)
  await tabTo(page, nameField(panel))
  await keyboard.press('Enter')
  await panel.waitFor({ state: 'hidden' })
  await onSecretPage(page, 'by-keyboard')
  await closeMessages(page)
}
