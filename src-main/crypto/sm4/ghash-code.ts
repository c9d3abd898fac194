import {
  and,
  load,
  repeat,
  shiftLeft16,
  shiftLeft64,
  shiftRight16,
  shiftRight64,
  shuffle,
  store,
  swizzle,
  vectorOf,
  xor,
  type SwizzleKind,
} from './instructions'
import { layout, powerBytes, powers, productBytes, tableAt, vectorBytes } from './layout'
import { FunctionCode, item, type Address, type Code, type Local } from './wasm'

const blocksAtOnce = 4
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
    ;[this.#product, this.#lower, this.#upper, this.#folded] = code.locals('v128', 4)
  }

  /** The nibbles of the blocks: indices into the tables. */
  split(factors: readonly Factor[]): Code[] {
    return factors.flatMap(({ block }, index) => {
      const [low, high] = [item(this.#low, index), item(this.#high, index)]
      return [high.set(block), low.set(and(high.get, this.#nibble.get)), high.set(and(shiftRight16(high.get, 4), this.#nibble.get))]
    })
  }

  /** Byte `position` of all products of byte and power, at the places of the bytes; after split(). */
  bytesAt(position: number, factors: readonly Factor[]): Code {
    const terms = factors.map(({ tables }, index) => {
      const table = (half: number) => load({ base: tables + (half * productBytes + position) * vectorBytes })
      return xor(swizzle(this.#kind, table(0), item(this.#high, index).get), swizzle(this.#kind, table(1), item(this.#low, index).get))
    })
    return terms.reduce((sum, term) => xor(sum, term))
  }

  /** target = the sum, modulo the field's polynomial, of what bytesAt() gives for every position. */
  product(target: Local, bytesAt: (position: number) => Code): Code[] {
    const { get } = this.#product
    const collected = positions.flatMap((position) => {
      const lower = position === 16 ? [] : [this.#lower.set(xor(this.#lower.get, towardsHigher(get, position)))]
      const upper = position === 0 ? [] : [this.#upper.set(xor(this.#upper.get, towardsLower(get, 16 - position)))]
      return [this.#product.set(bytesAt(position)), ...lower, ...upper]
    })
    return [this.#lower.set(zeros), this.#upper.set(zeros), ...collected, ...this.#reduce(target)]
  }

  /** target = one product. */
  multiply(target: Local, factor: Factor): Code[] {
    return [...this.split([factor]), ...this.product(target, (position) => this.bytesAt(position, [factor]))]
  }

  /** The product modulo x^128 + x^7 + x^2 + x + 1: its upper half times x^7 + x^2 + x + 1, what that pushes out first. */
  #reduce(target: Local): Code[] {
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
  const [power, halves, carry, previous, current] = code.locals('v128', 5)
  const multiplier = new Multiplier(code, kind, 1)
  /** H^m times x^0 to x^3: 16 bytes, and the byte that goes over. */
  const multiples = [0, 1, 2, 3].map((shift) => ({ shift, bytes: code.local('v128'), over: code.local('v128') }))
  const shifts = multiples.flatMap(({ shift, bytes, over }) => {
    if (shift === 0) return [bytes.set(power.get), over.set(zeros)]
    const pushedOut = (value: Local): Code => shiftLeft64(value.get, 64 - shift)
    return [bytes.set(swapped(xor(shiftRight64(halves.get, shift), pushedOut(carry)))), over.set(swapped(pushedOut(halves)))]
  })
  const entries = (position: number): Code => {
    const terms = multiples.map(({ shift, bytes, over }) => {
      const byte = position < 16 ? shuffle(bytes.get, bytes.get, lanes.map(() => position)) : shuffle(over.get, over.get, lanes.map(() => 8))
      return and(byte, vectorOf(lanes.map((lane) => ((lane >> (3 - shift)) & 1 ? 0xff : 0))))
    })
    return terms.reduce((sum, term) => xor(sum, term))
  }
  const table = (half: number, position: number): Address => ({ base: layout.powers + (half * productBytes + position) * vectorBytes, moving: at })
  const nibbleLater = xor(
    and(shiftRight16(current.get, 4), vectorOf(lanes.map(() => 0x0f))),
    and(shiftLeft16(previous.get, 4), vectorOf(lanes.map(() => 0xf0))),
  )
  const tables = positions.flatMap((position) => [
    current.set(entries(position)),
    store(table(0, position), current.get),
    store(table(1, position), nibbleLater),
    previous.set(current.get),
  ])
  code.add(
    power.set(load({ base: layout.hash })),
    repeat(at, powerBytes, end.get, [
      halves.set(swapped(power.get)),
      carry.set(firstHalfSecond(halves.get)),
      ...shifts,
      previous.set(zeros),
      ...tables,
      ...multiplier.multiply(power, { block: power.get, tables: layout.powers }),
    ]),
  )
  return code
}

/** hashBlocks(from, to): takes the blocks of memory[from..to) into the sum one by one, with H alone. */
export function hashBlocksCode(kind: SwizzleKind): FunctionCode {
  const code = new FunctionCode(2)
  const [at, to] = [code.parameter(0), code.parameter(1)]
  const sum = code.keep(load({ base: layout.sum }))
  const multiplier = new Multiplier(code, kind, 1)
  const block = xor(sum.get, load({ base: 0, moving: at }))
  code.add(
    repeat(at, vectorBytes, to.get, multiplier.multiply(sum, { block, tables: layout.powers })),
    store({ base: layout.sum }, sum.get),
  )
  return code
}

/**
 * hashBatches(from, to): the same 16 blocks at a time, with 16 powers of H. The sum so far comes in last. As in the rounds
 * of the cipher, storing what is added up keeps the order of the work.
 */
export function hashBatchesCode(kind: SwizzleKind): FunctionCode {
  const code = new FunctionCode(2)
  const [at, to] = [code.parameter(0), code.parameter(1)]
  const sum = code.keep(load({ base: layout.sum }))
  const multiplier = new Multiplier(code, kind, blocksAtOnce)
  const accumulator = (position: number): Address => ({ base: layout.accumulators + position * vectorBytes })
  const factor = (index: number): Factor => {
    const block = load({ base: index * vectorBytes, moving: at })
    return { block: index === 0 ? xor(sum.get, block) : block, tables: layout.powers + (powers - 1 - index) * powerBytes }
  }
  const step = (start: number): Code[] => {
    const factors = Array.from({ length: blocksAtOnce }, (_, index) => factor(start + index))
    const isFirst = start + blocksAtOnce === powers
    const additions = positions.map((position) => {
      const value = multiplier.bytesAt(position, factors)
      return store(accumulator(position), isFirst ? value : xor(load(accumulator(position)), value))
    })
    return [...multiplier.split(factors), ...additions]
  }
  const total = multiplier.product(sum, (position) => load(accumulator(position)))
  code.add(
    repeat(at, powers * vectorBytes, to.get, [...[12, 8, 4, 0].flatMap(step), ...total]),
    store({ base: layout.sum }, sum.get),
  )
  return code
}
