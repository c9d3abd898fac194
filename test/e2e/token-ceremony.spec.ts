import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright'
import { afterAll, expect, it } from 'vitest'
import { SoftHsm } from '../support/softhsm'
import { findProblems, type Check } from './support/axe'
import { createVaultQuickly } from './support/bridge'
import { chooseTarget } from './support/desktop'
import { tabTo } from './support/focus'
import type { RunningApp } from './support/launch'
import { useApps } from './support/use-apps'

const apps = useApps()
const hsm = new SoftHsm()
hsm.initToken('first', '123456', '12345678')
hsm.initToken('second', '654321', '12345678')
afterAll(() => hsm.remove())

const custodians = ['Ada', 'Bob', 'Eve']

async function addModule(page: Page): Promise<void> {
  const code = await page.evaluate(async () => {
    const { findTokenModules, addTokenModule } = window.keystead.operations
    const found = await findTokenModules({})
    const module = found.ok ? found.value.modules.find(({ name }) => name === 'SoftHSM') : undefined
    const added = await addTokenModule({ module: module?.module ?? '' })
    return added.ok ? null : added.code
  })
  expect(code).toBeNull()
}

async function openCeremony(page: Page): Promise<void> {
  await page.keyboard.press('Control+K')
  await page.getByRole('dialog').getByRole('combobox').or(page.getByRole('dialog').getByRole('textbox')).first().waitFor()
  await page.keyboard.type('key ceremony')
  await page.getByRole('option', { name: 'Start a key ceremony' }).and(page.locator('[data-highlighted]')).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Key ceremony', level: 1 }).waitFor()
}

async function press(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target)
  await page.keyboard.press('Enter')
}

async function typeInto(page: Page, target: Locator, text: string): Promise<void> {
  await tabTo(page, target)
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText(text)
}

/** Tab leads to one choice of a group; the arrows lead to the others. */
async function chooseByKeys(page: Page, wanted: Locator): Promise<void> {
  const radios = page.getByRole('radiogroup').first().getByRole('radio')
  await radios.first().waitFor()
  const places = await radios.count()
  await tabTo(page, radios.first())
  await page.keyboard.press('Space')
  await expect.poll(() => radios.first().isChecked()).toBe(true)
  for (let place = 1; place < places && !(await wanted.isChecked()); place += 1) {
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => radios.nth(place).evaluate((element) => element === document.activeElement)).toBe(true)
    await page.keyboard.press('Space')
    await expect.poll(() => radios.nth(place).isChecked()).toBe(true)
  }
  expect(await wanted.isChecked()).toBe(true)
}

