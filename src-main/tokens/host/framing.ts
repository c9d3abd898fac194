import { copyBytes, joinBytes, ownBytes, utf8, zero } from '../../crypto/bytes'

/** No message is longer; a host that says so is not believed. */
export const maxFrameBytes = 32 * 1024 * 1024

const lengthBytes = 4
const decoder = new TextDecoder('utf-8', { fatal: true })

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
  const shape = withoutBytes(value, parts)
  const json = utf8(JSON.stringify({ value: shape, parts: parts.map((part) => part.length) }))
  let length = lengthBytes + json.length
  for (const part of parts) length += part.length
  if (length > maxFrameBytes) throw new RangeError('message too long')
  const frame = ownBytes(lengthBytes + length)
  const view = viewOf(frame)
  view.setUint32(0, length)
  view.setUint32(lengthBytes, json.length)
  let at = 2 * lengthBytes
  frame.set(json, at)
  at += json.length
  for (const part of parts) {
    frame.set(part, at)
    at += part.length
  }
  return frame
}

function withoutBytes(value: unknown, parts: Uint8Array[]): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return { $bytes: parts.push(value) - 1 }
  if (Array.isArray(value)) return value.map((item) => withoutBytes(item, parts))
  const shape: Record<string, unknown> = {}
  for (const name of Object.keys(value)) shape[name] = withoutBytes((value as Record<string, unknown>)[name], parts)
  return shape
}

/** Puts messages together from what arrives in pieces. Each piece is zeroed once it is taken. */
export class FrameReader {
  readonly #take: (value: unknown) => void
  #pending: Uint8Array[] = []
  #size = 0
  /** No frame is whole before there are as many bytes. */
  #needed = lengthBytes

  constructor(take: (value: unknown) => void) {
    this.#take = take
  }

  /** Throws for what is no frame; nothing can be read after that. */
  push(piece: Uint8Array): void {
    this.#pending.push(copyBytes(piece))
    piece.fill(0)
    this.#size += piece.length
    if (this.#size >= this.#needed) this.#takeFrames()
  }

  #takeFrames(): void {
    const all = this.#joined()
    let at = 0
    try {
      for (;;) {
        this.#needed = neededBytes(all.subarray(at))
        const end = at + this.#needed
        if (end > all.length) break
        const frame = all.subarray(at + lengthBytes, end)
        at = end
        this.#take(decodeFrame(frame))
      }
    } finally {
      this.#size = all.length - at
      if (at > 0) {
        this.#pending = this.#size === 0 ? [] : [copyBytes(all.subarray(at))]
        all.fill(0)
      }
    }
  }

  #joined(): Uint8Array {
    const [only, ...more] = this.#pending
    if (only && more.length === 0) return only
    const all = joinBytes(this.#pending)
    zero(...this.#pending)
    this.#pending = [all]
    return all
  }
}

/** Length of the frame that begins here, with its length; of the length alone while that is not whole. */
function neededBytes(bytes: Uint8Array): number {
  if (bytes.length < lengthBytes) return lengthBytes
  const length = viewOf(bytes).getUint32(0)
  if (length < lengthBytes || length > maxFrameBytes) throw new RangeError('not a frame')
  return lengthBytes + length
}

/** The value of a frame without its length; bytes in it are the caller's own. */
function decodeFrame(frame: Uint8Array): unknown {
  const jsonEnd = lengthBytes + viewOf(frame).getUint32(0)
  if (jsonEnd > frame.length) throw new RangeError('not a frame')
  const { value, parts } = JSON.parse(decoder.decode(frame.subarray(lengthBytes, jsonEnd))) as Packed
  let at = jsonEnd
  const taken = parts.map((length) => copyBytes(frame.subarray(at, (at += length))))
  if (at !== frame.length) throw new RangeError('not a frame')
  return taken.length === 0 ? value : withBytes(value, taken)
}

/** Puts the bytes into a value that was just parsed. */
function withBytes(value: unknown, parts: readonly Uint8Array[]): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('$bytes' in value) return parts[Number(value.$bytes)]
  const holder = value as Record<string, unknown>
  for (const name of Object.keys(holder)) holder[name] = withBytes(holder[name], parts)
  return value
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
