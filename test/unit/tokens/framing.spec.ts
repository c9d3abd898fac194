import { describe, expect, it } from 'vitest'
import { encodeFrame, FrameReader, maxFrameBytes } from '../../../src-main/tokens/host/framing'

const messages = [
  { id: 1, call: 'logIn', request: { token: { slotId: 7, label: 'Schlüssel 钥匙', serial: '0a' }, pin: Uint8Array.of(49, 50, 51, 52), role: 'user' } },
  { id: 2, ok: true, value: [new Uint8Array(0), null, [{ data: new Uint8Array(5000).fill(9) }], 'text', false] },
  { id: 3, ok: true, value: {} },
]

function readIn(pieceBytes: number, bytes: Uint8Array): unknown[] {
  const taken: unknown[] = []
  const reader = new FrameReader((value) => taken.push(value))
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.slice(at, at + pieceBytes))
  return taken
}

describe('frames between main and a token host', () => {
  const stream = new Uint8Array(Buffer.concat(messages.map(encodeFrame)))

  it.each([1, 3, 1000, 10_000_000])('arrive whole and in order in pieces of %i bytes', (pieceBytes) => {
    expect(readIn(pieceBytes, stream)).toEqual(messages)
  })

  it('keep bytes out of the JSON', () => {
    const frame = Buffer.from(encodeFrame({ pin: Uint8Array.of(1, 2, 3) }))
    const json = frame.subarray(8, 8 + frame.readUInt32BE(4)).toString()
    expect(JSON.parse(json)).toEqual({ value: { pin: { $bytes: 0 } }, parts: [3] })
    expect([...frame.subarray(8 + json.length)]).toEqual([1, 2, 3])
  })

  it('leave nothing in the pieces in which they arrive', () => {
    const piece = encodeFrame(messages[0])
    const taken: unknown[] = []
    new FrameReader((value) => taken.push(value)).push(piece)
    expect(taken).toEqual([messages[0]])
    expect(piece.every((byte) => byte === 0)).toBe(true)
  })

  it.each([
    ['a length that none has', Uint8Array.of(0xff, 0xff, 0xff, 0xff)],
    ['a length without room for that of the JSON', Uint8Array.of(0, 0, 0, 3, 0, 0, 0)],
    ['JSON that is longer than the frame', Uint8Array.of(0, 0, 0, 5, 0, 0, 0, 2, 48)],
    ['parts that are shorter than they say', Buffer.concat([Uint8Array.of(0, 0, 0, 29, 0, 0, 0, 25), Buffer.from('{"value":null,"parts":[1]}').subarray(0, 25)])],
    ['bytes that are not UTF-8', Uint8Array.of(0, 0, 0, 5, 0, 0, 0, 1, 0xff)],
  ])('are refused with %s', (_, bytes) => {
    expect(() => readIn(bytes.length, bytes)).toThrow()
  })

  it('are not made longer than a reader takes', () => {
    expect(() => encodeFrame({ data: new Uint8Array(maxFrameBytes) })).toThrow(RangeError)
  })
})
