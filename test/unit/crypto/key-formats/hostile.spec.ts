import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../../src-main/crypto/bytes'
import { der, oid, octets, sequence, smallInteger, writeDer, type DerNode } from '../../../../src-main/crypto/key-formats/der'
import { fileNames, passphrase, pemVector, refusalOf, vector } from './support'

const quickFiles = [
  'ec_p256.pem',
  'ec_p256.pkcs8.der',
  'ec_p256.sec1.der',
  'ec_p256.jwk',
  'ed25519.jwk',
  'ed25519.pem',
  'ec_p256.openssh-none.pem',
  'ed25519_ssh.openssh-none.pem',
  'ec_p384.pbes2-aes192-sha512.der',
  'ed25519.pbe-sha1-3des.pem',
  'ec_p256.p12',
  'ec_p256.rc2-128.p12',
  'ec_p384.proc-type-aes128.pem',
  'rsa_2048.pkcs1.der',
]

describe('bytes that nobody wrote as a key', () => {
  it('are refused with a reason', async () => {
    const isRefused = async (bytes: Uint8Array) => (await refusalOf(bytes, passphrase)) !== null
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), isRefused))
  })

  it.each(quickFiles)('%s with some bytes replaced', async (file) => {
    const original = vector(file)
    const change = fc.record({ at: fc.nat(original.length - 1), byte: fc.integer({ min: 0, max: 255 }) })
    const changes = fc.array(change, { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        const changed = Uint8Array.from(original)
        for (const { at, byte } of list) changed[at] = byte
        // Text around a PEM block and white space may change without harm: then it is still the key. refusalOf throws for any other error.
        await refusalOf(changed, passphrase)
      }),
      { numRuns: 150 },
    )
  })

  it.each(quickFiles)('%s cut at any length', async (file) => {
    const original = vector(file)
    const lengths = Array.from({ length: original.length - 3 }, (_, length) => length).filter((length) => length % 5 === 0)
    const isText = file.endsWith('.pem')
    const end = isText ? new TextDecoder().decode(original).lastIndexOf('-----') + 5 : original.length
    for (const length of lengths) if (length < end) expect(await refusalOf(original.subarray(0, length), passphrase)).not.toBeNull()
  })

  it('nested without end are refused', async () => {
    const deep = new Uint8Array(100_000).fill(0x30)
    expect(await refusalOf(deep)).toBe('not-a-key')
    deep.fill(0x30).forEach((_, at) => (deep[at] = at % 2 === 0 ? 0x30 : 0x80))
    expect(await refusalOf(deep)).toBe('not-a-key')
  })

  it('in more pieces than a call takes arguments are refused', async () => {
    const pieces = 300_000
    const contents = der(0x24, new Uint8Array(2 * pieces).map((_, at) => (at % 2 === 0 ? 0x04 : 0x00)))
    const pfx = sequence(smallInteger(3), sequence(oid('1.2.840.113549.1.7.1'), der(0xa0, contents)))
    expect(await refusalOf(writeDer(pfx), passphrase)).toBe('not-a-key')
  })

  it('with many PEM marks are refused in time', async () => {
    expect(await refusalOf(utf8('-----BEGIN PRIVATE KEY-----\n'.repeat(30_000)))).toBe('not-a-key')
    expect(await refusalOf(utf8('-----BEGIN '.repeat(90_000)))).toBe('not-a-key')
  })
})

/** PBES2 with PBKDF2 and AES-256-CBC, whose parameters the test chooses. */
function encryptedWith({ iterations, salt }: { iterations: number; salt: number }): Uint8Array {
  const derivation = sequence(oid('1.2.840.113549.1.5.12'), sequence(octets(new Uint8Array(salt)), smallInteger(iterations)))
  const cipher = sequence(oid('2.16.840.1.101.3.4.1.42'), octets(new Uint8Array(16)))
  return writeDer(sequence(sequence(oid('1.2.840.113549.1.5.13'), sequence(derivation, cipher)), octets(new Uint8Array(32))))
}

function openSshPem(body: Uint8Array): Uint8Array {
  return utf8(`-----BEGIN OPENSSH PRIVATE KEY-----\n${Buffer.from(body).toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`)
}

describe('parameters that ask for too much', () => {
  it.each([
    ['no iterations', { iterations: 0, salt: 8 }, 'unsupported'],
    ['more than 10,000,000 iterations', { iterations: 10_000_001, salt: 8 }, 'unsupported'],
    ['a salt of more than 1024 bytes', { iterations: 1, salt: 1025 }, 'unsupported'],
    ['what is allowed', { iterations: 1000, salt: 1024 }, 'passphrase-wrong'],
  ] as const)('PBKDF2: %s', async (_name, parameters, reason) => {
    expect(await refusalOf(encryptedWith(parameters), passphrase)).toBe(reason)
  })

  it('bcrypt: more than 256 rounds', async () => {
    const body = Buffer.from(pemVector('ed25519_ssh.openssh-aes256-ctr.pem'))
    const options = body.indexOf(utf8('bcrypt')) + 6
    const rounds = options + 4 + 4 + 16
    expect(body.readUInt32BE(rounds)).toBe(2)
    for (const count of [0, 257, 0xffffffff]) {
      body.writeUInt32BE(count, rounds)
      expect(await refusalOf(openSshPem(body), passphrase)).toBe('unsupported')
    }
  })

  it('bcrypt: others have their turn while it runs', async () => {
    const body = Buffer.from(pemVector('ed25519_ssh.openssh-aes256-ctr.pem'))
    body.writeUInt32BE(4, body.indexOf(utf8('bcrypt')) + 6 + 4 + 4 + 16)
    expect(await turnsDuring(refusalOf(openSshPem(body), passphrase))).toEqual({ result: 'passphrase-wrong', hadTurns: true })
  })

  it('the derivation of PKCS#12: others have their turn while it runs', async () => {
    const parameters = sequence(octets(new Uint8Array(8)), smallInteger(20_000))
    const sealed = sequence(sequence(oid('1.2.840.113549.1.12.1.3'), parameters), octets(new Uint8Array(32)))
    expect(await turnsDuring(refusalOf(writeDer(sealed), passphrase))).toEqual({ result: 'passphrase-wrong', hadTurns: true })
  })
})

