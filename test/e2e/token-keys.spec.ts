import { execFileSync } from 'node:child_process'
import { createPublicKey, verify, X509Certificate } from 'node:crypto'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Locator, Page } from 'playwright'
import { afterAll, expect, it } from 'vitest'
import { processTree } from '../support/processes'
import { SoftHsm, softHsmModule } from '../support/softhsm'
import { findProblems, type Check } from './support/axe'
import { createVaultQuickly } from './support/bridge'
import { chooseTarget, dropFiles } from './support/desktop'
import { tabTo, untilHighlighted } from './support/focus'
import { openKey, openKeyTab, shownResult } from './support/key-steps'
import type { RunningApp } from './support/launch'
import { openFiles, queueOf, startQueue, startWithoutWaiting, typeInto } from './support/steps'
import { sendPin } from './support/token-steps'
import { useApps } from './support/use-apps'

const apps = useApps()
const hsm = new SoftHsm()
const label = 'Build token'
const pin = '314159'
hsm.initToken(label, pin, '27182818')
afterAll(() => hsm.remove())

/** What pkcs11-tool finds on the token, as the user. */
const witness = (...args: readonly string[]) => hsm.pkcs11Tool('--token-label', label, '--login', '--pin', pin, ...args)

/** The app with the module of the token, on the page of that token. */
async function startAtToken(): Promise<RunningApp> {
  const app = await apps.start({ env: { SOFTHSM2_CONF: hsm.configuration } })
  const { page } = app
  await createVaultQuickly(page)
  await page.evaluate(async (file) => {
    const { findTokenModules, addTokenModule } = window.keystead.operations
    const found = await findTokenModules({})
    const module = found.ok ? found.value.modules.find(({ path }) => path.endsWith(file)) : undefined
    const added = module ? await addTokenModule({ module: module.module }) : found
    if (!added.ok || !module) throw new Error(added.ok ? 'SoftHSM was not found.' : `${added.code}: ${added.message}`)
  }, `/${basename(softHsmModule)}`)
  await page.getByRole('link', { name: 'Tokens', exact: true }).click()
  await page.getByRole('link', { name: label, exact: true }).click()
  await page.getByRole('heading', { name: label, level: 1 }).waitFor()
  return app
}

async function logIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Log in', exact: true }).first().click()
  const dialog = page.getByRole('dialog')
  await typeInto(dialog.getByLabel('User PIN', { exact: true }), pin)
  await dialog.getByRole('button', { name: 'Log in', exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
  await page.getByText('Logged in as user').waitFor()
}

/** Chooses a kind in the panel, names the key and makes it. */
async function generate(page: Page, kind: string, name: string, act?: (panel: Locator) => Promise<void>): Promise<void> {
  await page.getByRole('button', { name: 'Generate key' }).first().click()
  const panel = page.getByRole('dialog', { name: 'Generate key' })
  await panel.getByRole('button', { name: /^Kind: / }).click()
  await page.getByPlaceholder(/^Search key type/).fill(kind)
  await page.getByRole('option', { name: kind }).first().click()
  // The list gives the focus back when it has closed: what is typed before goes nowhere.
  await panel.getByRole('button', { name: `Kind: ${kind}`, exact: true }).and(page.locator(':focus')).waitFor()
  await panel.getByLabel('Label', { exact: true }).fill(name)
  await act?.(panel)
  await panel.getByRole('button', { name: 'Generate key' }).and(page.locator(':enabled')).click()
  await panel.waitFor({ state: 'hidden' })
  await page.getByRole('row', { name }).first().waitFor()
}

async function openObject(page: Page, row: string | RegExp, name: string): Promise<void> {
  await page.getByRole('row', { name: row }).first().click()
  await page.getByRole('heading', { name, exact: true, level: 1 }).waitFor()
}

async function openTab(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name, exact: true }).click()
  await page.getByRole('tab', { name, exact: true, selected: true }).waitFor()
}

async function backToToken(page: Page): Promise<void> {
  await page.getByRole('link', { name: label, exact: true }).first().click()
  await page.getByRole('heading', { name: label, level: 1 }).waitFor()
}

async function savePem(app: RunningApp, button: Locator, name: string): Promise<string> {
  const path = join(app.folders.work, name)
  await chooseTarget(app.electron, path)
  await button.click()
  await expect.poll(() => statSync(path, { throwIfNoEntry: false })?.size ?? 0).toBeGreaterThan(0)
  return path
}

