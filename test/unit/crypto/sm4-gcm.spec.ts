import fc from 'fast-check'
import { sm4 as peer } from 'sm-crypto-v2'
import { describe, expect, it } from 'vitest'
import { concatBytes, copyBytes, equalBytes } from '../../../src-main/crypto/bytes'
import { decryptSm4Gcm, decryptSm4GcmInto, encryptSm4Gcm, encryptSm4GcmInto } from '../../../src-main/crypto/sm4-gcm'
import { createSm4Engine, sm4Engine, sm4Module, type Sm4Engine } from '../../../src-main/crypto/sm4/engine'
import { loadIv, loadKey, runSm4Gcm } from '../../../src-main/crypto/sm4/gcm'
import { layout, strideBytes } from '../../../src-main/crypto/sm4/layout'
import { botanCases } from '../../support/botan'
import { flipped } from '../../support/flipped'
import { standardNumbers } from '../../support/gbt'
import { testGcmCases } from '../../support/gcm-cases'
import { fromHex, toHex } from '../../support/wycheproof'

/** The block as the key stream of the counter block that it is. */
function encryptBlock(engine: Sm4Engine, block: Uint8Array): Uint8Array {
  loadIv(engine, block.subarray(0, 12))
  engine.memory.fill(0, layout.input, layout.input + strideBytes)
  engine.counterMode(new DataView(block.buffer, block.byteOffset).getInt32(12), 0, strideBytes)
  return copyBytes(engine.memory.subarray(layout.output, layout.output + 16))
}

/** Bytes from a seed: an arbitrary of so many bytes would take longer than the cipher. */
function bytesFrom(seed: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => Math.imul(seed + index, 0x9e3779b1) >>> 24)
}

const seed = fc.integer()
const message = fc.record({ key: seed, iv: seed, data: seed, length: fc.nat(10_000), aad: seed, aadLength: fc.oneof(fc.nat(64), fc.nat(10_000)) })
const lengths = [0, 1, 15, 16, 17, 479, 480, 481, 511, 512, 752, 767, 768, 4096, 7935, 7936, 7937, 8192, 16_127, 16_128, 16_129, 16_384, 100_000]

function parts(of: { key: number; iv: number; data: number; length: number; aad: number; aadLength: number }) {
  return { key: bytesFrom(of.key, 16), iv: bytesFrom(of.iv, 12), plaintext: bytesFrom(of.data, of.length), aad: bytesFrom(of.aad, of.aadLength) }
}

/** Electron, where the product runs, knows the relaxed instruction; Node 20 does not. */
const kinds = (['strict', 'relaxed'] as const).filter((kind) => sm4Module(kind) !== null)

it('SM4 is built for the runtime', () => {
  expect(kinds).toEqual('electron' in process.versions ? ['strict', 'relaxed'] : ['strict'])
})

