import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../../../../src-main/crypto/bytes'
import { findBodyEnd } from '../../../../src-main/files/codec/body-end'
import { parseHeader } from '../../../../src-main/files/codec/header'
import { contentBytes, frameOffset, layoutOfFile, layoutOfPlaintext, messageBytes, plaintextBytesOf } from '../../../../src-main/files/codec/layout'
import { bytesOfLength, codeOf, seal, withByte } from '../support'

function findEnd(bytes: Uint8Array) {
  const header = parseHeader(bytes)
  if (!header) throw new Error('the header must be whole')
  return findBodyEnd(header, bytes.length, async (position, length) => bytes.subarray(position, position + length))
}

const file = new URL('../../../vectors/esdk/commitment-test-vectors.json', import.meta.url)
const vectors = (JSON.parse(readFileSync(file, 'utf8')) as { tests: { ciphertext: string; 'plaintext-frames'?: string[] }[] }).tests
const vector = (number: number) => new Uint8Array(Buffer.from(vectors[number - 1]?.ciphertext ?? '', 'base64'))

describe('the layout of a body', () => {
  it('is found again from the length of the file', () => {
    fc.assert(
      fc.property(fc.integer({ min: 92, max: 5000 }), fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 5000 }), (header, frame, size) => {
        const layout = layoutOfPlaintext(header, frame, size)
        const found = layoutOfFile(header, frame, messageBytes(layout))
        expect(plaintextBytesOf(layout)).toBe(size)
        // With frames shorter than 9 bytes a full final frame has the length of an empty one after one frame more.
        if (frame > 8) expect(found).toEqual(layout)
      }),
    )
  })

  it('reaches 1 TiB exactly', () => {
    const layout = layoutOfPlaintext(244, 2 ** 20, 2 ** 40)
    expect(layout.frameCount).toBe(2 ** 20)
    expect(messageBytes(layout)).toBe(244 + 2 ** 40 + 2 ** 20 * 32 + 8)
    expect(frameOffset(layout, 2 ** 20)).toBe(244 + (2 ** 20 - 1) * (2 ** 20 + 32))
    expect(contentBytes(layout, 2 ** 20)).toBe(2 ** 20)
  })

  it('fits no file that is too short or whose rest is longer than a frame', () => {
    expect(layoutOfFile(100, 64, 139)).toBeNull()
    expect(layoutOfFile(100, 64, 140 + 65)).toBeNull()
    expect(layoutOfFile(100, 64, 140 + 96)).toEqual({ headerBytes: 100, frameLength: 64, frameCount: 2, finalBytes: 0 })
  })
})

describe('the end of a file', () => {
  it.each([0, 1, 63, 64, 65, 128, 200])('with %i bytes of plaintext is found', async (size) => {
    const { bytes, headerBytes } = await seal(bytesOfLength(size), { frameLength: 64 })
    const { layout } = await findEnd(bytes)
    expect(layout).toEqual(layoutOfPlaintext(headerBytes, 64, size))
  })

  it.each([0, 64, 200])('with %i bytes of plaintext is truncated at every length', async (size) => {
    const { bytes, headerBytes } = await seal(bytesOfLength(size), { frameLength: 64 })
    for (let length = headerBytes; length < bytes.length; length++) {
      expect([length, await codeOf(() => findEnd(bytes.subarray(0, length)))]).toEqual([length, 'FILE_TRUNCATED'])
    }
  })

  it('followed by anything, or changed, is tampered with', async () => {
    const { bytes, headerBytes } = await seal(bytesOfLength(200), { frameLength: 64 })
    for (const extra of [1, 20, 31, 32, 64, 200]) {
      expect([extra, await codeOf(() => findEnd(concatBytes(bytes, new Uint8Array(extra))))]).toEqual([extra, 'FILE_TAMPERED'])
    }
    const finalStart = headerBytes + 3 * 96
    for (const offset of [0, 3, 4, 7, 20, 23]) expect(await codeOf(() => findEnd(withByte(bytes, finalStart + offset, (byte) => byte ^ 0x40)))).not.toBeNull()
    expect(await codeOf(() => findEnd(withByte(bytes, finalStart, () => 0)))).toBe('FILE_TAMPERED')
  })

  it.each([3, 25, 27, 33, 34, 35])('of signed vector %i is found behind its signature', async (number) => {
    const { layout, signature } = await findEnd(vector(number))
    expect(plaintextBytesOf(layout)).toBe((vectors[number - 1]?.['plaintext-frames'] ?? []).join('').length)
    expect(signature[0]).toBe(0x30)
    expect(messageBytes(layout) + 2 + signature.length).toBe(vector(number).length)
  })

  it.each([3, 34])('of signed vector %i is truncated at every length', async (number) => {
    const bytes = vector(number)
    const { layout } = await findEnd(bytes)
    for (let length = layout.headerBytes; length < bytes.length; length++) {
      expect([length, await codeOf(() => findEnd(bytes.subarray(0, length)))]).toEqual([length, 'FILE_TRUNCATED'])
    }
    expect(await codeOf(() => findEnd(concatBytes(bytes, new Uint8Array(3))))).toBe('FILE_TAMPERED')
  })
})