it('makes keys on a token, uses and deletes them, and pkcs11-tool agrees', async () => {
  const app = await startAtToken()
  const { page, folders } = app
  await page.getByText('You are not logged in').waitFor()
  await logIn(page)

  await generate(page, 'AES-256', 'archive', async (panel) => {
    await panel.getByRole('checkbox', { name: 'Wrap', exact: true }).click()
    await panel.getByText(/^A key that wraps and decrypts/).waitFor()
    await panel.getByRole('button', { name: 'For encryption' }).click()
    await panel.getByText(/^A key that wraps and decrypts/).waitFor({ state: 'detached' })
    await panel.getByRole('button', { name: 'What the token is asked for' }).click()
    await panel.getByRole('row', { name: 'CKA_SENSITIVE CK_TRUE' }).waitFor()
  })
  await generate(page, 'RSA 2048', 'code signing')
  await generate(page, 'EC P-256', 'tls')
  expect(witness('--list-objects', '--type', 'secrkey')).toMatch(/label:\s+archive[\s\S]*Usage:\s+encrypt, decrypt\n[\s\S]*Access:\s+.*never extractable/)
  expect(witness('--list-objects', '--type', 'privkey')).toMatch(/label:\s+code signing[\s\S]*Usage:\s+sign/)

  await openObject(page, /tls Private key/, 'tls')
  await page.getByText(/never leave token Build token \(software token, for trying out\)/).waitFor()
  const publicKey = createPublicKey(readFileSync(await savePem(app, page.getByRole('button', { name: 'Save PEM: Public key' }), 'tls.pem')))
  await openTab(page, 'Try it')
  await page.getByLabel('Message', { exact: true }).fill('release 1.0')
  await page.getByRole('button', { name: 'Sign', exact: true }).click()
  const signature = await shownResult(page, 'Signature')
  expect(verify('sha256', Buffer.from('release 1.0'), publicKey, Buffer.from(signature, 'base64'))).toBe(true)
  await page.getByRole('tab', { name: 'Verify', exact: true }).click()
  await page.getByLabel('Message', { exact: true }).fill('release 1.0')
  await page.getByLabel('Signature', { exact: true }).fill(signature)
  await page.getByRole('button', { name: 'Verify', exact: true }).click()
  await page.getByText('The signature is valid').waitFor()

  await openTab(page, 'Certificate and SSH')
  await page.getByText(/^ecdsa-sha2-nistp256 /).waitFor()
  await page.getByLabel(/^Common name/).fill('www.example.com')
  await page.getByRole('button', { name: 'Make request' }).click()
  const request = await savePem(app, page.getByRole('button', { name: 'Save PEM: Certificate request' }), 'tls.csr')
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: folders.work, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  expect(openssl('req', '-in', request, '-noout', '-verify', '-subject')).toContain('www.example.com')
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '30', '-subj', '/CN=Test authority')
  openssl('x509', '-req', '-in', request, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '30', '-out', 'tls.crt')
  await page.getByRole('textbox', { name: /^Certificate \(PEM\)/ }).fill(readFileSync(join(folders.work, 'tls.crt'), 'utf8'))
  await page.getByRole('button', { name: 'Import certificate' }).click()
  await page.getByText('The certificate is on Build token.', { exact: true }).waitFor()
  witness('--read-object', '--type', 'cert', '--label', 'tls', '--output-file', join(folders.work, 'read.der'))
  expect(new X509Certificate(readFileSync(join(folders.work, 'read.der'))).subject).toContain('www.example.com')

  await backToToken(page)
  await openObject(page, /archive Secret key/, 'archive')
  await page.getByText(/^This key cannot be exported\./).waitFor()
  await page.getByRole('button', { name: 'Rename' }).click()
  const rename = page.getByRole('dialog', { name: 'Rename object' })
  await rename.getByLabel('Label', { exact: true }).fill('archive 2027')
  await rename.getByRole('button', { name: 'Rename object' }).click()
  await page.getByRole('heading', { name: 'archive 2027', level: 1 }).waitFor()
  await openTab(page, 'Try it')
  await page.getByLabel('Text', { exact: true }).fill('sealed on the token')
  await page.getByRole('button', { name: 'Encrypt', exact: true }).click()
  const ciphertext = await shownResult(page, 'Ciphertext')
  await page.getByRole('tab', { name: 'Decrypt', exact: true }).click()
  await page.getByLabel('Ciphertext', { exact: true }).fill(ciphertext)
  await page.getByRole('button', { name: 'Decrypt', exact: true }).click()
  await page.getByText('sealed on the token').waitFor()

  await openTab(page, 'Overview')
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  const question = page.getByRole('dialog', { name: 'Delete archive 2027?' })
  expect(await question.getByRole('button', { name: 'Delete object' }).isDisabled()).toBe(true)
  await question.getByLabel('Type archive 2027 to confirm').fill('archive 2027')
  await question.getByRole('button', { name: 'Delete object' }).click()
  await page.getByRole('heading', { name: label, level: 1 }).waitFor()
  await page.getByRole('row', { name: 'archive 2027' }).waitFor({ state: 'detached' })
  expect(witness('--list-objects', '--type', 'secrkey')).not.toContain('archive')
})

