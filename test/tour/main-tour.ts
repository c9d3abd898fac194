import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { RequestInput } from '../../src-shared/contract/operations'
import { createKeyQuickly } from '../e2e/support/bridge'
import { dropFiles } from '../e2e/support/desktop'
import type { RunningApp } from '../e2e/support/launch'
import { openKey, openKeyTab } from '../e2e/support/key-steps'
import { confirmKit, lockByKeyboard, openFiles, queueOf, readRecoveryWords, startQueue, typeInto, unlock } from '../e2e/support/steps'
import type { Guide } from './guide'
import { keyTour } from './key-tour'
import { secretTour } from './secret-tour'
import { tokenTour } from './token-tour'

export const tourPassphrase = 'velvet compass harvest lantern'
const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

/** The main job on a real file, English and light. Tells what was compared; throws when anything is not as it must be. */
export async function mainTour(app: RunningApp, guide: Guide, images: string | null): Promise<Record<string, string>> {
  await makeVault(app, guide)
  await makeKey(app, guide)
  const facts = await encryptAndDecrypt(app, guide, images)
  await lookAround(app, guide, images)
  await keyTour(app, guide)
  await secretTour(app, guide)
  await tokenTour(app, guide)
  await lockAndUnlock(app, guide, images)
  return facts
}

async function makeVault({ page }: RunningApp, guide: Guide): Promise<void> {
  await guide.step('Start without a vault', 'welcome', () => page.getByRole('button', { name: /^Create a vault/ }).waitFor())
  await guide.step('Choose a passphrase', 'passphrase', async () => {
    await page.getByRole('button', { name: /^Create a vault/ }).click()
    await typeInto(page.getByLabel(/^Passphrase/), tourPassphrase)
    await typeInto(page.getByLabel(/^Repeat the passphrase/), tourPassphrase)
  })
  await guide.step('Create the vault and get the recovery words', 'recovery-kit', async () => {
    await page.getByRole('button', { name: 'Create vault' }).click()
    await page.getByRole('heading', { name: 'Recovery kit' }).waitFor()
  })
  await guide.step('Prove that the words were written down', 'no-keys-yet', async () => {
    await confirmKit(page, await readRecoveryWords(page))
    await page.getByText('No keys yet').waitFor()
  })
}

async function makeKey({ page }: RunningApp, guide: Guide): Promise<void> {
  const panel = page.getByRole('dialog', { name: 'Create key' })
  await guide.step('Describe a new key', 'new-key', async () => {
    await page.keyboard.press('Control+n')
    await typeInto(panel.getByLabel(/^Alias/), 'documents')
    await typeInto(panel.getByLabel(/^Description/), 'Papers of the project')
  })
  await guide.step('Create the key', 'key-made', async () => {
    await panel.getByRole('button', { name: 'Create key' }).click()
    await panel.waitFor({ state: 'hidden' })
    await page.getByRole('row', { name: 'documents' }).waitFor()
  })
}

