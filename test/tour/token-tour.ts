import { SoftHsm } from '../support/softhsm'
import type { RunningApp } from '../e2e/support/launch'
import { chooseTokenAct, openTokens, sendPin, tokenItem, typeNewPin } from '../e2e/support/token-steps'
import type { Guide } from './guide'
import { tokenPagesTour } from './token-pages-tour'

/** The token that the tour initialises, and one that was there before. */
export const [tourToken, tourOldToken] = ['Release signing', 'Backups'] as const

/** SoftHSM with a token on it, for an app that is to be started with its environment. */
export function tourHsm(): SoftHsm {
  const hsm = new SoftHsm()
  hsm.initToken(tourOldToken, '123456', '12345678')
  return hsm
}

/** From no module to a token with a key on it, in English and light. */
export async function tokenTour({ page }: RunningApp, guide: Guide): Promise<void> {
  await guide.step('Find token modules', 'no-module', async () => {
    await openTokens(page)
    await page.getByRole('button', { name: 'Add SoftHSM' }).waitFor()
  })
  await guide.step('Add a module', 'add-module', async () => {
    await page.keyboard.press('Control+n')
    await page.getByRole('dialog', { name: 'Add module' }).getByRole('button', { name: 'Add SoftHSM' }).waitFor()
  })
  await guide.step('See its tokens', 'tokens', async () => {
    await page.getByRole('dialog', { name: 'Add module' }).getByRole('button', { name: 'Add SoftHSM' }).click()
    await tokenItem(page, tourOldToken).waitFor()
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  })
  const init = page.getByRole('dialog', { name: /^Initialise the token in slot/ })
  await guide.step('Initialise a token', 'initialise-token', async () => {
    await tokenItem(page, /^New token/).getByRole('button', { name: /^Initialise/ }).click()
    await init.getByLabel('Label', { exact: true }).fill(tourToken)
    await typeNewPin(init, 'SO', '12345678')
    await typeNewPin(init, 'user', '123456')
  })
  await init.getByRole('button', { name: 'Initialise token' }).click()
  await init.waitFor({ state: 'hidden' })
  const login = page.getByRole('dialog', { name: `Log in to ${tourToken}` })
  await guide.step('Type a wrong PIN', 'wrong-pin', async () => {
    await tokenItem(page, tourToken).getByRole('button', { name: /^Log in/ }).click()
    await sendPin(login, '654321')
    await login.getByRole('alert').filter({ hasText: 'The PIN is not right' }).waitFor()
  })
  await guide.step('Log in', 'logged-in', async () => {
    await sendPin(login, '123456')
    await login.waitFor({ state: 'hidden' })
    await tokenItem(page, tourToken).getByText('Logged in as user').waitFor()
  })
  await guide.step('Erase a token', 'erase-token', async () => {
    await chooseTokenAct(page, tourOldToken, 'Initialise')
    await page.getByRole('dialog', { name: /^Erase/ }).waitFor()
  })
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await tokenPagesTour(page, guide, tourToken)
}
