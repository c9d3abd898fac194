import { describe, expect, it } from 'vitest'
import { concatBytes, u16, u32 } from '../../../../src-main/crypto/bytes'
import { SecretBuffer } from '../../../../src-main/crypto/secret-buffer'
import { FrameCipher } from '../../../../src-main/files/codec/frames'
import { parseHeader, serialiseHeaderBody, type HeaderFields } from '../../../../src-main/files/codec/header'
import { authenticateHeader, deriveCommitment, deriveMessageKey, openHeader } from '../../../../src-main/files/codec/message-key'
import { readMessage } from '../../../../src-main/files/codec/message-reader'
import { committingSuite, signedSuite } from '../../../../src-main/files/codec/suites'
import { isKmsError } from '../../../../src-shared/errors'
import { bytesOfLength, chunksOf, codeOf, open, seal, withByte } from '../support'

const frameLength = 64
const entry = { providerId: Buffer.from('keystead'), providerInfo: Buffer.from('x'), ciphertext: new Uint8Array(48) }
const messageId = bytesOfLength(32)
const dataKey = SecretBuffer.take(bytesOfLength(32))
const messageKey = deriveMessageKey(committingSuite, dataKey, messageId)

/** A message whose header is right for the key whatever it says, followed by `frames`. */
function message(frames: Uint8Array[], change: Partial<HeaderFields> = {}, editBody: (body: Uint8Array) => Uint8Array = (body) => body): Uint8Array {
  const commitment = deriveCommitment(dataKey, messageId)
  const fields = { suite: committingSuite, messageId, context: {}, entries: [entry], frameLength, commitment, ...change }
  const body = editBody(serialiseHeaderBody(fields))
  return concatBytes(body, authenticateHeader(messageKey, body), ...frames)
}

function frame(sequence: number, isFinal: boolean, length = isFinal ? 10 : frameLength): Uint8Array {
  const target = new Uint8Array(length + 40)
  return target.slice(0, new FrameCipher(messageKey, messageId).seal(bytesOfLength(length), sequence, isFinal, target))
}

const openCode = (bytes: Uint8Array) => codeOf(() => open(bytes, dataKey))
const plain = message([frame(1, false), frame(2, true)])
const contextOffset = 35

describe('a message', () => {
  it.each([0, 1, frameLength - 1, frameLength, frameLength + 1, 2 * frameLength, 2 * frameLength + 1, 1000])('of %i bytes comes back', async (length) => {
    const plaintext = bytesOfLength(length)
    const { bytes, dataKey: key, headerBytes } = await seal(plaintext, { frameLength })
    expect(await open(bytes, key)).toEqual(plaintext)
    const frames = Math.max(1, Math.ceil(length / frameLength))
    expect(bytes.length).toBe(headerBytes + length + 32 * frames + 8)
  })

  it('comes back in chunks of any size', async () => {
    const plaintext = bytesOfLength(1000)
    const { bytes, dataKey: key } = await seal(plaintext, { frameLength: 128, context: { purpose: 'x', 'a-b': 'ü' } })
    for (const size of [1, 7, 128, 4096]) expect(await open(bytes, key, undefined, size)).toEqual(plaintext)
  })

  it('may end in an empty final frame, as other writers end it', async () => {
    expect(await open(message([frame(1, false), frame(2, true, 0)]), dataKey)).toEqual(bytesOfLength(frameLength))
  })

  it('is truncated at every length', async () => {
    for (let length = 0; length < plain.length; length++) {
      expect([length, await openCode(plain.subarray(0, length))]).toEqual([length, length < 3 ? 'FILE_NOT_ENCRYPTED' : 'FILE_TRUNCATED'])
    }
  })

  it('is refused with any byte changed', async () => {
    const codes = new Set<string | null>()
    for (let offset = 0; offset < plain.length; offset++) {
      for (const flip of [0x01, 0x80, 0xff]) codes.add(await openCode(withByte(plain, offset, (byte) => byte ^ flip)))
    }
    expect(codes).not.toContain(null)
    expect(codes).toContain('FILE_TAMPERED')
  })

  it('is refused with another data key', async () => {
    expect(await codeOf(() => open(plain, SecretBuffer.random(32)))).toBe('FILE_TAMPERED')
  })

  it('gives out nothing of a frame that is not authentic', async () => {
    const bytes = withByte(plain, plain.length - 1, (byte) => byte ^ 1)
    const seen: number[] = []
    const work = async () => {
      for await (const part of readMessage(chunksOf(bytes), async (header) => openHeader(header, dataKey))) seen.push(part.length)
    }
    expect(await codeOf(work)).toBe('FILE_TAMPERED')
    expect(seen).toEqual([frameLength])
  })
})

