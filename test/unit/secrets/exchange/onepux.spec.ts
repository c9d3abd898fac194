import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { packed } from '../../../../src-main/secrets/exchange/pack'
import { codeFor, golden, read, shown, textOf, titled } from './support'

const emptyData = strToU8('{"accounts":[]}')
const dataOf = (item: unknown) => strToU8(JSON.stringify({ accounts: [{ vaults: [{ attrs: { name: 'v' }, items: [item] }] }] }))
const endBytes = 22

/** The archive with this size of every file in its directory. */
function claiming(archive: Uint8Array, sizeBytes: number): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.length)
  let at = view.getUint32(archive.length - endBytes + 16, true)
  for (let left = view.getUint16(archive.length - endBytes + 10, true); left > 0; left--) {
    view.setUint32(at + 24, sizeBytes, true)
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return archive
}

describe('a 1PUX export', () => {
  it('has logins with sections, codes, dates and earlier passwords', async () => {
    const { format, secrets } = await read(golden('1password.1pux'))
    expect(format).toBe('1pux')
    const forum = titled(secrets, 'Forum')
    expect(forum).toMatchObject({ folders: ['Personal'], template: 'login', tags: ['work', 'two words'], isFavourite: true, createdAt: 1_700_000_000_000, problems: [] })
    expect(shown(forum.fields)).toEqual([
      'username: ada',
      'password*: s3cret',
      'url: https://forum.example.org',
      'url-2: https://www.example.org',
      'Security: PIN*: 0042',
      'totp*: otpauth://totp/Forum:ada?secret=GEZDGNBVGY3TQOJQ',
      'Security: since: 2020-01-01',
      'Security: valid until: 2030-12',
      'Security: mail: ada@example.org',
      'Security: home: Main St 1\nTown\n12345\nuk',
      'remember: true',
      'notes*: a note',
    ])
    expect(forum.fields.find(({ name }) => name === 'Security: since')?.kind).toBe('date')
    expect(forum.history.map(({ fields, createdAt }) => [shown(fields)[1], createdAt])).toEqual([
      ['password*: oldest', 1_610_000_000_000],
      ['password*: older', 1_650_000_000_000],
    ])
  })

  it('has documents, databases, SSH keys and passwords alone', async () => {
    const { secrets } = await read(golden('1password.1pux'))
    const contract = titled(secrets, 'Contract')
    expect(contract.attachments.map(({ name, bytes }) => [name, textOf(bytes)])).toEqual([['contract.txt', 'attached text\n']])
    expect(contract.tags).toEqual(['archived'])
    const database = titled(secrets, 'Shop DB')
    expect([database.template, database.folders, ...shown(database.fields)]).toEqual(['database', ['Team'], 'engine: postgresql', 'host: db.example.org', 'port: 5432', 'database: shop', 'username: shop', 'password*: dbpass'])
    expect(shown(titled(secrets, 'Build key').fields).map((field) => field.split(':')[0])).toEqual(['private_key*', 'public_key', 'fingerprint'])
    expect(shown(titled(secrets, 'Door').fields)).toEqual(['password*: alone'])
    expect(titled(secrets, 'Lost')).toMatchObject({ attachments: [], problems: ['an attachment is missing in the file'] })
  })

  it('takes names of files in the archive for names only', async () => {
    const item = { categoryUuid: '006', overview: { title: 'x' }, details: { documentAttributes: { fileName: '../../../etc/passwd', documentId: 'd1' } } }
    const { secrets } = await read(zipSync({ 'export.data': dataOf(item), 'files/d1__/../../../tmp/evil': strToU8('x'), '../outside': strToU8('y') }))
    expect(secrets[0]?.attachments.map(({ name }) => name)).toEqual(['../../../etc/passwd'])
  })
})

