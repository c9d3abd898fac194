import type { Locator, Page } from 'playwright'
import { expect, it } from 'vitest'
import { createKeyQuickly, createVaultQuickly } from './support/bridge'
import { chooseOption } from './support/key-steps'
import { chooseInRowMenu, createFieldsQuickly, createSecretQuickly, nameField, onSecretPage, openSecret, openSecretTab, openSecrets, reveal, saveEdited, startEditing, startSecret } from './support/secret-steps'
import { useSharedApp } from './support/use-apps'

const theApp = useSharedApp(({ page }) => createVaultQuickly(page))

async function changePassword(panel: Locator, password: string): Promise<void> {
  await panel.getByRole('group', { name: 'Password' }).getByRole('button', { name: 'Change' }).click()
  await panel.getByLabel('Password', { exact: true }).fill(password)
}

it('does not save over a version that came meanwhile, and goes on from that one', async () => {
  const { page } = theApp()
  await createFieldsQuickly(page, 'one', { username: 'ada', password: 'first' })
  await openSecret(page, 'one')
  const panel = await startEditing(page)
  await changePassword(panel, 'mine')
  const code = await page.evaluate(async () => {
    const secretData = new TextEncoder().encode('{"username":"ada","password":"theirs"}')
    const answer = await window.keystead.operations.putSecretValue({ secretName: 'one', versionId: 'v2', secretData })
    return answer.ok ? 'ok' : answer.code
  })
  expect(code).toBe('ok')
  await panel.getByRole('button', { name: 'Save changes' }).click()
  await panel.getByText('The secret was changed meanwhile').waitFor()
  expect(await panel.getByLabel('Password', { exact: true }).inputValue()).toBe('mine')

  await panel.getByRole('button', { name: 'Start from the current version' }).click()
  await changePassword(panel, 'third')
  await nameField(panel).fill('folder/two')
  await panel.getByText('Makes version v3 and keeps the old value, v2, as ACSPrevious. The name becomes folder/two; references to the old name stop working.').waitFor()
  await saveEdited(panel)
  await onSecretPage(page, 'folder/two')
  expect(await reveal(page, 'password')).toBe('third')
})

it('changes the value of plain text and what is around it', async () => {
  const { page } = theApp()
  await createSecretQuickly(page, 'plain', 'before')
  await openSecret(page, 'plain')
  const panel = await startEditing(page)
  await panel.getByRole('button', { name: /^Description, tags/ }).click()
  await panel.getByLabel('Description', { exact: true }).fill('What it is for')
  await panel.getByText('The value stays at version v1.').waitFor()
  await panel.getByRole('group', { name: 'Value' }).getByRole('button', { name: 'Edit', exact: true }).click()
  const value = panel.getByRole('textbox', { name: 'Value' })
  await expect.poll(() => value.inputValue()).toBe('before')
  await value.fill('after')
  await panel.getByText('Makes version v2 and keeps the old value, v1, as ACSPrevious.').waitFor()
  await saveEdited(panel)
  expect(await reveal(page, 'Text')).toBe('after')
  await page.getByText('What it is for', { exact: true }).waitFor()
})

const question = (page: Page) => page.getByRole('dialog', { name: 'Discard what you typed?' })

async function keepTyping(page: Page): Promise<void> {
  await question(page).getByRole('button', { name: 'Cancel' }).click()
  await question(page).waitFor({ state: 'hidden' })
}

it('keeps what is typed from Escape and shortcuts until it is discarded, and makes no other secret over it', async () => {
  const { page } = theApp()
  await createSecretQuickly(page, 'first', 'before')
  await openSecrets(page)
  await chooseInRowMenu(page, 'first', 'Edit')
  const panel = page.getByRole('dialog', { name: 'Edit secret' })
  await panel.getByRole('group', { name: 'Value' }).getByRole('button', { name: 'Edit', exact: true }).click()
  const value = panel.getByRole('textbox', { name: 'Value' })
  await value.fill('typed')
  await page.keyboard.press('Control+n')
  await page.keyboard.press('Control+,')
  await question(page).waitFor()
  await keepTyping(page)
  expect(await value.inputValue()).toBe('typed')
  expect(await panel.getByRole('button', { name: 'Save changes' }).isEnabled()).toBe(true)
  await page.keyboard.press('Escape')
  await question(page).waitFor()
  await keepTyping(page)
  expect(await value.inputValue()).toBe('typed')
  await page.keyboard.press('Control+,')
  await question(page).getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('heading', { name: 'Settings', exact: true }).waitFor()
  await openSecret(page, 'first')
  expect(await reveal(page, 'Text')).toBe('before')
})

it('keeps tags that are no tags yet, and the chosen key, while their part of the form is closed', async () => {
  const { page } = theApp()
  await createKeyQuickly(page, 'alias/own')
  const panel = await startSecret(page, 'Plain text')
  const more = panel.getByRole('button', { name: 'Description, tags, expiry and key' })
  const key = panel.getByRole('combobox', { name: 'Encrypted under' })
  await more.click()
  await chooseOption(page, key, 'Another key')
  await panel.getByRole('button', { name: 'Add tag' }).click()
  await panel.getByLabel('Value of tag 1').fill('web')
  await more.click()
  await key.waitFor({ state: 'hidden' })
  await more.click()
  expect(await panel.getByLabel('Value of tag 1').inputValue()).toBe('web')
  expect(await key.innerText()).toContain('Another key')
})

it('sets the schedule of a rotation, and refuses a period that cannot be', async () => {
  const { page } = theApp()
  await createSecretQuickly(page, 'acs/ecs/build', JSON.stringify({ UserName: 'ada', Password: 'x' }), {
    secretType: 'ECS', extendedConfig: JSON.stringify({ SecretSubType: 'Password', RegionId: 'local', InstanceId: 'build' }),
  })
  await openSecret(page, 'acs/ecs/build')
  await openSecretTab(page, 'Rotation')
  await page.getByRole('switch', { name: 'Rotate on a schedule' }).click()
  const choose = async (field: string, option: string) => {
    await page.getByRole('combobox', { name: field }).click()
    await page.getByRole('option', { name: option, exact: true }).click()
  }
  const save = page.getByRole('button', { name: 'Save schedule' })
  await choose('How often', 'Other period')
  await page.getByRole('spinbutton', { name: 'Length of the period' }).fill('5')
  await page.keyboard.press('Tab')
  await choose('Unit of the period', 'hours')
  await page.getByText('A period is 6 hours to 365 days.').waitFor()
  expect(await save.isDisabled()).toBe(true)
  await choose('How often', 'Every 7 days')
  await page.getByText('Nothing runs before a target is set.').waitFor()
  await save.click()
  await page.getByText('The schedule was saved.').first().waitFor()
  const answer = await page.evaluate(() => window.keystead.operations.getSecretRotation({ secretName: 'acs/ecs/build' }))
  expect(answer).toMatchObject({ ok: true, value: { isEnabled: true, intervalSeconds: 7 * 86_400, target: null } })
})
