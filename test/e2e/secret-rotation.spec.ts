import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { createVaultQuickly } from './support/bridge'
import { chooseFiles } from './support/desktop'
import { chooseOption, closeMessages } from './support/key-steps'
import { nameField, openSecretTab, startSecret, submitSecret } from './support/secret-steps'
import { useApps } from './support/use-apps'

const apps = useApps()
const name = 'db/orders'

/** The files of an account that a program looks after. */
interface Account {
  program: string
  /** Its password. */
  password: string
  /** What the program was told and given, one line for each run. */
  runs: string
  /** The step that fails, where there is this file. */
  failing: string
}

/** A program that keeps the account in files: it takes over, checks and puts back passwords, and gossips about them when a check fails. */
function writeProgram(folder: string): Account {
  const [program, password, runs, failing] = ['rotate-account', 'password', 'runs', 'failing'].map((file) => join(folder, file)) as [string, string, string, string]
  const source = `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs')
const [password, runs, failing] = ${JSON.stringify([password, runs, failing])}
const { step, account, oldValue, newValue } = JSON.parse(readFileSync(0, 'utf8'))
const value = step === 'rollback' ? oldValue : newValue
const wanted = value.Accounts ? value.Accounts[0].AccountPassword : value.AccountPassword
appendFileSync(runs, JSON.stringify({ step, account, args: process.argv.slice(2), env: Object.keys(process.env).sort() }) + '\\n')
if (existsSync(failing) && readFileSync(failing, 'utf8') === step) {
  process.stderr.write(step === 'apply' ? 'the account is in use' : 'no luck with ' + wanted)
  process.exit(3)
}
if (step === 'test') process.exit(readFileSync(password, 'utf8') === wanted ? 0 : 4)
writeFileSync(password, wanted)
`
  writeFileSync(program, source, { mode: 0o700 })
  writeFileSync(password, 'before')
  return { program, password, runs, failing }
}

/** The password that the secret has now, and its version. */
function current(page: Page): Promise<{ versionId: string; password: string }> {
  return page.evaluate(async (secretName) => {
    const answer = await window.keystead.operations.getSecretValue({ secretName })
    if (!answer.ok) throw new Error(answer.code)
    const value = JSON.parse(new TextDecoder().decode(answer.value.secretData)) as { AccountPassword?: string; Accounts?: { AccountPassword: string }[] }
    return { versionId: answer.value.versionId, password: value.AccountPassword ?? value.Accounts?.[0]?.AccountPassword ?? '' }
  }, name)
}

/** Versions with their stages, the newest first. */
async function stages(page: Page): Promise<string[][]> {
  const answer = await page.evaluate(async (secretName) => {
    const details = await window.keystead.operations.getSecretDetails({ secretName })
    return details.ok ? details.value.versions.map(({ versionId, stages: all }) => [versionId, ...all]) : []
  }, name)
  return answer.toReversed()
}

it('rotates by a command of the user, keeps the old value when that fails, goes on and goes back', async () => {
  const app = await apps.start()
  const { page, electron, folders } = app
  await createVaultQuickly(page)
  const account = writeProgram(folders.work)
  await makeAccount(page)
  await chooseFiles(electron, [account.program])
  await setTarget(page, account)
  await page.getByRole('button', { name: 'Test connection' }).click()
  await page.getByText('The current value logs in.').waitFor()
  await closeMessages(page)

  await page.getByRole('button', { name: 'Rotate now' }).click()
  await page.getByText('Rotated. Version v2 is current.').first().waitFor()
  await closeMessages(page)
  const second = await current(page)
  expect(second.versionId).toBe('v2')
  expect(second.password).not.toBe('before')
  expect(readFileSync(account.password, 'utf8')).toBe(second.password)
  expectHarmless(account, ['test', 'apply', 'test'])

  await failAndRetry(page, account, second.password)
  await failAndRollBack(page, account)
  const history = page.getByRole('table', { name: 'History' }).getByRole('row')
  expect((await history.allInnerTexts()).slice(1).map((text) => /Rotated|Failed|Rolled back/.exec(text)?.[0])).toEqual(['Rolled back', 'Failed', 'Rotated', 'Failed', 'Rotated'])
})

