import { and, load, repeat, shiftLeft16, shiftLeft64, shiftRight16, shiftRight64, shuffle, store, swizzle, vectorOf, xor, type SwizzleKind } from './instructions'
import { layout, powerBytes, powers, productBytes, tableAt, vectorBytes } from './layout'
import { FunctionCode, type Address, type Code, type Local } from './wasm'

const lanes = Array.from({ length: 16 }, (_, lane) => lane)
const positions = Array.from({ length: productBytes }, (_, position) => position)
const zeros = vectorOf(lanes.map(() => 0))
/** GHASH writes bits from the highest of the first byte on: halves are big-endian numbers. */
const swappedLanes = lanes.map((lane) => (lane < 8 ? 7 - lane : 23 - lane))
const swapped = (value: Code): Code => shuffle(value, value, swappedLanes)
const secondHalfFirst = (value: Code): Code => shuffle(value, zeros, lanes.map((lane) => lane + 8))
const firstHalfSecond = (value: Code): Code => shuffle(zeros, value, lanes.map((lane) => lane + 8))
const towardsHigher = (value: Code, bytes: number): Code => shuffle(zeros, value, lanes.map((lane) => lane + 16 - bytes))
const towardsLower = (value: Code, bytes: number): Code => shuffle(value, zeros, lanes.map((lane) => lane + bytes))

/** One factor of a sum of products: a block, and where the tables of its power of H lie. */
interface Factor {
  block: Code
  tables: number
}

/** Sums of products with tables, for one function. */
class Multiplier {
  readonly #kind: SwizzleKind
  readonly #nibble: Local
  readonly #low: Local[]
  readonly #high: Local[]
  readonly #product: Local
  readonly #lower: Local
  readonly #upper: Local
  readonly #folded: Local

