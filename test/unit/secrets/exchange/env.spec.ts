import { describe, expect, it } from 'vitest'
import { parseEnvFile } from '../../../../src-main/faces/cli/references/env-file'
import { envLines } from '../../../../src-main/secrets/exchange/env/write-env'
import type { ExportedSecret } from '../../../../src-main/secrets/exchange/exported'
import { writeStringObject } from '../../../../src-main/secrets/json-bytes'
import { bytesOf, codeFor, golden, read, shown, textOf } from './support'

const variables = async (text: string) => {
  const { secrets } = await read(bytesOf(text), { format: 'env' })
  return shown(secrets[0]?.fields ?? [])
}

describe('a file of variables', () => {
  it('is one secret with each way to write a value', async () => {
    const { format, secrets } = await read(golden('sample.env'), { fileName: 'sample.env' })
    expect(format).toBe('env')
    expect(secrets).toHaveLength(1)
    expect(secrets[0]).toMatchObject({ title: 'sample.env', template: 'env', problems: ['a line could not be read'] })
    expect(shown(secrets[0]?.fields ?? [])).toEqual([
      'DATABASE_URL*: postgres://ada:pw@localhost/shop',
      'SINGLE*: literal $HOME \\n',
      'DOUBLE*: a "quoted" $value\nsecond line',
      'HASH*: a#b',
      'MULTI*: first\nsecond',
      'BACK*: it\'s "all"',
      'KEY*: -----BEGIN KEY-----\nAAAA\n-----END KEY-----',
      'PLAIN*: the last one counts',
    ])
  })

  it.each([
    ['A=b\r\nB="c\r\nd"\r\n', ['A*: b', 'B*: c\nd']],
    ['\uFEFFA = b ', ['A*: b']],
    ['A="b" # c', ['A*: b']],
    ['A=b c  # d', ['A*: b c']],
    ["A='b\"c'\n", ['A*: b"c']],
    ['A="\\\\d\\q"', ['A*: \\d\\q']],
    ['export  A=1', ['A*: 1']],
    ['A.B-C=1', ['A.B-C*: 1']],
  ])('reads %j', async (text, expected) => {
    expect(await variables(text)).toEqual(expected)
  })

  it('is refused when it sets nothing, is no text or is far too long', async () => {
    for (const text of ['', '# nothing\n', 'no variable\n', '1A=b\n']) expect(await codeFor(bytesOf(text), { format: 'env' })).toBe('IMPORT_UNREADABLE')
    expect(await codeFor(Uint8Array.of(0x41, 0x3d, 0xff), { format: 'env' })).toBe('IMPORT_UNREADABLE')
    expect(await codeFor(bytesOf(`A=${'x'.repeat(1024 * 1024)}`), { format: 'env' })).toBe('IMPORT_TOO_LARGE')
  })
})

describe('variables of secrets', () => {
  const secretOf = (name: string, template: ExportedSecret['template'], data: Uint8Array, dataType: 'text' | 'binary' = 'text'): ExportedSecret => ({
    name, secretType: 'Generic', template, description: '', tags: [], createdAt: 0, updatedAt: 0, expiresAt: null, isFavourite: false, attachments: [],
    versions: [{ versionId: 'v1', createdAt: 0, stages: [], dataType, data, fields: null }],
  })
  const fields = (values: Readonly<Record<string, string>>) => writeStringObject(Object.entries(values).map(([name, value]) => ({ name, value: bytesOf(value) })))
  const odd = ["it's", 'a"b', "both ' and \"", 'back\\slash', "$HOME '`x`", 'two\nlines', "two\n'lines'", 'cr\r\nlf', '', ' space ', '#hash', 'ünïcode', '\\n literal', "\\n ' literal"]

  it('keep the names in an env secret, and are read back as they were, here and on the command line', async () => {
    const values = Object.fromEntries(odd.map((value, at) => [`V${at}`, value]))
    const { bytes, problems } = envLines(secretOf('x', 'env', fields(values)), new Set())
    expect(problems).toEqual([])
    expect(await variables(textOf(bytes))).toEqual(Object.entries(values).filter(([, value]) => value !== '').map(([name, value]) => `${name}*: ${value}`))
    expect(Object.fromEntries(parseEnvFile(textOf(bytes), 'x'))).toEqual(values)
  })

  it('are named after any other secret and its fields', () => {
    const lines = (secret: ExportedSecret, taken = new Set<string>()) => textOf(envLines(secret, taken).bytes)
    expect(lines(secretOf('work/my-shop', 'login', fields({ username: 'ada', 'e-mail': 'x' })))).toBe("MY_SHOP_USERNAME='ada'\nMY_SHOP_E_MAIL='x'\n")
    expect(lines(secretOf('4ever', null, bytesOf('plain')))).toBe("_4EVER='plain'\n")
  })

  it('say what cannot be one', () => {
    const taken = new Set(['A'])
    expect(envLines(secretOf('x', 'env', fields({ A: '1', 'a.b': '2', C: '3' })), taken)).toEqual({ bytes: bytesOf("C='3'\n"), problems: ['a variable of this name is there already', 'a field has no name that a variable may have'] })
    expect(envLines(secretOf('x', null, bytesOf('x'), 'binary'), taken)).toEqual({ bytes: bytesOf(''), problems: ['is binary'] })
  })
})
