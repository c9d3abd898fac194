import { setImmediate as nextTurn } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { attachmentPieceBytes } from '../../../../src-main/secrets/attachment-rows'
import { planned } from '../../../../src-main/secrets/exchange/import-plan'
import { SecretImports } from '../../../../src-main/secrets/exchange/secret-imports'
import { piecesOf } from '../../../../src-main/secrets/window/attachments'
import { KmsError } from '../../../../src-shared/errors'
import type { RequestInput } from '../../../../src-shared/contract/operations'
import { callerOf, codeOf, parsed } from '../../../support/keystore-fixture'
import { openSecrets, type OpenedSecrets } from '../../../support/secrets-fixture'
import { InThread } from './in-thread'
import { bytesOf, golden, goldenPassword, isZero, textOf } from './support'

let opened: OpenedSecrets
let threads: InThread
let imports: SecretImports
const handle = `h-${'0'.repeat(32)}`

beforeEach(async () => {
  opened = await openSecrets()
  threads = new InThread()
  imports = new SecretImports(threads)
})

const preview = (bytes: Uint8Array, more: Partial<RequestInput<'previewSecretImport'>> = {}, name = 'file') =>
  imports.preview(opened.secrets.session(), { name, bytes }, parsed('previewSecretImport', { file: handle, ...more }))
const csv = (...rows: string[]) => bytesOf(['name,username,password', ...rows].join('\n'))
const rowsOf = (importId: string) => imports.rows(parsed('listImportRows', { importId, count: 500 })).rows
const resultsOf = (importId: string, onlyProblems = false) => imports.results(parsed('listImportResults', { importId, count: 500, onlyProblems })).results
const run = (importId: string, more: Partial<RequestInput<'runSecretImport'>> = {}, progress: (done: number, total: number) => void = () => undefined) =>
  imports.run(callerOf('runSecretImport'), parsed('runSecretImport', { importId, ...more }), progress)