describe('a document to which many items refer', () => {
  const referring = (documentId: string, title: string) => ({ overview: { title }, details: { notesPlain: 'n', documentAttributes: { fileName: 'x', documentId } } })
  const archiveOf = (items: readonly unknown[], files: Record<string, Uint8Array>) =>
    zipSync({ 'export.data': strToU8(JSON.stringify({ accounts: [{ vaults: [{ items }] }] })), ...files })
  const megabyte = 1024 * 1024

  it('is unpacked once, and once in memory', async () => {
    const file = archiveOf(Array.from({ length: 500 }, (_, at) => referring('d1', `${at}`)), { 'files/d1__x': new Uint8Array(megabyte) })
    const { secrets } = await read(file)
    expect(secrets.map(({ attachments }) => attachments.length)).toEqual(Array.from({ length: 500 }, () => 1))
    expect(new Set(secrets.map(({ attachments }) => attachments[0]?.bytes)).size).toBe(1)
    const { buffer, secrets: ready } = packed(secrets)
    expect(buffer.byteLength).toBeLessThan(2 * megabyte)
    expect(ready.every(({ attachments }) => attachments[0]?.bytes.length === megabyte)).toBe(true)
  })

  it('makes the import too large when it would be written too often', async () => {
    const file = archiveOf(Array.from({ length: 100_000 }, (_, at) => referring('d1', `${at}`)), { 'files/d1__x': new Uint8Array(megabyte) })
    const { secrets } = await read(file)
    expect(() => packed(secrets)).toThrow(expect.objectContaining({ code: 'IMPORT_TOO_LARGE' }))
    expect(secrets[0]?.fields[0]?.value.every((byte) => byte === 0)).toBe(true)
  })

  it('is kept with one item as often as a secret has attachments', async () => {
    const fields = Array.from({ length: 1000 }, () => ({ value: { file: { fileName: 'f', documentId: 'd1' } } }))
    const { secrets } = await read(archiveOf([{ details: { sections: [{ fields }] } }], { 'files/d1__x': strToU8('x') }))
    expect(secrets).toMatchObject([{ attachments: { length: 20 }, problems: ['has too many attachments; some were left out'] }])
  })

  it('is not unpacked at all when it is larger than an attachment', async () => {
    const archive = archiveOf([referring('d1', 'a')], { 'files/d1__x': new Uint8Array(10 * megabyte + 1).map((_, at) => (at * 7) ^ (at >> 8)) })
    // It would be unreadable: its first byte is another one.
    const start = Buffer.from(archive).indexOf('files/d1__x') + 'files/d1__x'.length
    archive[start] = 0xff
    const { secrets } = await read(archive)
    expect(secrets).toMatchObject([{ attachments: [], problems: ['an attachment is too large and was left out'] }])
  })
})

describe('an archive that is not what it should be', () => {
  it('is refused when it would unpack to far more than it is', async () => {
    const bomb = zipSync({ 'export.data': [new Uint8Array(16 * 1024 * 1024), { level: 9 }] })
    expect(bomb.length).toBeLessThan(128 * 1024)
    expect(await codeFor(bomb)).toBe('IMPORT_TOO_LARGE')
  })

  it('is refused when its directory tells less than comes out', async () => {
    expect(await codeFor(claiming(zipSync({ 'export.data': new Uint8Array(4 * 1024 * 1024) }), 1000))).toBe('IMPORT_UNREADABLE')
  })

  it('is refused when its files are too large together', async () => {
    const files = Object.fromEntries(Array.from({ length: 6 }, (_, at) => [`files/${at}__x`, new Uint8Array(10)]))
    expect(await codeFor(claiming(zipSync({ 'export.data': emptyData, ...files }, { level: 0 }), 100 * 1024 * 1024))).toBe('IMPORT_TOO_LARGE')
  })

  it('is refused when it has too many files', async () => {
    const files = Object.fromEntries(Array.from({ length: 20_001 }, (_, at) => [`files/${at}__x`, new Uint8Array(0)]))
    expect(await codeFor(zipSync({ 'export.data': emptyData, ...files }, { level: 0 }))).toBe('IMPORT_TOO_LARGE')
  })

  it.each([
    ['is encrypted', 8, 1, 'IMPORT_UNSUPPORTED'],
    ['is packed in another way', 10, 12, 'IMPORT_UNSUPPORTED'],
    ['tells another sum', 16, 0x55, 'IMPORT_UNREADABLE'],
    ['says that its file lies elsewhere', 42, 0xff, 'IMPORT_UNREADABLE'],
  ])('is refused when it %s', async (_, offset, value, code) => {
    const archive = zipSync({ 'export.data': emptyData })
    const view = new DataView(archive.buffer, archive.byteOffset, archive.length)
    archive[view.getUint32(archive.length - endBytes + 16, true) + offset] = value
    expect(await codeFor(archive)).toBe(code)
  })

  it('is refused without its data, at every length, and with any byte of its data turned', async () => {
    expect(await codeFor(zipSync({ other: emptyData }))).toBe('IMPORT_UNREADABLE')
    for (const data of ['', 'x', '[]', '{}', '{"accounts":{}}']) expect(await codeFor(zipSync({ 'export.data': strToU8(data) }))).toBe('IMPORT_UNREADABLE')
    const file = golden('1password.1pux')
    for (let length = 0; length < file.length; length += 97) expect(await codeFor(file.slice(0, length), { format: '1pux' }), `${length} bytes`).toBe('IMPORT_UNREADABLE')
    const start = Buffer.from(file).indexOf('export.data') + 'export.data'.length
    for (let at = start; at < start + 900; at += 13) {
      const turned = golden('1password.1pux')
      turned[at] = (turned[at] ?? 0) ^ 4
      expect(await codeFor(turned), `byte ${at}`).toBe('IMPORT_UNREADABLE')
    }
  })

  it('is read whatever its items look like', async () => {
    const odd = [null, 3, { overview: null, details: 'x' }, { details: { loginFields: [null, {}], sections: [{ fields: [{ value: null }, { value: {} }, { id: 'a', value: { unknown: { deep: { er: 1 } } } }, { title: 'n', value: { date: 1e300 } }] }] } }]
    const { secrets } = await read(zipSync({ 'export.data': strToU8(JSON.stringify({ accounts: [null, { vaults: [{ items: odd }] }] })) }))
    expect(secrets.map(({ fields }) => shown(fields))).toEqual([[], ['n: 1e+300']])
  })
})
