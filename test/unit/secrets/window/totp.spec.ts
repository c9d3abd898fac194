import * as fc from 'fast-check'
import { TOTP, URI } from 'otpauth'
import { describe, expect, it } from 'vitest'
import { decodeBase32 } from '../../../../src-main/secrets/window/base32'
import { parseOtpauthUri, totpAlgorithms } from '../../../../src-main/secrets/window/otpauth-uri'
import { totpCode } from '../../../../src-main/secrets/window/totp'

const text = (value: string) => new TextEncoder().encode(value)
const ascii = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
const parsed = (uri: string) => parseOtpauthUri(text(uri))
const seed = (length: number) => text('1234567890'.repeat(7).slice(0, length))

/** RFC 6238, appendix B. */
const vectors = [
  [59, '94287082', '46119246', '90693936'],
  [1111111109, '07081804', '68084774', '25091201'],
  [1111111111, '14050471', '67062674', '99943326'],
  [1234567890, '89005924', '91819424', '93441116'],
  [2000000000, '69279037', '90698825', '38618901'],
  [20000000000, '65353130', '77737706', '47863826'],
] as const

describe('totpCode', () => {
  it.each(vectors)('gives the codes of RFC 6238 at %i seconds', (seconds, sha1, sha256, sha512) => {
    const code = (algorithm: (typeof totpAlgorithms)[number], keyBytes: number) => ascii(totpCode({ secret: seed(keyBytes), algorithm, digits: 8, periodSeconds: 30 }, seconds * 1000).code)
    expect([code('SHA1', 20), code('SHA256', 32), code('SHA512', 64)]).toEqual([sha1, sha256, sha512])
  })

  it('says how long a code is valid, to the second', () => {
    const left = (ms: number) => totpCode({ secret: seed(20), algorithm: 'SHA1', digits: 6, periodSeconds: 30 }, ms).secondsLeft
    expect([left(0), left(999), left(1000), left(29_000), left(29_999), left(30_000)]).toEqual([30, 30, 29, 1, 1, 30])
  })

  it('agrees with another program on addresses that it wrote', () => {
    const cases = fc.record({
      secret: fc.uint8Array({ minLength: 10, maxLength: 64 }),
      algorithm: fc.constantFrom(...totpAlgorithms),
      digits: fc.constantFrom(6, 7, 8),
      period: fc.constantFrom(15, 30, 60),
      seconds: fc.integer({ min: 0, max: 4_000_000_000 }),
      issuer: fc.constantFrom('', 'Example', '例子 & Co', 'a+b'),
      label: fc.constantFrom('anna', 'anna@example.org', '安娜', 'with space'),
    })
    fc.assert(
      fc.property(cases, ({ secret, algorithm, digits, period, seconds, issuer, label }) => {
        const peer = new TOTP({ secret: URI.parse(`otpauth://totp/x?secret=${base32(secret)}`).secret, algorithm, digits, period, issuer, label })
        const totp = parsed(peer.toString())
        expect(totp).toMatchObject({ secret: Uint8Array.from(secret), algorithm, digits, periodSeconds: period, issuer, account: label })
        if (totp) expect(ascii(totpCode(totp, seconds * 1000).code)).toBe(peer.generate({ timestamp: seconds * 1000 }))
      }),
    )
  })
})

function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}

describe('decodeBase32', () => {
  it.each([
    ['', ''],
    ['MY======', 'f'],
    ['MZXQ====', 'fo'],
    ['MZXW6===', 'foo'],
    ['MZXW6YQ=', 'foob'],
    ['MZXW6YTB', 'fooba'],
    ['MZXW6YTBOI======', 'foobar'],
    ['mzxw6ytboi', 'foobar'],
  ])('reads %j of RFC 4648', (encoded, plain) => {
    expect(decodeBase32(text(encoded))).toEqual(text(plain))
  })

  it.each(['M', 'MZX', 'MZXW6Y', 'MZ=XQ===', 'MZXW 6YTB', 'MZXW0', 'MZXW1', 'MZXW8', 'MZ@W', 'MZ[W', 'MZ`W', 'MZ{W', 'ÄZXQ'])('refuses %j', (encoded) => {
    expect(decodeBase32(text(encoded))).toBeNull()
  })
})

describe('parseOtpauthUri', () => {
  const plain = 'otpauth://totp/Example:anna@example.org?secret=JBSWY3DPEHPK3PXP&issuer=Example'

  it('has the values of RFC 6238 where the address says nothing', () => {
    expect(parsed(plain)).toEqual({ secret: Uint8Array.of(0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x21, 0xde, 0xad, 0xbe, 0xef), algorithm: 'SHA1', digits: 6, periodSeconds: 30, issuer: 'Example', account: 'anna@example.org' })
  })

  it.each([
    ['otpauth://totp/anna?secret=MZXW6YTB', '', 'anna'],
    ['OTPAUTH://TOTP/anna?secret=mzxw6ytb', '', 'anna'],
    ['otpauth://totp/ACME%20Co:john.doe%40email.com?secret=MZXW6YTB&algorithm=sha512&digits=8&period=60', 'ACME Co', 'john.doe@email.com'],
    ['otpauth://totp/a%3Ab?secret=MZXW6YTB&issuer=c+d&image=https%3A%2F%2Fx&', 'c d', 'b'],
    ['otpauth://totp/?secret=MZXW6YQ%3D', '', ''],
  ])('reads %j', (uri, issuer, account) => {
    expect(parsed(uri)).toMatchObject({ issuer, account })
  })

  it.each([
    '',
    'https://totp/a?secret=MZXW6YTB',
    'otpauth://hotp/a?secret=MZXW6YTB&counter=1',
    'otpauth://totp/a',
    'otpauth://totp/a?issuer=b',
    'otpauth://totp/a?secret=',
    'otpauth://totp/a?secret=MZXW6YT!',
    'otpauth://totp/a?secret=MZXW6YTB&secret=MZXW6YTB',
    'otpauth://totp/a?secret=MZXW6YTB&digits=5',
    'otpauth://totp/a?secret=MZXW6YTB&digits=9',
    'otpauth://totp/a?secret=MZXW6YTB&digits=6.0',
    'otpauth://totp/a?secret=MZXW6YTB&digits=',
    'otpauth://totp/a?secret=MZXW6YTB&period=0',
    'otpauth://totp/a?secret=MZXW6YTB&period=86401',
    'otpauth://totp/a?secret=MZXW6YTB&period=-30',
    'otpauth://totp/a?secret=MZXW6YTB&algorithm=MD5',
    'otpauth://totp/a?secret=MZXW6YTB#x',
    'otpauth://totp/a%?secret=MZXW6YTB',
    'otpauth://totp/a%4?secret=MZXW6YTB',
    'otpauth://totp/a%FF?secret=MZXW6YTB',
    'otpauth://totp/a?secret=MZ%2',
    'otpauth://totp/a?secret=MZXW6YTB&issuer=%zz',
    `otpauth://totp/${'a'.repeat(513)}?secret=MZXW6YTB`,
  ])('refuses %j', (uri) => {
    expect(parsed(uri)).toBeNull()
  })

  it('reads anything without failing', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => (parseOtpauthUri(bytes), parseOtpauthUri(Uint8Array.from([...text('otpauth://totp/'), ...bytes])), true)))
  })
})