/** Looks at the pages of the token and of what is on it, as the keyboard has left them. */
async function walkToken({ page }: RunningApp, check: Check): Promise<void> {
  await check('objects')
  await page.getByRole('button', { name: 'Generate key' }).first().click()
  const panel = page.getByRole('dialog', { name: 'Generate key' })
  await panel.getByLabel('Label', { exact: true }).fill('looked at')
  await panel.getByRole('checkbox', { name: /^Extractable/ }).click()
  await panel.getByText(/^An extractable key/).waitFor()
  await panel.getByRole('button', { name: 'What the token is asked for' }).click()
  await check('generate')
  await page.keyboard.press('Escape')
  await panel.waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Import' }).click()
  await page.getByRole('dialog', { name: 'Import to token' }).waitFor()
  await check('import')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  for (const tab of ['Mechanisms', 'Random and digest', 'About']) {
    await openTab(page, tab)
    if (tab === 'Mechanisms') await page.getByRole('row', { name: /^CKM_AES_GCM/ }).waitFor()
    await check(tab)
  }
  await openTab(page, 'Objects')
  await openObject(page, /by keyboard Private key/, 'by keyboard')
  await check('object')
  await openTab(page, 'Try it')
  await page.getByLabel('Message', { exact: true }).waitFor()
  await check('try it')
  await openTab(page, 'Certificate and SSH')
  await page.getByText(/^ssh-|^ecdsa-/).waitFor()
  await check('certificate')
}

it('is used by keyboard alone, says when nobody is logged in, and has nothing serious in either theme', async () => {
  const app = await startAtToken()
  const { page } = app
  const { keyboard } = page
  await tabTo(page, page.getByRole('button', { name: 'Log in', exact: true }).first())
  await keyboard.press('Enter')
  const login = page.getByRole('dialog')
  await login.getByLabel('User PIN', { exact: true }).and(page.locator(':focus')).waitFor()
  await keyboard.type(pin)
  await keyboard.press('Enter')
  await login.waitFor({ state: 'hidden' })
  await page.getByText('Logged in as user').waitFor()

  await keyboard.press('Control+n')
  const panel = page.getByRole('dialog', { name: 'Generate key' })
  await panel.waitFor()
  await tabTo(page, panel.getByRole('button', { name: /^Kind: / }))
  await keyboard.press('Enter')
  await page.getByPlaceholder(/^Search key type/).waitFor()
  await keyboard.type('EC P-384')
  await untilHighlighted(page.getByRole('option', { name: 'EC P-384' }))
  await keyboard.press('Enter')
  await panel.getByRole('button', { name: 'Kind: EC P-384' }).waitFor()
  await tabTo(page, panel.getByLabel('Label', { exact: true }))
  await keyboard.type('by keyboard')
  await panel.getByText('A key “by keyboard” (EC P-384) will be made on token Build token.', { exact: true }).waitFor()
  await panel.getByRole('button', { name: 'Generate key' }).and(page.locator(':enabled')).waitFor()
  await keyboard.press('Enter')
  await panel.waitFor({ state: 'hidden' })
  await page.getByRole('row', { name: /by keyboard Private key/ }).waitFor()
  expect(witness('--list-objects', '--type', 'privkey')).toContain('by keyboard')

  expect(await findProblems(app, [walkToken])).toEqual([])
  await logOut(page)
  await page.getByText('You are not logged in').waitFor()

  await createsKeyThere(app)
  await waitsForLogin(app)
  expect(await findProblems(app, [waitsForToken])).toEqual([])
})

/** Ends the login to the token behind the page's back. */
function logOut(page: Page): Promise<void> {
  return page.evaluate(async (name) => {
    const { listTokens, logOutOfToken } = window.keystead.operations
    const listed = await listTokens({})
    const token = listed.ok ? listed.value.tokens.find((each) => each.label === name) : undefined
    if (token?.login) await logOutOfToken({ tokenId: token.tokenId })
  }, label)
}

