import { describe, expect, it } from 'vitest'
import { jsonBytes, withJoinedFields, withPackedFields, withText } from '../../../src-renderer/bridge'
import { readEnv } from '../../../src-renderer/features/secrets/edit/env-text'
import { emptyManaged, managedConfig, managedParts, managedSecrets } from '../../../src-renderer/features/secrets/edit/managed-draft'
import { totpFacts, totpUri } from '../../../src-renderer/features/secrets/edit/totp-uri'
import { unpackValues } from '../../../src-shared/model/packed-values'

const utf8 = (text: string) => new TextEncoder().encode(text)
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

describe('secret fields that leave the page', () => {
  it('go as packed bytes, are emptied after success, and their bytes are zeroed', async () => {
    const fields = [{ value: 'one' }, { value: '' }, { value: 'drei ü' }]
    let lent = new Uint8Array()
    const answer = await withPackedFields(fields, async (packed) => {
      lent = packed as Uint8Array<ArrayBuffer>
      expect(unpackValues(packed)?.map(text)).toEqual(['one', '', 'drei ü'])
      return 7
    })
    expect(answer).toBe(7)
    expect(fields.map(({ value }) => value)).toEqual(['', '', ''])
    expect(lent.every((byte) => byte === 0)).toBe(true)
  })

  it('stay in the form after a refusal, while their bytes are zeroed', async () => {
    const fields = [{ value: 'typed' }]
    let lent = new Uint8Array()
    const refused = withJoinedFields(fields, ([first = new Uint8Array()]) => first, async (joined) => {
      lent = joined as Uint8Array<ArrayBuffer>
      throw new Error('refused')
    })
    await expect(refused).rejects.toThrow('refused')
    expect(fields[0]?.value).toBe('typed')
    expect([...lent]).toEqual([0, 0, 0, 0, 0])
  })

  it('lend the bytes of a text that stays on screen', async () => {
    let lent = new Uint8Array()
    expect(await withText('shown', async (bytes) => text((lent = bytes as Uint8Array<ArrayBuffer>)))).toBe('shown')
    expect([...lent]).toEqual([0, 0, 0, 0, 0])
  })
})

describe('JSON of bytes', () => {
  it.each(['plain', 'quote " and \\ backslash', 'line\nbreak\ttab\r', '\u0000\u001f', '密码 🔑', ''])('holds %j as it is', (value) => {
    expect(JSON.parse(text(jsonBytes(['{"a":', utf8(value), ',"b":"x"}'])))).toEqual({ a: value, b: 'x' })
  })
})

describe('an .env text', () => {
  it('is read with comments, export and quotes', () => {
    expect(readEnv('# head\n\nA=1\nexport B = two words # note\nC="x # y"\nD=\'$A "raw" \\n\'\nE=\n').pairs).toEqual([
      { name: 'A', value: '1' }, { name: 'B', value: 'two words' }, { name: 'C', value: 'x # y' }, { name: 'D', value: '$A "raw" \\n' }, { name: 'E', value: '' },
    ])
  })

  it('has values of several lines and escapes in double quotes', () => {
    expect(readEnv('K="one\\ntwo\\t\\"q\\" \\$X \\z"\r\nP="-----BEGIN\r\nabc\r\n-----END"\r\nQ=1').pairs).toEqual([
      { name: 'K', value: 'one\ntwo\t"q" $X \\z' }, { name: 'P', value: '-----BEGIN\nabc\n-----END' }, { name: 'Q', value: '1' },
    ])
  })

  it('keeps the last of a name and tells lines that are none', () => {
    expect(readEnv('A=1\nnot a pair\n2B=x\nA=2\nC="open\nD=1')).toEqual({ pairs: [{ name: 'A', value: '2' }, { name: 'D', value: '1' }], refusedLines: [2, 3, 5] })
  })
})

describe('one-time codes', () => {
  const secret = 'JBSWY3DPEHPK3PXP'

  it('come from an address or a bare secret', () => {
    expect(totpUri(` otpauth://totp/ACME:ada?secret=${secret}&issuer=ACME `, 'x')).toBe(`otpauth://totp/ACME:ada?secret=${secret}&issuer=ACME`)
    expect(totpUri('jbsw y3dp-ehpk 3pxp', 'work/site')).toBe(`otpauth://totp/work%2Fsite?secret=${secret}`)
  })

  it.each(['', 'short', 'otpauth://hotp/a?secret=JBSWY3DPEHPK3PXP&counter=1', 'otpauth://totp/a', 'otpauth://totp/a?secret=1', 'otpauth://totp/a?secret=AAAA&digits=9', 'otpauth://totp/a?secret=AAAA&algorithm=MD5', 'not a base32 secret 0189'])('are refused as %j', (typed) => {
    expect(totpUri(typed, 'x')).toBeNull()
  })

  it('say whose they are', () => {
    expect(totpFacts(`otpauth://totp/ACME%20Co:ada@example.com?secret=${secret}&issuer=ACME%20Co&digits=8&period=60&algorithm=SHA256`)).toEqual({ issuer: 'ACME Co', account: 'ada@example.com', digits: 8, periodSeconds: 60, algorithm: 'SHA256' })
    expect(totpFacts(`otpauth://totp/ada?secret=${secret}`)).toEqual({ issuer: '', account: 'ada', digits: 6, periodSeconds: 30, algorithm: 'SHA1' })
  })
})

describe('managed secrets', () => {
  const draft = { ...emptyManaged(), instance: 'db', user: 'a', secondUser: 'b', secret: 'p"1', secondSecret: 'p2', accessKeyId: 'AK', publicKey: 'ssh-ed25519 AAA' }
  const valueOf = (type: 'Rds' | 'RAMCredentials' | 'ECS', more = {}) => {
    const whole = { ...draft, ...more }
    return JSON.parse(text(jsonBytes(managedParts(type, whole, managedSecrets(type, whole).map((name) => utf8(whole[name])))))) as unknown
  }

  it('have the values of the KMS', () => {
    expect(valueOf('Rds')).toEqual({ Accounts: [{ AccountName: 'a', AccountPassword: 'p"1' }] })
    expect(valueOf('Rds', { accounts: 'DoubleUsers' })).toEqual({ Accounts: [{ AccountName: 'a', AccountPassword: 'p"1' }, { AccountName: 'b', AccountPassword: 'p2' }] })
    expect(valueOf('RAMCredentials')).toEqual({ AccessKeys: [{ AccessKeyId: 'AK', AccessKeySecret: 'p"1' }] })
    expect(valueOf('ECS')).toEqual({ UserName: 'a', Password: 'p"1' })
    expect(valueOf('ECS', { login: 'SSHKey' })).toEqual({ UserName: 'a', PublicKey: 'ssh-ed25519 AAA', PrivateKey: 'p"1' })
  })

  it('have the extended config of the KMS', () => {
    expect(JSON.parse(managedConfig('Rds', draft))).toEqual({ SecretSubType: 'SingleUser', DBInstanceId: 'db' })
    expect(JSON.parse(managedConfig('RAMCredentials', draft))).toEqual({ SecretSubType: 'RamUserAccessKey', UserName: 'a' })
    expect(JSON.parse(managedConfig('ECS', { ...draft, login: 'SSHKey' }))).toEqual({ SecretSubType: 'SSHKey', RegionId: 'local', InstanceId: 'db' })
  })
})