describe('rules of the strict reader', () => {
  it('1: version, suite and kind of content', async () => {
    expect(await openCode(withByte(plain, 0, () => 1))).toBe('FILE_NOT_ENCRYPTED')
    expect(await openCode(concatBytes(Uint8Array.of(1, 0x80), plain.subarray(2)))).toBe('FILE_UNSUPPORTED')
    expect(await openCode(concatBytes(Uint8Array.of(2, 0x03, 0x78), plain.subarray(3)))).toBe('FILE_UNSUPPORTED')
    expect(await openCode(concatBytes(Uint8Array.of(2, 0xf4, 0x14), plain.subarray(3)))).toBe('FILE_UNSUPPORTED')
    const contentType = (parseHeader(plain)?.body.length ?? 0) - 37
    expect(plain[contentType]).toBe(2)
    expect(await openCode(withByte(plain, contentType, () => 1))).toBe('FILE_UNSUPPORTED')
    expect(await openCode(withByte(plain, contentType, () => 3))).toBe('FILE_MALFORMED')
  })

  it('2: context sorted, unique, of the declared length and not empty', async () => {
    const withContext = (...pairs: Uint8Array[]) => {
      const context = concatBytes(...pairs)
      return message([frame(1, true)], {}, (body) => concatBytes(body.subarray(0, contextOffset), u16(context.length), context, body.subarray(contextOffset + 2)))
    }
    const pair = (name: string) => concatBytes(u16(name.length), Buffer.from(name), u16(1), Buffer.from('v'))
    expect(await openCode(withContext(u16(2), pair('a'), pair('b')))).toBeNull()
    expect(await openCode(withContext(u16(2), pair('b'), pair('a')))).toBe('FILE_MALFORMED')
    expect(await openCode(withContext(u16(2), pair('a'), pair('a')))).toBe('FILE_MALFORMED')
    expect(await openCode(withContext(u16(2), pair('ab'), pair('a')))).toBe('FILE_MALFORMED')
    expect(await openCode(withContext(u16(1), pair('a'), pair('b')))).toBe('FILE_MALFORMED')
    expect(await openCode(withContext(u16(3), pair('a'), pair('b')))).toBe('FILE_MALFORMED')
    expect(await openCode(withContext(u16(0)))).toBe('FILE_MALFORMED')
    expect(await openCode(withContext(u16(1), u16(1), Uint8Array.of(0xff), u16(0)))).toBe('FILE_MALFORMED')
    expect(await openCode(withContext(u16(1), pair('x'.repeat(9000))))).toBe('FILE_UNSUPPORTED')
  })

  it('3: at least one recipient and at most 16, refused before they are read', async () => {
    expect(await openCode(message([frame(1, true)], { entries: [] }))).toBe('FILE_MALFORMED')
    expect(await openCode(message([frame(1, true)], { entries: Array.from({ length: 16 }, () => entry) }))).toBeNull()
    expect(await openCode(message([frame(1, true)], { entries: Array.from({ length: 17 }, () => entry) }))).toBe('FILE_UNSUPPORTED')
    const promised = concatBytes(plain.subarray(0, contextOffset + 2), u16(0xffff))
    expect(await openCode(promised)).toBe('FILE_UNSUPPORTED')
  })

  it('4: a key for the signature exactly when the suite is signed', async () => {
    expect(await openCode(message([frame(1, true)], { context: { 'aws-crypto-public-key': 'A' } }))).toBe('FILE_MALFORMED')
    expect(await openCode(message([frame(1, true)], { suite: signedSuite }))).toBe('FILE_MALFORMED')
    expect(await openCode(message([frame(1, true)], { suite: signedSuite, context: { 'aws-crypto-public-key': 'AAAA' } }))).toBe('FILE_MALFORMED')
  })

  it('5: the commitment, even when tag and frames fit the key', async () => {
    expect(await openCode(message([frame(1, true)], { commitment: new Uint8Array(32) }))).toBe('FILE_TAMPERED')
  })

  it('6: the header tag, over every byte of the header', async () => {
    const changed = message([frame(1, true)], { context: { purpose: 'tax' } })
    const offset = Buffer.from(changed).indexOf('tax')
    expect(await openCode(withByte(changed, offset, (byte) => byte ^ 1))).toBe('FILE_TAMPERED')
  })

  it('7: frames in their order with their IVs, and none after the final one', async () => {
    expect(await openCode(message([frame(2, false), frame(1, false), frame(3, true)]))).toBe('FILE_TAMPERED')
    expect(await openCode(message([frame(1, false), frame(1, false), frame(2, true)]))).toBe('FILE_TAMPERED')
    expect(await openCode(message([frame(1, false), frame(3, true)]))).toBe('FILE_TAMPERED')
    expect(await openCode(message([frame(0, true)]))).toBe('FILE_TAMPERED')
    expect(await openCode(message([frame(1, true), frame(2, true)]))).toBe('FILE_TAMPERED')
    const final = frame(1, true)
    expect(await openCode(message([withByte(final, 19, () => 7)]))).toBe('FILE_TAMPERED')
  })

  it('8: a final frame no longer than the others, and no long frames at all', async () => {
    expect(await openCode(message([frame(1, true, frameLength)]))).toBeNull()
    expect(await openCode(message([frame(1, true, frameLength + 1)]))).toBe('FILE_TAMPERED')
    expect(await openCode(message([frame(1, true)], { frameLength: 0 }))).toBe('FILE_MALFORMED')
    expect(await openCode(message([frame(1, true)], { frameLength: 16 * 1024 * 1024 + 1 }))).toBe('FILE_UNSUPPORTED')
    expect(await openCode(message([frame(1, true)], { frameLength: 0xffff_ffff }))).toBe('FILE_UNSUPPORTED')
  })

  it('9: nothing after the end', async () => {
    expect(await openCode(concatBytes(plain, Uint8Array.of(0)))).toBe('FILE_TAMPERED')
    expect(await openCode(concatBytes(plain, plain))).toBe('FILE_TAMPERED')
  })

  it('10: a dropped end, which the jobs turn into no output', async () => {
    expect(await openCode(message([frame(1, false), frame(2, false)]))).toBe('FILE_TRUNCATED')
    expect(await openCode(message([frame(1, false)]))).toBe('FILE_TRUNCATED')
  })
})

