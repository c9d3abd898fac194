import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { decodePrivateKey } from '../../../../src-main/crypto/key-formats/decode-private-key'
import { publicKeyText } from '../../../../src-main/crypto/ssh-public-key'
import { newKeyPair } from '../../../../src-main/secrets/rotation/new-key-pair'
import { encodePem } from '../../../../src-main/secrets/rotation/pem-bytes'
import { credentialOf, newPassword, renewedValue, withRenewedParts } from '../../../../src-main/secrets/rotation/rotated-value'
import { shapeOf, targetKindsOf, type ValueShape } from '../../../../src-main/secrets/rotation/value-shape'
import { passwordStatements } from '../../../../src-main/secrets/rotation/targets/mysql'
import { scramVerifier } from '../../../../src-main/secrets/rotation/targets/scram-verifier'
import type { SecretType } from '../../../../src-shared/model/secrets'
import { codeOf } from '../../../support/keystore-fixture'
import { bytesOf, textOf } from '../../../support/secrets-fixture'

const nowMs = Date.UTC(2026, 10, 28)
const fieldsOf = (...names: string[]) => names.map((name) => ({ name, kind: 'text' as const, isSecret: true }))
const shaped = (secretType: SecretType, subType: string | null, template: 'login' | 'database' | 'ssh-key' | 'api-key' | 'note' | 'certificate' | 'env' | null, fields: string[] | null) =>
  shapeOf({ name: 'x', secretType, extendedConfig: subType === null ? null : { SecretSubType: subType }, template, fields: fields && fieldsOf(...fields) })
const renewed = async (shape: ValueShape, value: object | string) => textOf(await renewedValue(shape, bytesOf(typeof value === 'string' ? value : JSON.stringify(value)), nowMs))

describe('the shape of a value', () => {
  it.each([
    ['Rds', 'SingleUser', null, ['AccountName', 'AccountPassword'], 'password', ['postgresql', 'mysql', 'redis', 'command']],
    ['ECS', 'Password', null, ['UserName', 'Password'], 'password', ['postgresql', 'mysql', 'redis', 'command']],
    ['ECS', 'SSHKey', null, ['UserName', 'PublicKey', 'PrivateKey'], 'key-pair', ['ssh', 'command']],
    ['RAMCredentials', 'RamUserAccessKey', null, ['AccessKeyId', 'AccessKeySecret'], 'access-key', ['command']],
    ['Generic', null, 'login', ['username', 'password', 'url'], 'password', ['postgresql', 'mysql', 'redis', 'command']],
    ['Generic', null, 'database', ['username', 'password'], 'password', ['postgresql', 'mysql', 'redis', 'command']],
    ['Generic', null, null, ['username', 'password'], 'password', ['postgresql', 'mysql', 'redis', 'command']],
    ['Generic', null, null, ['password'], 'password', ['redis', 'command']],
    ['Generic', null, 'ssh-key', ['username', 'private_key', 'public_key'], 'key-pair', ['ssh', 'command']],
    ['Generic', null, 'api-key', ['key_id', 'key'], 'password', ['postgresql', 'mysql', 'redis', 'command']],
    ['Generic', null, null, null, 'password', ['redis', 'command']],
  ] as const)('of %s %s %s with %j', (secretType, subType, template, fields, kind, kinds) => {
    const shape = shaped(secretType, subType, template, fields && [...fields])
    expect(shape.kind).toBe(kind)
    expect(targetKindsOf(shape)).toEqual(kinds)
  })

  it.each([
    ['note', ['note']],
    ['certificate', ['certificate', 'private_key']],
    ['env', ['A', 'B']],
    [null, ['a', 'b']],
    ['note', null],
  ] as const)('of %s with %j is none', (template, fields) => {
    expect(() => shaped('Generic', null, template, fields && [...fields])).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_OPERATION' }) as Error)
  })
})

