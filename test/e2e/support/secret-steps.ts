import type { Locator, Page } from 'playwright'
import type { RequestInput } from '../../../src-shared/contract/operations'
import { closeMessages } from './key-steps'

/** The steps of a person on the pages of secrets, by roles and names, in English. */

export type SecretTab = 'Overview' | 'Versions' | 'Rotation' | 'Attachments' | 'Activity' | 'Danger'

const navigation = (page: Page) => page.getByRole('navigation', { name: 'Main navigation' })

/** Shows the list of secrets. */
export async function openSecrets(page: Page): Promise<void> {
  await navigation(page).getByRole('link', { name: 'Secrets' }).click()
  await page.getByRole('heading', { name: 'Secrets', exact: true, level: 1 }).waitFor()
}

/** Opens the panel that makes a secret and chooses what it is for, as the panel names it. */
export async function startSecret(page: Page, kind: string): Promise<Locator> {
  await openSecrets(page)
  await page.getByRole('button', { name: 'New secret' }).first().click()
  await page.getByRole('dialog', { name: 'New secret' }).getByRole('button', { name: new RegExp(`^${kind}`) }).click()
  const panel = page.getByRole('dialog', { name: `New secret: ${kind}` })
  await panel.waitFor()
  return panel
}

/** The field for the name of a secret in its panel. */
export function nameField(panel: Locator): Locator {
  return panel.getByLabel('Name', { exact: true })
}

/** Presses the button of the panel and waits for the page of the secret. */
export async function submitSecret(page: Page, panel: Locator, name: string): Promise<void> {
  await panel.getByRole('button', { name: 'Create secret' }).click()
  await panel.waitFor({ state: 'hidden' })
  await onSecretPage(page, name)
}

/** Makes a secret of plain text in the window. */
export async function createPlainSecret(page: Page, name: string, value: string): Promise<void> {
  const panel = await startSecret(page, 'Plain text')
  await nameField(panel).fill(name)
  await panel.getByLabel('Value', { exact: true }).fill(value)
  await submitSecret(page, panel, name)
}

/** Waits for the page of a secret. */
export async function onSecretPage(page: Page, name: string): Promise<void> {
  const leaf = name.split('/').at(-1) ?? name
  await page.getByRole('heading', { name: leaf, exact: true, level: 1 }).waitFor()
  await page.getByRole('tab', { name: 'Danger', exact: true }).waitFor()
}

/** The row of a secret in the list, by its whole name. */
export function secretRow(page: Page, name: string): Locator {
  return page.getByRole('grid', { name: 'Secrets of this vault' }).getByRole('row').filter({ has: page.locator(`[title="${name}"]`) })
}

/** Opens the page of a secret from the list. */
export async function openSecret(page: Page, name: string): Promise<void> {
  await openSecrets(page)
  await secretRow(page, name).click()
  await onSecretPage(page, name)
}

/** Shows a part of the page of a secret. */
export async function openSecretTab(page: Page, tab: SecretTab): Promise<void> {
  const name = tab === 'Attachments' ? /^Attachments/ : tab
  await page.getByRole('tab', { name, exact: true }).click()
  await page.getByRole('tab', { name, exact: true, selected: true }).waitFor()
}

/** Searches the list. */
export async function searchSecrets(page: Page, text: string): Promise<void> {
  await page.getByRole('searchbox', { name: 'Search secrets' }).fill(text)
}

