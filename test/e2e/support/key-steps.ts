import type { Locator, Page } from 'playwright'

/** The steps of a person on the pages of keys, by roles and names, in English. */

export type KeyTab = 'Overview' | 'Try it' | 'Versions' | 'Certificates' | 'Uses' | 'Activity'

/** Opens the panel that creates a key, from the list of keys. */
export async function openCreatePanel(page: Page): Promise<Locator> {
  await page.getByRole('link', { name: 'Keys' }).first().click()
  await page.getByRole('button', { name: 'Create key' }).first().click()
  const panel = page.getByRole('dialog', { name: 'Create key' })
  await panel.waitFor()
  return panel
}

/** Chooses a key type in the panel by searching for it. */
export async function chooseKeyType(page: Page, panel: Locator, type: string): Promise<void> {
  await panel.getByRole('button', { name: /^Key type: / }).click()
  await page.getByPlaceholder(/^Search key type/).fill(type)
  await page.getByRole('option', { name: type }).first().click()
  await focused(page, panel.getByRole('button', { name: `Key type: ${type}`, exact: true }))
}

/** Opens the part of the panel that few keys need. */
export async function openAdvanced(panel: Locator): Promise<void> {
  await panel.getByRole('button', { name: /^Advanced/ }).click()
  await panel.getByRole('group', { name: 'Key material origin' }).waitFor()
}

/** Presses the button of the panel once it says what will be made, and waits until the key is in the list. */
export async function submitKey(page: Page, panel: Locator, alias: string): Promise<void> {
  await panel.getByText(`named alias/${alias} will be made`).waitFor()
  await panel.getByRole('button', { name: 'Create key' }).click()
  await panel.waitFor({ state: 'hidden' })
  await page.getByRole('row', { name: alias }).waitFor()
}

/** Opens the page of a key from the list, by what its row says. */
export async function openKey(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Keys' }).first().click()
  await page.getByRole('row', { name }).click()
  await page.getByRole('heading', { name, exact: true, level: 1 }).waitFor()
}

/** Shows a part of the page of a key. */
export async function openKeyTab(page: Page, tab: KeyTab): Promise<void> {
  await page.getByRole('tab', { name: tab, exact: true }).click()
  await page.getByRole('tab', { name: tab, exact: true, selected: true }).waitFor()
}

/** Chooses what to try in the workbench. */
export async function openAct(page: Page, act: string): Promise<void> {
  const workbench = page.getByRole('region', { name: 'Try it' })
  await workbench.getByRole('tab', { name: act, exact: true }).click()
  await workbench.getByRole('tab', { name: act, exact: true, selected: true }).waitFor()
}

/** Chooses an option of a field with a list. */
export async function chooseOption(page: Page, field: Locator, option: string | RegExp): Promise<void> {
  await field.click()
  await page.getByRole('option', { name: option, exact: true }).click()
  await focused(page, field)
}

/** Waits until a field has the focus again, which its list gives back when it has closed: what is typed before goes nowhere. */
async function focused(page: Page, field: Locator): Promise<void> {
  await field.and(page.locator(':focus')).waitFor()
}

/** The bytes that the workbench shows under this heading, in the form that is chosen there. */
export async function shownResult(page: Page, label: string): Promise<string> {
  return page.getByRole('group', { name: label, exact: true }).innerText()
}

/** The value that the page of a key shows beside a name. */
export function metadataOf(page: Page, name: string): Locator {
  const term = page.getByRole('region', { name: 'Metadata' }).getByRole('term').filter({ hasText: new RegExp(`^${name}$`) })
  return term.locator('xpath=following-sibling::dd[1]')
}

/** What the badge beside the title of a key says. */
export function keyState(page: Page): Promise<string> {
  return page.getByRole('heading', { level: 1 }).locator('xpath=following-sibling::*[1]').innerText()
}

/** Closes the messages at the edge of the window: they stay while the window has no focus, as on a virtual display. */
export async function closeMessages(page: Page): Promise<void> {
  const closing = page.locator('li [data-slot="close"]')
  for (let left = await closing.count(); left > 0; left -= 1) {
    await closing.first().click()
    await closing.nth(left - 1).waitFor({ state: 'detached' })
  }
}
