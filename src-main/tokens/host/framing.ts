import { copyBytes, joinBytes, u32, utf8, zero } from '../../crypto/bytes'

/** No message is longer; a host that says so is not believed. */
export const maxFrameBytes = 32 * 1024 * 1024

const lengthBytes = 4

interface Packed {
  /** The value; bytes in it are `{"$bytes": place in the list}`. */
  value: unknown
  /** Lengths of the byte parts, which follow the JSON. */
  parts: number[]
}

/**
 * A message between main and a token host: length of all that follows, length of the JSON (both 4 bytes, big-endian), JSON,
 * byte parts. Bytes never enter the JSON, so that a PIN is nowhere but in arrays that can be zeroed. The frame is in memory
 * of its own, for the sender to zero.
 */
export function encodeFrame(value: unknown): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = []
  const shape = JSON.stringify({ value: withoutBytes(value, parts), parts: parts.map(({ length }) => length) })
  const json = utf8(shape)
  const length = lengthBytes + json.length + parts.reduce((sum, part) => sum + part.length, 0)
  if (length > maxFrameBytes) throw new RangeError('message too long')
  return joinBytes([u32(length), u32(json.length), json, ...parts])
}

function withoutBytes(value: unknown, parts: Uint8Array[]): unknown {
  if (value instanceof Uint8Array) return { $bytes: parts.push(value) - 1 }
  if (Array.isArray(value)) return value.map((item) => withoutBytes(item, parts))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutBytes(item, parts)]))
}

/** Puts messages together from what arrives in pieces. Each piece is zeroed once it is taken. */
export class FrameReader {
  readonly #take: (value: unknown) => void
  #pending: Uint8Array[] = []
  #size = 0

  constructor(take: (value: unknown) => void) {
    this.#take = take
  }

  /** Throws for what is no frame; nothing can be read after that. */
  push(piece: Uint8Array): void {
    this.#pending.push(copyBytes(piece))
    piece.fill(0)
    this.#size += piece.length
    while (this.#size >= lengthBytes) {
      const length = viewOf(this.#joined()).getUint32(0)
      if (length < lengthBytes || length > maxFrameBytes) throw new RangeError('not a frame')
      if (this.#size < lengthBytes + length) return
      this.#takeFrame(lengthBytes + length)
    }
  }

  #takeFrame(end: number): void {
    const all = this.#joined()
    const rest = copyBytes(all.subarray(end))
    try {
      this.#take(decodeFrame(all.subarray(lengthBytes, end)))
    } finally {
      all.fill(0)
      this.#pending = rest.length === 0 ? [] : [rest]
      this.#size = rest.length
    }
  }

  /** Joining twice the pieces of one long frame costs little beside what made it. */
  #joined(): Uint8Array {
    const [only, ...more] = this.#pending
    if (only && more.length === 0) return only
    const all = joinBytes(this.#pending)
    zero(...this.#pending)
    this.#pending = [all]
    return all
  }
}

/** The value of a frame without its length; bytes in it are the caller's own. */
function decodeFrame(frame: Uint8Array): unknown {
  const jsonEnd = lengthBytes + viewOf(frame).getUint32(0)
  if (jsonEnd > frame.length) throw new RangeError('not a frame')
  const { value, parts } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(frame.subarray(lengthBytes, jsonEnd))) as Packed
  let at = jsonEnd
  const taken = parts.map((length) => copyBytes(frame.subarray(at, (at += length))))
  if (at !== frame.length) throw new RangeError('not a frame')
  return withBytes(value, taken)
}

function withBytes(value: unknown, parts: readonly Uint8Array[]): unknown {
  if (Array.isArray(value)) return value.map((item) => withBytes(item, parts))
  if (typeof value !== 'object' || value === null) return value
  if ('$bytes' in value) return parts[Number(value.$bytes)]
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withBytes(item, parts)]))
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
