import { add32, and, firstOf32, load, loadNumber, narrow16, narrow32, number, plus, repeat, rotateLeft, shiftRight16, shiftRight32, shuffle, splat32, store, swizzle, vectorOf, xor, xorNumbers, type SwizzleKind } from './instructions'
import { ivBytes, layout, rounds, strideBlocks, strideBytes, tableAt, vectorBytes } from './layout'
import { FunctionCode, type Code, type Local } from './wasm'

const bytesOfWord = [0, 1, 2, 3]
const lanes = Array.from({ length: 16 }, (_, lane) => lane)
const groups = [0, 1]
const unrolled = 4
const roundKeyBytes = 4 * vectorBytes
const groupBytes = 16 * vectorBytes
const lowLanes = lanes.map((lane) => (lane >> 1) + (lane % 2) * 16)
const highLanes = lowLanes.map((lane) => lane + 8)

/** Swizzles of one function with the tables that it keeps in locals. */
class Tables {
  readonly #code: FunctionCode
  readonly #kind: SwizzleKind
  readonly #locals = new Map<string, Local>()

  constructor(code: FunctionCode, kind: SwizzleKind, names: readonly Parameters<typeof tableAt>[0][]) {
    this.#code = code
    this.#kind = kind
    for (const name of names) this.#locals.set(name, this.#code.keep(load({ base: tableAt(name) })))
  }

  get(name: Parameters<typeof tableAt>[0]): Code {
    const local = this.#locals.get(name)
    if (!local) throw new Error(`the table ${name} is not loaded`)
    return local.get
  }