describe('what is no encrypted file', () => {
  it.each([['nothing', ''], ['text', 'hello world'], ['a zip', 'PK\u0003\u0004']])('%s is FILE_NOT_ENCRYPTED', async (_name, text) => {
    expect(await openCode(Buffer.from(text))).toBe('FILE_NOT_ENCRYPTED')
  })

  it('says so when it was saved as Base64', () => {
    for (const text of ['AgR4TfvRMU2d', 'AgV4vjf7DnZH']) {
      try {
        parseHeader(Buffer.from(text))
        expect.unreachable()
      } catch (error) {
        expect(isKmsError(error, 'FILE_NOT_ENCRYPTED') && error.message).toMatch(/Base64/)
      }
    }
  })
})

describe('a header', () => {
  it('has the bytes of the format', () => {
    const body = serialiseHeaderBody({ suite: committingSuite, messageId, context: { a: 'b' }, entries: [entry], frameLength: 4096, commitment: new Uint8Array(32) })
    const expected = concatBytes(
      Uint8Array.of(2, 4, 0x78), messageId, u16(8), u16(1), u16(1), Buffer.from('a'), u16(1), Buffer.from('b'),
      u16(1), u16(8), Buffer.from('keystead'), u16(1), Buffer.from('x'), u16(48), new Uint8Array(48),
      Uint8Array.of(2), u32(4096), new Uint8Array(32),
    )
    expect(Buffer.from(body).toString('hex')).toBe(Buffer.from(expected).toString('hex'))
  })
})
