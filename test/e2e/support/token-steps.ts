import type { Locator, Page } from 'playwright'

/** Opens the Tokens page from the sidebar. */
export async function openTokens(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: 'Tokens' }).click()
  await page.getByRole('heading', { name: 'Tokens', exact: true, level: 1 }).waitFor()
}

/** A token in the list, by its label. */
export function tokenItem(page: Page, name: string | RegExp): Locator {
  return page.getByRole('list', { name: 'Tokens that are there now' }).getByRole('listitem', { name })
}

/** Starts one of the acts in the menu of a token. */
export async function chooseTokenAct(page: Page, name: string, act: string): Promise<void> {
  await page.getByRole('button', { name: `More actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: act, exact: true }).click()
}

/** Types a new PIN twice. */
export async function typeNewPin(dialog: Locator, whose: 'user' | 'SO', pin: string): Promise<void> {
  await dialog.getByLabel(`New ${whose} PIN`, { exact: true }).fill(pin)
  await dialog.getByLabel(`Repeat the ${whose} PIN`, { exact: true }).fill(pin)
}

/** Types a PIN into the dialog that is open and sends it. */
export async function sendPin(dialog: Locator, pin: string): Promise<void> {
  await dialog.getByLabel('User PIN', { exact: true }).fill(pin)
  await dialog.getByRole('button', { name: 'Log in', exact: true }).click()
}