/** Whether work that was set up before the call was done before its end. */
async function turnsDuring<T>(call: Promise<T>): Promise<{ result: T; hadTurns: boolean }> {
  let hadTurns = false
  setImmediate(() => (hadTurns = true))
  const result = await call
  return { result, hadTurns }
}

const changedJwk = (file: string, change: object) => utf8(JSON.stringify({ ...(JSON.parse(new TextDecoder().decode(vector(file))) as object), ...change }))
const member = (file: string, name: string) => (JSON.parse(new TextDecoder().decode(vector(file))) as Record<string, string>)[name]

describe('parts that do not belong together', () => {
  const otherInteger = Buffer.from(new Uint8Array(128).fill(0x5b)).toString('base64url')

  it.each(['n', 'd', 'p', 'q', 'dp', 'dq', 'qi'])('RSA with another %s', async (name) => {
    const value = name === 'n' || name === 'd' ? Buffer.from(new Uint8Array(256).fill(0xdb)).toString('base64url') : otherInteger
    expect(await refusalOf(changedJwk('rsa_2048.jwk', { [name]: value }))).toBe('inconsistent')
  })

  it('RSA with the primes exchanged alone', async () => {
    const change = { p: member('rsa_2048.jwk', 'q'), q: member('rsa_2048.jwk', 'p') }
    expect(await refusalOf(changedJwk('rsa_2048.jwk', change))).toBe('inconsistent')
  })

  it('RSA with parts of one more byte', async () => {
    expect(await refusalOf(changedJwk('rsa_2048.jwk', { dp: Buffer.from(new Uint8Array(257).fill(0x5b)).toString('base64url') }))).toBe('inconsistent')
  })

  it.each(['ec_p256', 'ec_p384', 'ec_p256k'])('%s with another scalar', async (name) => {
    const bytes = name === 'ec_p384' ? 48 : 32
    for (const scalar of [new Uint8Array(bytes), new Uint8Array(bytes).fill(0xff), new Uint8Array(bytes).fill(1), new Uint8Array(bytes + 1).fill(1)]) {
      expect(await refusalOf(changedJwk(`${name}.jwk`, { d: Buffer.from(scalar).toString('base64url') }))).toBe('inconsistent')
    }
  })

  it('Ed25519 with another public key', async () => {
    expect(await refusalOf(changedJwk('ed25519.jwk', { x: Buffer.from(new Uint8Array(32)).toString('base64url') }))).toBe('inconsistent')
  })

  it('OpenSSH with another public part', async () => {
    const body = pemVector('ec_p256.openssh-none.pem')
    const insidePoint = 110
    body[insidePoint] = (body[insidePoint] ?? 0) ^ 1
    expect(await refusalOf(openSshPem(body))).toBe('inconsistent')
  })

  it('a curve named inside that is not the one outside', async () => {
    const scalar = new Uint8Array(32).fill(7)
    const inner = sequence(smallInteger(1), octets(scalar), { kind: 0xa0, parts: [oid('1.3.132.0.10')] })
    const outer = (curve: DerNode) => writeDer(sequence(smallInteger(0), sequence(oid('1.2.840.10045.2.1'), curve), octets(inner)))
    expect(await refusalOf(outer(oid('1.2.840.10045.3.1.7')))).toBe('inconsistent')
    expect(await refusalOf(outer(oid('1.3.132.0.10')))).toBeNull()
  })
})

describe('other writings of the same key', () => {
  it('with indefinite lengths and octet strings in pieces', async () => {
    const der = pemVector(`${fileNames.Ed25519}.pem`)
    const seed = der.subarray(-32)
    const pieces = [0x24, 0x80, 0x04, 0x02, 0x04, 0x20, 0x04, 0x20, ...seed, 0, 0]
    const ber = Uint8Array.from([0x30, 0x80, ...der.subarray(2, 5), ...der.subarray(5, 12), ...pieces, 0, 0])
    expect(await refusalOf(ber)).toBeNull()
  })

  it('with white space and text around the block', async () => {
    const text = new TextDecoder().decode(vector('ec_p256.pem'))
    expect(await refusalOf(utf8(`Bag Attributes: x\n${text.replaceAll('\n', '\r\n ')}more`))).toBeNull()
  })

  it('with a compressed public point', async () => {
    const der = pemVector('ec_p256.pem')
    const point = der.subarray(-65)
    const [x, isOdd] = [point.subarray(1, 33), ((point.at(-1) ?? 0) & 1) === 1]
    const at = der.indexOf(0x20, 30)
    const scalar = der.subarray(at + 1, at + 33)
    const key = (lead: number) => sequence(smallInteger(1), octets(scalar), { kind: 0xa1, parts: [{ kind: 3, parts: [Uint8Array.of(0, lead), x] }] })
    const pkcs8 = (lead: number) => writeDer(sequence(smallInteger(0), sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7')), octets(key(lead))))
    expect(await refusalOf(pkcs8(isOdd ? 3 : 2))).toBeNull()
    expect(await refusalOf(pkcs8(isOdd ? 2 : 3))).toBe('inconsistent')
  })
})
