import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Application } from '../../src-main/compose'
import type { OperationName } from '../../src-shared/contract/catalog'
import type { RequestInput, Response } from '../../src-shared/contract/operations'
import { bundleForNode } from '../support/bundle'
import { composeIn, createTestVault } from '../support/composed-application'
import { codeOf } from '../support/keystore-fixture'
import { useTemporaryFolder } from '../support/temporary-folder'

// Each start of keepassxc-cli derives a key that takes a second.
vi.setConfig({ testTimeout: 120_000 })

const at = useTemporaryFolder()
const passphrase = 'golden password'
const bytesOf = (text: string) => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
let workerUrl: URL
let application: Application

beforeAll(async () => {
  workerUrl = pathToFileURL(await bundleForNode('src-main/secrets/exchange/worker.ts', 'exchange-worker'))
}, 60_000)

beforeEach(async () => {
  application = await composeIn(at(), {}, undefined, { exchangeWorkerUrl: workerUrl })
  await createTestVault(application)
})
afterEach(() => application.dispose())

const call = <N extends OperationName>(operation: N, request: RequestInput<N>): Promise<Response<N>> => application.dispatcher.run(operation, request, { face: 'ipc', client: 'window' })

/** What keepassxc-cli answers; lines of `input` are what it asks for. Fails with what it says. */
function keepassxc(args: readonly string[], ...input: string[]): string {
  const { status, stdout, stderr, error } = spawnSync('keepassxc-cli', args, { input: `${input.join('\n')}\n`, encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', HOME: at(), LC_ALL: 'C.UTF-8', QT_QPA_PLATFORM: 'offscreen' } })
  if (error) throw error
  if (status !== 0) throw new Error(`keepassxc-cli ${args.join(' ')}: ${stderr}`)
  return stdout
}

async function importAll(path: string, more: Partial<RequestInput<'previewSecretImport'>> = {}, onNameTaken: 'skip' | 'new-version' = 'skip') {
  const file = application.handles.issue(path, 'source')
  const { importId } = await call('previewSecretImport', { file, password: bytesOf(passphrase), ...more })
  return call('runSecretImport', { importId, onNameTaken })
}

function exportTo(path: string, more: Partial<RequestInput<'exportSecrets'>> = {}) {
  return call('exportSecrets', { format: 'kdbx', target: application.handles.issue(path, 'target'), passphrase: bytesOf(passphrase), ...more })
}

const valueOf = async (secretName: string, versionId?: string) => JSON.parse(textOf((await call('getSecretValue', { secretName, ...(versionId ? { versionId } : {}) })).secretData)) as Record<string, string>

describe('a file that keepassxc-cli makes now', () => {
  it('is imported with groups, attachments and passwords from before', async () => {
    const file = at('made.kdbx')
    keepassxc(['db-create', '-q', '-p', file], passphrase, passphrase)
    keepassxc(['mkdir', '-q', file, 'Servers'], passphrase)
    keepassxc(['add', '-q', '-p', '-u', 'root', '--url', 'ssh://build.example.org', '--notes', 'in the "cellar"', file, 'Servers/build'], passphrase, 'first <&> ünïcode')
    keepassxc(['edit', '-q', '-p', file, 'Servers/build'], passphrase, 'second')
    writeFileSync(at('note.bin'), Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * 31) ^ (index >> 8)))
    keepassxc(['attachment-import', '-q', file, 'Servers/build', 'note.bin', at('note.bin')], passphrase)
    keepassxc(['add', '-q', '-p', file, 'gone'], passphrase, 'x')
    keepassxc(['rm', '-q', file, 'gone'], passphrase)

    expect(await importAll(file, { folder: 'kp' })).toEqual({ created: 1, newVersions: 0, skipped: 1, failed: 0 })
    expect(await valueOf('kp/Servers/build')).toEqual({ username: 'root', password: 'second', url: 'ssh://build.example.org', notes: 'in the "cellar"' })
    expect((await valueOf('kp/Servers/build', 'v1'))['password']).toBe('first <&> ünïcode')
    const { attachments } = await call('getSecretDetails', { secretName: 'kp/Servers/build' })
    await call('saveSecretAttachment', { secretName: 'kp/Servers/build', attachmentId: attachments[0]?.attachmentId ?? '', target: application.handles.issue(at('saved.bin'), 'target') })
    expect(Buffer.compare(readFileSync(at('saved.bin')), readFileSync(at('note.bin')))).toBe(0)
  })
})