  pick(name: Parameters<typeof tableAt>[0], index: Code): Code {
    return swizzle(this.#kind, this.get(name), index)
  }

  /** A linear map: the sum of a table for the low and one for the high nibble of each byte. */
  map(name: 'state' | 'bytes', bytes: Local): Code {
    return xor(this.pick(`${name}Low`, and(bytes.get, this.get('nibble'))), this.pick(`${name}High`, this.highNibble(bytes)))
  }

  highNibble(bytes: Local): Code {
    return and(shiftRight16(bytes.get, 4), this.get('nibble'))
  }
}

/** The locals that an inversion takes; `first` and `second` are its result, as indices of output tables. */
function inversion(code: FunctionCode, tables: Tables): { of: (input: Code) => Code[]; first: Local; second: Local } {
  const [input, high, low, sum, scaled, first, second] = code.locals('v128', 7) as [Local, Local, Local, Local, Local, Local, Local]
  const of = (value: Code): Code[] => [
    input.set(value),
    low.set(and(input.get, tables.get('nibble'))),
    high.set(tables.highNibble(input)),
    sum.set(xor(high.get, low.get)),
    scaled.set(tables.pick('scaledInverse', low.get)),
    first.set(xor(tables.pick('inverse', xor(tables.pick('inverse', high.get), scaled.get)), sum.get)),
    second.set(xor(tables.pick('inverse', xor(tables.pick('inverse', sum.get), scaled.get)), high.get)),
  ]
  return { of, first, second }
}

/** expandKey(): the round keys of the key, in the basis of the state. Four bytes of a word are the first of a vector. */
export function expandKeyCode(kind: SwizzleKind): FunctionCode {
  const code = new FunctionCode(0)
  const tables = new Tables(code, kind, ['nibble', 'inverse', 'scaledInverse', 'plainFirst', 'plainSecond', 'stateLow', 'stateHigh'])
  const { of, first, second } = inversion(code, tables)
  const words = code.locals('i32', 4)
  const [round, target, mixed] = code.locals('i32', 3) as [Local, Local, Local]
  const vector = code.local('v128')
  const bigEndian = [3, 2, 1, 0, ...lanes.slice(4)]
  const keyWords = shuffle(load({ base: layout.key }), vectorOf(lanes.map(() => 0)), lanes.map((lane) => lane - (lane % 4) + 3 - (lane % 4)))
  const familyKey = [0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc]
  const step = (at: number): Code[] => {
    const [oldest, ...others] = bytesOfWord.map((word) => words[(at + word) % 4] as Local) as [Local, Local, Local, Local]
    const input = xorNumbers(xorNumbers(others[0].get, others[1].get), xorNumbers(others[2].get, loadNumber({ base: layout.roundConstants + 4 * at, moving: round })))
    return [
      vector.set(splat32(input)),
      ...of(xor(tables.map('state', vector), load({ base: tableAt('tower') }))),
      mixed.set(firstOf32(xor(tables.pick('plainFirst', first.get), tables.pick('plainSecond', second.get), load({ base: tableAt('affine') })))),
      oldest.set(xorNumbers(xorNumbers(oldest.get, mixed.get), xorNumbers(rotateLeft(mixed.get, 13), rotateLeft(mixed.get, 23)))),
      vector.set(splat32(oldest.get)),
      vector.set(xor(tables.map('state', vector), splat32(loadNumber({ base: layout.roundKeyConstants + 4 * at, moving: round })))),
      ...bytesOfWord.map((byte) =>
        store({ base: layout.roundKeys + at * roundKeyBytes + byte * vectorBytes, moving: target }, shuffle(vector.get, vector.get, lanes.map(() => bigEndian[byte] ?? 0))),
      ),
      ...(at === unrolled - 1 ? [target.set(plus(target.get, number(unrolled * roundKeyBytes)))] : []),
    ]
  }
  code.add(vector.set(keyWords))
  words.forEach((word, index) => {
    const shifted = shuffle(vector.get, vector.get, lanes.map((lane) => (lane + 4 * index) % 16))
    code.add(word.set(xorNumbers(firstOf32(shifted), number((familyKey[index] ?? 0) | 0))))
  })
  code.add(repeat(round, 4 * unrolled, number(4 * rounds), bytesOfWord.flatMap(step)))
  return code
}

/** spreadIv(): each of the 12 bytes of the IV in the basis of the state, 16 times, for both groups. */
export function spreadIvCode(kind: SwizzleKind): FunctionCode {
  const code = new FunctionCode(0)
  const tables = new Tables(code, kind, ['nibble', 'stateLow', 'stateHigh'])
  const iv = code.keep(load({ base: layout.iv }))
  code.add(iv.set(tables.map('state', iv)))
  for (let index = 0; index < ivBytes; index++) {
    const spread = shuffle(iv.get, iv.get, lanes.map(() => index))
    code.add(...groups.map((group) => store(nonceAt(group, index), spread)))
  }
  return code
}

/**
 * counterMode(counter, from, to): output[from..to) = input[from..to) xor the key stream from block `counter` on. Both ends
 * are whole strides. The counter is the last 32 bits of a block and wraps.
 */
export function counterModeCode(kind: SwizzleKind): FunctionCode {
  const code = new FunctionCode(3)
  const [counter, at, to] = [code.parameter(0), code.parameter(1), code.parameter(2)]
  const tables = new Tables(code, kind, ['nibble', 'inverse', 'scaledInverse', 'upFirst', 'upSecond', 'downFirst', 'downSecond', 'stateLow', 'stateHigh', 'bytesLow', 'bytesHigh'])
  const round = code.local('i32')
  const scratch = code.locals('v128', 32)
  const fourRounds = roundsCode(code, tables, round)
  code.add(
    repeat(at, strideBytes, to.get, [
      ...groups.flatMap((group) => counterBlocks(tables, counter, group, scratch)),
      round.set(number(0)),
      repeat(round, unrolled * roundKeyBytes, number(rounds * roundKeyBytes), fourRounds),
      ...groups.flatMap((group) => outputBlocks(tables, at, group, scratch)),
      counter.set(plus(counter.get, number(strideBlocks))),
    ]),
  )
  return code
}

const nonceAt = (group: number, index: number) => ({ base: layout.nonce + (group * ivBytes + index) * vectorBytes })
const stateAt = (group: number, word: number, byte: number) => ({ base: layout.state + group * groupBytes + (word * 4 + byte) * vectorBytes })

/** State of 16 counter blocks: the IV, then the four bytes of each counter brought into vectors of their own. */
function counterBlocks(tables: Tables, counter: Local, group: number, scratch: readonly Local[]): Code[] {
  const [byte, ...counters] = scratch.slice(0, 5) as [Local, Local, Local, Local, Local]
  const lowest = vectorOf(lanes.map((lane) => (lane % 4 === 0 ? 0xff : 0)))
  const fresh = counters.map((local, quarter) => {
    const offsets = vectorOf(lanes.map((lane) => (lane % 4 === 0 ? group * 16 + quarter * 4 + lane / 4 : 0)))
    return local.set(add32(splat32(counter.get), offsets))
  })
  const nonce = Array.from({ length: ivBytes }, (_, index) => store(stateAt(group, index >> 2, index % 4), load(nonceAt(group, index))))
  const last = bytesOfWord.flatMap((index) => {
    const [a, b, c, d] = counters.map((local) => and(shiftRight32(local.get, 24 - 8 * index), lowest)) as [Code, Code, Code, Code]
    return [byte.set(narrow16(narrow32(a, b), narrow32(c, d))), store(stateAt(group, 3, index), tables.map('state', byte))]
  })
  return [...fresh, ...nonce, ...last]
}

/**
 * Four rounds of both groups, with the linear layer merged into the output tables of the S-box: with d_b = down_b + up_(b-1)
 * and their sum t, byte b of the oldest word grows by d_b + t. The engine computes late what has no effect and would load
 * all bytes first; a store after each byte, to where nothing is read, keeps the order, and most values in registers.
 */
function roundsCode(code: FunctionCode, tables: Tables, round: Local): Code[] {
  const { of, first, second } = inversion(code, tables)
  const [sum, up, ...down] = code.locals('v128', 6) as [Local, Local, Local, Local, Local, Local]
  const oneRound = (at: number, group: number): Code[] => {
    const word = (index: number, byte: number) => stateAt(group, (at + index) % 4, byte)
    const boxes = down.flatMap((own, byte) => [
      ...of(xor(load(word(1, byte)), load(word(2, byte)), load(word(3, byte)), load({ base: layout.roundKeys + at * roundKeyBytes + byte * vectorBytes, moving: round }))),
      own.set(xor(tables.pick('downFirst', first.get), tables.pick('downSecond', second.get), ...(byte === 0 ? [] : [up.get]))),
      up.set(xor(tables.pick('upFirst', first.get), tables.pick('upSecond', second.get))),
      sum.set(byte === 0 ? own.get : xor(sum.get, own.get)),
      store({ base: layout.order }, sum.get),
    ])
    const results = down.map((own, byte) => store(word(0, byte), xor(load(word(0, byte)), own.get, sum.get, ...(byte === 0 ? [up.get] : []))))
    return [...boxes, sum.set(xor(sum.get, up.get)), ...results]
  }
  return bytesOfWord.flatMap((at) => [...oneRound(at, 0), ...oneRound(at, 1)])
}

/** The words in reverse order back to bytes, from byte vectors to blocks (a 16 x 16 transpose), added to the input. */
function outputBlocks(tables: Tables, at: Local, group: number, scratch: readonly Local[]): Code[] {
  const [one, two] = [scratch.slice(0, 16), scratch.slice(16, 32)]
  const rows = one.flatMap((local, index) => [local.set(load(stateAt(group, 3 - (index >> 2), index % 4))), local.set(tables.map('bytes', local))])
  const stage = (from: readonly Local[], to: readonly Local[]): Code[] =>
    to.map((local, index) => {
      const [a, b] = [from[index >> 1] as Local, from[(index >> 1) + 8] as Local]
      return local.set(shuffle(a.get, b.get, index % 2 === 0 ? lowLanes : highLanes))
    })
  const results = one.map((local, index) => {
    const offset = (group * 16 + index) * vectorBytes
    return store({ base: layout.output + offset, moving: at }, xor(local.get, load({ base: layout.input + offset, moving: at })))
  })
  return [...rows, ...stage(one, two), ...stage(two, one), ...stage(one, two), ...stage(two, one), ...results]
}
