import { constants, createHash, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { countInMemory } from '../support/process-memory'
import { createKeyQuickly } from './support/bridge'
import { chooseFiles, dropFiles } from './support/desktop'
import { makeFolders } from './support/folders'
import { learnKeyBytes } from './support/key-bytes'
import { openAct, openKey, openKeyTab, shownResult } from './support/key-steps'
import { filesWith, formsOf } from './support/leaks'
import type { RunningApp } from './support/launch'
import { createKey, createVault, lockByKeyboard, openFiles, startQueue, typeInto, unlock } from './support/steps'
import { useApps } from './support/use-apps'

const apps = useApps()

/** Letters and digits that occur nowhere else. */
const canary = () => randomBytes(18).toString('base64url').replaceAll(/[-_]/g, 'x')

/**
 * Everything is typed key by key and nothing that was typed is asked back: a whole secret in a message of the tests'
 * driver would itself be in main's memory.
 */
it('leaves passphrase, keys, what was imported, file content and typed text in no file, no output and, locked, not in main', async () => {
  const folders = makeFolders()
  const passphrase = canary()
  const content = canary()
  const typed = canary()
  const control = canary()
  const plain = join(folders.work, 'plain.txt')
  const apart = join(folders.work, 'apart')
  mkdirSync(apart)
  writeFileSync(plain, `${randomBytes(700_000).toString('base64')} ${content} ${randomBytes(700_000).toString('base64')} ${content}`)

  const first = await apps.start({ folders })
  await createVault(first.page, passphrase)
  await createKey(first.page, 'canary')
  await first.close()
  const keys = await learnKeyBytes(folders.vault, passphrase)
  expect(keys).toHaveLength(1)
  expect(keys[0]).toHaveLength(32)

  const material = randomBytes(32)
  const privateKeyFile = join(folders.work, 'signer.pem')
  const secrets = [...formsOf(passphrase), ...formsOf(content), ...formsOf(typed), ...keys, material, ...writePrivateKey(privateKeyFile)]
  const app = await apps.start({ folders })
  expect(countInMemory(app.pid, secrets)).toEqual(secrets.map(() => 0))
  await unlock(app.page, passphrase)
  await useText(app, typed)
  await useFiles(app, plain, apart)
  await importMaterial(app, material)
  await importPrivateKey(app, privateKeyFile)
  expect(createHash('sha256').update(readFileSync(join(apart, 'plain.txt'))).digest('hex')).toBe(createHash('sha256').update(readFileSync(plain)).digest('hex'))

  const [reversed] = formsOf([...control].reverse().join(''))
  await app.electron.evaluate(({ app: main }, text) => {
    const keep = main as typeof main & { control?: Buffer }
    keep.control = Buffer.from([...text].reverse().join(''), 'utf8')
  }, control)
  const find = () => countInMemory(app.pid, [reversed ?? Buffer.alloc(1), ...secrets])
  expect(find()[0]).toBeGreaterThan(0)

  await lockByKeyboard(app.page)
  const [controls, ...afterLock] = find()
  expect(controls).toBeGreaterThan(0)
  const names = ['passphrase', 'passphrase (UTF-16)', 'file content', 'file content (UTF-16)', 'typed text', 'typed text (UTF-16)', 'key', 'imported material', 'private key', 'private key as text']
  expect(Object.fromEntries(names.map((name, index) => [name, afterLock[index]]))).toEqual(Object.fromEntries(names.map((name) => [name, 0])))

  const problems = await app.close()
  const places = [folders.profile, folders.vault, folders.home, folders.tmp, folders.runtime, folders.work]
  const mayHold = [plain, join(apart, 'plain.txt')]
  expect(filesWith(formsOf(content), places).sort()).toEqual(mayHold.sort())
  expect(filesWith(secrets, places, [...mayHold, privateKeyFile])).toEqual([])
  const output = Buffer.from(first.output + app.output + JSON.stringify(problems))
  expect(secrets.filter((secret) => output.includes(secret))).toEqual([])
})

/** Encrypts a typed text on the key's page and decrypts it there. */
async function useText({ page }: RunningApp, text: string): Promise<void> {
  await openKey(page, 'canary')
  await openKeyTab(page, 'Try it')
  await typeInto(page.getByLabel('Text', { exact: true }), text)
  await page.getByRole('button', { name: 'Encrypt', exact: true }).click()
  const ciphertext = await shownResult(page, 'Ciphertext')
  await openAct(page, 'Decrypt')
  await page.getByLabel('Ciphertext', { exact: true }).fill(ciphertext)
  await page.getByRole('button', { name: 'Decrypt', exact: true }).click()
  await page.getByText('Decrypted with key').waitFor()
}

/** Encrypts the file, and decrypts the result in another folder. */
async function useFiles({ page }: RunningApp, plain: string, apart: string): Promise<void> {
  await openFiles(page)
  await dropFiles(page, [plain])
  await startQueue(page, 'encrypt')
  const moved = join(apart, 'plain.txt.keystead')
  renameSync(`${plain}.keystead`, moved)
  await dropFiles(page, [moved])
  await startQueue(page, 'decrypt')
}

/** Writes the file of a new private key; tells the key's scalar and the line of the file that most of it stands in. */
function writePrivateKey(path: string): Buffer[] {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  writeFileSync(path, pem)
  return [Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url'), Buffer.from(pem.split('\n')[1] ?? '')]
}

/** Imports the material; only what is wrapped comes by the tests' driver. */
async function importMaterial({ page }: RunningApp, material: Buffer): Promise<void> {
  const keyId = await createKeyQuickly(page, 'alias/brought', '', { origin: 'EXTERNAL' })
  const parameters = await page.evaluate(async (id) => {
    const answer = await window.keystead.operations.getParametersForImport({ keyId: id, wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_2048' })
    if (!answer.ok) throw new Error(answer.code)
    const { publicKey, importToken } = answer.value
    return { publicKey: [...publicKey], importToken: [...importToken] }
  }, keyId)
  const key = { key: Buffer.from(parameters.publicKey), format: 'der', type: 'spki', padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' } as const
  const encryptedKeyMaterial = [...publicEncrypt(key, material)]
  const result = await page.evaluate(
    async ([id, wrapped, token]) => {
      const { importKeyMaterial, encrypt } = window.keystead.operations
      const imported = await importKeyMaterial({ keyId: id, encryptedKeyMaterial: Uint8Array.from(wrapped), importToken: Uint8Array.from(token) })
      if (!imported.ok) return imported.code
      const used = await encrypt({ keyId: id, plaintext: new Uint8Array(5) })
      return used.ok ? 'ok' : used.code
    },
    [keyId, encryptedKeyMaterial, parameters.importToken] as const,
  )
  expect(result).toBe('ok')
}

/** Imports the file in the window, and signs with the key. */
async function importPrivateKey({ page, electron }: RunningApp, path: string): Promise<void> {
  await page.getByRole('link', { name: 'Keys' }).first().click()
  await page.getByRole('button', { name: 'Import key' }).click()
  const panel = page.getByRole('dialog', { name: 'Import private key' })
  await chooseFiles(electron, [path])
  await panel.getByRole('group', { name: 'Private key file' }).getByRole('button', { name: 'Choose file' }).click()
  await panel.getByText('signer.pem').waitFor()
  await panel.getByLabel(/^Alias/).fill('ported')
  await panel.getByRole('button', { name: 'Import key' }).click()
  await panel.waitFor({ state: 'hidden' })
  await openKey(page, 'ported')
  await openKeyTab(page, 'Try it')
  await page.getByLabel('Message', { exact: true }).fill('signed')
  await page.getByRole('button', { name: 'Sign', exact: true }).click()
  await shownResult(page, 'Signature')
}