async function makeAccount(page: Page): Promise<void> {
  const panel = await startSecret(page, 'Database secret')
  await nameField(panel).fill(name)
  await panel.getByLabel(/^Database server/).fill('orders-db')
  await panel.getByLabel('User name', { exact: true }).fill('orders')
  await panel.getByLabel(/^Password now/).fill('before')
  await panel.getByText('It rotates once its target is set.').waitFor()
  await submitSecret(page, panel, name)
}

async function setTarget(page: Page, { program }: Account): Promise<void> {
  await openSecretTab(page, 'Rotation')
  expect(await page.getByRole('button', { name: 'Rotate now' }).isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Set target' }).click()
  const panel = page.getByRole('dialog', { name: 'Target of the rotation' })
  await chooseOption(page, panel.getByRole('combobox', { name: 'Kind' }), 'Command')
  await panel.getByRole('button', { name: 'Choose program' }).click()
  await panel.getByText(program, { exact: true }).waitFor()
  await panel.getByRole('button', { name: 'Add argument' }).click()
  await panel.getByLabel('Argument 1', { exact: true }).fill('--stage=production')
  await panel.getByText(`Keystead will run ${program} with 1 argument as you`).waitFor()
  expect(await panel.getByRole('button', { name: 'Save target' }).isDisabled()).toBe(true)
  await panel.getByRole('checkbox', { name: 'I want Keystead to run this at each rotation' }).click()
  await panel.getByRole('button', { name: 'Save target' }).click()
  await panel.waitFor({ state: 'hidden' })
  await page.getByText('--stage=production', { exact: true }).waitFor()
}

/** The program was given no value but on its standard input, and ran these steps since the last time. */
function expectHarmless({ runs }: Account, steps: readonly string[]): void {
  const lines = readFileSync(runs, 'utf8').trim().split('\n')
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(told.map(({ step }) => step)).toEqual(steps)
  for (const { args, account, env } of told) expect([args, account, env]).toEqual([['--stage=production'], 'orders', ['HOME', 'LANG', 'PATH']])
  rmSync(runs)
}

async function rotateInVain(page: Page, account: Account, step: string): Promise<void> {
  writeFileSync(account.failing, step)
  await page.getByRole('button', { name: 'Rotate now' }).click()
  await page.getByRole('region', { name: 'A rotation stopped before its end' }).waitFor()
  rmSync(account.failing)
}

async function failAndRetry(page: Page, account: Account, password: string): Promise<void> {
  await rotateInVain(page, account, 'apply')
  const stopped = page.getByRole('region', { name: 'A rotation stopped before its end' })
  await stopped.getByText('ROTATION_APPLY_FAILED').waitFor()
  await stopped.getByText('The new value is kept as version v3.').waitFor()
  await stopped.getByText('The program ended with the exit code 3: the account is in use').waitFor()
  expect(await current(page)).toEqual({ versionId: 'v2', password })
  expect(readFileSync(account.password, 'utf8')).toBe(password)
  expect((await stages(page))[0]).toEqual(['v3', 'ACSPending'])
  expect(await page.getByRole('button', { name: 'Rotate now' }).isDisabled()).toBe(true)
  await stopped.getByRole('button', { name: 'Retry' }).click()
  await page.getByText('Rotated. Version v3 is current.').first().waitFor()
  await stopped.waitFor({ state: 'detached' })
  await closeMessages(page)
  expect(await current(page)).toEqual({ versionId: 'v3', password: readFileSync(account.password, 'utf8') })
  expect((await current(page)).password).not.toBe(password)
}

async function failAndRollBack(page: Page, account: Account): Promise<void> {
  const before = await current(page)
  await rotateInVain(page, account, 'test')
  const attempted = readFileSync(account.password, 'utf8')
  expect(attempted).not.toBe(before.password)
  const stopped = page.getByRole('region', { name: 'A rotation stopped before its end' })
  await stopped.getByText('ROTATION_TEST_FAILED').waitFor()
  await stopped.getByText('The program ended with the exit code 3.').waitFor()
  expect(await page.locator('body').innerText()).not.toMatch(/no luck/)
  await stopped.getByRole('button', { name: 'Roll back' }).click()
  await page.getByText('Rolled back. The old value is in force.').first().waitFor()
  await stopped.waitFor({ state: 'detached' })
  await closeMessages(page)
  expect(readFileSync(account.password, 'utf8')).toBe(before.password)
  expect(await current(page)).toEqual(before)
  expect(await stages(page)).toEqual([['v3', 'ACSCurrent'], ['v2', 'ACSPrevious'], ['v1']])
}