describe('a renewed value', () => {
  it('has another password of 32 safe characters of every kind, a letter first', () => {
    const passwords = new Set(Array.from({ length: 200 }, () => textOf(newPassword())))
    expect(passwords.size).toBe(200)
    for (const password of passwords) expect(password).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[-_.])[A-Za-z][A-Za-z0-9_.-]{31}$/)
  })

  it('keeps every other field, in its place', async () => {
    const shape = shaped('Generic', null, 'login', ['username', 'password'])
    const after = await renewed(shape, { url: 'https://x', password: 'old', username: 'a"b\\c', notes: 'ä\n' })
    expect(Object.keys(JSON.parse(after) as object)).toEqual(['url', 'password', 'username', 'notes'])
    expect(JSON.parse(after)).toEqual({ url: 'https://x', password: expect.stringMatching(/^.{32}$/) as string, username: 'a"b\\c', notes: 'ä\n' })
  })

  it('of an access key has another id and secret and the time', async () => {
    const after = JSON.parse(await renewed(shaped('RAMCredentials', 'RamUserAccessKey', null, null), { AccessKeyId: 'a', AccessKeySecret: 'b', GenerateTimestamp: 'c' })) as object
    expect(after).toEqual({ AccessKeyId: expect.stringMatching(/^[A-Z0-9]{24}$/) as string, AccessKeySecret: expect.stringMatching(/^.{32}$/) as string, GenerateTimestamp: '2026-11-28T00:00:00Z' })
  })

  it('has a new key pair; a passphrase of the old one goes', async () => {
    const shape = shaped('Generic', null, 'ssh-key', ['username', 'private_key', 'public_key', 'passphrase'])
    const after = JSON.parse(await renewed(shape, { username: 'u', private_key: 'old', public_key: 'old', passphrase: 'secret', host: 'h' })) as Record<string, string>
    expect(after).toMatchObject({ username: 'u', passphrase: '', host: 'h' })
    expect(after['private_key']).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/)
    expect(await credentialOf(shape, 'ssh', bytesOf(JSON.stringify(after)))).toMatchObject({ account: 'u', publicKey: after['public_key'] })
  })

  it('gives its password or key to a value that was edited since, whose other fields stay', async () => {
    const merged = (shape: ValueShape, value: object | string, made: object | string) => {
      const [bytes, renewedBytes] = [value, made].map((each) => bytesOf(typeof each === 'string' ? each : JSON.stringify(each))) as [Uint8Array, Uint8Array]
      const after = withRenewedParts(shape, bytes, renewedBytes)
      return after && textOf(after)
    }
    const login = shaped('Generic', null, 'login', ['username', 'password'])
    expect(merged(login, { notes: 'b', password: 'old', username: 'u' }, { username: 'u', password: 'new', notes: 'a', url: 'x' })).toBe('{"notes":"b","password":"new","username":"u"}')
    const key = shaped('Generic', null, 'ssh-key', ['username', 'private_key', 'public_key', 'passphrase'])
    expect(merged(key, { private_key: 'old', passphrase: 'p', host: 'b' }, { private_key: 'new', public_key: 'pub', host: 'a' })).toBe('{"private_key":"new","passphrase":"","host":"b","public_key":"pub"}')
    const plain = shaped('Generic', null, null, null)
    expect(merged(plain, 'old', 'new')).toBe('new')
    for (const [shape, value, made] of [[plain, 'one\ntwo', 'new'], [plain, 'old', '{"password":"new"}'], [login, { password: 'old' }, 'new'], [login, 'old', { password: 'new' }], [key, { private_key: 'old' }, { private_key: 'new' }]] as const) {
      expect(merged(shape, value, made)).toBeNull()
    }
  })

  it('is not made of a document or of several lines', async () => {
    const plain = shaped('Generic', null, null, null)
    expect(await renewed(plain, 'a password')).toMatch(/^.{32}$/)
    for (const value of ['{"a":{}}', '[1]', 'one\ntwo']) expect(await codeOf(renewed(plain, value))).toBe('UNSUPPORTED_OPERATION')
  })
})

