import { readdirSync, readFileSync, statSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { checkExport, exportSecrets } from '../../../../src-main/secrets/exchange/secret-exports'
import type { RecordKind } from '../../../../src-main/vault/records'
import { KmsError } from '../../../../src-shared/errors'
import type { RequestInput, Response } from '../../../../src-shared/contract/operations'
import { callerOf, codeOf, parsed } from '../../../support/keystore-fixture'
import { MemoryRecords } from '../../../support/memory-records'
import { openSecrets, type OpenedSecrets } from '../../../support/secrets-fixture'
import { useTemporaryFolder } from '../../../support/temporary-folder'
import { InThread } from './in-thread'
import { bytesOf, isZero, read, shown, titled } from './support'

const at = useTemporaryFolder()
let opened: OpenedSecrets
let threads: InThread
let over: AbortController

beforeEach(async () => {
  opened = await openSecrets()
  threads = new InThread()
  over = new AbortController()
  await opened.create('shop/forum', '{"username":"ada","password":"one"}', { description: 'the "forum"' })
  await opened.put('shop/forum', 'v2', '{"username":"ada","password":"two"}', ['ACSCurrent', 'blue'])
  await opened.create('shop/token', 'plain\n"text"')
  await opened.create('shop/key', '\u0000', { secretDataType: 'binary', secretData: Uint8Array.of(0, 255, 1, 254) })
  await opened.create('shopping', 'not in the folder')
  await opened.create('shop/gone', 'x')
  await opened.ask('deleteSecret', { secretName: 'shop/gone' })
})

const requestOf = (input: Partial<RequestInput<'exportSecrets'>>) => parsed('exportSecrets', { format: 'json', target: `h-${'0'.repeat(32)}`, confirmPlain: true, ...input })
const write = (input: Partial<RequestInput<'exportSecrets'>>, progress: (done: number, total: number) => void = () => undefined, path = at('out')): Promise<Response<'exportSecrets'>> =>
  exportSecrets(opened.secrets.session(), callerOf('exportSecrets'), threads, requestOf(input), { path, progress, signal: over.signal })
const contentOf = () => readFileSync(at('out'), 'utf8')

describe('an export', () => {
  it('in plain text must be confirmed, a KDBX file must have a passphrase of some length', async () => {
    const codeFor = (input: Partial<RequestInput<'exportSecrets'>>) => codeOf((async () => checkExport(requestOf(input)))())
    expect(await codeFor({ confirmPlain: false })).toBe('INVALID_PARAMETER')
    expect(await codeFor({ format: 'env', confirmPlain: false })).toBe('INVALID_PARAMETER')
    expect(await codeFor({ format: 'kdbx', confirmPlain: false })).toBe('MISSING_PARAMETER')
    expect(await codeFor({ format: 'kdbx', passphrase: bytesOf('1234567') })).toBe('PASSPHRASE_TOO_WEAK')
    checkExport(requestOf({ format: 'kdbx', passphrase: bytesOf('12345678'), confirmPlain: false }))
    checkExport(requestOf({}))
  })

  it('as JSON has all versions of a folder, bytes in Base64, for its owner alone', async () => {
    expect(await write({ folder: 'shop' })).toEqual({ exported: 3, leftOut: [{ name: 'shop/gone', problem: 'is in the recycle bin' }] })
    expect(statSync(at('out')).mode & 0o777).toBe(0o600)
    const { format, version, secrets } = JSON.parse(contentOf()) as { format: string; version: number; secrets: { name: string; description: string; versions: Record<string, unknown>[] }[] }
    expect([format, version]).toEqual(['keystead-secrets', 1])
    expect(secrets.map(({ name, versions }) => [name, versions.map(({ versionId, stages, dataType, value }) => [versionId, stages, dataType, value])])).toEqual([
      ['shop/forum', [['v1', ['ACSPrevious'], 'text', '{"username":"ada","password":"one"}'], ['v2', ['ACSCurrent', 'blue'], 'text', '{"username":"ada","password":"two"}']]],
      ['shop/key', [['v1', ['ACSCurrent'], 'binary', 'AP8B/g==']]],
      ['shop/token', [['v1', ['ACSCurrent'], 'text', 'plain\n"text"']]],
    ])
    expect(secrets[0]?.description).toBe('the "forum"')
  })

  it('as .env has current values only, and says what stays behind', async () => {
    expect(await write({ format: 'env', folder: 'shop' })).toEqual({
      exported: 2,
      leftOut: [
        { name: 'shop/forum', problem: 'older versions are not part of this format' },
        { name: 'shop/gone', problem: 'is in the recycle bin' },
        { name: 'shop/key', problem: 'is binary' },
      ],
    })
    expect(contentOf()).toBe('FORUM_USERNAME=\'ada\'\nFORUM_PASSWORD=\'two\'\nTOKEN=\'plain\n"text"\'\n')
    expect(statSync(at('out')).mode & 0o777).toBe(0o600)
  })

  it('as KDBX is read back with everything', async () => {
    expect(await write({ format: 'kdbx', passphrase: bytesOf('golden password'), folder: 'shop' })).toMatchObject({ exported: 3 })
    const { secrets } = await read(new Uint8Array(readFileSync(at('out'))), { password: bytesOf('golden password') })
    const forum = titled(secrets, 'forum')
    expect([forum.folders, shown(forum.fields), forum.history.map(({ fields }) => shown(fields))]).toEqual([['shop'], ['username*: ada', 'password*: two'], [['username*: ada', 'password*: one']]])
    expect(shown(titled(secrets, 'token').fields)).toEqual(['password*: plain\n"text"'])
    expect(titled(secrets, 'key').attachments.map(({ bytes }) => [...bytes])).toEqual([[0, 255, 1, 254]])
    expect(statSync(at('out')).mode & 0o777).toBe(0o600)
  })

  it('of everything goes on past a secret whose key cannot be used', async () => {
    const { keyMetadata } = await opened.askKeys('createKey', {})
    await opened.create('sealed', 'x', { encryptionKeyId: keyMetadata.keyId })
    await opened.askKeys('disableKey', { keyId: keyMetadata.keyId })
    const { exported, leftOut } = await write({})
    expect(exported).toBe(4)
    expect(leftOut).toContainEqual({ name: 'sealed', problem: 'its master key cannot be used now' })
  })

  it('of a folder that is empty is an empty file', async () => {
    expect(await write({ folder: 'nothing' })).toEqual({ exported: 0, leftOut: [] })
    expect(JSON.parse(contentOf())).toMatchObject({ secrets: [] })
  })

  it('is in the audit log with every secret, and tells how far it is', async () => {
    const told: number[] = []
    await write({ folder: 'shop' }, (done, total) => told.push(done / total))
    expect(told).toEqual([0.25, 0.5, 0.75, 1])
    expect(opened.use.calls.filter(({ caller }) => caller.operation === 'exportSecrets').map(({ resource, code }) => [resource, code])).toEqual([['shop/forum', null], ['shop/key', null], ['shop/token', null]])
  })

  it('leaves nothing where it cannot be written', async () => {
    expect(await codeOf(write({}, () => undefined, at('no', 'folder')))).toBe('TARGET_NOT_WRITABLE')
  })
})

/** Work that comes between what is known of a secret and its values. */
class ChangingRecords extends MemoryRecords {
  #begin: (() => void) | null = null

  /** Starts this when values are next read, which then takes as long as the work would. */
  onceValuesAreRead(work: () => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#begin = () => void work().then(resolve, reject)
    })
  }

  override async read(kind: RecordKind, id: string): Promise<Uint8Array | null> {
    const begin = kind === 'secret-values' ? this.#begin : null
    if (!begin) return super.read(kind, id)
    this.#begin = null
    begin()
    for (let turn = 0; turn < 50; turn += 1) await nextTurn()
    return super.read(kind, id)
  }
}