describe.each(kinds)('the %s build of SM4', (kind) => {
  const module = sm4Module(kind)

  it('encrypts all 284 blocks of the 22 Botan tests', () => {
    const engine = createSm4Engine(module)
    const cases = botanCases<'Key' | 'In' | 'Out'>('sm4', 'Out')
    const blocks = cases.flatMap(({ Key: key, In: plain, Out: cipher }) =>
      Array.from({ length: plain.length / 32 }, (_, index) => ({ key, plain: plain.slice(32 * index, 32 * index + 32), cipher: cipher.slice(32 * index, 32 * index + 32) })),
    )
    expect([cases.length, blocks.length]).toEqual([22, 284])
    const wrong = blocks.filter(({ key, plain, cipher }) => {
      loadKey(engine, fromHex(key))
      return toHex(encryptBlock(engine, fromHex(plain))) !== cipher.toLowerCase()
    })
    expect(wrong).toEqual([])
  })

  it('encrypts a block once and a million times as GB/T 32907 says', () => {
    expect(standardNumbers.sm4_block.map(({ rounds }) => rounds)).toEqual([1, 1_000_000])
    const engine = createSm4Engine(module)
    for (const { key, plaintext, ciphertext, rounds } of standardNumbers.sm4_block) {
      loadKey(engine, fromHex(key))
      let block = fromHex(plaintext)
      for (let round = 0; round < rounds; round++) block = encryptBlock(engine, block)
      expect(toHex(block)).toBe(ciphertext)
    }
  })

  it('counts within the last 32 bits of the counter block, over their end', () => {
    const engine = createSm4Engine(module)
    loadKey(engine, bytesFrom(1, 16))
    loadIv(engine, bytesFrom(2, 12))
    engine.memory.fill(0, layout.input, layout.input + strideBytes)
    engine.counterMode(-20, 0, strideBytes)
    const stream = copyBytes(engine.memory.subarray(layout.output, layout.output + strideBytes))
    for (const [index, counter] of [[0, -20], [19, -1], [20, 0], [31, 11]] as const) {
      const block = concatBytes(bytesFrom(2, 12), new Uint8Array(4))
      new DataView(block.buffer).setInt32(12, counter)
      expect(toHex(encryptBlock(engine, block))).toBe(toHex(stream.subarray(16 * index, 16 * index + 16)))
    }
  })

  it('gives what another implementation gives, at the lengths around tiles and batches, in place', () => {
    const engine = createSm4Engine(module)
    for (const length of lengths) {
      const { key, iv, plaintext, aad } = parts({ key: 1, iv: 2, data: 3, length, aad: 4, aadLength: length % 50 })
      const expected = peer.encrypt(plaintext, key, { mode: 'gcm', output: 'array', outputTag: true, iv, associatedData: aad })
      const before = toHex(plaintext)
      const sealedTag = runSm4Gcm(engine, 'output', key, iv, plaintext, aad, plaintext)
      expect([toHex(plaintext), toHex(sealedTag)]).toEqual([toHex(expected.output), toHex(expected.tag ?? null)])
      const openedTag = runSm4Gcm(engine, 'input', key, iv, plaintext, aad, plaintext)
      expect([toHex(plaintext), toHex(openedTag)]).toEqual([before, toHex(sealedTag)])
    }
  })

  it('leaves nothing of key and data in its memory', () => {
    const engine = createSm4Engine(module)
    const { key, iv, plaintext, aad } = parts({ key: 1, iv: 2, data: 3, length: 9000, aad: 4, aadLength: 10 })
    for (const side of ['output', 'input'] as const) {
      runSm4Gcm(engine, side, key, iv, plaintext, aad, plaintext)
      expect(engine.memory.subarray(layout.key).every((byte) => byte === 0)).toBe(true)
    }
  })
})