  constructor(code: FunctionCode, kind: SwizzleKind, factors: number) {
    this.#kind = kind
    this.#nibble = code.keep(load({ base: tableAt('nibble') }))
    this.#low = code.locals('v128', factors)
    this.#high = code.locals('v128', factors)
    ;[this.#product, this.#lower, this.#upper, this.#folded] = code.locals('v128', 4) as [Local, Local, Local, Local]
  }

  /** The nibbles of the blocks: indices into the tables. */
  split(factors: readonly Factor[]): Code[] {
    return factors.flatMap(({ block }, index) => {
      const [low, high] = [this.#low[index] as Local, this.#high[index] as Local]
      return [high.set(block), low.set(and(high.get, this.#nibble.get)), high.set(and(shiftRight16(high.get, 4), this.#nibble.get))]
    })
  }

  /** Byte `position` of all products of byte and power, at the places of the bytes; after split(). */
  bytesAt(position: number, factors: readonly Factor[]): Code {
    const terms = factors.flatMap(({ tables }, index) => {
      const table = (half: number) => load({ base: tables + (half * productBytes + position) * vectorBytes })
      return [swizzle(this.#kind, table(0), (this.#high[index] as Local).get), swizzle(this.#kind, table(1), (this.#low[index] as Local).get)]
    })
    return xor(...terms)
  }

  /** Starts a product of 32 bytes; collect() adds to it. */
  begin(): Code[] {
    return [this.#lower.set(zeros), this.#upper.set(zeros)]
  }

  collect(position: number, value: Code): Code[] {
    const { get } = this.#product
    const lower = position === 16 ? [] : [this.#lower.set(xor(this.#lower.get, towardsHigher(get, position)))]
    const upper = position === 0 ? [] : [this.#upper.set(xor(this.#upper.get, towardsLower(get, 16 - position)))]
    return [this.#product.set(value), ...lower, ...upper]
  }

  /** The product modulo x^128 + x^7 + x^2 + x + 1: its upper half times x^7 + x^2 + x + 1, what that pushes out first. */
  reduced(target: Local): Code[] {
    const [folded, out] = [this.#folded, this.#product]
    const carries = (value: Code): Code => xor(shiftLeft64(value, 63), shiftLeft64(value, 62), shiftLeft64(value, 57))
    return [
      folded.set(swapped(this.#upper.get)),
      out.set(secondHalfFirst(folded.get)),
      folded.set(xor(folded.get, carries(out.get))),
      out.set(firstHalfSecond(folded.get)),
      folded.set(xor(folded.get, shiftRight64(folded.get, 1), shiftRight64(folded.get, 2), shiftRight64(folded.get, 7), carries(out.get))),
      target.set(xor(this.#lower.get, swapped(folded.get))),
    ]
  }
}

/**
 * preparePowers(end): the tables of H, H^2 and on, until `end` bytes of them are there. Entry n of table d is byte d of
 * n·H^m, n standing for the upper (first 17 tables) or lower nibble of a byte.
 */
export function preparePowersCode(kind: SwizzleKind): FunctionCode {
  const code = new FunctionCode(1)
  const end = code.parameter(0)
  const at = code.local('i32')
  const [power, halves, carry, previous, current] = code.locals('v128', 5) as [Local, Local, Local, Local, Local]
  const shifted = code.locals('v128', 4)
  const overflow = code.locals('v128', 4)
  const multiplier = new Multiplier(code, kind, 1)
  const shifts = [0, 1, 2, 3].flatMap((bits) => {
    const [body, rest] = [shifted[bits] as Local, overflow[bits] as Local]
    if (bits === 0) return [body.set(power.get), rest.set(zeros)]
    return [
      body.set(swapped(xor(shiftRight64(halves.get, bits), shiftLeft64(carry.get, 64 - bits)))),
      rest.set(swapped(shiftLeft64(halves.get, 64 - bits))),
    ]
  })
  const chosen = (bits: number): Code => vectorOf(lanes.map((lane) => ((lane >> (3 - bits)) & 1 ? 0xff : 0)))
  const entry = (position: number): Code =>
    xor(
      ...[0, 1, 2, 3].map((bits) => {
        const source = position === 16 ? (overflow[bits] as Local).get : (shifted[bits] as Local).get
        return and(shuffle(source, source, lanes.map(() => (position === 16 ? 8 : position))), chosen(bits))
      }),
    )
  const highHalf = vectorOf(lanes.map(() => 0xf0))
  const lowHalf = vectorOf(lanes.map(() => 0x0f))
  const tableOf = (half: number, position: number): Address => ({ base: layout.powers + (half * productBytes + position) * vectorBytes, moving: at })
  const tables = positions.flatMap((position) => [
    current.set(entry(position)),
    store(tableOf(0, position), current.get),
    store(tableOf(1, position), xor(and(shiftRight16(current.get, 4), lowHalf), and(shiftLeft16(previous.get, 4), highHalf))),
    previous.set(current.get),
  ])
  const factor = [{ block: power.get, tables: layout.powers }]
  code.add(
    power.set(load({ base: layout.hash })),
    repeat(at, powerBytes, end.get, [
      halves.set(swapped(power.get)),
      carry.set(firstHalfSecond(halves.get)),
      ...shifts,
      previous.set(zeros),
      ...tables,
      ...multiplier.split(factor),
      ...multiplier.begin(),
      ...positions.flatMap((position) => multiplier.collect(position, multiplier.bytesAt(position, factor))),
      ...multiplier.reduced(power),
    ]),
  )
  return code
}

/** hashBlock(from, to): takes the blocks of memory[from..to) into the sum one by one, with H alone. */
export function hashBlocksCode(kind: SwizzleKind): FunctionCode {
  const code = new FunctionCode(2)
  const [at, to] = [code.parameter(0), code.parameter(1)]
  const sum = code.keep(load({ base: layout.sum }))
  const multiplier = new Multiplier(code, kind, 1)
  const factor = [{ block: xor(sum.get, load({ base: 0, moving: at })), tables: layout.powers }]
  code.add(
    repeat(at, vectorBytes, to.get, [
      ...multiplier.split(factor),
      ...multiplier.begin(),
      ...positions.flatMap((position) => multiplier.collect(position, multiplier.bytesAt(position, factor))),
      ...multiplier.reduced(sum),
    ]),
    store({ base: layout.sum }, sum.get),
  )
  return code
}

/** hashBatches(from, to): the same 16 blocks at a time, with 16 powers of H. The sum so far comes in last. */
export function hashBatchesCode(kind: SwizzleKind): FunctionCode {
  const code = new FunctionCode(2)
  const [at, to] = [code.parameter(0), code.parameter(1)]
  const atOnce = 4
  const sum = code.keep(load({ base: layout.sum }))
  const multiplier = new Multiplier(code, kind, atOnce)
  const accumulator = (position: number): Address => ({ base: layout.accumulators + position * vectorBytes })
  const steps = [3, 2, 1, 0].flatMap((step) => {
    const factors = Array.from({ length: atOnce }, (_, index) => {
      const number16 = step * atOnce + index
      const block = load({ base: number16 * vectorBytes, moving: at })
      return { block: number16 === 0 ? xor(sum.get, block) : block, tables: layout.powers + (powers - 1 - number16) * powerBytes }
    })
    const values = positions.map((position) => multiplier.bytesAt(position, factors))
    return [
      ...multiplier.split(factors),
      ...positions.flatMap((position) => {
        const value = values[position] as Code
        if (step === 3) return [store(accumulator(position), value)]
        const total = xor(load(accumulator(position)), value)
        return [store(accumulator(position), total)]
      }),
    ]
  })
  code.add(
    repeat(at, powers * vectorBytes, to.get, [...steps, ...multiplier.begin(), ...positions.flatMap((position) => multiplier.collect(position, load(accumulator(position)))), ...multiplier.reduced(sum)]),
    store({ base: layout.sum }, sum.get),
  )
  return code
}

