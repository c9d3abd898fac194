import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../support/cheap-vault'
import type { Application } from '../../src-main/compose'
import type { OperationName } from '../../src-shared/contract/catalog'
import { composeIn, createTestVault, testPassphrase } from '../support/composed-application'
import { RouterPage } from '../support/router-page'
import { useTemporaryFolder } from '../support/temporary-folder'

const inFolder = useTemporaryFolder()
let application: Application
let page: RouterPage
let words: string[]
let printed = ''
const copied: string[] = []

beforeEach(async () => {
  copied.length = 0
  application = await composeIn(inFolder(), {
    chooseSources: async () => [inFolder('a.txt'), inFolder('b.txt')],
    chooseSaveTarget: async (_what, suggestedName) => inFolder(suggestedName),
    chooseFolder: async () => null,
    printPage: async (html) => ((printed = new TextDecoder().decode(html)), true),
    writeClipboard: (text) => void copied.push(text),
  })
  words = await createTestVault(application)
  page = new RouterPage(application.dispatcher, silentLog)
})

afterEach(() => application.dispose())

async function value(operation: OperationName, request: unknown = {}): Promise<Record<string, unknown>> {
  const answer = await page.call(operation, request)
  if (!answer.ok) throw new Error(`${operation}: ${answer.code} ${answer.message}`)
  return answer.value
}

test('a key is made, encrypts and decrypts; after a lock nothing works until the passphrase is given', async () => {
  const { keyMetadata } = (await value('createKey')) as { keyMetadata: { keyId: string } }
  const plaintext = new TextEncoder().encode('hello')
  const { ciphertextBlob } = await value('encrypt', { keyId: keyMetadata.keyId, plaintext })
  expect(await value('decrypt', { ciphertextBlob: (ciphertextBlob as Uint8Array).slice() })).toMatchObject({ plaintext: new TextEncoder().encode('hello') })
  expect(await value('lockVault')).toMatchObject({ status: { state: 'locked' } })
  expect(await page.call('decrypt', { ciphertextBlob: (ciphertextBlob as Uint8Array).slice() })).toMatchObject({ code: 'VAULT_LOCKED' })
  expect(await page.call('unlockVault', { passphrase: new TextEncoder().encode('not this one at all') })).toMatchObject({ code: 'WRONG_PASSPHRASE' })
  expect(await value('unlockVault', { passphrase: testPassphrase() })).toMatchObject({ status: { state: 'unlocked' } })
  expect(await value('decrypt', { ciphertextBlob })).toMatchObject({ plaintext: new TextEncoder().encode('hello') })
  expect(await value('verifyAudit')).toMatchObject({ intact: true })
})

test('the audit log names a refusal once, with its code', async () => {
  await page.call('updateKeyDescription', { keyId: 'alias/nobody', description: 'x' })
  const { entries } = (await value('listAuditEntries', { operation: 'updateKeyDescription' })) as { entries: { result: string; code: string }[] }
  expect(entries).toMatchObject([{ result: 'refused', code: 'ALIAS_NOT_FOUND', face: 'ipc', client: 'window', resource: 'alias/nobody' }])
})

test('the kit is saved for its owner alone, printed, and gone when it was dismissed', async () => {
  expect(await value('saveRecoveryKit')).toEqual({ fileName: 'keystead-recovery-kit.txt' })
  const saved = readFileSync(inFolder('keystead-recovery-kit.txt'), 'utf8')
  for (const word of words) expect(saved).toContain(`. ${word}\n`)
  expect(statSync(inFolder('keystead-recovery-kit.txt')).mode & 0o777).toBe(0o600)
  expect(await value('printRecoveryKit')).toEqual({ printed: true })
  expect(printed).toContain(`<li>${words[23]}</li>`)
  await value('dismissRecoveryKit')
  expect(await page.call('saveRecoveryKit', {})).toMatchObject({ code: 'HANDLE_INVALID' })
})

test('a kit that cannot be saved where the user wants it is still pending', async () => {
  mkdirSync(inFolder('keystead-recovery-kit.txt'))
  expect(await page.call('saveRecoveryKit', {})).toMatchObject({ ok: false, code: 'TARGET_NOT_WRITABLE' })
  expect(await value('vaultStatus')).toMatchObject({ status: { recoveryKitPending: true } })
})

test('a handle is good once, and none survives a lock', async () => {
  writeFileSync(inFolder('a.txt'), 'hello')
  writeFileSync(inFolder('b.txt'), 'hello')
  const { paths } = (await value('chooseFiles')) as { paths: { handle: string; name: string }[] }
  expect(paths.map(({ name }) => name)).toEqual(['a.txt', 'b.txt'])
  const [first, second] = paths
  expect(await page.call('inspectFile', { file: first?.handle })).toMatchObject({ code: 'FILE_NOT_ENCRYPTED' })
  expect(await page.call('inspectFile', { file: first?.handle })).toMatchObject({ code: 'HANDLE_INVALID' })
  await value('lockVault')
  expect(await page.call('inspectFile', { file: second?.handle })).toMatchObject({ code: 'HANDLE_INVALID' })
})

test('a cancelled dialog is an answer, not an error', async () => {
  expect(await value('chooseFolder')).toEqual({ folder: null })
})

test('only absolute paths are registered', async () => {
  expect(await page.call('registerDroppedPaths', { paths: ['a.txt'] })).toMatchObject({ code: 'INVALID_PARAMETER' })
  expect(await value('registerDroppedPaths', { paths: [inFolder('a.txt')] })).toMatchObject({ paths: [{ name: 'a.txt' }] })
})

test('settings are kept, told to listeners and survive', async () => {
  const events: unknown[] = []
  const stop = application.forwardEvents((event, payload) => void events.push([event, payload]))
  const { settings } = (await value('updateSettings', { theme: 'dark', lockAfterIdleMinutes: 3 })) as { settings: object }
  stop()
  expect(settings).toMatchObject({ theme: 'dark', lockAfterIdleMinutes: 3, lockOnSuspend: true })
  expect(events).toEqual([['settingsChanged', settings]])
  await application.dispose()
  const again = await composeIn(inFolder())
  expect(again.settings.current).toEqual(settings)
  await again.dispose()
})

test('text is copied as it is', async () => {
  expect(await value('copyText', { text: 'key-123' })).toEqual({})
  expect(copied).toEqual(['key-123'])
})
