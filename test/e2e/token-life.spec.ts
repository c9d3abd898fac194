import { afterAll, beforeAll, expect, it } from 'vitest'
import { SoftHsm } from '../support/softhsm'
import { findProblems, type Check } from './support/axe'
import { createVaultQuickly } from './support/bridge'
import { tabTo } from './support/focus'
import { closeMessages } from './support/key-steps'
import type { RunningApp } from './support/launch'
import { chooseTokenAct, openTokens, sendPin, tokenItem, typeNewPin } from './support/token-steps'
import { useApps } from './support/use-apps'

const apps = useApps()
let hsm: SoftHsm
beforeAll(() => void (hsm = new SoftHsm()))
afterAll(() => hsm.remove())
const start = () => apps.start({ env: { SOFTHSM2_CONF: hsm.configuration } })

/** The life of a token in the window; each screen is looked at. */
async function live({ page }: RunningApp, check: Check): Promise<void> {
  await openTokens(page)
  await page.getByText('No token module yet').waitFor()
  await page.getByRole('button', { name: 'Add SoftHSM' }).waitFor()
  await check('no module')
  await page.getByRole('button', { name: 'Add module', exact: true }).click()
  const panel = page.getByRole('dialog', { name: 'Add module' })
  await panel.getByRole('button', { name: 'Add SoftHSM' }).waitFor()
  await check('add a module')
  await panel.getByRole('button', { name: 'Add SoftHSM' }).click()
  await panel.waitFor({ state: 'hidden' })
  await closeMessages(page)
  const blank = tokenItem(page, /^New token in slot/)
  await blank.getByText('Software token, for trying out').waitFor()
  await blank.getByText('Not initialised', { exact: true }).waitFor()
  await check('a new token')

  await blank.getByRole('button', { name: /^Initialise/ }).click()
  const init = page.getByRole('dialog', { name: /^Initialise the token in slot/ })
  await init.getByLabel('Label', { exact: true }).fill('Schlüssel 1')
  await typeNewPin(init, 'SO', '87654321')
  await typeNewPin(init, 'user', '12')
  await init.getByLabel('Repeat the user PIN').blur()
  expect(await init.getByRole('button', { name: 'Initialise token' }).isDisabled()).toBe(true)
  await typeNewPin(init, 'user', '1234')
  await check('initialise')
  await init.getByRole('button', { name: 'Initialise token' }).click()
  await init.waitFor({ state: 'hidden' })
  await closeMessages(page)
  const token = tokenItem(page, 'Schlüssel 1')
  await token.getByText('Not logged in', { exact: true }).waitFor()
  expect(hsm.pkcs11Tool('--list-token-slots')).toContain('Schlüssel 1')

  await token.getByRole('button', { name: 'Log in: Schlüssel 1' }).click()
  const login = page.getByRole('dialog', { name: 'Log in to Schlüssel 1' })
  await sendPin(login, '9999')
  await login.getByText('The PIN is not right.', { exact: false }).waitFor()
  await login.getByText('A wrong PIN was entered', { exact: true }).waitFor()
  expect(await login.getByLabel('User PIN', { exact: true }).inputValue()).toBe('')
  await check('a wrong PIN')
  await sendPin(login, '1234')
  await login.waitFor({ state: 'hidden' })
  await token.getByText('Logged in as user', { exact: true }).waitFor()
  await token.getByText('A wrong PIN was entered').waitFor({ state: 'detached' })
  await check('logged in')

  await chooseTokenAct(page, 'Schlüssel 1', 'Change user PIN')
  const change = page.getByRole('dialog', { name: 'Change the user PIN of Schlüssel 1' })
  await change.getByLabel('Current PIN', { exact: true }).fill('1234')
  await typeNewPin(change, 'user', 'пин 56')
  await check('change the PIN')
  await change.getByRole('button', { name: 'Change user PIN' }).click()
  await change.waitFor({ state: 'hidden' })
  expect(hsm.pkcs11Tool('--token-label', 'Schlüssel 1', '--login', '--pin', 'пин 56', '--list-objects')).toBe('')

  await closeMessages(page)

  await token.getByRole('button', { name: 'Log in: Schlüssel 1' }).click()
  await sendPin(login, 'пин 56')
  await login.waitFor({ state: 'hidden' })
  await token.getByRole('button', { name: 'Log out: Schlüssel 1' }).click()
  await token.getByText('Not logged in', { exact: true }).waitFor()
  await chooseTokenAct(page, 'Schlüssel 1', 'Set or unblock user PIN')
  const unblock = page.getByRole('dialog', { name: 'Set the user PIN of Schlüssel 1' })
  await unblock.getByLabel('SO PIN', { exact: true }).fill('87654321')
  await typeNewPin(unblock, 'user', '7777')
  await unblock.getByRole('button', { name: 'Set or unblock user PIN' }).click()
  await unblock.waitFor({ state: 'hidden' })
  await closeMessages(page)

  await chooseTokenAct(page, 'Schlüssel 1', 'Initialise')
  const erase = page.getByRole('dialog', { name: 'Erase and initialise Schlüssel 1' })
  await erase.getByLabel('SO PIN', { exact: true }).fill('87654321')
  await typeNewPin(erase, 'user', '4321')
  expect(await erase.getByRole('button', { name: 'Erase and initialise' }).isDisabled()).toBe(true)
  await erase.getByLabel('Type Schlüssel 1 to confirm').fill('Schlüssel 1')
  await check('erase')
  await erase.getByLabel('Label', { exact: true }).fill('Second life')
  await erase.getByRole('button', { name: 'Erase and initialise' }).click()
  await erase.waitFor({ state: 'hidden' })
  await tokenItem(page, 'Second life').waitFor()
  expect(hsm.pkcs11Tool('--list-token-slots')).not.toContain('Schlüssel 1')
  await closeMessages(page)

  await page.getByRole('button', { name: 'Remove SoftHSM' }).click()
  const remove = page.getByRole('dialog', { name: 'Remove SoftHSM?' })
  await check('remove the module')
  await remove.getByRole('button', { name: 'Remove module' }).click()
  await page.getByText('No token module yet').waitFor()
}

