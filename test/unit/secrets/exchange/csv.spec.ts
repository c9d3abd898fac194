import { describe, expect, it } from 'vitest'
import { bytesOf, codeFor, golden, read, shown, titled } from './support'

const firstOf = async (name: string) => {
  const { secrets, columns, format } = await read(golden(name))
  expect(format).toBe('csv')
  return { secrets, first: shown(secrets[0]?.fields ?? []), roles: columns?.map(({ role }) => role) }
}
const formulaProblem = 'a cell begins like a formula; kept as text'

describe('a CSV file', () => {
  it.each([
    ['firefox.csv', ['username: ada', 'password*: pw1', 'url: https://forum.example.org']],
    ['safari.csv', ['username: ada', 'password*: pw1', 'url: https://forum.example.org/', 'totp*: otpauth://totp/Forum:ada?secret=GEZDGNBVGY3TQOJQ', 'notes*: a note']],
    ['lastpass.csv', ['username: ada', 'password*: pw1', 'url: https://forum.example.org', 'totp*: otpauth://totp/Forum:ada?secret=GEZDGNBVGY3TQOJQ&issuer=Forum', 'notes*: a note']],
    ['bitwarden.csv', ['username: ada', 'password*: pw1', 'url: https://forum.example.org', 'totp*: otpauth://totp/Forum:ada?secret=GEZDGNBVGY3TQOJQ&issuer=Forum', 'notes*: a note', 'fields*: PIN: 0042']],
    ['1password.csv', ['username: ada', 'password*: pw1', 'url: https://forum.example.org', 'notes*: a note']],
    ['dashlane.csv', ['username: ada', 'password*: pw1', 'url: https://forum.example.org', 'totp*: otpauth://totp/Forum:ada?secret=GEZDGNBVGY3TQOJQ&issuer=Forum', 'notes*: a note', 'username2: lovelace']],
  ])('of %s is understood by its titles', async (name, fields) => {
    expect((await firstOf(name)).first).toEqual(fields)
  })

  it('of Chrome has quotes, lines within cells and rows without a name', async () => {
    const { secrets, first } = await firstOf('chrome.csv')
    expect(first).toEqual(['username: ada', 'password*: p,w"1', 'url: https://forum.example.org/login'])
    expect(secrets[1]).toMatchObject({ title: '', problems: [formulaProblem] })
    expect(shown(secrets[1]?.fields ?? [])).toEqual(['username: ada@example.org', 'password*: =SUM(A1)', 'url: https://shop.example.org/', 'notes*: two\nlines'])
  })

  it('that KeePassXC wrote has its groups as folders', async () => {
    const { secrets } = await firstOf('keepassxc.csv')
    expect(secrets.map(({ title, folders }) => [...folders, title].join('/'))).toEqual(['Bücher & Café', 'Work/Data Bases/only a note', 'Work/Data Bases/KeePass 2 codes', 'Recycle Bin/thrown away'])
    expect(shown(titled(secrets, 'Bücher & Café').fields)).toContain('password*: päss<w0rd>&"\'')
  })

  it('of LastPass has notes and folders within folders', async () => {
    const { secrets } = await firstOf('lastpass.csv')
    expect(secrets[0]?.folders).toEqual(['Social', 'Work'])
    expect([secrets[1]?.template, ...shown(secrets[1]?.fields ?? [])]).toEqual(['note', 'note*: the door code'])
  })

  it('of a spreadsheet: semicolons, CR LF, unknown titles hidden, formulas as text and told', async () => {
    const { secrets, first, roles } = await firstOf('spreadsheet.csv')
    expect(roles).toEqual(['name', 'username', 'password', 'notes', 'secret-field'])
    expect(first).toEqual(['username: ada', 'password*: pw;1', 'notes*: -1', 'Colour*: blue'])
    expect(secrets.map(({ problems }) => problems)).toEqual([[formulaProblem], [formulaProblem]])
    expect(shown(secrets[1]?.fields ?? [])).toEqual(['username: @ada', 'password*: pw2'])
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx'])('tells a cell that begins like a formula: %j', async (cell) => {
    const { secrets } = await read(bytesOf(`name,password\na,"${cell}"\n`), { format: 'csv' })
    expect(secrets[0]?.problems).toEqual([formulaProblem])
    expect(shown(secrets[0]?.fields ?? [])).toEqual([`password*: ${cell}`])
  })

  it('is read by the roles that are given', async () => {
    const { secrets, columns } = await read(golden('spreadsheet.csv'), { columns: ['folder', 'field', 'secret-field', 'name', 'ignore'] })
    expect(secrets.map(({ folders, title, fields }) => [folders, title, shown(fields)])).toEqual([
      [['Forum'], '-1', ['Login: ada', 'Password*: pw;1']],
      [['Shop'], '', ['Login: @ada', 'Password*: pw2']],
    ])
    expect(columns?.map(({ title, role, filled }) => [title, role, filled])).toEqual([['Account', 'folder', 2], ['Login', 'field', 2], ['Password', 'secret-field', 2], ['Comment', 'name', 1], ['Colour', 'ignore', 1]])
    expect(await codeFor(golden('spreadsheet.csv'), { columns: ['name'] })).toBe('INVALID_PARAMETER')
  })

  it('may have a byte order mark, UTF-16, tabs, ragged and empty rows', async () => {
    const text = 'name\tpassword\tnote\r\na\tb\r\n\r\n\t\t\r\nc\td\te\tf\r\n'
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])
    for (const file of [bytesOf(text), bytesOf(`\uFEFF${text}`), new Uint8Array(utf16)]) {
      const { secrets } = await read(file, { format: 'csv' })
      expect(secrets.map(({ title, fields }) => [title, ...shown(fields)])).toEqual([['a', 'password*: b'], ['c', 'password*: d', 'notes*: e']])
    }
  })

  it('is refused when it is no text, has a quote without an end, or nothing', async () => {
    for (const file of [Uint8Array.of(0x61, 0x2c, 0xff, 0xfe, 0x0a), bytesOf('name,password\na,"b\n'), bytesOf(''), bytesOf('\n\n')]) expect(await codeFor(file, { format: 'csv' })).toBe('IMPORT_UNREADABLE')
  })

  it('is refused with more rows than an import may have', async () => {
    expect(await codeFor(bytesOf(`name,password\n${'a,b\n'.repeat(200_001)}`))).toBe('IMPORT_TOO_LARGE')
  })

  it('keeps a code that is none as text', async () => {
    const { secrets } = await read(bytesOf('name,otp\na,not base 32!\n'))
    expect(secrets[0]?.problems).toEqual(['a one-time code could not be read; kept as text'])
    expect(shown(secrets[0]?.fields ?? [])).toEqual(['totp*: not base 32!'])
  })
})