async function encryptAndDecrypt({ page, folders }: RunningApp, guide: Guide, images: string | null): Promise<Record<string, string>> {
  const original = join(folders.work, 'README.md')
  copyFileSync(join(process.cwd(), 'README.md'), original)
  const before = { hash: hashOf(original), modified: statSync(original).mtimeMs }
  const apart = join(folders.work, 'apart')
  mkdirSync(apart)
  await guide.step('Drop README.md on the window', 'file-dropped', async () => {
    await openFiles(page)
    await dropFiles(page, [original])
    await queueOf(page, 'encrypt').getByText('README.md').waitFor()
  })
  await guide.step('Encrypt it', 'file-encrypted', async () => {
    const job = await startQueue(page, 'encrypt')
    await job.getByRole('button', { name: /^Show in folder/ }).waitFor()
  })
  copyFileSync(`${original}.keystead`, join(apart, 'README.md.keystead'))
  await guide.step('Look into the encrypted file', 'inspected', async () => {
    await page.getByRole('link', { name: 'Inspect file' }).click()
    await page.getByText('Drop any file here').waitFor()
    await dropFiles(page, [`${original}.keystead`])
    await page.getByText('Proven', { exact: true }).waitFor()
  })
  await openFiles(page)
  await guide.step('Drop the encrypted file', 'to-decrypt', async () => {
    await dropFiles(page, [join(apart, 'README.md.keystead')])
    await queueOf(page, 'decrypt').waitFor()
  })
  await guide.step('Decrypt it', 'file-decrypted', async () => {
    const job = await startQueue(page, 'decrypt')
    await job.getByRole('button', { name: /^Show in folder/ }).waitFor()
  })
  if (images) await guide.takeAs(join(images, 'files.png'))
  const decrypted = join(apart, 'README.md')
  if (!readFileSync(decrypted).equals(readFileSync(original))) throw new Error('The decrypted file differs from the original.')
  if (hashOf(original) !== before.hash || statSync(original).mtimeMs !== before.modified) throw new Error('The original was changed.')
  if (readFileSync(`${original}.keystead`).includes('Keystead is an offline')) throw new Error('The encrypted file can be read.')
  return { 'SHA-256 of README.md': before.hash, 'SHA-256 of the decrypted file': hashOf(decrypted), 'the original': 'untouched' }
}

const moreKeys: [string, string, RequestInput<'createKey'>][] = [
  ['alias/backups/nightly', 'Nightly backups of the workstation', { enableAutomaticRotation: true, rotationInterval: '90d' }],
  ['alias/ci/artifacts', 'Artifacts that leave the build machine', { keySpec: 'EC_P256', keyUsage: 'SIGN/VERIFY' }],
  ['alias/payments/archive', 'Closed payment records', { keySpec: 'Aliyun_SM4' }],
  ['alias/webhooks', 'Marks what we send', { keySpec: 'HMAC_SHA_256', keyUsage: 'GENERATE_VERIFY_MAC' }],
  ['alias/laptop/home', '', {}],
]

async function lookAround(app: RunningApp, guide: Guide, images: string | null): Promise<void> {
  const { page } = app
  await guide.step('Look at the keys', 'keys', async () => {
    for (const [alias, description, kind] of moreKeys) await createKeyQuickly(page, alias, description, kind)
    await page.getByRole('link', { name: 'Keys' }).first().click()
    await page.getByRole('row', { name: 'laptop/home' }).waitFor()
  })
  if (images) await guide.takeAs(join(images, 'keys.png'))
  await guide.step('Encrypt a line of text with a key', 'key', async () => {
    await openKey(page, 'documents')
    await openKeyTab(page, 'Try it')
    await typeInto(page.getByLabel('Text', { exact: true }), 'A line of text')
    await page.getByRole('button', { name: 'Encrypt', exact: true }).click()
    await page.getByRole('button', { name: 'Copy ciphertext' }).waitFor()
  })
  await guide.step('Verify the audit log', 'activity', async () => {
    await page.getByRole('link', { name: 'Activity' }).click()
    await page.getByRole('button', { name: 'Verify chain' }).click()
    await page.getByText(/^Verified: \d+ entries/).waitFor()
  })
  await guide.step('Open the command palette', 'palette', async () => {
    await page.keyboard.press('Control+k')
    await page.getByRole('option', { name: /backups\/nightly/ }).waitFor()
  })
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await guide.step('See the ways to unlock', 'settings', async () => {
    await page.keyboard.press('Control+,')
    await page.getByRole('link', { name: 'Security', exact: true }).click()
    await page.getByText('Not running', { exact: true }).waitFor()
  })
}

async function lockAndUnlock({ page }: RunningApp, guide: Guide, images: string | null): Promise<void> {
  await guide.step('Lock', 'locked', async () => {
    await lockByKeyboard(page)
    const markup = await page.evaluate(() => document.documentElement.outerHTML)
    if (markup.includes('documents') || markup.includes('README')) throw new Error('The locked window still holds names of the vault.')
  })
  if (images) await guide.takeAs(join(images, 'unlock.png'))
  await guide.step('Unlock again', null, () => unlock(page, tourPassphrase))
}