describe('an export while secrets change', () => {
  /** Does this once the first secret is out. */
  const meanwhile = (work: () => Promise<unknown>) => {
    let done: Promise<unknown> | null = null
    return { progress: () => void (done ??= work()), done: async () => done }
  }

  it('has the values that are current when a secret is reached', async () => {
    await opened.create('zoo', '{"password":"before"}')
    const { progress, done } = meanwhile(() => opened.put('zoo', 'v2', '{"password":"after"}'))
    await write({ format: 'env' }, progress)
    await done()
    expect(contentOf()).toContain("ZOO_PASSWORD='after'\n")
    expect(contentOf()).not.toContain('before')
  })

  it('has a secret as it is before a change that comes while it is opened', async () => {
    const records = new ChangingRecords()
    opened = await openSecrets(records)
    await opened.create('zoo', '{"password":"v1"}')
    for (let version = 2; version <= 10; version += 1) await opened.put('zoo', `v${version}`, `{"password":"v${version}"}`)
    // The oldest version goes with it.
    const change = records.onceValuesAreRead(() => opened.put('zoo', 'v11', '{"password":"v11"}'))
    expect(await write({})).toEqual({ exported: 1, leftOut: [] })
    await change
    const { secrets } = JSON.parse(contentOf()) as { secrets: { versions: { versionId: string }[] }[] }
    expect(secrets.map(({ versions }) => versions.map(({ versionId }) => versionId))).toEqual([Array.from({ length: 10 }, (_, at) => `v${at + 1}`)])
    expect(await opened.valueOf('zoo')).toBe('{"password":"v11"}')
  })

  it('goes on without a secret that was destroyed, and leaves out one that was deleted', async () => {
    await opened.create('zoo', 'x')
    await opened.create('zulu', 'x')
    const { progress, done } = meanwhile(async () => {
      await opened.ask('deleteSecret', { secretName: 'zoo', forceDeleteWithoutRecovery: true })
      await opened.ask('deleteSecret', { secretName: 'zulu' })
    })
    const { exported, leftOut } = await write({}, progress)
    await done()
    expect(exported).toBe(4)
    expect(leftOut).toEqual(['shop/gone', 'zulu'].map((name) => ({ name, problem: 'is in the recycle bin' })))
  })
})

describe('an export that is ended', () => {
  const locked = new KmsError('VAULT_LOCKED', 'The vault is locked.')
  const kdbx = { format: 'kdbx' as const, passphrase: bytesOf('golden password') }

  it('leaves no value in the memory of its thread', async () => {
    await write(kdbx)
    expect(threads.opened).toHaveLength(1)
    expect(threads.opened.every(isZero)).toBe(true)
  })

  it('while a KDBX file is made leaves no file', async () => {
    let open: () => void = () => undefined
    threads.gate = new Promise((resolve) => {
      open = resolve
    })
    const code = codeOf(write(kdbx))
    while (threads.opened.length === 0) await nextTurn()
    over.abort(locked)
    expect(await code).toBe('VAULT_LOCKED')
    open()
    expect(readdirSync(at())).toEqual([])
  })

  it.each([{ format: 'json' as const }, { format: 'env' as const }, kdbx])('between two secrets leaves no file: %j', async (input) => {
    expect(await codeOf(write(input, () => over.abort(locked)))).toBe('VAULT_LOCKED')
    expect(readdirSync(at())).toEqual([])
    expect(threads.opened).toEqual([])
  })
})
