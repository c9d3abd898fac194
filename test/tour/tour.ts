import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { dropFiles } from '../e2e/support/desktop'
import { makeFolders, removeFolders } from '../e2e/support/folders'
import { RunningApp } from '../e2e/support/launch'
import { confirmKit, createKey, fillCreateForm, lockByKeyboard, openFiles, queueOf, readRecoveryWords, startQueue, typeInto, unlock } from '../e2e/support/steps'
import { TourReport } from './report'

const passphrase = 'a tour of seven bridges'
const fileName = 'README.md'

const digestOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

/**
 * The main job on the real app and real input: create a vault, create keys, encrypt README.md, decrypt it, compare byte
 * for byte, lock. Leaves numbered pictures and a report in `output`. Exit code 0 only when all of it worked.
 */
export async function runTour(output: string): Promise<number> {
  const report = new TourReport(output)
  const folders = makeFolders()
  const plain = join(folders.work, fileName)
  copyFileSync(fileName, plain)
  const app = await RunningApp.start({ folders })
  const facts: Record<string, string> = { 'Electron': await app.electron.evaluate(() => process.versions['electron'] ?? '') }
  try {
    await makeVaultAndKeys(app, report)
    await encryptAndDecrypt(app, report, plain, facts)
    await lookAround(app, report)
    await lockAndSpeakChinese(app, report)
    const problems = await app.close()
    const found = Object.values(problems).flat()
    if (found.length > 0) throw new Error(`The window reported: ${found.join('; ')}`)
    report.write(facts, null)
    return 0
  } catch (error) {
    const [failure, cause] = error instanceof Error ? [error.message, error.cause] : [String(error), undefined]
    process.stderr.write(`${failure}\n${cause instanceof Error ? cause.message : ''}\n`)
    report.write(facts, failure)
    return 1
  } finally {
    await app.kill()
    removeFolders(folders)
  }
}

/** Messages go by themselves, but not while the window has no focus, as on a virtual display. */
async function closeMessages(page: Page): Promise<void> {
  const closing = page.getByRole('region', { name: /^Notifications/ }).getByRole('button', { name: 'Close' })
  for (let left = await closing.count(); left > 0; left -= 1) await closing.first().click()
  await closing.first().waitFor({ state: 'detached' })
}

async function makeVaultAndKeys(app: RunningApp, report: TourReport): Promise<void> {
  const { page } = app
  const at = () => page
  await report.step('Start', 'welcome', at, () => page.getByRole('button', { name: /^Create a vault/ }).waitFor())
  await report.step('Create a vault', 'recovery-kit', at, () => fillCreateForm(page, passphrase))
  await report.step('Confirm the recovery kit', 'no-keys-yet', at, async () => {
    await confirmKit(page, await readRecoveryWords(page))
    await page.getByRole('heading', { name: 'Keys', exact: true }).waitFor()
  })
  await report.step('Open the panel for a new key', 'create-key', at, async () => {
    await page.getByRole('button', { name: 'Create key' }).first().click()
    await typeInto(page.getByRole('dialog', { name: 'Create key' }).getByLabel(/^Alias/), 'backups')
  })
  await report.step('Close it again by keyboard', null, at, async () => {
    await page.keyboard.press('Escape')
    await page.getByRole('dialog', { name: 'Create key' }).waitFor({ state: 'hidden' })
  })
  await report.step('Create three keys', 'keys', at, async () => {
    await createKey(page, 'backups', 'Nightly backups of the file server')
    await createKey(page, 'invoices', 'Invoices and contracts')
    await createKey(page, 'release-notes')
    await closeMessages(page)
  })
}

async function encryptAndDecrypt(app: RunningApp, report: TourReport, plain: string, facts: Record<string, string>): Promise<void> {
  const { page, folders } = app
  const at = () => page
  const original = digestOf(plain)
  await report.step(`Drop ${fileName} on the window`, 'files-to-encrypt', at, async () => {
    await openFiles(page)
    await dropFiles(page, [plain])
    await queueOf(page, 'encrypt').waitFor()
  })
  await report.step('Encrypt it', 'file-encrypted', at, async () => {
    const job = await startQueue(page, 'encrypt')
    await job.getByRole('button', { name: /Show in folder/ }).waitFor()
  })
  const apart = join(folders.work, 'elsewhere')
  const moved = join(apart, `${fileName}.keystead`)
  mkdirSync(apart)
  renameSync(`${plain}.keystead`, moved)
  await report.step('Decrypt it in another folder', 'file-decrypted', at, async () => {
    await dropFiles(page, [moved])
    const job = await startQueue(page, 'decrypt')
    await job.getByRole('button', { name: /Show in folder/ }).waitFor()
    await closeMessages(page)
  })
  await report.step('Compare byte for byte', null, at, async () => {
    const back = join(apart, fileName)
    if (!existsSync(back)) throw new Error('there is no decrypted file')
    if (!readFileSync(back).equals(readFileSync(plain)) || digestOf(plain) !== original) throw new Error('the files differ')
    if (readFileSync(moved).includes(readFileSync(plain).subarray(0, 64))) throw new Error('the encrypted file shows its content')
    facts[`SHA-256 of ${fileName}, before and after`] = original
  })
}

async function lookAround(app: RunningApp, report: TourReport): Promise<void> {
  const { page } = app
  const at = () => page
  const go = (name: string) => page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name }).click()
  await report.step('Open a key', 'key', at, async () => {
    await go('Keys')
    await page.getByRole('row', { name: 'backups' }).click()
    await page.getByRole('heading', { name: 'backups' }).first().waitFor()
  })
  await report.step('Verify the audit log', 'activity', at, async () => {
    await go('Activity')
    await page.getByRole('button', { name: /Verify/ }).first().click()
    await page.getByText(/^Verified/).first().waitFor()
  })
  await report.step('Look at the settings', 'settings', at, async () => {
    await page.keyboard.press('Control+,')
    await page.getByRole('heading', { name: 'Settings', exact: true }).waitFor()
  })
  await report.step('Find everything by Ctrl+K', 'palette', at, async () => {
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByRole('listbox').waitFor()
  })
  await report.step('Close it', null, at, async () => {
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  })
}

async function lockAndSpeakChinese(app: RunningApp, report: TourReport): Promise<void> {
  const { page } = app
  const at = () => page
  await report.step('Lock', 'locked', at, async () => {
    await lockByKeyboard(page)
    const shown = await page.locator('body').innerText()
    if (/backups|invoices/.test(shown)) throw new Error('a name of the vault is on the locked screen')
  })
  await report.step('Unlock, in Simplified Chinese and dark', 'keys-zh-dark', at, async () => {
    await unlock(page, passphrase)
    await page.evaluate(() => window.keystead.operations.updateSettings({ language: 'zh-CN', theme: 'dark' }))
    await page.getByRole('link', { name: '密钥' }).first().click()
    await page.getByRole('row', { name: 'backups' }).waitFor()
  })
  await report.step('The files page in the same', 'files-zh-dark', at, async () => {
    await page.getByRole('link', { name: '文件' }).click()
    await page.getByRole('heading', { name: '文件', exact: true }).waitFor()
  })
  await report.step('Back to English and light, and lock for good', null, at, async () => {
    await page.evaluate(() => window.keystead.operations.updateSettings({ language: 'en', theme: 'light' }))
    await page.getByRole('link', { name: 'Files' }).waitFor()
    await lockByKeyboard(page)
  })
}