/** Chooses from the menu of a row. */
export async function chooseInRowMenu(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}`, exact: true }).last().click()
  await page.getByRole('menuitem', { name: item }).click()
}

/** The value that the overview shows for a field, or for the whole value, which it calls Text. */
export function shownValue(page: Page, field: string): Locator {
  const term = page.getByRole('region', { name: 'Value', exact: true }).getByRole('term').filter({ hasText: new RegExp(`^${field}$`) })
  return term.locator('xpath=following-sibling::dd[1]')
}

/** Reveals a field on the overview and tells what is then shown. */
export async function reveal(page: Page, field: string): Promise<string> {
  await page.getByRole('button', { name: `Reveal ${field}`, exact: true }).click()
  await page.getByRole('button', { name: `Hide ${field}`, exact: true }).waitFor()
  return (await shownValue(page, field).locator('span, pre').first().textContent()) ?? ''
}

/** Starts editing from the page of a secret. */
export async function startEditing(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  const panel = page.getByRole('dialog', { name: 'Edit secret' })
  await panel.getByRole('button', { name: 'Save changes' }).waitFor()
  return panel
}

/** Saves what was edited and waits until the panel is gone. */
export async function saveEdited(panel: Locator): Promise<void> {
  await panel.getByRole('button', { name: 'Save changes' }).click()
  await panel.waitFor({ state: 'hidden' })
}

/** Replaces the whole value of a secret of plain text, from its page: a new version. */
export async function replacePlainValue(page: Page, value: string): Promise<void> {
  const panel = await startEditing(page)
  await panel.getByRole('group', { name: 'Value' }).getByRole('button', { name: 'Edit', exact: true }).click()
  await panel.getByRole('textbox', { name: 'Value' }).fill(value)
  await saveEdited(panel)
  await closeMessages(page)
}

/** A version on the Versions tab. */
export function versionItem(page: Page, versionId: string): Locator {
  return page.getByRole('list', { name: 'Versions' }).getByRole('listitem', { name: `Version ${versionId}`, exact: true })
}

/** The stages of a version on the Versions tab. */
export async function stagesOf(page: Page, versionId: string): Promise<string[]> {
  const chips = await versionItem(page, versionId).getByRole('button', { name: /^Stage / }).all()
  return Promise.all(chips.map(async (chip) => (await chip.innerText()).trim()))
}

/** Gives a version on the Versions tab a stage. */
export async function addStage(page: Page, versionId: string, stage: string): Promise<void> {
  await page.getByRole('button', { name: `Add a stage to version ${versionId}` }).click()
  await page.getByLabel(/^Name of the stage/).fill(stage)
  await page.getByRole('button', { name: 'Add stage', exact: true }).click()
  await versionItem(page, versionId).getByText(stage, { exact: true }).waitFor()
}

/** Destroys the secret whose Danger tab is shown, with its name typed. */
export async function destroySecret(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Delete now' }).click()
  const dialog = page.getByRole('dialog', { name: `Delete ${name} now` })
  await dialog.getByLabel(`Type ${name} to confirm`).fill(name)
  await dialog.getByRole('button', { name: 'Delete for good' }).click()
  await dialog.waitFor({ state: 'hidden' })
}

/** A secret with these fields, made through the bridge for tests about something else. Fields are secret unless told otherwise. */
export async function createFieldsQuickly(page: Page, name: string, values: Readonly<Record<string, string>>, more: Partial<RequestInput<'saveSecret'>> = {}, open: readonly string[] = ['username', 'url']): Promise<void> {
  await page.evaluate(
    async ([secretName, pairs, others, openNames]) => {
      const encoded = pairs.map(([, value]) => new TextEncoder().encode(value))
      const packed = new Uint8Array(encoded.reduce((size, value) => size + 4 + value.length, 0))
      let at = 0
      for (const value of encoded) {
        new DataView(packed.buffer).setUint32(at, value.length)
        packed.set(value, at + 4)
        at += 4 + value.length
      }
      const kindOf = (field: string) => (field === 'password' ? 'password' : field === 'url' ? 'url' : field === 'totp' ? 'totp' : 'text') as 'text'
      const fields = pairs.map(([field]) => ({ name: field, kind: kindOf(field), isSecret: !openNames.includes(field), isGiven: true }))
      const answer = await window.keystead.operations.saveSecret({ name: secretName, template: 'login', fields, values: packed, ...others })
      if (!answer.ok) throw new Error(`${answer.code}: ${answer.message}`)
    },
    [name, Object.entries(values), more, [...open]] as const,
  )
}

/** A secret of plain text, or with another request of createSecret, made through the bridge. */
export async function createSecretQuickly(page: Page, secretName: string, value: string, more: Partial<Omit<RequestInput<'createSecret'>, 'secretName' | 'secretData'>> = {}): Promise<void> {
  await page.evaluate(
    async ([name, text, others]) => {
      const answer = await window.keystead.operations.createSecret({ secretName: name, secretData: new TextEncoder().encode(text), versionId: 'v1', ...others })
      if (!answer.ok) throw new Error(`${answer.code}: ${answer.message}`)
    },
    [secretName, value, more] as const,
  )
}
