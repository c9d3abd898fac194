import { createCipheriv, createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { hashRaw } from '@node-rs/argon2'
import kdbxweb from 'kdbxweb'
import { beforeAll, describe, expect, it } from 'vitest'
import { ByteReader } from '../../../../src-main/secrets/exchange/byte-reader'
import type { ExportedSecret, ExportedVersion } from '../../../../src-main/secrets/exchange/exported'
import { readHeader } from '../../../../src-main/secrets/exchange/kdbx/header'
import { writeKdbx } from '../../../../src-main/secrets/exchange/kdbx/write-kdbx'
import { packed } from '../../../../src-main/secrets/exchange/pack'
import { bytesOf, codeFor, golden, goldenPassword, read, shown, textOf, titled } from './support'

const password = goldenPassword
const readAll = async (file: Uint8Array) => (await read(file, { password })).secrets

/** A file by kdbxweb, with parameters that KeePassXC's command line cannot choose. */
async function foreignFile(set: (header: InstanceType<typeof kdbxweb.KdbxHeader>) => void, setEntry: (entry: InstanceType<typeof kdbxweb.KdbxEntry>) => void = () => undefined): Promise<Uint8Array> {
  const credentials = new kdbxweb.Credentials(kdbxweb.ProtectedValue.fromString('golden password'))
  await credentials.ready
  const db = kdbxweb.Kdbx.create(credentials, 'foreign')
  set(db.header)
  const entry = db.createEntry(db.getDefaultGroup())
  entry.fields.set('Title', 'Forum')
  entry.fields.set('UserName', 'ada')
  entry.fields.set('Password', kdbxweb.ProtectedValue.fromString('pässword'))
  entry.fields.set('PIN', kdbxweb.ProtectedValue.fromString('0042'))
  setEntry(entry)
  return new Uint8Array(await db.save())
}

function argon2(kdf: string, memoryKib: number, passes: number) {
  return (header: InstanceType<typeof kdbxweb.KdbxHeader>) => {
    header.setKdf(kdf)
    const { UInt64 } = kdbxweb.VarDictionary.ValueType
    header.kdfParameters?.set('M', UInt64, kdbxweb.Int64.from(memoryKib * 1024))
    header.kdfParameters?.set('I', UInt64, kdbxweb.Int64.from(passes))
  }
}

/** Key stream ChaCha20, a key of zeros, the end. */
const innerHeader = Buffer.concat([Buffer.from([1, 4, 0, 0, 0, 3, 0, 0, 0, 2, 64, 0, 0, 0]), Buffer.alloc(64), Buffer.from([0, 0, 0, 0, 0])])

/** A file of version 4 that opens with the password and whose compressed content is this. */
async function withContent(content: Uint8Array): Promise<Uint8Array> {
  const credentials = new kdbxweb.Credentials(kdbxweb.ProtectedValue.fromString('golden password'))
  await credentials.ready
  const db = kdbxweb.Kdbx.create(credentials, 'foreign')
  argon2(kdbxweb.Consts.KdfId.Argon2id, 1024, 2)(db.header)
  const saved = new Uint8Array(await db.save())
  const { header } = db
  if (!header.kdfParameters || !header.encryptionIV || header.endPos === undefined) throw new Error('the header is not whole')
  const transformed = new Uint8Array(await kdbxweb.KeyEncryptorKdf.encrypt(await credentials.getHash(), header.kdfParameters))
  const seed = readHeader(saved, new ByteReader(saved)).masterSeed
  const cipher = createCipheriv('aes-256-cbc', createHash('sha256').update(seed).update(transformed).digest(), new Uint8Array(header.encryptionIV))
  const encrypted = Uint8Array.from(Buffer.concat([cipher.update(content), cipher.final()]))
  const sumKey = Uint8Array.from(createHash('sha512').update(seed).update(transformed).update(Uint8Array.of(1)).digest())
  const blocks = await kdbxweb.HmacBlockTransform.encrypt(encrypted.buffer, sumKey.buffer)
  return Uint8Array.from(Buffer.concat([saved.subarray(0, header.endPos + 64), new Uint8Array(blocks)]))
}

beforeAll(() => {
  kdbxweb.CryptoEngine.setArgon2Impl(async (secret, salt, memory, iterations, length, parallelism, type, version) => {
    // The tests that ask for too much never get here with it.
    const affordable = { memoryCost: Math.min(memory, 1024), timeCost: Math.min(iterations, 4) }
    const hash = await hashRaw(new Uint8Array(secret), { algorithm: type, version: version === 0x13 ? 1 : 0, salt: new Uint8Array(salt), ...affordable, parallelism, outputLen: length })
    return Uint8Array.from(hash).buffer
  })
})

describe('a KDBX file of keepassxc-cli', () => {
  it('with all that an entry can have', async () => {
    const secrets = await readAll(golden('keepassxc-import.kdbx'))
    expect(secrets.map(({ title, folders, template }) => [...folders, title, template])).toEqual([
      ['Bücher & Café', 'login'],
      ['Work', 'Data Bases', 'only a note', 'note'],
      ['Work', 'Data Bases', 'KeePass 2 codes', 'login'],
      ['Recycle Bin', 'thrown away', 'login'],
    ])
    const books = titled(secrets, 'Bücher & Café')
    expect(shown(books.fields)).toEqual([
      'username: ada',
      'password*: päss<w0rd>&"\'',
      'url: https://books.example.org/login',
      'totp*: otpauth://totp/Books:ada?secret=GEZDGNBVGY3TQOJQ&period=60&digits=8&issuer=Books',
      'notes*: first line\nsecond line',
      'Customer: 4711',
      'KP2A_URL_1: https://shop.example.org',
      'PIN*: 0042',
    ])
    expect(books.fields.map(({ kind }) => kind)).toEqual(['text', 'password', 'url', 'totp', 'multiline', 'text', 'url', 'password'])
    expect(books.tags).toEqual(['two words', 'work'])
    expect(books.expiresAt).toBe(Date.UTC(2031, 4, 6, 7, 8, 9))
    expect(books.attachments.map(({ name, bytes }) => [name, textOf(bytes)])).toEqual([['readme.txt', 'attached text\n']])
    expect(books.history.map(({ fields, createdAt }) => [shown(fields)[1], createdAt])).toEqual([
      ['password*: oldest', Date.UTC(2023, 5, 1)],
      ['password*: older', Date.UTC(2023, 8, 1)],
      ['password*: päss<w0rd>&"\'', Date.UTC(2024, 2, 2, 1)],
    ])
    expect(books.problems).toEqual([])
  })

  it('with a note, codes of KeePass 2, a reference and a recycle bin', async () => {
    const secrets = await readAll(golden('keepassxc-import.kdbx'))
    expect(shown(titled(secrets, 'only a note').fields)).toEqual(['note*: the door code is 1234'])
    const codes = titled(secrets, 'KeePass 2 codes')
    expect(shown(codes.fields)).toEqual([
      'password*: {REF:P@I:00000000000000000000000000000002}',
      'totp*: otpauth://totp/KeePass%202%20codes?secret=GEZDGNBVGY3TQOJQ&issuer=KeePass%202%20codes&algorithm=SHA256',
    ])
    expect(codes.problems).toEqual(['refers to another entry; kept as text'])
    expect(titled(secrets, 'thrown away').problems).toEqual(['is in the recycle bin of the file'])
  })

  it.each(['keepassxc-cli.kdbx', 'keepassxc-3.1.kdbx'])('%s: groups, an attachment and a password from before', async (name) => {
    const secrets = await readAll(golden(name))
    const build = titled(secrets, 'build')
    expect(build.folders).toEqual(['Servers'])
    expect(shown(build.fields)).toEqual(['username: root', 'password*: second password', 'url: ssh://build.example.org', 'notes*: in the cellar'])
    expect(build.history.map(({ fields }) => shown(fields)[1])).toEqual(['password*: first password', 'password*: second password'])
    expect(build.attachments.map((file) => [file.name, textOf(file.bytes)])).toEqual([['readme.txt', 'attached text\n']])
    expect(secrets.length).toBe(name === 'keepassxc-cli.kdbx' ? 2 : 1)
  })

  it.each(['keepassxc-cli.kdbx', 'keepassxc-3.1.kdbx'])('%s needs its password', async (name) => {
    expect(await codeFor(golden(name))).toBe('IMPORT_PASSWORD')
    expect(await codeFor(golden(name), { password: bytesOf('') })).toBe('IMPORT_PASSWORD')
    expect(await codeFor(golden(name), { password: bytesOf('golden passwore') })).toBe('IMPORT_PASSWORD')
  })
})

describe('a KDBX file of another implementation', () => {
  const { Argon2d, Argon2id, Aes } = kdbxweb.Consts.KdfId
  const chacha20 = (header: InstanceType<typeof kdbxweb.KdbxHeader>) => {
    argon2(Argon2id, 1024, 2)(header)
    header.dataCipherUuid = new kdbxweb.KdbxUuid(kdbxweb.Consts.CipherId.ChaCha20)
  }

  it.each([
    ['Argon2d', argon2(Argon2d, 1024, 2)],
    ['Argon2id', argon2(Argon2id, 1024, 2)],
    ['ChaCha20', chacha20],
    ['AES key derivation', (header: InstanceType<typeof kdbxweb.KdbxHeader>) => header.setKdf(Aes)],
    ['version 3.1', (header: InstanceType<typeof kdbxweb.KdbxHeader>) => header.setVersion(3)],
    ['no compression', (header: InstanceType<typeof kdbxweb.KdbxHeader>) => {
      argon2(Argon2id, 1024, 2)(header)
      header.compression = kdbxweb.Consts.CompressionAlgorithm.None
    }],
  ] as const)('is read with %s', async (_, set) => {
    const [forum] = await readAll(await foreignFile(set))
    expect(forum && shown(forum.fields)).toEqual(['username: ada', 'password*: pässword', 'PIN*: 0042'])
  })

  it.each([
    ['memory', argon2(Argon2id, 2 * 1024 * 1024, 1)],
    ['passes', argon2(Argon2id, 1024, 2 ** 40)],
    ['passes over much memory', argon2(Argon2id, 1024 * 1024, 1000)],
  ] as const)('is refused at once when its key derivation asks for too much: %s', async (_, set) => {
    expect(await codeFor(await foreignFile(set), { password })).toBe('IMPORT_UNSUPPORTED')
  })

  it('has control characters in a protected value', async () => {
    const file = await foreignFile(argon2(Argon2id, 1024, 2), (entry) => entry.fields.set('Odd', kdbxweb.ProtectedValue.fromString('a\u0000\u0001\r\nb')))
    const [forum] = await readAll(file)
    expect(forum && shown(forum.fields).at(-1)).toBe('Odd*: a\u0000\u0001\r\nb')
  })

  it('is refused when it unpacks to more than memory should hold', async () => {
    const piece = gzipSync(new Uint8Array(32 * 1024 * 1024))
    const file = await withContent(Buffer.concat(Array.from({ length: 17 }, () => piece)))
    expect(file.length).toBeLessThan(1024 * 1024)
    expect(await codeFor(file, { password })).toBe('IMPORT_TOO_LARGE')
  }, 120_000)

  it.each([
    ['a document type', '<!DOCTYPE KeePassFile [<!ENTITY a "aaaaaaaaaa">]><KeePassFile/>'],
    ['an entity of its own', '<KeePassFile><Meta><Generator>&a;</Generator></Meta></KeePassFile>'],
    ['elements without an end', `<KeePassFile><Root>${'<Group>'.repeat(100_000)}`],
    ['elements that cross', '<KeePassFile><Root></KeePassFile></Root>'],
    ['another root', '<html></html>'],
    ['nothing', ''],
  ])('is refused when its XML has %s', async (_, xml) => {
    expect(await codeFor(await withContent(gzipSync(Buffer.concat([innerHeader, Buffer.from(xml)]))), { password })).toBe('IMPORT_UNREADABLE')
  })

  it('is read when its XML has comments, sections and empty elements', async () => {
    const xml = '<?xml version="1.0"?><!-- a --><KeePassFile><Root><Group><Entry><String><Key>Title</Key><Value>a<!-- x --><![CDATA[<b>]]>&#x63;</Value></String><Times/></Entry></Group></Root></KeePassFile>'
    const { secrets } = await read(await withContent(gzipSync(Buffer.concat([innerHeader, Buffer.from(xml)]))), { password })
    expect(secrets.map(({ title }) => title)).toEqual(['a<b>c'])
  })
})

describe('a damaged KDBX file', () => {
  const cheap: Readonly<Record<string, () => Promise<Uint8Array>>> = {
    'version 4': () => foreignFile(argon2(kdbxweb.Consts.KdfId.Argon2id, 64, 1)),
    'version 3.1': () =>
      foreignFile((header) => {
        header.setVersion(3)
        header.keyEncryptionRounds = 100
      }),
    // The same with the slower key derivation of the program that made it, at fewer places.
    'keepassxc-import.kdbx': async () => golden('keepassxc-import.kdbx'),
  }
  const stepOf = (name: string) => (name.startsWith('version') ? 1 : 8)
  const refused = ['IMPORT_UNREADABLE', 'IMPORT_PASSWORD', 'IMPORT_UNSUPPORTED']

  it.each(Object.entries(cheap))('is refused at every length: %s', async (name, make) => {
    const file = await make()
    for (let length = 0; length < file.length; length += 97 * stepOf(name)) {
      // Whether the password is right shows in the content of version 3.1 only.
      const expected = name === 'version 3.1' ? ['IMPORT_UNREADABLE', 'IMPORT_PASSWORD'] : ['IMPORT_UNREADABLE']
      expect(expected, `${length} bytes`).toContain(await codeFor(file.slice(0, length), { format: 'kdbx', password }))
    }
  }, 60_000)

  it.each(Object.entries(cheap))('is refused with any bit of it turned: %s', async (name, make) => {
    const whole = await make()
    for (let at = 0; at < whole.length; at += 7 * stepOf(name) ** 2) {
      const file = Uint8Array.from(whole)
      file[at] = (file[at] ?? 0) ^ (1 << (at % 8))
      const code = await codeFor(file, { format: 'kdbx', password })
      expect(refused, `byte ${at}`).toContain(code)
    }
  }, 60_000)
})

describe('a file in a KDBX file', () => {
  const binary = (bytes: Uint8Array) => Buffer.concat([Buffer.from([3, ...new Uint8Array(Uint32Array.of(bytes.length + 1).buffer), 0]), bytes])
  const entry = (title: string, refs: number) =>
    `<Entry><String><Key>Title</Key><Value>${title}</Value></String><String><Key>Password</Key><Value>p</Value></String>${'<Binary><Key>f</Key><Value Ref="0"/></Binary>'.repeat(refs)}</Entry>`
  const fileOf = (bytes: Uint8Array, entries: string) => {
    const end = innerHeader.subarray(-5)
    const xml = `<KeePassFile><Root><Group><Name>r</Name>${entries}</Group></Root></KeePassFile>`
    return withContent(gzipSync(Buffer.concat([innerHeader.subarray(0, -5), binary(bytes), end, Buffer.from(xml)])))
  }

  it('that many entries share is in memory once', async () => {
    const secrets = await readAll(await fileOf(new Uint8Array(100_000).fill(7), Array.from({ length: 300 }, (_, at) => entry(`${at}`, 1)).join('')))
    const { buffer, secrets: ready } = packed(secrets)
    expect(buffer.byteLength).toBeLessThan(200_000)
    expect(ready).toHaveLength(300)
    expect(ready.every(({ attachments }) => attachments[0]?.bytes.length === 100_000 && attachments[0].bytes[99_999] === 7)).toBe(true)
  })

  it('to which one entry refers too often is kept twenty times', async () => {
    const [secret] = await readAll(await fileOf(bytesOf('x'), entry('a', 100)))
    expect(secret).toMatchObject({ attachments: { length: 20 }, problems: ['has too many attachments; some were left out'] })
  })
})

describe('a KDBX file of ours', () => {
  const version = (number: number, value: string, isBinary = false): ExportedVersion => ({
    versionId: `v${number}`,
    createdAt: Date.UTC(2024, 0, number),
    stages: [],
    dataType: isBinary ? 'binary' : 'text',
    data: bytesOf(value),
    fields: [{ name: 'username', kind: 'text', isSecret: false }, { name: 'PIN', kind: 'password', isSecret: true }, { name: 'Customer', kind: 'text', isSecret: false }],
  })
  const secret = (more: Partial<ExportedSecret>): ExportedSecret => ({
    name: 'plain',
    secretType: 'Generic',
    template: null,
    description: '',
    tags: [],
    createdAt: Date.UTC(2024, 0, 1),
    updatedAt: Date.UTC(2024, 0, 2),
    expiresAt: null,
    isFavourite: false,
    versions: [version(1, 'plain text')],
    attachments: [],
    ...more,
  })
  const forum = secret({
    name: 'work/shops/forum',
    template: 'login',
    description: 'for <all> & "everyone"',
    tags: [{ key: 'team', value: 'a' }, { key: 'x', value: '' }],
    expiresAt: Date.UTC(2031, 0, 1),
    isFavourite: true,
    versions: [
      version(1, '{"username":"ada","password":"older"}'),
      version(2, '{"username":"ü<&>\\r\\n","password":"a\\u0000b","totp":"otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ","notes":"n","PIN":"1","Customer":"c\\u0001","Password":"second"}'),
    ],
    attachments: [{ name: 'a.txt', bytes: bytesOf('hello') }],
  })

  it('is read back with everything', async () => {
    const file = await writeKdbx([forum, secret({ name: 'only-text' }), secret({ name: 'bytes', versions: [version(1, 'xyz', true)] })], password)
    const secrets = await readAll(file)
    const back = titled(secrets, 'forum')
    expect(back).toMatchObject({ folders: ['work', 'shops'], template: 'login', description: 'for <all> & "everyone"', tags: ['team=a', 'x'], expiresAt: forum.expiresAt, isFavourite: true, createdAt: Date.UTC(2024, 0, 2) })
    expect(shown(back.fields)).toEqual(['username: ü<&>\r\n', 'password*: a\u0000b', 'totp*: otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ', 'notes*: n', 'PIN*: 1', 'Customer*: c\u0001', 'Password-2*: second'])
    expect(back.history.map(({ fields }) => shown(fields))).toEqual([['username: ada', 'password*: older']])
    expect(back.attachments.map(({ name, bytes }) => [name, textOf(bytes)])).toEqual([['a.txt', 'hello']])
    expect(shown(titled(secrets, 'only-text').fields)).toEqual(['password*: plain text'])
    expect(titled(secrets, 'bytes').attachments.map(({ name, bytes }) => [name, textOf(bytes)])).toEqual([['value.bin', 'xyz']])
  })

  it('is another one each time, and opens with its passphrase only', async () => {
    const [first, second] = [await writeKdbx([forum], password), await writeKdbx([forum], password)]
    expect(Buffer.compare(first, second)).not.toBe(0)
    expect(await codeFor(first, { password: bytesOf('golden passwords') })).toBe('IMPORT_PASSWORD')
  })
})
