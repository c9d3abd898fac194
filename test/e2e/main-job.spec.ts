import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { dropFiles, rendererPid } from './support/desktop'
import { confirmKit, createKey, createVault, fillCreateForm, lockByKeyboard, openFiles, queueOf, readRecoveryWords, startQueue, typeInto, unlock } from './support/steps'
import { useApps } from './support/use-apps'

const apps = useApps()
const passphrase = 'willow anchor copper tundra'
const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

it('does the main job: vault, key, encrypt, decrypt, lock, unlock', async () => {
  const app = await apps.start()
  const { page, folders } = app
  const original = join(folders.work, 'report.bin')
  writeFileSync(original, randomBytes(3 * 1024 * 1024 + 17), { mode: 0o640 })
  const before = { hash: hashOf(original), ...statSync(original) }

  await createVault(page, passphrase)
  await createKey(page, 'project/reports', 'For the reports of the project')

  await openFiles(page)
  await dropFiles(page, [original])
  await queueOf(page, 'encrypt').getByText('report.bin').waitFor()
  expect(await (await startQueue(page, 'encrypt')).innerText()).toMatch(/^Encrypted report\.bin\s+Done/)
  const encrypted = `${original}.keystead`
  expect(existsSync(encrypted)).toBe(true)
  expect(readFileSync(encrypted).includes(readFileSync(original).subarray(0, 64))).toBe(false)

  const apart = join(folders.work, 'apart')
  mkdirSync(apart)
  writeFileSync(join(apart, 'report.bin.keystead'), readFileSync(encrypted))
  await dropFiles(page, [join(apart, 'report.bin.keystead')])
  await queueOf(page, 'decrypt').getByText('report.bin.keystead').waitFor()
  expect(await (await startQueue(page, 'decrypt')).innerText()).toMatch(/^Decrypted report\.bin\.keystead\s+Done/)
  expect(hashOf(join(apart, 'report.bin'))).toBe(before.hash)

  const after = statSync(original)
  expect(hashOf(original)).toBe(before.hash)
  expect({ size: after.size, mode: after.mode, mtimeMs: after.mtimeMs, ino: after.ino }).toEqual({ size: before.size, mode: before.mode, mtimeMs: before.mtimeMs, ino: before.ino })

  const pid = await rendererPid(app.electron)
  await lockByKeyboard(page)
  await expect.poll(() => rendererPid(app.electron)).not.toBe(pid)
  const markup = await page.evaluate(() => document.documentElement.outerHTML + JSON.stringify({ ...localStorage, ...sessionStorage }) + document.title)
  for (const name of ['project/reports', 'For the reports', 'report.bin']) expect(markup).not.toContain(name)

  await unlock(page, passphrase)
  await page.getByRole('row', { name: 'project/reports' }).waitFor()
})

it('does not let anyone past the recovery kit without the words', async () => {
  const app = await apps.start()
  const { page } = app
  await fillCreateForm(page, passphrase)
  const words = await readRecoveryWords(page)
  expect(words).toHaveLength(24)
  expect(await page.getByRole('button', { name: 'Continue' }).isDisabled()).toBe(true)
  await confirmKit(page, words.map(() => 'wrong'))
  await page.getByText(/^Word \d+ does not match/).waitFor()
  await page.getByRole('button', { name: 'Show the words again' }).click()
  expect(await readRecoveryWords(page)).toEqual(words)
})

it('says what is wrong with a weak or mistyped passphrase', async () => {
  const app = await apps.start()
  const { page } = app
  await page.getByRole('button', { name: /^Create a vault/ }).click()
  const create = page.getByRole('button', { name: 'Create vault' })
  await typeInto(page.getByLabel(/^Passphrase/), 'short')
  await page.getByLabel(/^Repeat the passphrase/).click()
  await page.getByText('At least 8 characters.').waitFor()
  expect(await create.isDisabled()).toBe(true)
  await page.getByLabel(/^Passphrase/).fill('password1')
  await page.getByLabel(/^Repeat the passphrase/).fill('password1')
  await page.getByText(/^Too easy to guess/).waitFor()
  expect(await create.isDisabled()).toBe(true)
  await page.getByLabel(/^Passphrase/).fill(passphrase)
  await page.getByLabel(/^Repeat the passphrase/).fill('willow anchor copper tundrA')
  await page.getByLabel(/^Vault name/).click()
  await page.getByText('The two passphrases differ.').waitFor()
  expect(await create.isDisabled()).toBe(true)
})