describe('what logs in with a value', () => {
  it.each([
    ['a key that is none', { UserName: 'u', PublicKey: 'p', PrivateKey: 'no key' }],
    ['no key at all', { UserName: 'u' }],
  ])('is nothing for %s', async (_, value) => {
    expect(await codeOf(credentialOf(shaped('ECS', 'SSHKey', null, null), 'ssh', bytesOf(JSON.stringify(value))))).toBe('ROTATION_LOGIN_REFUSED')
  })

  it('is account and password, or the whole value for a program', async () => {
    const shape = shaped('Rds', 'SingleUser', null, null)
    const value = '{"AccountName":"ü","AccountPassword":"p\\"w"}'
    const password = await credentialOf(shape, 'postgresql', bytesOf(value))
    expect([password.account, textOf(password.secret)]).toEqual(['ü', 'p"w'])
    const whole = await credentialOf(shape, 'command', bytesOf(value))
    expect([whole.account, textOf(whole.secret)]).toEqual(['ü', value])
  })
})

describe('new key pairs', () => {
  it.each([
    ['RSA-2048', 'RSA PRIVATE KEY', 'PKCS1', 'RSA_2048', 'ssh-rsa '],
    ['Ed25519', 'OPENSSH PRIVATE KEY', 'OPENSSH', 'Ed25519', 'ssh-ed25519 '],
  ] as const)('%s as %s', async (algorithm, label, format, keySpec, start) => {
    const { privateKey, publicKey } = await newKeyPair(algorithm)
    expect(textOf(privateKey)).toMatch(new RegExp(`^-----BEGIN ${label}-----\n(?:[A-Za-z0-9+/=]{1,64}\n)+-----END ${label}-----\n$`))
    const decoded = await decodePrivateKey(privateKey, null)
    expect(decoded).toMatchObject({ format, keySpec })
    expect(publicKeyText(decoded.publicKey)).toBe(publicKey)
    expect(publicKey.startsWith(start)).toBe(true)
  })

  it('writes PEM as the runtime does, of any length', () => {
    for (let length = 0; length < 200; length += 1) {
      const body = Uint8Array.from({ length }, (_, at) => (at * 37) & 255)
      const lines = Buffer.from(body).toString('base64').match(/.{1,64}/g) ?? []
      expect(textOf(encodePem('X', body))).toBe(['-----BEGIN X-----', ...lines, '-----END X-----', ''].join('\n'))
    }
  })

  it('makes RSA keys that the runtime signs with', async () => {
    const key = createPrivateKey(textOf((await newKeyPair('RSA-2048')).privateKey))
    const data = Buffer.from('data')
    expect(verify('sha256', data, createPublicKey(key), sign('sha256', data, key))).toBe(true)
  })
})

describe('what servers are sent', () => {
  it('is the verifier of RFC 7677 for PostgreSQL', async () => {
    const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64')
    expect(await scramVerifier('pencil', salt)).toBe('SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=')
  })

  it('is a hash for MariaDB, and a quoted password for MySQL', () => {
    expect(passwordStatements('10.11.4-MariaDB-1', '`a`@`%`', bytesOf('test'))).toEqual(["SET PASSWORD FOR `a`@`%` = '*94BDCEBE19083CE2A1F959FD02F964C7AF4CFC29'"])
    expect(passwordStatements('5.5.5-10.5.4-MariaDB', null, bytesOf('test'))).toEqual(["SET PASSWORD = '*94BDCEBE19083CE2A1F959FD02F964C7AF4CFC29'"])
    expect(passwordStatements('8.4.0', '`a`@`%`', bytesOf(`p'w\\"`))).toEqual(["SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'", `ALTER USER \`a\`@\`%\` IDENTIFIED BY 'p''w\\"'`])
    expect(passwordStatements('8.4.0', null, bytesOf('x'))[1]).toBe("ALTER USER USER() IDENTIFIED BY 'x'")
  })
})
