import type { Locator, Page } from 'playwright'

/** The steps of a person in the window, by what a person sees: roles and names. English unless told otherwise. */

/** Types letter by letter, as a keyboard does. */
export async function typeInto(field: Locator, text: string): Promise<void> {
  await field.click()
  await field.pressSequentially(text)
}

/** The recovery words on the screen. */
export async function readRecoveryWords(page: Page): Promise<string[]> {
  const items = await page.getByRole('list', { name: 'Recovery words in their order' }).getByRole('listitem').allInnerTexts()
  return items.map((item) => item.replaceAll(/[\d\s]/g, ''))
}

/** From the welcome screen to the screen with the recovery words. */
export async function fillCreateForm(page: Page, passphrase: string): Promise<void> {
  await page.getByRole('button', { name: /^Create a vault/ }).click()
  await typeInto(page.getByLabel(/^Passphrase/), passphrase)
  await typeInto(page.getByLabel(/^Repeat the passphrase/), passphrase)
  await page.getByRole('button', { name: 'Create vault' }).click()
  await page.getByRole('heading', { name: 'Recovery kit' }).waitFor()
}

/** Retypes the two words that the wizard asks for. */
export async function confirmKit(page: Page, words: readonly string[]): Promise<void> {
  await page.getByRole('checkbox', { name: /^I have stored the kit/ }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  const fields = await page.getByLabel(/^Word \d+$/).all()
  const labels = await page.getByText(/^Word \d+$/).allInnerTexts()
  for (const [turn, field] of fields.entries()) {
    const position = Number(/\d+/.exec(labels[turn] ?? '')?.[0])
    await typeInto(field, words[position - 1] ?? '')
  }
  await page.getByRole('button', { name: 'Finish' }).click()
}

/** The whole wizard; tells the recovery words. */
export async function createVault(page: Page, passphrase: string): Promise<string[]> {
  await fillCreateForm(page, passphrase)
  const words = await readRecoveryWords(page)
  await confirmKit(page, words)
  await page.getByRole('heading', { name: 'Keys', exact: true }).waitFor()
  return words
}

/** Makes a key with an alias (without the prefix) from the key page. */
export async function createKey(page: Page, alias: string, description = ''): Promise<void> {
  await page.getByRole('link', { name: 'Keys' }).first().click()
  await page.getByRole('button', { name: 'Create key' }).first().click()
  const panel = page.getByRole('dialog', { name: 'Create key' })
  await typeInto(panel.getByLabel(/^Alias/), alias)
  if (description !== '') await typeInto(panel.getByLabel(/^Description/), description)
  await panel.getByRole('button', { name: 'Create key' }).click()
  await panel.waitFor({ state: 'hidden' })
  await page.getByRole('row', { name: alias }).waitFor()
}

/** Unlocks with the passphrase on the unlock screen. */
export async function unlock(page: Page, passphrase: string): Promise<void> {
  await typeInto(page.getByLabel(/^Passphrase/), passphrase)
  await page.getByRole('button', { name: 'Unlock', exact: true }).click()
  await page.getByRole('navigation', { name: 'Main navigation' }).waitFor()
}

/** Locks by the keyboard and waits for the unlock screen. */
export async function lockByKeyboard(page: Page): Promise<void> {
  await page.keyboard.press('Control+l')
  await page.getByLabel(/^Passphrase/).waitFor()
}

export async function openFiles(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: 'Files' }).click()
  await page.getByRole('heading', { name: 'Files', exact: true }).waitFor()
}

/** Opens the page that says what any file or text is, from the Files page. */
export async function openInspector(page: Page): Promise<void> {
  await openFiles(page)
  await page.getByRole('link', { name: 'Inspect file' }).click()
  await page.getByRole('heading', { name: 'Inspect', exact: true }).waitFor()
}

/** The queue's part for one kind of job. */
export function queueOf(page: Page, kind: 'encrypt' | 'decrypt'): Locator {
  return page.getByRole('region', { name: kind === 'encrypt' ? 'To encrypt' : 'To decrypt' })
}

/** Starts what is in the queue and waits until all jobs have ended; gives the newest job's card. */
export async function startQueue(page: Page, kind: 'encrypt' | 'decrypt'): Promise<Locator> {
  await startWithoutWaiting(page, kind)
  const jobs = page.getByRole('region', { name: 'Jobs' })
  await jobs.getByRole('article').first().waitFor()
  await jobs.getByRole('button', { name: /^Cancel: / }).first().waitFor({ state: 'detached', timeout: 90_000 })
  return jobs.getByRole('article').first()
}

/** Presses the start button of the queue. */
export async function startWithoutWaiting(page: Page, kind: 'encrypt' | 'decrypt'): Promise<void> {
  const queue = queueOf(page, kind)
  await queue.getByRole('button', { name: kind === 'encrypt' ? /^Encrypt \d/ : /^Decrypt \d/ }).click()
  await queue.waitFor({ state: 'detached' })
}

/** Sets the target folder of the queue's part; the dialog must have been answered before. */
export async function chooseTargetFolder(page: Page, kind: 'encrypt' | 'decrypt', name: string): Promise<void> {
  await queueOf(page, kind).getByRole('button', { name: /^Save to: / }).click()
  await queueOf(page, kind).getByRole('button', { name: `Save to: ${name}` }).waitFor()
}
