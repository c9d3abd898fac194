import { readFileSync, statSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { checkExport, exportSecrets } from '../../../../src-main/secrets/exchange/secret-exports'
import type { RequestInput, Response } from '../../../../src-shared/contract/operations'
import { callerOf, codeOf, parsed } from '../../../support/keystore-fixture'
import { openSecrets, type OpenedSecrets } from '../../../support/secrets-fixture'
import { useTemporaryFolder } from '../../../support/temporary-folder'
import { InThread } from './in-thread'
import { bytesOf, read, shown, titled } from './support'

const at = useTemporaryFolder()
let opened: OpenedSecrets

beforeEach(async () => {
  opened = await openSecrets()
  await opened.create('shop/forum', '{"username":"ada","password":"one"}', { description: 'the "forum"' })
  await opened.put('shop/forum', 'v2', '{"username":"ada","password":"two"}', ['ACSCurrent', 'blue'])
  await opened.create('shop/token', 'plain\n"text"')
  await opened.create('shop/key', '\u0000', { secretDataType: 'binary', secretData: Uint8Array.of(0, 255, 1, 254) })
  await opened.create('shopping', 'not in the folder')
  await opened.create('shop/gone', 'x')
  await opened.ask('deleteSecret', { secretName: 'shop/gone' })
})

const requestOf = (input: Partial<RequestInput<'exportSecrets'>>) => parsed('exportSecrets', { format: 'json', target: `h-${'0'.repeat(32)}`, confirmPlain: true, ...input })
const write = (input: Partial<RequestInput<'exportSecrets'>>, progress: (done: number, total: number) => void = () => undefined): Promise<Response<'exportSecrets'>> =>
  exportSecrets(opened.secrets.session(), callerOf('exportSecrets'), new InThread(), requestOf(input), at('out'), progress)
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
    const nowhere = exportSecrets(opened.secrets.session(), callerOf('exportSecrets'), new InThread(), requestOf({}), at('no', 'folder'), () => undefined)
    expect(await codeOf(nowhere)).toBe('TARGET_NOT_WRITABLE')
  })
})