describe('SM4-GCM', () => {
  testGcmCases('sm4_gcm', { encrypt: encryptSm4Gcm, decrypt: decryptSm4Gcm }, { usual: 65, unusual: 39 })

  it('agrees in both directions in all 3 Botan tests and with RFC 8998', () => {
    const botan = botanCases<'Key' | 'Nonce' | 'AD' | 'In' | 'Out'>('sm4-gcm', 'Out')
    expect(botan).toHaveLength(3)
    const { key, iv, aad, plaintext, ciphertext, tag } = standardNumbers.sm4_gcm_rfc8998
    const all = [...botan, { Key: key, Nonce: iv, AD: aad, In: plaintext, Out: ciphertext + tag }]
    for (const test of all) {
      const sealed = encryptSm4Gcm(fromHex(test.Key), fromHex(test.Nonce), fromHex(test.In), fromHex(test.AD))
      expect(toHex(concatBytes(sealed.ciphertext, sealed.tag))).toBe(test.Out.toLowerCase())
      const opened = decryptSm4Gcm(fromHex(test.Key), fromHex(test.Nonce), sealed.ciphertext, sealed.tag, fromHex(test.AD))
      expect(toHex(opened)).toBe(test.In.toLowerCase())
    }
  })

  it('seals what another implementation opens, and back, at any length', () => {
    const agrees = (of: Parameters<typeof parts>[0]): boolean => {
      const { key, iv, plaintext, aad } = parts(of)
      const { ciphertext, tag } = encryptSm4Gcm(key, iv, plaintext, aad)
      const theirs = peer.encrypt(plaintext, key, { mode: 'gcm', output: 'array', outputTag: true, iv, associatedData: aad })
      const opened = decryptSm4Gcm(key, iv, theirs.output, theirs.tag ?? tag.subarray(1), aad)
      return equalBytes(ciphertext, theirs.output) && equalBytes(tag, theirs.tag ?? key.subarray(1)) && opened !== null && equalBytes(opened, plaintext)
    }
    fc.assert(fc.property(message, agrees), { numRuns: 200 })
  })

  it('gives null when a byte of ciphertext, tag or data has changed, or the tag is cut', () => {
    const { key, iv, plaintext, aad } = parts({ key: 5, iv: 6, data: 7, length: 4000, aad: 8, aadLength: 20 })
    const { ciphertext, tag } = encryptSm4Gcm(key, iv, plaintext, aad)
    for (const index of [0, 479, 480, 3999]) expect(decryptSm4Gcm(key, iv, flipped(ciphertext, index, 7), tag, aad)).toBeNull()
    tag.forEach((_, index) => expect(decryptSm4Gcm(key, iv, ciphertext, flipped(tag, index, 7), aad)).toBeNull())
    aad.forEach((_, index) => expect(decryptSm4Gcm(key, iv, ciphertext, tag, flipped(aad, index, 7))).toBeNull())
    expect(decryptSm4Gcm(key, iv, ciphertext, tag.subarray(0, 15), aad)).toBeNull()
    expect(decryptSm4Gcm(key, iv, ciphertext, tag, aad)).toEqual(plaintext)
  })

  it('gives memory of its own, leaves its arguments as they are and its engine empty', () => {
    const { key, iv, plaintext, aad } = parts({ key: 5, iv: 6, data: 7, length: 40, aad: 8, aadLength: 20 })
    const before = [key, iv, plaintext, aad].map(copyBytes)
    const { ciphertext, tag } = encryptSm4Gcm(key, iv, plaintext, aad)
    expect([ciphertext.buffer.byteLength, tag.buffer.byteLength]).toEqual([40, 16])
    expect(decryptSm4Gcm(key, iv, ciphertext, tag, aad)?.buffer.byteLength).toBe(40)
    expect([key, iv, plaintext, aad]).toEqual(before)
    expect(sm4Engine().memory.subarray(layout.key).every((byte) => byte === 0)).toBe(true)
  })

  it('writes into memory that is given, in place too, and zeroes it when authentication fails', () => {
    const { key, iv, plaintext, aad } = parts({ key: 5, iv: 6, data: 7, length: 9000, aad: 8, aadLength: 20 })
    const { ciphertext, tag } = encryptSm4Gcm(key, iv, plaintext, aad)
    const memory = copyBytes(plaintext)
    expect(toHex(encryptSm4GcmInto(memory, key, iv, memory, aad))).toBe(toHex(tag))
    expect(toHex(memory)).toBe(toHex(ciphertext))
    expect(decryptSm4GcmInto(memory, key, iv, memory, tag, aad)).toBe(true)
    expect(toHex(memory)).toBe(toHex(plaintext))
    expect(decryptSm4GcmInto(memory, key, iv, ciphertext, tag, new Uint8Array(0))).toBe(false)
    expect(memory.every((byte) => byte === 0)).toBe(true)
    for (const target of [new Uint8Array(8999), new Uint8Array(9001)]) {
      expect(() => encryptSm4GcmInto(target, key, iv, plaintext, aad)).toThrow(RangeError)
      expect(() => decryptSm4GcmInto(target, key, iv, ciphertext, tag, aad)).toThrow(RangeError)
    }
  })

  it.each([15, 17, 24, 32])('refuses a key of %i bytes', (length) => {
    const [key, iv, tag, nothing] = [new Uint8Array(length), new Uint8Array(12), new Uint8Array(16), new Uint8Array(0)]
    expect(() => encryptSm4Gcm(key, iv, nothing, nothing)).toThrow(RangeError)
    expect(() => decryptSm4Gcm(key, iv, nothing, tag, nothing)).toThrow(RangeError)
  })
})