describe('a preview', () => {
  it('says what will happen to each entry and holds no value', async () => {
    await opened.create('forum', 'x')
    const { importId, counts, total, columns, format } = await preview(csv('forum,ada,pw', 'My Shop,bob,"-1"', ',,', 'empty,,', 'Café,eve,pw'))
    expect({ counts, total, format, columns: columns?.map(({ role, filled }) => [role, filled]) }).toEqual({
      counts: { new: 2, taken: 1, refused: 1 },
      total: 4,
      format: 'csv',
      columns: [['name', 4], ['username', 3], ['password', 3]],
    })
    expect(rowsOf(importId)).toEqual([
      { index: 0, title: 'forum', name: 'forum', template: 'login', fields: ['username', 'password'], attachments: 0, versions: 1, status: 'taken', problems: [] },
      { index: 1, title: 'My Shop', name: 'My-Shop', template: 'login', fields: ['username', 'password'], attachments: 0, versions: 1, status: 'new', problems: ['a cell begins like a formula; kept as text'] },
      { index: 2, title: 'empty', name: 'empty', template: null, fields: [], attachments: 0, versions: 0, status: 'refused', problems: ['has no value'] },
      { index: 3, title: 'Café', name: 'Cafe', template: 'login', fields: ['username', 'password'], attachments: 0, versions: 1, status: 'new', problems: ['the name was changed to fit'] },
    ])
  })

  it('gives every entry a name of its own', async () => {
    const { importId } = await preview(csv('a,u,1', 'a,u,2', 'a-2,u,3', 'a,u,4'))
    expect(rowsOf(importId).map(({ name }) => name)).toEqual(['a', 'a-2', 'a-2-2', 'a-3'])
  })

  it('names 50,000 entries that have no title', async () => {
    const untitled = { title: '', folders: [], otherTitle: '', template: null, description: '', tags: [], expiresAt: null, isFavourite: false, versions: [], attachments: [], problems: [] }
    const plan = await planned(Array.from({ length: 50_000 }, () => untitled), '', new AbortController().signal)
    expect(plan.slice(0, 2).concat(plan.slice(-1)).map(({ name }) => name)).toEqual(['unnamed', 'unnamed-2', 'unnamed-50000'])
  })

  it('lets other work be done while many entries are named, and ends with the lock', async () => {
    const many = csv(...Array.from({ length: 5000 }, (_, at) => `s${at},u,p`))
    const code = codeOf(preview(many))
    while (threads.opened.length === 0) await nextTurn()
    imports.clear(new KmsError('VAULT_LOCKED', 'The vault is locked.'))
    expect(await code).toBe('VAULT_LOCKED')
    expect(isZero(threads.opened[0])).toBe(true)
  })

  it('is named by the folder that was asked for last', async () => {
    const { importId } = await preview(csv(...Array.from({ length: 5000 }, (_, at) => `s${at},u,p`)))
    const first = codeOf(imports.remap(parsed('remapSecretImport', { importId, folder: 'one' })))
    await imports.remap(parsed('remapSecretImport', { importId, folder: 'two' }))
    expect(await first).toBe('CANCELLED')
    expect(rowsOf(importId)[0]?.name).toBe('two/s0')
  })

  it('is read anew with other columns and another folder', async () => {
    const { importId } = await preview(csv('forum,ada,pw'), { folder: 'one' })
    expect(rowsOf(importId)[0]?.name).toBe('one/forum')
    await imports.remap(parsed('remapSecretImport', { importId, folder: 'two' }))
    expect(rowsOf(importId)[0]).toMatchObject({ name: 'two/forum', fields: ['username', 'password'] })
    await imports.remap(parsed('remapSecretImport', { importId, columns: ['username', 'name', 'ignore'] }))
    expect(rowsOf(importId)[0]).toMatchObject({ name: 'ada', fields: ['username'] })
    expect(isZero(threads.opened[0])).toBe(true)
    expect(await codeOf(imports.remap(parsed('remapSecretImport', { importId, columns: ['name'] })))).toBe('INVALID_PARAMETER')
    expect(await run(importId)).toMatchObject({ created: 1 })
    expect(await opened.valueOf('ada')).toBe('{"username":"forum"}')
  })

  it('has columns for CSV only', async () => {
    const { importId, columns } = await preview(bytesOf('A=b'))
    expect(columns).toBeNull()
    expect(await codeOf(imports.remap(parsed('remapSecretImport', { importId, columns: ['name'] })))).toBe('INVALID_PARAMETER')
  })

  it('is refused for a folder that no name may have', async () => {
    for (const folder of ['a//b', '/a', 'a/', 'ä', 'acs', 'x'.repeat(121)]) expect(await codeOf(preview(csv('a,b,c'), { folder })), folder).toBe('INVALID_PARAMETER')
  })

  it('is gone, and its values with it, after a cancel, the next file and the lock', async () => {
    const first = await preview(csv('a,b,secret'))
    expect(new TextDecoder().decode(threads.opened[0])).toContain('secret')
    imports.cancel({ importId: first.importId })
    const second = await preview(csv('a,b,secret'))
    await preview(csv('a,b,secret'))
    imports.clear()
    expect(threads.opened.map(isZero)).toEqual([true, true, true])
    for (const { importId } of [first, second]) {
      expect(() => rowsOf(importId)).toThrow(expect.objectContaining({ code: 'IMPORT_NOT_FOUND' }))
      expect(await codeOf(run(importId))).toBe('IMPORT_NOT_FOUND')
      expect(await codeOf(imports.remap(parsed('remapSecretImport', { importId })))).toBe('IMPORT_NOT_FOUND')
      expect(() => imports.cancel({ importId })).toThrow(expect.objectContaining({ code: 'IMPORT_NOT_FOUND' }))
    }
  })

  it('does not come when the vault is locked, or another file chosen, while it is read', async () => {
    let open: () => void = () => undefined
    threads.gate = new Promise((resolve) => {
      open = resolve
    })
    const locked = codeOf(preview(csv('a,b,c')))
    imports.clear(new KmsError('VAULT_LOCKED', 'The vault is locked.'))
    const replaced = codeOf(preview(csv('a,b,c')))
    const last = preview(csv('a,b,c'))
    open()
    expect([await locked, await replaced]).toEqual(['VAULT_LOCKED', 'CANCELLED'])
    expect(rowsOf((await last).importId)).toHaveLength(1)
  })
})

