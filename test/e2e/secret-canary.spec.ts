import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { countInMemory } from '../support/process-memory'
import { createVaultQuickly } from './support/bridge'
import { chooseFiles, rendererPid } from './support/desktop'
import { makeFolders } from './support/folders'
import { filesWith, formsOf } from './support/leaks'
import type { RunningApp } from './support/launch'
import { nameField, openSecret, openSecretTab, openSecrets, saveEdited, secretRow, startEditing, startSecret, submitSecret } from './support/secret-steps'
import { lockByKeyboard, typeInto } from './support/steps'
import { useApps } from './support/use-apps'

const apps = useApps()

/** Letters and digits that occur nowhere else. */
const canary = () => randomBytes(18).toString('base64url').replaceAll(/[-_]/g, 'x')
const reversed = (text: string) => [...text].reverse().join('')
const names = ['password', 'note', 'edited', 'plain', 'attached', 'imported', 'imported note'] as const
type Canaries = Record<(typeof names)[number], string>

/**
 * Everything is typed key by key, and what is shown is not asked back: a whole value in a message of the tests' driver
 * would itself be in main's memory. What is looked for inside of the app goes there turned round.
 */
it('leaves no value of a secret in a file, an output, a list, an event or a title, nor in main once it is locked', async () => {
  const values = Object.fromEntries(names.map((name) => [name, canary()])) as Canaries
  const needles = names.flatMap((name) => formsOf(values[name]))
  const folders = makeFolders()
  const app = await apps.start({ folders })
  const { page } = app
  await createVaultQuickly(page)
  await recordEvents(page)
  const titles: string[] = []
  const look = async () => void titles.push(await page.title())

  await makeLogin(page, values)
  await look()
  await changeLogin(page, values)
  await makePlain(page, values)
  await look()
  const attached = await attach(app, values)
  const imported = await importTable(app, values)
  await look()
  await check(page)
  expect(await leakingAnswers(page, names.map((name) => reversed(values[name])))).toEqual([])
  expect(titles.filter((title) => names.some((name) => title.includes(values[name])))).toEqual([])

  const control = canary()
  const [controlForm = Buffer.alloc(1)] = formsOf(reversed(control))
  await app.electron.evaluate(({ app: main }, text) => {
    const keep = main as typeof main & { control?: Buffer }
    keep.control = Buffer.from([...text].reverse().join(''), 'utf8')
  }, control)
  expect(countInMemory(app.pid, [controlForm])[0]).toBeGreaterThan(0)
  const before = await rendererPid(app.electron)
  await lockByKeyboard(page)
  await expect.poll(() => rendererPid(app.electron)).not.toBe(before)
  const [controls = 0, ...found] = countInMemory(app.pid, [controlForm, ...needles])
  expect(controls).toBeGreaterThan(0)
  const labels = names.flatMap((name) => [name, `${name} (UTF-16)`])
  expect(labels.filter((_, at) => found[at] !== 0)).toEqual([])

  const problems = await app.close()
  const places = [folders.profile, folders.vault, folders.home, folders.tmp, folders.runtime, folders.work]
  expect(filesWith(needles, places).sort()).toEqual([attached, imported].sort())
  const output = Buffer.from(app.output + JSON.stringify(problems))
  expect(labels.filter((_, at) => output.includes(needles[at] ?? ''))).toEqual([])
})

async function makeLogin(page: Page, { password, note }: Canaries): Promise<void> {
  const panel = await startSecret(page, 'Login')
  await typeInto(nameField(panel), 'web/canary')
  await typeInto(panel.getByLabel('User name', { exact: true }), 'ada')
  await typeInto(panel.getByLabel('Password', { exact: true }), password)
  await typeInto(panel.getByLabel('Notes', { exact: true }), note)
  await submitSecret(page, panel, 'web/canary')
  for (const field of ['password', 'notes']) await revealOnly(page, field)
}

/** Has a value shown for a moment without reading it. */
async function revealOnly(page: Page, field: string): Promise<void> {
  await page.getByRole('button', { name: `Reveal ${field}`, exact: true }).click()
  await page.getByRole('button', { name: `Hide ${field}`, exact: true }).click()
}

async function changeLogin(page: Page, { edited }: Canaries): Promise<void> {
  const panel = await startEditing(page)
  await panel.getByRole('group', { name: 'Password' }).getByRole('button', { name: 'Change' }).click()
  await typeInto(panel.getByRole('textbox', { name: 'Password' }), edited)
  await saveEdited(panel)
  await revealOnly(page, 'password')
  await openSecretTab(page, 'Versions')
  await page.getByRole('button', { name: 'Reveal password of both versions' }).click()
  await page.getByRole('button', { name: 'Hide password of both versions' }).click()
  await page.getByRole('button', { name: 'Reveal password of both versions' }).waitFor()
  expect(await page.getByText(edited, { exact: true }).count()).toBe(0)
}

