import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generateEcKey } from '../../../src-main/crypto/ecdsa'
import { generateEd25519 } from '../../../src-main/crypto/ed25519'
import { generateSm2 } from '../../../src-main/crypto/sm2'
import { ecPointOf, ecSpki, ed25519KeyOf, ed25519Spki, fromPem, specOfPublicKey, toPem, type Curve } from '../../../src-main/crypto/spki'
import { fromHex, toHex } from '../../support/wycheproof'

const der = { format: 'der', type: 'spki' } as const
const rsaKey = (modulusLength: number, publicExponent = 0x10001): Uint8Array =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey.export(der)
const rsa2048 = rsaKey(2048)

const curveKeys = [
  { curve: 'P-256', spec: 'EC_P256', key: generateEcKey('P-256').publicKey, bytes: 65 },
  { curve: 'P-384', spec: 'EC_P384', key: generateEcKey('P-384').publicKey, bytes: 97 },
  { curve: 'secp256k1', spec: 'EC_P256K', key: generateEcKey('secp256k1').publicKey, bytes: 65 },
  { curve: 'SM2', spec: 'EC_SM2', key: generateSm2().publicKey, bytes: 65 },
] as const

const keys: { spec: string; key: Uint8Array }[] = [
  ...curveKeys,
  { spec: 'Ed25519', key: generateEd25519().publicKey },
  { spec: 'RSA_2048', key: rsa2048 },
  { spec: 'RSA_3072', key: rsaKey(3072) },
  { spec: 'RSA_2048', key: rsaKey(2048, 3) },
]

describe.each(keys)('the public key of $spec', ({ spec, key }) => {
  it('is recognised, also in the middle of other memory', () => {
    expect(specOfPublicKey(key)).toBe(spec)
    expect(specOfPublicKey(Buffer.concat([new Uint8Array(3), key, new Uint8Array(3)]).subarray(3, 3 + key.length))).toBe(spec)
  })

  it('is not recognised with a byte more or less', () => {
    for (const bad of [key.subarray(1), key.subarray(0, -1), Buffer.concat([key, Uint8Array.of(0)])]) expect(specOfPublicKey(bad)).toBeNull()
  })

  it('goes through PEM', () => {
    const pem = toPem('PUBLIC KEY', key)
    expect(fromPem('PUBLIC KEY', pem).map(toHex)).toEqual([toHex(key)])
  })
})

describe('other public keys', () => {
  it.each([
    ['nothing', new Uint8Array(0)],
    ['RSA of 1024 bits', rsaKey(1024)],
    ['P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey.export(der)],
    ['X25519', generateKeyPairSync('x25519').publicKey.export(der)],
    ['a compressed point', fromHex(`3039301306072a8648ce3d020106082a8648ce3d03010703220003${'11'.repeat(32)}`)],
    ['a compressed point in the length of a whole one', fromHex(`3059301306072a8648ce3d020106082a8648ce3d03010703420003${'11'.repeat(64)}`)],
    ['RSA without its NULL', fromHex(`30820120300b06092a864886f70d010101${toHex(rsa2048.subarray(19))}`)],
    ['RSA in BER', fromHex(`3083000122${toHex(rsa2048.subarray(4))}`)],
    ['RSA-PSS', fromHex(`30820120300b06092a864886f70d01010a${toHex(rsa2048.subarray(19))}`)],
    ['more than any key has', new Uint8Array(100_000).fill(0x30)],
  ])('are not recognised: %s', (_name, key) => {
    expect(specOfPublicKey(key)).toBeNull()
  })

  it('are never an error, whatever the bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => specOfPublicKey(bytes) === null), { numRuns: 300 })
  })
})

describe('points', () => {
  it.each(curveKeys)('of $curve go into an SPKI and out again', ({ curve, key, bytes }) => {
    const point = ecPointOf(key)
    expect([point.length, point[0], point.buffer === key.buffer]).toEqual([bytes, 4, false])
    expect(toHex(ecPointOf(key, curve))).toBe(toHex(point))
    expect(toHex(ecSpki(curve, point))).toBe(toHex(key))
    const others: Curve[] = curveKeys.map((one) => one.curve).filter((name) => name !== curve)
    for (const other of others) expect(() => ecPointOf(key, other)).toThrow(RangeError)
  })

  it('of another form or length are refused', () => {
    for (const { curve, key, bytes } of curveKeys) {
      const point = ecPointOf(key)
      for (const bad of [point.subarray(1), point.subarray(0, bytes - 1), Uint8Array.of(3, ...point.subarray(1)), new Uint8Array(0)]) {
        expect(() => ecSpki(curve, bad)).toThrow(RangeError)
      }
    }
    for (const bad of [rsa2048, generateEd25519().publicKey, new Uint8Array(0)]) expect(() => ecPointOf(bad)).toThrow(RangeError)
  })

  it('of Ed25519 have 32 bytes', () => {
    const { publicKey } = generateEd25519()
    expect(toHex(ed25519Spki(ed25519KeyOf(publicKey)))).toBe(toHex(publicKey))
    expect(() => ed25519Spki(new Uint8Array(31))).toThrow(RangeError)
    expect(() => ed25519KeyOf(rsa2048)).toThrow(RangeError)
  })
})

describe('PEM', () => {
  const pem = toPem('PUBLIC KEY', rsa2048)

  it('is as the runtime writes it', () => {
    expect(pem).toBe(createPublicKey({ key: Buffer.from(rsa2048), ...der }).export({ format: 'pem', type: 'spki' }))
  })

  it('of any length goes through', () => {
    const holds = (bytes: Uint8Array) => fromPem('X', toPem('X', bytes)).map(toHex).join() === toHex(bytes)
    fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), holds))
  })

  it('gives every block of the label and passes over the rest', () => {
    const text = `before\n${toPem('A', Uint8Array.of(1))}between ${toPem('B', Uint8Array.of(2))}${toPem('A', Uint8Array.of(3)).replaceAll('\n', '\r\n')}after`
    expect([fromPem('A', text), fromPem('B', text), fromPem('C', text)].map((blocks) => blocks.map(toHex))).toEqual([['01', '03'], ['02'], []])
  })

  it.each([
    ['no end', pem.replace('-----END PUBLIC KEY-----', '')],
    ['the end of another label', pem.replace('END PUBLIC', 'END PRIVATE')],
    ['two ends', `${pem}-----END PUBLIC KEY-----`],
    ['nothing inside', '-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n'],
    ['a foreign character', pem.replace('MII', 'M*I')],
    ['padding bits set', toPem('PUBLIC KEY', Uint8Array.of(1)).replace('AQ==', 'AR==')],
    ['padding left out', toPem('PUBLIC KEY', Uint8Array.of(1)).replace('==', '')],
    ['headers', pem.replace('MII', 'Proc-Type: 4\n\nMII')],
    ['no block', 'MIIB'],
  ])('is refused with %s', (_name, text) => {
    expect(fromPem('PUBLIC KEY', text)).toEqual([])
  })
})