describe('a file that we make', () => {
  beforeEach(async () => {
    await call('createSecret', { secretName: 'work/shops/forum', versionId: 'v1', secretData: bytesOf('{"username":"ada","password":"older"}'), description: 'for <all> & "everyone"' })
    await call('putSecretValue', { secretName: 'work/shops/forum', versionId: 'v2', secretData: bytesOf('{"username":"ada","password":"päss <&>\\"\'","url":"https://x.example.org/?a=1&b=2","totp":"otpauth://totp/Forum:ada?secret=GEZDGNBVGY3TQOJQ","notes":"one\\ntwo","PIN":"0042"}') })
    await call('createSecret', { secretName: 'token', versionId: 'v1', secretData: bytesOf('plain text') })
    writeFileSync(at('a.txt'), 'attached text\n')
    await call('addSecretAttachment', { secretName: 'work/shops/forum', file: application.handles.issue(at('a.txt'), 'source') })
  })

  it('opens in keepassxc-cli with everything', async () => {
    const file = at('ours.kdbx')
    expect(await exportTo(file)).toEqual({ exported: 2, leftOut: [] })
    expect(keepassxc(['ls', '-q', '-R', '-f', file], passphrase).split('\n').filter((line) => line !== '').sort()).toEqual(['token', 'work/', 'work/shops/', 'work/shops/forum'])
    const shown = keepassxc(['show', '-q', '-s', '--all', file, 'work/shops/forum'], passphrase)
    for (const line of ['Title: forum', 'UserName: ada', 'Password: päss <&>"\'', 'URL: https://x.example.org/?a=1&b=2', 'Notes: one\ntwo', 'PIN: 0042', 'Description: for <all> & "everyone"']) expect(shown).toContain(`${line}\n`)
    expect(keepassxc(['show', '-q', '-s', '-a', 'Password', file, 'token'], passphrase)).toBe('plain text\n')
    expect(keepassxc(['show', '-q', '-t', file, 'work/shops/forum'], passphrase)).toMatch(/^\d{6}\n$/)
    keepassxc(['attachment-export', '-q', file, 'work/shops/forum', 'a.txt', at('back.txt')], passphrase)
    expect(readFileSync(at('back.txt'), 'utf8')).toBe('attached text\n')
    const xml = keepassxc(['export', '-q', '-f', 'xml', file], passphrase)
    expect(xml.slice(xml.indexOf('<History>'))).toContain('<Value ProtectInMemory="True">older</Value>')
    expect(keepassxc(['db-info', '-q', file], passphrase)).toMatch(/Cipher: AES 256-bit\nKDF: Argon2id/)
    expect(() => keepassxc(['ls', '-q', file], 'another password')).toThrow('keepassxc-cli ls')
  })

  it('is changed by keepassxc-cli and comes back as a new version', async () => {
    const file = at('ours.kdbx')
    await exportTo(file)
    keepassxc(['edit', '-q', '-p', file, 'work/shops/forum'], passphrase, 'newest')
    keepassxc(['add', '-q', '-p', '-u', 'bob', file, 'work/added'], passphrase, 'pw')
    expect(await importAll(file, {}, 'new-version')).toEqual({ created: 1, newVersions: 2, skipped: 0, failed: 0 })
    expect(await valueOf('work/shops/forum')).toMatchObject({ username: 'ada', password: 'newest', PIN: '0042' })
    expect((await valueOf('work/shops/forum', 'v2'))['password']).toBe('päss <&>"\'')
    expect(await valueOf('work/added')).toEqual({ username: 'bob', password: 'pw' })
  })

  it('is imported where it came from without a change', async () => {
    const file = at('ours.kdbx')
    await exportTo(file, { folder: 'work' })
    expect(await importAll(file, {}, 'new-version')).toEqual({ created: 0, newVersions: 0, skipped: 1, failed: 0 })
    expect(await importAll(file, { folder: 'again' })).toEqual({ created: 1, newVersions: 0, skipped: 0, failed: 0 })
    expect(await valueOf('again/work/shops/forum')).toEqual(await valueOf('work/shops/forum'))
  })
})

describe('the thread that reads and writes', () => {
  it('passes refusals on', async () => {
    writeFileSync(at('x.kdbx'), readFileSync('test/vectors/exchange/keepassxc-cli.kdbx'))
    writeFileSync(at('x.bin'), Uint8Array.of(1, 2, 3))
    const codeFor = (name: string, more: Partial<RequestInput<'previewSecretImport'>> = {}) => codeOf(call('previewSecretImport', { file: application.handles.issue(at(name), 'source'), ...more }))
    expect(await codeFor('x.kdbx')).toBe('IMPORT_PASSWORD')
    expect(await codeFor('x.kdbx', { password: bytesOf('wrong') })).toBe('IMPORT_PASSWORD')
    expect(await codeFor('x.kdbx', { format: '1pux' })).toBe('IMPORT_UNREADABLE')
    expect(await codeFor('x.bin')).toBe('IMPORT_UNSUPPORTED')
    expect(await codeFor('missing')).toBe('FILE_NOT_FOUND')
    expect(await codeFor('x.kdbx', { folder: 'a//b' })).toBe('INVALID_PARAMETER')
  })

  it('ends at the lock while it writes, and leaves no file', async () => {
    await call('createSecret', { secretName: 'token', versionId: 'v1', secretData: bytesOf('plain text') })
    const isOpened = new Promise<void>((resolve) => {
      application.forwardEvents((event) => event === 'secretWorkChanged' && resolve())
    })
    const code = codeOf(exportTo(at('late.kdbx')))
    await isOpened
    await call('lockVault', {})
    expect(await code).toBe('VAULT_LOCKED')
    expect(readdirSync(at()).filter((name) => name.includes('late'))).toEqual([])
  })

  it('ends at the lock, and a preview with it', async () => {
    writeFileSync(at('x.csv'), 'name,password\na,b\n')
    const file = () => application.handles.issue(at('x.csv'), 'source')
    const { importId } = await call('previewSecretImport', { file: file() })
    const late = codeOf(call('previewSecretImport', { file: file() }))
    await call('lockVault', {})
    expect(await late).toBe('VAULT_LOCKED')
    await call('unlockVault', { passphrase: bytesOf('correct horse battery staple') })
    expect(await codeOf(call('listImportRows', { importId }))).toBe('IMPORT_NOT_FOUND')
  })
})
