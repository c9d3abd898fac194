import type { Locator, Page } from 'playwright'
import { openTokens, tokenItem } from '../e2e/support/token-steps'
import type { Guide } from './guide'

/** The pages of a token that is logged in as user, in English and light: a key, the examination, and a key ceremony up to the share that is typed back. */
export async function tokenPagesTour(page: Page, guide: Guide, token: string): Promise<void> {
  await openTokens(page)
  await tokenItem(page, token).getByRole('link', { name: token, exact: true }).click()
  await page.getByRole('heading', { name: token, level: 1 }).waitFor()
  await makeKey(page, guide)
  await guide.step('Look at the key on the token', 'token-key', async () => {
    await page.getByRole('row', { name: /release 2027 Private key/ }).click()
    await page.getByRole('button', { name: 'Save PEM: Public key' }).waitFor()
  })
  await page.getByRole('link', { name: token, exact: true }).first().click()
  await guide.step('Examine the token', 'token-examined', async () => {
    await page.getByRole('tab', { name: 'About', exact: true }).click()
    await page.getByRole('button', { name: 'Examine token' }).click()
    await page.getByRole('button', { name: 'Examine again' }).waitFor()
  })
  await ceremony(page, guide, token)
}

async function makeKey(page: Page, guide: Guide): Promise<void> {
  const panel = page.getByRole('dialog', { name: 'Generate key' })
  await guide.step('Rehearse a key', 'token-key-rehearsed', async () => {
    await page.keyboard.press('Control+n')
    await panel.getByRole('button', { name: /^Kind: / }).click()
    await page.getByRole('option', { name: 'EC P-256' }).first().click()
    await panel.getByRole('button', { name: 'Kind: EC P-256', exact: true }).and(page.locator(':focus')).waitFor()
    await panel.getByLabel('Label', { exact: true }).fill('release 2027')
    await panel.getByRole('button', { name: 'Rehearse on a scratch token' }).and(page.locator(':enabled')).click()
    await panel.getByText('The rehearsal worked').waitFor()
  })
  await guide.step('Make the key on the token', 'token-objects', async () => {
    await panel.getByRole('button', { name: 'Generate key' }).click()
    await panel.waitFor({ state: 'hidden' })
    await page.getByRole('row', { name: /release 2027 Private key/ }).waitFor()
  })
}

async function ceremony(page: Page, guide: Guide, token: string): Promise<void> {
  const words: Locator = page.getByRole('list', { name: 'Words of share 1 in their order' })
  await openTokens(page)
  await guide.step('Choose the token of a key ceremony', 'ceremony-token', async () => {
    await page.getByRole('link', { name: 'Key ceremony' }).click()
    await page.getByRole('radio', { name: new RegExp(`^${token}`) }).click()
  })
  await guide.step('Name the key and its custodians', 'ceremony-key', async () => {
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByLabel('Label of the key').fill('master')
    for (const [index, name] of ['Ada', 'Bob', 'Eve'].entries()) await page.getByLabel(`Name of custodian ${index + 1}`).fill(name)
  })
  await guide.step('Hand the screen over', 'ceremony-hand-over', async () => {
    await page.getByRole('button', { name: 'Make key and shares' }).click()
    await page.getByRole('heading', { name: 'Share 1: Ada' }).waitFor()
  })
  await guide.step('Show a share', 'ceremony-share', async () => {
    await page.getByRole('button', { name: /^I am alone/ }).click()
    await words.waitFor()
  })
  await guide.step('Type a share back', 'ceremony-typed', async () => {
    const shown = await words.locator('.font-mono').allInnerTexts()
    await page.getByRole('button', { name: 'I have it on paper: hide' }).click()
    await page.getByLabel('Words of share 1').fill(shown.with(2, 'keystone').join(' '))
    await page.getByRole('button', { name: 'Check', exact: true }).click()
    await page.getByText('Word 3 is not a word of a share.').waitFor()
  })
  await page.getByRole('link', { name: 'Keys', exact: true }).click()
  await page.getByRole('dialog', { name: 'End the key ceremony?' }).getByRole('button', { name: 'End ceremony' }).click()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
}
