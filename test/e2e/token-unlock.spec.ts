import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SoftHsm } from '../support/softhsm'
import { findProblems, type Check } from './support/axe'
import { createVaultQuickly, testPassphrase, vaultState } from './support/bridge'
import { tabTo } from './support/focus'
import type { RunningApp } from './support/launch'
import { lockByKeyboard } from './support/steps'
import { useApps } from './support/use-apps'

const apps = useApps()
const label = 'Workstation token'
let hsm: SoftHsm
beforeAll(() => {
  hsm = new SoftHsm()
  hsm.initToken(label, '123456', '12345678')
})
afterAll(() => hsm.remove())

/** Allows SoftHSM, and makes a key to unlock with and one to sign with. */
function prepareToken(page: Page): Promise<void> {
  return page.evaluate(async (name) => {
    const { addTokenModule, findTokenModules, generateTokenKey, listTokens, logOutOfToken } = window.keystead.operations
    const done = <T>(answer: { ok: true; value: T } | { ok: false; code: string }): T => {
      if (!answer.ok) throw new Error(answer.code)
      return answer.value
    }
    const found = done(await findTokenModules({})).modules.find((module) => module.name === 'SoftHSM')
    done(await addTokenModule({ module: found?.module ?? '', name: 'SoftHSM' }))
    const token = done(await listTokens({})).tokens.find((each) => each.label === name)
    const tokenId = token?.tokenId ?? ''
    const userPin = () => new TextEncoder().encode('123456')
    done(await generateTokenKey({ tokenId, keySpec: 'AES_256', label: 'vault', uses: ['encrypt', 'decrypt'], userPin: userPin() }))
    done(await generateTokenKey({ tokenId, keySpec: 'EC_P256', label: 'auditor', uses: ['sign', 'verify'], userPin: userPin() }))
    done(await logOutOfToken({ tokenId }))
  }, label)
}

async function addToken(page: Page, check: Check): Promise<void> {
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('link', { name: 'Security' }).click()
  await page.getByRole('button', { name: 'Add token' }).click()
  const panel = page.getByRole('dialog', { name: 'Add a token' })
  await panel.getByLabel('PIN of the token').fill('123456')
  await check('add a token')
  await panel.getByRole('button', { name: 'Log in to the token' }).click()
  await panel.getByLabel('Passphrase').fill(testPassphrase)
  await check('choose its key')
  await panel.getByRole('button', { name: 'Add token' }).click()
  await panel.waitFor({ state: 'hidden' })
  await page.getByText(`Token “${label}”`, { exact: true }).waitFor()
  await check('ways to unlock')
}

async function signLog(page: Page, check: Check): Promise<void> {
  await page.getByRole('link', { name: 'Activity' }).click()
  await page.getByRole('button', { name: 'Sign', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Sign the audit log' })
  await dialog.getByLabel('PIN of the token').fill('123456')
  await dialog.getByRole('button', { name: 'Log in to the token' }).click()
  await dialog.getByText('auditor (P-256)').waitFor()
  await check('sign the audit log')
  await dialog.getByRole('button', { name: 'Sign', exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
  await page.getByText(/^Signed by token Workstation token up to entry \d+/).waitFor()
  await page.getByRole('button', { name: 'Verify chain' }).click()
  await page.getByText('1 signature of a token fits.', { exact: false }).first().waitFor({ state: 'attached' })
  await check('a signed log')
}

/** By the keyboard alone. */
async function unlockWithToken(page: Page, check: Check): Promise<void> {
  await lockByKeyboard(page)
  await tabTo(page, page.getByRole('button', { name: `Use token ${label}` }))
  await page.keyboard.press('Enter')
  await page.getByText('Inserted', { exact: true }).waitFor()
  const field = page.getByLabel('PIN of the token')
  await tabTo(page, field)
  await page.keyboard.type('000000')
  await page.keyboard.press('Enter')
  await page.getByText('TOKEN_PIN_WRONG').waitFor()
  await page.getByText('A wrong PIN was entered').waitFor()
  expect(await field.inputValue()).toBe('')
  await check('unlock with a token')
  await tabTo(page, field)
  await page.keyboard.type('123456')
  await page.keyboard.press('Enter')
  await page.getByRole('navigation', { name: 'Main navigation' }).waitFor()
  expect(await vaultState(page)).toBe('unlocked')
}

it('a token opens the vault and signs its audit log', async () => {
  const app: RunningApp = await apps.start({ env: { SOFTHSM2_CONF: hsm.configuration } })
  await createVaultQuickly(app.page)
  await prepareToken(app.page)
  const walk = async ({ page }: RunningApp, check: Check) => {
    await addToken(page, check)
    await signLog(page, check)
    await unlockWithToken(page, check)
  }
  expect(await findProblems(app, [walk])).toEqual([])
})