/** By keyboard alone. Tells the words of the shares. */
async function makeKey({ page, electron, folders }: RunningApp, check: Check): Promise<string[][]> {
  await openCeremony(page)
  await chooseByKeys(page, page.getByRole('radio', { name: /^first/ }))
  await check('token')
  await press(page, page.getByRole('button', { name: 'Continue' }))
  await typeInto(page, page.getByLabel('Label of the key'), 'master')
  await page.getByText('Every custodian needs a name.').waitFor()
  for (const [index, name] of custodians.entries()) await typeInto(page, page.getByLabel(`Name of custodian ${index + 1}`), name)
  await page.getByText('Makes a key, splits it into 3 shares of which any 2 give it back, and writes it to first.').waitFor()
  await check('key')
  await press(page, page.getByRole('button', { name: 'Make key and shares' }))

  const shares: string[][] = []
  for (const [index, name] of custodians.entries()) {
    const number = index + 1
    await page.getByRole('heading', { name: `Share ${number}: ${name}` }).waitFor()
    if (number === 1) await check('share, hidden')
    await press(page, page.getByRole('button', { name: 'I am alone at the screen: show my share' }))
    const list = page.getByRole('list', { name: `Words of share ${number} in their order` })
    await list.waitFor()
    if (number === 1) await check('share')
    const words = await list.locator('.font-mono').allInnerTexts()
    await press(page, page.getByRole('button', { name: 'I have it on paper: hide' }))
    await list.waitFor({ state: 'detached' })
    const field = page.getByLabel(`Words of share ${number}`)
    if (number === 1) {
      await typeInto(page, field, words.with(2, 'keystone').join(' '))
      await press(page, page.getByRole('button', { name: 'Check', exact: true }))
      await page.getByText('Word 3 is not a word of a share.').waitFor()
      await check('share, mistyped')
    }
    await typeInto(page, field, words.join('\n'))
    await press(page, page.getByRole('button', { name: 'Check', exact: true }))
    shares.push(words)
  }

  await page.getByRole('heading', { name: 'Write the key to the token' }).waitFor()
  await check('write')
  await typeInto(page, page.getByLabel('User PIN'), '123456')
  await page.keyboard.press('Enter')
  await page.getByText('it holds this key.').waitFor()
  await check('protocol')
  await page.getByRole('link', { name: 'Keys', exact: true }).click()
  const question = page.getByRole('dialog', { name: 'Leave without a protocol?' })
  await question.waitFor()
  await check('leave')
  await page.keyboard.press('Escape')
  await question.waitFor({ state: 'hidden' })
  const file = join(folders.work, 'protocol.txt')
  await chooseTarget(electron, file)
  await press(page, page.getByRole('button', { name: 'Save as file' }))
  await page.getByText('Saved as protocol.txt.', { exact: true }).waitFor()
  const text = readFileSync(file, 'utf8')
  for (const part of ['Token: first', 'share 3, Eve', 'The token worked out the same key check value']) expect(text).toContain(part)
  expect(text).not.toContain(shares[0]?.slice(3, 6).join(' '))
  await press(page, page.getByRole('link', { name: 'To the tokens' }))
  await page.getByRole('heading', { name: 'Tokens', level: 1 }).waitFor()
  return shares
}

it('makes a key by keyboard alone, splits it, writes it to a token, and puts it together on another', async () => {
  const app = await apps.start({ env: { SOFTHSM2_CONF: hsm.configuration } })
  const { page } = app
  await createVaultQuickly(page)
  await addModule(page)
  let shares: string[][] = []
  const walk = async (running: RunningApp, check: Check) => void (shares = await makeKey(running, check))
  expect(await findProblems(app, [walk])).toEqual([])
  expect(hsm.pkcs11Tool('--token-label', 'first', '--login', '--pin', '123456', '--list-objects')).toMatch(/AES length 32\s+label:\s+master/)

  await page.getByRole('link', { name: 'Key ceremony' }).click()
  await page.getByRole('radio', { name: /^second/ }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('radio', { name: 'Put a key together' }).click()
  await page.getByLabel('Label of the key').fill('copy of master')
  await page.getByRole('button', { name: 'Type in shares' }).click()
  await page.getByRole('heading', { name: 'First share' }).waitFor()
  const add = async (name: string, words: readonly string[]) => {
    await page.getByLabel('Custodian').fill(name)
    await page.getByLabel('Words of the share').fill(words.join(' '))
    await page.getByRole('button', { name: 'Add share' }).click()
  }
  await add('Eve', shares[2] ?? [])
  await page.getByRole('heading', { name: '1 of 2 shares' }).waitFor()
  await add('Ada', shares[2] ?? [])
  await page.getByText('This share was typed in already.').waitFor()
  await add('Ada', shares[0] ?? [])
  await page.getByRole('heading', { name: 'Write the key to the token' }).waitFor()
  await page.getByLabel('User PIN').fill('654321')
  await page.getByRole('button', { name: 'Write key to token' }).click()
  await page.getByText('it holds this key.').waitFor()
  expect(hsm.pkcs11Tool('--token-label', 'second', '--login', '--pin', '654321', '--list-objects')).toMatch(/AES length 32\s+label:\s+copy of master/)
})