/** Takes the tokens out, or puts them back; the module's process, which notices nothing, ends. */
function setAway({ electron }: RunningApp, isAway: boolean): void {
  hsm.setAway(isAway)
  const host = processTree(electron.process().pid ?? 0).find(({ commandLine }) => commandLine.includes('token-host'))
  if (!host) throw new Error('No process of a token module runs.')
  process.kill(host.pid, 'SIGKILL')
}

/** Makes a master key on the token: nobody is logged in, so the PIN is asked for on the way. */
async function createsKeyThere({ page }: RunningApp): Promise<void> {
  await page.getByRole('link', { name: 'Keys' }).first().click()
  await page.keyboard.press('Control+n')
  const panel = page.getByRole('dialog', { name: 'Create key' })
  await panel.getByLabel(/^Alias/).fill('on/token')
  await panel.getByRole('radio', { name: /HSM/ }).click()
  await panel.getByRole('button', { name: 'Create key' }).click()
  const login = page.getByRole('dialog', { name: `Log in to ${label}` })
  await login.getByLabel('User PIN', { exact: true }).and(page.locator(':focus')).waitFor()
  await login.getByText('The new key is made on this token.').waitFor()
  await page.keyboard.type(pin)
  // It lies above the panel.
  await login.getByRole('button', { name: 'Log in', exact: true }).click()
  await login.waitFor({ state: 'hidden' })
  await panel.waitFor({ state: 'hidden' })
  await page.getByRole('row', { name: 'on/token' }).waitFor()
}

/** Encrypts without a login: cancelled, then with a PIN. */
async function waitsForLogin({ page }: RunningApp): Promise<void> {
  const { keyboard } = page
  await openKey(page, 'on/token')
  await openKeyTab(page, 'Try it')
  await logOut(page)
  await page.getByLabel('Text', { exact: true }).fill('kept on the token')
  const login = page.getByRole('dialog', { name: `Log in to ${label}` })
  await tabTo(page, page.getByRole('button', { name: 'Encrypt', exact: true }))
  await keyboard.press('Enter')
  await login.getByText('Encrypting needs a key on this token.').waitFor()
  await keyboard.press('Escape')
  await login.waitFor({ state: 'hidden' })
  await page.getByRole('alert').filter({ hasText: `Log in to token “${label}” first` }).waitFor()
  await page.getByRole('button', { name: 'Encrypt', exact: true }).click()
  await sendPin(login, '000000')
  await login.getByText('The PIN is not right', { exact: false }).first().waitFor()
  await sendPin(login, pin)
  await login.waitFor({ state: 'hidden' })
  expect((await shownResult(page, 'Ciphertext')).length).toBeGreaterThan(40)
}

/** An encrypted file says which token to insert, and opens when it is there. */
async function waitsForToken(app: RunningApp, check: Check): Promise<void> {
  const { page, folders } = app
  const original = join(folders.work, 'report.txt')
  writeFileSync(original, 'a report')
  await openFiles(page)
  await dropFiles(page, [original])
  await queueOf(page, 'encrypt').getByText('report.txt').waitFor()
  expect(await (await startQueue(page, 'encrypt')).innerText()).toMatch(/^Encrypted report\.txt\s+Done/)
  rmSync(original)

  setAway(app, true)
  await dropFiles(page, [`${original}.keystead`])
  await queueOf(page, 'decrypt').getByText('report.txt.keystead').waitFor()
  await startWithoutWaiting(page, 'decrypt')
  const insert = page.getByRole('dialog', { name: `Insert token “${label}”` })
  await insert.getByText('Waiting for the token').waitFor()
  await check('insert a token')
  await insert.getByRole('button', { name: 'Cancel' }).click()
  await insert.waitFor({ state: 'hidden' })
  const job = page.getByRole('region', { name: 'Jobs' }).getByRole('article').first()
  await job.getByText(`Insert token “${label}” and try again`).waitFor()
  await check('a job without its token')
  await job.getByRole('button', { name: /^Try again with the token/ }).click()
  await insert.waitFor()
  setAway(app, false)
  const login = page.getByRole('dialog', { name: `Log in to ${label}` })
  await login.getByLabel('User PIN', { exact: true }).waitFor()
  await check('log in to go on')
  await sendPin(login, pin)
  await login.waitFor({ state: 'hidden' })
  await job.getByText('Done', { exact: true }).first().waitFor()
  expect(readFileSync(original, 'utf8')).toBe('a report')
}