async function makePlain(page: Page, { plain }: Canaries): Promise<void> {
  const panel = await startSecret(page, 'Plain text')
  await typeInto(nameField(panel), 'plain')
  await typeInto(panel.getByLabel('Value', { exact: true }), plain)
  await submitSecret(page, panel, 'plain')
  await revealOnly(page, 'Text')
}

/** Attaches a file and tells its path. */
async function attach({ page, electron, folders }: RunningApp, { attached }: Canaries): Promise<string> {
  const path = join(folders.work, 'attached.txt')
  writeFileSync(path, `${randomBytes(500_000).toString('base64')} ${attached} ${randomBytes(500_000).toString('base64')}`)
  await openSecret(page, 'web/canary')
  await openSecretTab(page, 'Attachments')
  await chooseFiles(electron, [path])
  await page.getByRole('button', { name: 'Attach files' }).click()
  await page.getByRole('list', { name: 'Attachments' }).getByText('attached.txt').waitFor()
  return path
}

/** Imports a table and tells its path. */
async function importTable({ page, electron, folders }: RunningApp, values: Canaries): Promise<string> {
  const path = join(folders.work, 'table.csv')
  writeFileSync(path, `name,url,username,password,note\nfrom a table,https://table.example.com,eve,${values.imported},"${values['imported note']}"\n`)
  await openSecrets(page)
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Import…' }).click()
  await chooseFiles(electron, [path])
  await page.getByRole('button', { name: 'Choose file' }).click()
  await page.getByRole('button', { name: 'Import 1 secret' }).click()
  await page.getByText('The import has ended').waitFor()
  await page.getByRole('link', { name: 'Show secrets' }).click()
  await secretRow(page, 'web/canary').waitFor()
  return path
}

async function check(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Health report' }).click()
  await page.getByText(/^3 secrets checked/).waitFor()
}

/** Keeps, in the page, what each event of main says. */
async function recordEvents(page: Page): Promise<void> {
  await page.evaluate(() => {
    const kept: string[] = []
    for (const [name, listen] of Object.entries(window.keystead.events)) (listen as (listener: (payload: unknown) => void) => void)((payload) => kept.push(`${name} ${JSON.stringify(payload)}`))
    globalThis.canaryEvents = kept
  })
}

/** Asks main for everything that lists or describes, and names the answers and events with one of these texts turned round. */
async function leakingAnswers(page: Page, needles: readonly string[]): Promise<string[]> {
  return page.evaluate(async (turned) => {
    const { operations } = window.keystead
    const [secretName, some] = ['web/canary', { offset: 0, count: 100 }]
    const answers: Record<string, unknown> = {
      searchSecrets: await operations.searchSecrets(some),
      listSecretFolders: await operations.listSecretFolders({}),
      listSecrets: await operations.listSecrets({ fetchTags: true }),
      listSecretVersionIds: await operations.listSecretVersionIds({ secretName, includeDeprecated: true }),
      compareSecretVersions: await operations.compareSecretVersions({ secretName, fromVersionId: 'v1', toVersionId: 'v2' }),
      checkSecretHealth: await operations.checkSecretHealth({ ...some, refresh: true }),
      listRotationCalendar: await operations.listRotationCalendar(some),
      listAuditEntries: await operations.listAuditEntries(some),
      getSecretRotation: await operations.getSecretRotation({ secretName }),
    }
    for (const name of [secretName, 'plain']) {
      answers[`getSecretDetails ${name}`] = await operations.getSecretDetails({ secretName: name })
      answers[`describeSecret ${name}`] = await operations.describeSecret({ secretName: name, fetchTags: true })
    }
    const events = globalThis.canaryEvents ?? []
    if (!events.some((event) => event.startsWith('secretsChanged'))) return ['no event was recorded']
    const asText = (_: string, value: unknown) => (value instanceof Uint8Array ? String.fromCharCode(...value) : value)
    const texts = [...Object.entries(answers), ...events.map((event) => ['event', event] as const)].map(([name, answer]) => [name, JSON.stringify(answer, asText)] as const)
    const refused = Object.entries(answers).filter(([, answer]) => !(answer as { ok: boolean }).ok)
    return [...refused, ...texts.filter(([, text]) => turned.some((needle) => text.includes([...needle].reverse().join(''))))].map(([name]) => name)
  }, needles)
}

declare global {
  var canaryEvents: string[] | undefined
}
