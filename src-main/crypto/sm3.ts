import { ownBytes, zero } from './bytes'

/** Length of an SM3 digest. */
export const sm3Bytes = 32

const blockBytes = 64
const rounds = 64
const lengthStart = 56
const wideBlock = 2 ** 29

const initial = Int32Array.of(0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e)
/** The constant of each round, already rotated by the number of the round. */
const constants = Int32Array.from({ length: rounds }, (_, round) => rotate(round < 16 ? 0x79cc4519 : 0x7a879d8a, round % 32))

/** Work memory outside the engine's heap, shared because nothing waits while it is in use; zeroed by digest(). */
const schedule = new Int32Array(new ArrayBuffer(4 * (rounds + 4)))

/**
 * SM3 (GB/T 32905) of a message that comes in pieces. Written here because no library takes and gives bytes alone in
 * memory that can be zeroed.
 */
export class Sm3 {
  readonly #state = new Int32Array(new ArrayBuffer(sm3Bytes))
  readonly #pending = ownBytes(blockBytes)
  #waiting = 0
  #total = 0

  constructor() {
    this.#state.set(initial)
  }

  /** `part` is borrowed. */
  update(part: Uint8Array): this {
    this.#total += part.length
    let at = 0
    if (this.#waiting > 0) {
      at = Math.min(blockBytes - this.#waiting, part.length)
      this.#pending.set(part.subarray(0, at), this.#waiting)
      this.#waiting += at
      if (this.#waiting < blockBytes) return this
      compress(this.#state, this.#pending, blockBytes)
    }
    const whole = part.length - ((part.length - at) % blockBytes)
    compress(this.#state, part.subarray(at, whole), whole - at)
    this.#pending.set(part.subarray(whole))
    this.#waiting = part.length - whole
    return this
  }

  /** 32 bytes in memory of their own. Zeroes the work memory: the object is not used again. */
  digest(): Uint8Array<ArrayBuffer> {
    this.#pending.fill(0, this.#waiting)
    this.#pending[this.#waiting] = 0x80
    if (this.#waiting >= lengthStart) {
      compress(this.#state, this.#pending, blockBytes)
      this.#pending.fill(0)
    }
    const view = new DataView(this.#pending.buffer)
    view.setUint32(lengthStart, Math.floor(this.#total / wideBlock))
    view.setUint32(lengthStart + 4, (this.#total % wideBlock) * 8)
    compress(this.#state, this.#pending, blockBytes)
    const digest = ownBytes(sm3Bytes)
    const words = new DataView(digest.buffer)
    this.#state.forEach((value, index) => words.setInt32(4 * index, value))
    for (const memory of [this.#state, schedule, this.#pending]) memory.fill(0)
    return digest
  }
}

/** SM3 over the parts as if they were one message: 32 bytes. Parts carry no lengths: the caller makes the joint unambiguous. */
export function sm3(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const hash = new Sm3()
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** HMAC-SM3 (RFC 2104, GM/T 0042), otherwise as hmacSha256: 32 bytes. */
export function hmacSm3(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const pad = ownBytes(blockBytes)
  if (key.length > blockBytes) {
    const short = sm3(key)
    pad.set(short)
    zero(short)
  } else pad.set(key)
  for (let index = 0; index < blockBytes; index++) pad[index] = (pad[index] ?? 0) ^ 0x36
  const inner = sm3(pad, ...parts)
  for (let index = 0; index < blockBytes; index++) pad[index] = (pad[index] ?? 0) ^ 0x36 ^ 0x5c
  const mac = sm3(pad, inner)
  zero(pad, inner)
  return mac
}

/** Takes `length` bytes, whole blocks, into the state. */
function compress(state: Int32Array, blocks: Uint8Array, length: number): void {
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.length)
  for (let at = 0; at < length; at += blockBytes) {
    expand(view, at)
    mix(state)
  }
}

function expand(view: DataView, at: number): void {
  for (let index = 0; index < 16; index++) schedule[index] = view.getInt32(at + 4 * index)
  for (let index = 16; index < rounds + 4; index++) {
    const mixed = word(index - 16) ^ word(index - 9) ^ rotate(word(index - 3), 15)
    schedule[index] = mixed ^ rotate(mixed, 15) ^ rotate(mixed, 23) ^ rotate(word(index - 13), 7) ^ word(index - 6)
  }
}

function mix(state: Int32Array): void {
  let a = state[0] ?? 0
  let b = state[1] ?? 0
  let c = state[2] ?? 0
  let d = state[3] ?? 0
  let e = state[4] ?? 0
  let f = state[5] ?? 0
  let g = state[6] ?? 0
  let h = state[7] ?? 0
  for (let round = 0; round < rounds; round++) {
    const turned = (a << 12) | (a >>> 20)
    const sum = (turned + e + (constants[round] ?? 0)) | 0
    const sum1 = (sum << 7) | (sum >>> 25)
    const early = round < 16
    const current = schedule[round] ?? 0
    const choice1 = early ? a ^ b ^ c : (a & b) | (c & (a | b))
    const choice2 = early ? e ^ f ^ g : g ^ (e & (f ^ g))
    const next1 = (choice1 + d + (sum1 ^ turned) + (current ^ (schedule[round + 4] ?? 0))) | 0
    const next2 = (choice2 + h + sum1 + current) | 0
    d = c
    c = (b << 9) | (b >>> 23)
    b = a
    a = next1
    h = g
    g = (f << 19) | (f >>> 13)
    f = e
    e = next2 ^ ((next2 << 9) | (next2 >>> 23)) ^ ((next2 << 17) | (next2 >>> 15))
  }
  state[0] = (state[0] ?? 0) ^ a
  state[1] = (state[1] ?? 0) ^ b
  state[2] = (state[2] ?? 0) ^ c
  state[3] = (state[3] ?? 0) ^ d
  state[4] = (state[4] ?? 0) ^ e
  state[5] = (state[5] ?? 0) ^ f
  state[6] = (state[6] ?? 0) ^ g
  state[7] = (state[7] ?? 0) ^ h
}

function word(index: number): number {
  return schedule[index] ?? 0
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}