it('lives from the first label to the end of its module, on screens without faults', async () => {
  const app = await start()
  await createVaultQuickly(app.page)
  expect(await findProblems(app, [live])).toEqual([])
})

it('is used by keyboard alone, and logged out by the lock', async () => {
  hsm.initToken('By keyboard', '1234', '87654321')
  const { page } = await start()
  await createVaultQuickly(page)
  const { keyboard } = page
  await tabTo(page, page.getByRole('link', { name: 'Tokens' }))
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Tokens', exact: true, level: 1 }).waitFor()
  await keyboard.press('Control+n')
  const panel = page.getByRole('dialog', { name: 'Add module' })
  await panel.getByRole('button', { name: 'Add SoftHSM' }).waitFor()
  await tabTo(page, panel.getByRole('button', { name: 'Add SoftHSM' }))
  await keyboard.press('Enter')
  await panel.waitFor({ state: 'hidden' })
  const token = tokenItem(page, 'By keyboard')
  await tabTo(page, token.getByRole('button', { name: 'Log in: By keyboard' }))
  await keyboard.press('Enter')
  const login = page.getByRole('dialog', { name: 'Log in to By keyboard' })
  await login.getByLabel('User PIN', { exact: true }).and(page.locator(':focus')).waitFor()
  await keyboard.type('0000')
  await keyboard.press('Enter')
  await login.getByText('The PIN is not right.', { exact: false }).waitFor()
  await login.getByLabel('User PIN', { exact: true }).and(page.locator(':focus')).waitFor()
  await keyboard.type('1234')
  await keyboard.press('Enter')
  await token.getByText('Logged in as user', { exact: true }).waitFor()

  const listed = () => page.evaluate(() => window.keystead.operations.listTokens({}))
  await keyboard.press('Control+l')
  await page.getByLabel(/^Passphrase/).waitFor()
  const answer = await listed()
  const named = answer.ok ? answer.value.tokens.filter(({ label }) => label === 'By keyboard') : answer.code
  expect(named).toMatchObject([{ login: null }])
})