describe('an import', () => {
  it('of a KeePassXC file keeps all that a secret can have', async () => {
    const { importId, counts } = await preview(golden('keepassxc-import.kdbx'), { password: goldenPassword, folder: 'keepass' })
    expect(counts).toEqual({ new: 3, taken: 0, refused: 1 })
    expect(await run(importId)).toEqual({ created: 3, newVersions: 0, skipped: 1, failed: 0 })
    const name = 'keepass/Bucher-Cafe'
    expect(await opened.versionsOf(name)).toEqual(['v1', 'v2 ACSPrevious', 'v3 ACSCurrent'])
    expect(JSON.parse(await opened.valueOf(name))).toMatchObject({ username: 'ada', password: 'päss<w0rd>&"\'', PIN: '0042', Customer: '4711' })
    expect(await opened.valueOf(name, { versionId: 'v1' })).toBe('{"username":"ada","password":"oldest"}')
    const session = opened.secrets.session()
    const { record } = session.resolve(name)
    expect(record).toMatchObject({ template: 'login', description: 'Bücher & Café', expiresAt: Date.UTC(2031, 4, 6, 7, 8, 9), tags: [{ key: 'two-words', value: '' }, { key: 'work', value: '' }] })
    expect(record.versions.map(({ createdAt }) => createdAt).slice(0, 2)).toEqual([Date.UTC(2023, 5, 1), Date.UTC(2023, 8, 1)])
    expect([...record.publicValues.keys()]).toEqual(['username', 'url', 'Customer', 'KP2A_URL_1'])
    const [attachment] = record.attachments
    if (!attachment) throw new Error('there is an attachment')
    const pieces = []
    for await (const piece of piecesOf(session, record, attachment)) pieces.push(textOf(piece))
    expect([attachment.name, pieces.join('')]).toEqual(['readme.txt', 'attached text\n'])
    expect(resultsOf(importId).map(({ name: own, result, code }) => [own, result, code])).toEqual([
      [name, 'created', null],
      ['keepass/Work/Data-Bases/only-a-note', 'created', null],
      ['keepass/Work/Data-Bases/KeePass-2-codes', 'created', null],
      ['keepass/Recycle-Bin/thrown-away', 'skipped', null],
    ])
    expect(resultsOf(importId, true).map(({ problems }) => problems)).toEqual([
      ['the name was changed to fit', 'a tag was changed to fit or left out'],
      ['refers to another entry; kept as text'],
      ['is in the recycle bin of the file'],
    ])
    expect(isZero(threads.opened[0])).toBe(true)
    expect(await codeOf(run(importId))).toBe('IMPORT_NOT_FOUND')
    expect(opened.records.audit.filter(({ caller }) => caller.operation === 'runSecretImport').map(({ resource }) => resource)).toEqual([`${name} and 2 more`])
    // What was written opens again.
    await opened.relock()
    expect(JSON.parse(await opened.valueOf(name))).toMatchObject({ password: 'päss<w0rd>&"\'' })
  })

  it.each([
    ['skip', { created: 1, newVersions: 0, skipped: 1, failed: 0 }, ['old'], ['forum', 'other']],
    ['rename', { created: 2, newVersions: 0, skipped: 0, failed: 0 }, ['old'], ['forum', 'forum-2', 'other']],
    ['new-version', { created: 1, newVersions: 1, skipped: 0, failed: 0 }, ['{"username":"ada","password":"new"}'], ['forum', 'other']],
  ] as const)('where the name is taken: %s', async (onNameTaken, counts, [value], names) => {
    await opened.create('forum', 'old')
    const { importId } = await preview(csv('forum,ada,new', 'other,bob,x'))
    expect(await run(importId, { onNameTaken })).toEqual(counts)
    expect(await opened.valueOf('forum')).toBe(value)
    const { secretList } = await opened.ask('listSecrets', { pageSize: 100 })
    expect(secretList.map(({ secretName }) => secretName).sort()).toEqual(names)
  })

  it('renames past names that the file itself has', async () => {
    await opened.create('a', 'x')
    await opened.create('a-3', 'x')
    const { importId } = await preview(csv('a,u,1', 'a-2,u,2'))
    expect(await run(importId, { onNameTaken: 'rename' })).toMatchObject({ created: 2 })
    expect(await opened.valueOf('a-4')).toBe('{"username":"u","password":"1"}')
  })

  it('adds no version of the same value, and none to a secret in the recycle bin or a managed one', async () => {
    const first = await preview(csv('a,u,1'))
    await run(first.importId)
    await opened.create('bin', 'x')
    await opened.ask('deleteSecret', { secretName: 'bin' })
    await opened.create('rds', '{"Accounts":[{"AccountName":"u","AccountPassword":"p"}]}', { secretType: 'Rds', extendedConfig: '{"SecretSubType":"SingleUser","DBInstanceId":"x"}' })
    const { importId } = await preview(csv('a,u,1', 'bin,u,2', 'rds,u,3'))
    expect(await run(importId, { onNameTaken: 'new-version' })).toEqual({ created: 0, newVersions: 0, skipped: 1, failed: 2 })
    expect(resultsOf(importId).map(({ result, code }) => [result, code])).toEqual([['skipped', null], ['failed', 'SECRET_IN_DELETE_WINDOW'], ['failed', 'UNSUPPORTED_OPERATION']])
    expect(await opened.versionsOf('a')).toEqual(['v1 ACSCurrent'])
  })

  it('leaves out the rows that are named', async () => {
    const { importId } = await preview(csv('a,u,1', 'b,u,2', 'c,u,3'))
    expect(await run(importId, { skip: [0, 2] })).toEqual({ created: 1, newVersions: 0, skipped: 2, failed: 0 })
    expect(await opened.codeFor('describeSecret', { secretName: 'a' })).toBe('SECRET_NOT_FOUND')
  })

  it('tries one by one when a batch is refused: each secret is complete or absent', async () => {
    const { importId } = await preview(csv('a,u,1', 'b,u,2', 'c,u,3'))
    opened.records.failNextCommit(new KmsError('NO_SPACE', 'There is no space left on the disk.'))
    // The first transaction makes the default key; the second is the batch.
    expect(await run(importId)).toMatchObject({ created: 3 })
    const second = await preview(csv('d,u,1', 'e,u,2'))
    await opened.records.mutate(callerOf('x'), 'x', async () => undefined)
    opened.records.failNextCommit(new KmsError('NO_SPACE', 'There is no space left on the disk.'))
    expect(await run(second.importId)).toMatchObject({ created: 2 })
  })

  it('goes on when a name was taken meanwhile', async () => {
    const { importId } = await preview(csv('a,u,1', 'b,u,2'))
    const gate = opened.records.holdCommits()
    const running = run(importId)
    gate()
    expect(await running).toMatchObject({ created: 2 })
    const next = await preview(csv('c,u,1', 'd,u,2'))
    const queued = opened.create('d', 'mine')
    const done = run(next.importId)
    await queued
    expect(await done).toEqual({ created: 1, newVersions: 0, skipped: 0, failed: 1 })
    expect(resultsOf(next.importId).map(({ name, code }) => [name, code])).toEqual([['c', null], ['d', 'SECRET_EXISTS']])
    expect(await opened.valueOf('d')).toBe('mine')
  })

  it('ends with the lock, and zeroes what it held', async () => {
    const { importId } = await preview(csv('a,u,1'))
    opened.records.isLocked = true
    expect(await codeOf(run(importId))).toBe('VAULT_LOCKED')
    expect(isZero(threads.opened[0])).toBe(true)
  })

  it('stops after a cancel; what is written stays, the rest is skipped', async () => {
    const rows = Array.from({ length: 1200 }, (_, at) => `s${at},u,p`)
    const { importId } = await preview(csv(...rows))
    const counts = await run(importId, {}, (done) => {
      if (done === 500) imports.cancel({ importId })
    })
    expect(counts).toEqual({ created: 500, newVersions: 0, skipped: 700, failed: 0 })
    expect(imports.results(parsed('listImportResults', { importId })).total).toBe(1200)
    expect(opened.secrets.session().index.size).toBe(500)
  })

  it('tells how far it is', async () => {
    const { importId } = await preview(csv(...Array.from({ length: 450 }, (_, at) => `s${at},u,p`)))
    const told: number[] = []
    await run(importId, {}, (done, total) => told.push(done / total))
    expect(told.at(-1)).toBe(1)
    expect(told).toEqual(told.toSorted((a, b) => a - b))
  })
})

