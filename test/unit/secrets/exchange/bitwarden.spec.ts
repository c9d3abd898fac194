import { describe, expect, it } from 'vitest'
import { bytesOf, codeFor, golden, goldenPassword, read, shown, textOf, titled } from './support'

const plain = () => JSON.parse(textOf(golden('bitwarden.json'))) as Record<string, unknown>
const fileOf = (content: unknown) => bytesOf(JSON.stringify(content))
const protectedFile = (name: string, more: Record<string, unknown>) => fileOf({ ...(JSON.parse(textOf(golden(name))) as object), ...more })

describe('a JSON export of Bitwarden', () => {
  it('has logins with custom fields and earlier passwords', async () => {
    const { format, secrets } = await read(golden('bitwarden.json'))
    expect(format).toBe('bitwarden')
    const forum = titled(secrets, 'Forum')
    expect(forum).toMatchObject({ folders: ['Work', 'Shops'], template: 'login', isFavourite: true, createdAt: Date.UTC(2024, 0, 1) })
    expect(shown(forum.fields)).toEqual([
      'username: ada',
      'password*: pässword',
      'url: https://forum.example.org',
      'url-2: https://www.example.org',
      'totp*: otpauth://totp/Forum:ada?secret=GEZDGNBVGY3TQOJQ&issuer=Forum',
      'notes*: asks for the PIN',
      'PIN*: 0042',
      'Customer: 4711',
      'Newsletter: false',
    ])
    expect(forum.history.map(({ fields, createdAt }) => [shown(fields)[1], createdAt])).toEqual([
      ['password*: oldest', null],
      ['password*: older', Date.UTC(2023, 0, 1)],
    ])
    expect(forum.problems).toEqual(['a passkey was left out'])
  })

  it('makes no more of many earlier passwords than a secret can have, and shares the other values', async () => {
    const passwordHistory = Array.from({ length: 5000 }, (_, at) => ({ password: `p${at >> 1}`, lastUsedDate: new Date(at * 1e6).toISOString() }))
    const { secrets } = await read(fileOf({ encrypted: false, items: [{ type: 1, name: 'x', notes: 'long', login: { username: 'u', password: 'p2499' }, passwordHistory }] }))
    const [{ fields, history } = { fields: [], history: [] }] = secrets
    expect(history.map((version) => shown(version.fields)[1])).toEqual(Array.from({ length: 11 }, (_, at) => `password*: p${2489 + at}`))
    const valuesOf = (name: string) => new Set([...history.map((version) => version.fields), fields].map((all) => all.find((field) => field.name === name)?.value))
    expect(['username', 'notes', 'password'].map((name) => valuesOf(name).size)).toEqual([1, 1, 12])
  })

  it('has the earlier passwords of a login that has none now', async () => {
    const login = { username: 'u' }
    const { secrets } = await read(fileOf({ encrypted: false, items: [{ type: 1, name: 'x', login, passwordHistory: [{ password: 'old', lastUsedDate: '2023-01-01T00:00:00Z' }] }] }))
    expect(secrets[0]?.history.map(({ fields }) => shown(fields))).toEqual([['password*: old', 'username: u']])
  })

  it('has notes, cards, identities and SSH keys', async () => {
    const { secrets } = await read(golden('bitwarden.json'))
    const told = ['Recovery codes', 'Bank card', 'Me', 'Build key'].map((title) => titled(secrets, title))
    expect(told.map(({ template, folders, fields }) => [template, folders, shown(fields)])).toEqual([
      ['note', [], ['note*: 1111\n2222']],
      [null, ['Private'], ['cardholderName: Ada L', 'brand: Visa', 'number*: 4111111111111111', 'expMonth: 12', 'expYear: 2030', 'code*: 123']],
      [null, [], ['title: Dr', 'firstName: Ada', 'lastName: Lovelace', 'email: ada@example.org', 'ssn*: 000-00-0000', 'passportNumber*: P1']],
      ['ssh-key', [], ['private_key*: -----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n', 'public_key: ssh-ed25519 AAAA', 'fingerprint: SHA256:abc']],
    ])
  })

  it('marks what was deleted, and has items with nothing in them', async () => {
    const { secrets } = await read(golden('bitwarden.json'))
    expect(titled(secrets, 'Thrown away').problems).toEqual(['is in the recycle bin of the file'])
    expect(titled(secrets, 'Nothing in it').fields).toEqual([])
  })

  it.each(['bitwarden-pbkdf2.json', 'bitwarden-argon2.json'])('opens with its password: %s', async (name) => {
    const [opened, open] = [await read(golden(name), { password: goldenPassword }), await read(golden('bitwarden.json'))]
    expect(opened).toEqual(open)
    expect(await codeFor(golden(name))).toBe('IMPORT_PASSWORD')
    expect(await codeFor(golden(name), { password: bytesOf('golden passwords') })).toBe('IMPORT_PASSWORD')
  })

  it.each([
    ['only the account opens it', { passwordProtected: false }, 'IMPORT_UNSUPPORTED'],
    ['its key derivation is another', { kdfType: 7 }, 'IMPORT_UNSUPPORTED'],
    ['it wants too many rounds', { kdfIterations: 2 ** 40 }, 'IMPORT_UNSUPPORTED'],
    ['it wants no rounds', { kdfIterations: 0 }, 'IMPORT_UNSUPPORTED'],
    ['its rounds are no number', { kdfIterations: 'many' }, 'IMPORT_UNSUPPORTED'],
    ['its check is of another kind', { encKeyValidation_DO_NOT_EDIT: '0.a|b' }, 'IMPORT_UNREADABLE'],
    ['its check has too many parts', { encKeyValidation_DO_NOT_EDIT: '2.a|b|c|d' }, 'IMPORT_UNREADABLE'],
    ['its data is missing', { data: '' }, 'IMPORT_UNREADABLE'],
    ['its salt is another', { salt: 'AAAA' }, 'IMPORT_PASSWORD'],
  ])('is refused when %s', async (_, more, code) => {
    expect(await codeFor(protectedFile('bitwarden-pbkdf2.json', more), { password: goldenPassword })).toBe(code)
  })

  it('is refused when Argon2 wants more memory than there should be', async () => {
    expect(await codeFor(protectedFile('bitwarden-argon2.json', { kdfMemory: 4096 }), { password: goldenPassword })).toBe('IMPORT_UNSUPPORTED')
    expect(await codeFor(protectedFile('bitwarden-argon2.json', { kdfParallelism: 1000 }), { password: goldenPassword })).toBe('IMPORT_UNSUPPORTED')
  })

  it('is refused when its data was changed', async () => {
    const file = JSON.parse(textOf(golden('bitwarden-pbkdf2.json'))) as { data: string }
    const at = file.data.indexOf('|') + 100
    const data = file.data.slice(0, at) + (file.data[at] === 'A' ? 'B' : 'A') + file.data.slice(at + 1)
    expect(await codeFor(fileOf({ ...file, data }), { password: goldenPassword })).toBe('IMPORT_UNREADABLE')
  })

  it('is refused at every length, and read whatever its items look like', async () => {
    const file = golden('bitwarden.json')
    const isWhole = (length: number) => textOf(file.slice(length)).trim() === ''
    for (let length = 0; length < file.length; length += 97) if (!isWhole(length)) expect(await codeFor(file.slice(0, length), { format: 'bitwarden' }), `${length} bytes`).toBe('IMPORT_UNREADABLE')
    const odd = [null, 1, 'x', [], {}, { type: 1, login: [] }, { type: 1, name: 4, login: { uris: [null, { uri: {} }], username: 7 } }, { type: 'x', fields: [null, {}] }, { type: 3 }]
    expect((await read(fileOf({ ...plain(), items: odd }))).secrets.map(({ title, fields }) => [title, shown(fields)])).toEqual([['', []], ['', []], ['4', ['username: 7']], ['', []], ['', []]])
    for (const items of [undefined, null, {}, 'x']) expect(await codeFor(fileOf({ encrypted: false, items }))).toBe('IMPORT_UNREADABLE')
  })
})