describe('what does not fit into a secret', () => {
  const bitwarden = (item: Record<string, unknown>) => bytesOf(JSON.stringify({ encrypted: false, items: [{ type: 1, name: 'x', ...item }] }))
  const only = async (file: Uint8Array) => {
    const { importId } = await preview(file)
    const [row] = rowsOf(importId)
    return { importId, row }
  }

  it('is refused beyond 30,720 bytes', async () => {
    const overhead = '{"notes":""}'.length
    for (const [length, status] of [[30_720 - overhead, 'new'], [30_721 - overhead, 'refused']] as const) {
      const { row, importId } = await only(bitwarden({ notes: 'x'.repeat(length) }))
      expect(row).toMatchObject({ status, problems: status === 'new' ? [] : ['value is too large'] })
      expect(await run(importId)).toMatchObject(status === 'new' ? { created: 1 } : { failed: 1 })
      if (status === 'new') await opened.ask('deleteSecret', { secretName: 'x', forceDeleteWithoutRecovery: true })
    }
  })

  it('is one value beyond 50 fields', async () => {
    const fields = Array.from({ length: 51 }, (_, at) => ({ name: `f${at}`, value: 'v', type: 0 }))
    const { row, importId } = await only(bitwarden({ fields }))
    expect(row).toMatchObject({ status: 'new', problems: ['has too many fields to list; kept as one value'] })
    await run(importId)
    expect(Object.keys(JSON.parse(await opened.valueOf('x')) as object)).toHaveLength(51)
    expect(opened.secrets.session().resolve('x').record.fields).toBeNull()
  })

  it('loses the oldest of more than ten versions, and says so', async () => {
    const passwordHistory = Array.from({ length: 12 }, (_, at) => ({ password: `p${at}`, lastUsedDate: new Date(at * 1e9).toISOString() }))
    const { row, importId } = await only(bitwarden({ login: { password: 'now' }, passwordHistory }))
    expect(row).toMatchObject({ versions: 10, problems: ['older versions were left out'] })
    await run(importId)
    expect(await opened.valueOf('x', { versionId: 'v1' })).toBe('{"password":"p3"}')
    expect(await opened.valueOf('x')).toBe('{"password":"now"}')
  })

  it('has names of fields cut and numbered', async () => {
    const fields = [{ name: 'username', value: '1', type: 0 }, { name: 'n'.repeat(200), value: '2', type: 0 }, { name: '', value: '3', type: 0 }]
    const { row } = await only(bitwarden({ login: { username: 'u' }, fields }))
    expect(row?.fields).toEqual(['username', 'username-2', 'n'.repeat(128), 'field'])
    expect(row?.problems).toEqual(['a name of a field was changed'])
  })

  it('keeps attachments of several pieces and leaves out those beyond 10 MiB', async () => {
    const { strToU8, zipSync } = await import('fflate')
    const big = new Uint8Array(attachmentPieceBytes * 2 + 5).map((_, at) => (at * 7) ^ (at >> 8))
    const item = (id: string, title: string) => ({ categoryUuid: '006', overview: { title }, details: { notesPlain: 'n', documentAttributes: { fileName: `../${id}.bin`, documentId: id } } })
    const data = { accounts: [{ vaults: [{ attrs: { name: 'v' }, items: [item('d1', 'fits'), item('d2', 'not')] }] }] }
    const file = zipSync({ 'export.data': strToU8(JSON.stringify(data)), 'files/d1__x': big, 'files/d2__x': new Uint8Array(10 * 1024 * 1024 + 1) }, { level: 0 })
    const { importId } = await preview(file)
    expect(rowsOf(importId).map(({ attachments, problems }) => [attachments, problems])).toEqual([[1, ['an attachment was renamed']], [0, ['an attachment is too large and was left out']]])
    await run(importId)
    const session = opened.secrets.session()
    const { record } = session.resolve('fits')
    const [attachment] = record.attachments
    if (!attachment) throw new Error('there is an attachment')
    const pieces = []
    for await (const piece of piecesOf(session, record, attachment)) pieces.push(Buffer.from(piece))
    expect([attachment.name, Buffer.compare(Buffer.concat(pieces), big)]).toEqual(['.._d1.bin', 0])
  })
})
