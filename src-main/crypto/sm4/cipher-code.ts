import {
  add32,
  and,
  firstOf32,
  load,
  loadNumber,
  narrow16,
  narrow32,
  number,
  plus,
  repeat,
  rotateLeft,
  shiftRight16,
  shiftRight32,
  shuffle,
  splat32,
  store,
  swizzle,
  vectorOf,
  xor,
  xorNumbers,
  type SwizzleKind,
} from './instructions'
import { ivBytes, layout, rounds, strideBlocks, strideBytes, tableAt, vectorBytes, type TableName } from './layout'
import { FunctionCode, item, type Address, type Code, type Local } from './wasm'

const bytesOfWord = [0, 1, 2, 3]
const lanes = Array.from({ length: 16 }, (_, lane) => lane)
const groups = [0, 1]
const unrolled = 4
/** FK, which the key is added to. */
const familyKey = [0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc].map((word) => word | 0)
const roundKeyBytes = 4 * vectorBytes
const groupBytes = 16 * vectorBytes
const lowLanes = lanes.map((lane) => (lane >> 1) + (lane % 2) * 16)
const highLanes = lowLanes.map((lane) => lane + 8)

/** Swizzles of one function with the tables that it keeps in locals. */
class Tables {
  readonly #kind: SwizzleKind
  readonly #locals = new Map<TableName, Local>()

  constructor(code: FunctionCode, kind: SwizzleKind, names: readonly TableName[]) {
    this.#kind = kind
    for (const name of names) this.#locals.set(name, code.keep(load({ base: tableAt(name) })))
  }

  get(name: TableName): Code {
    const local = this.#locals.get(name)
    if (!local) throw new Error(`the table ${name} is not loaded`)
    return local.get
  }

  pick(name: TableName, index: Code): Code {
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
  const [input, high, low, sum, scaled, first, second] = code.locals('v128', 7)
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
  const [a, b, c, d] = code.locals('i32', 4)
  const [round, target, mixed] = code.locals('i32', 3)
  const vector = code.local('v128')
  const step = ([oldest, next, third, fourth]: readonly [Local, Local, Local, Local], at: number): Code[] => {
    const constant = loadNumber({ base: layout.roundConstants + 4 * at, moving: round })
    const addition = loadNumber({ base: layout.roundKeyConstants + 4 * at, moving: round })
    const keyByte = (byte: number): Address => ({ base: layout.roundKeys + at * roundKeyBytes + byte * vectorBytes, moving: target })
    return [
      vector.set(splat32(xorNumbers(next.get, third.get, fourth.get, constant))),
      ...of(xor(tables.map('state', vector), load({ base: tableAt('tower') }))),
      mixed.set(firstOf32(xor(tables.pick('plainFirst', first.get), tables.pick('plainSecond', second.get), load({ base: tableAt('affine') })))),
      oldest.set(xorNumbers(oldest.get, mixed.get, rotateLeft(mixed.get, 13), rotateLeft(mixed.get, 23))),
      vector.set(splat32(oldest.get)),
      vector.set(xor(tables.map('state', vector), splat32(addition))),
      ...bytesOfWord.map((byte) => store(keyByte(byte), everywhere(vector.get, 3 - byte))),
    ]
  }
  const fourSteps = ([[a, b, c, d], [b, c, d, a], [c, d, a, b], [d, a, b, c]] as const).flatMap(step)
  code.add(vector.set(load({ base: layout.key })))
  for (const [index, word] of [a, b, c, d].entries()) {
    const bigEndian = shuffle(vector.get, vector.get, lanes.map((lane) => 4 * index + 3 - (lane % 4)))
    code.add(word.set(xorNumbers(firstOf32(bigEndian), number(item(familyKey, index)))))
  }
  const onward = target.set(plus(target.get, number(unrolled * roundKeyBytes)))
  code.add(repeat(round, 4 * unrolled, number(4 * rounds), [...fourSteps, onward]))
  return code
}

/** spreadIv(): each of the 12 bytes of the IV in the basis of the state, 16 times, for both groups. */
export function spreadIvCode(kind: SwizzleKind): FunctionCode {
  const code = new FunctionCode(0)
  const tables = new Tables(code, kind, ['nibble', 'stateLow', 'stateHigh'])
  const iv = code.keep(load({ base: layout.iv }))
  code.add(iv.set(tables.map('state', iv)))
  for (let index = 0; index < ivBytes; index++) {
    code.add(...groups.map((group) => store(nonceAt(group, index), everywhere(iv.get, index))))
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
  const outputs = ['upFirst', 'upSecond', 'downFirst', 'downSecond'] as const
  const tables = new Tables(code, kind, ['nibble', 'inverse', 'scaledInverse', ...outputs, 'stateLow', 'stateHigh', 'bytesLow', 'bytesHigh'])
  const round = code.local('i32')
  const counterBlocks = counterBlocksCode(code, tables, counter)
  const fourRounds = roundsCode(code, tables, round)
  const outputBlocks = outputBlocksCode(code, tables, at)
  code.add(
    repeat(at, strideBytes, to.get, [
      ...groups.flatMap(counterBlocks),
      round.set(number(0)),
      repeat(round, unrolled * roundKeyBytes, number(rounds * roundKeyBytes), fourRounds),
      ...groups.flatMap(outputBlocks),
      counter.set(plus(counter.get, number(strideBlocks))),
    ]),
  )
  return code
}

/** Byte `index` of a vector 16 times. */
const everywhere = (vector: Code, index: number): Code => shuffle(vector, vector, lanes.map(() => index))
const nonceAt = (group: number, index: number): Address => ({ base: layout.nonce + (group * ivBytes + index) * vectorBytes })
const stateAt = (group: number, word: number, byte: number): Address => ({ base: layout.state + group * groupBytes + (word * 4 + byte) * vectorBytes })

/** State of 16 counter blocks of a group: the IV, then the four bytes of each counter brought into vectors of their own. */
function counterBlocksCode(code: FunctionCode, tables: Tables, counter: Local): (group: number) => Code[] {
  const byte = code.local('v128')
  const counters = code.locals('v128', 4)
  const lowest = vectorOf(lanes.map((lane) => (lane % 4 === 0 ? 0xff : 0)))
  return (group) => {
    const fresh = counters.map((local, quarter) => {
      const offsets = vectorOf(lanes.map((lane) => (lane % 4 === 0 ? group * 16 + quarter * 4 + lane / 4 : 0)))
      return local.set(add32(splat32(counter.get), offsets))
    })
    const nonce = Array.from({ length: ivBytes }, (_, index) => store(stateAt(group, index >> 2, index % 4), load(nonceAt(group, index))))
    const last = bytesOfWord.flatMap((index) => {
      const part = (local: Local): Code => and(shiftRight32(local.get, 24 - 8 * index), lowest)
      const [a, b, c, d] = counters
      return [
        byte.set(narrow16(narrow32(part(a), part(b)), narrow32(part(c), part(d)))),
        store(stateAt(group, 3, index), tables.map('state', byte)),
      ]
    })
    return [...fresh, ...nonce, ...last]
  }
}

/**
 * Four rounds of both groups, with the linear layer merged into the output tables of the S-box: with d_b = down_b + up_(b-1)
 * and their sum t, byte b of the oldest word grows by d_b + t. The engine computes late what has no effect and would load
 * all bytes first; a store after each byte, to where nothing is read, keeps the order, and most values in registers.
 */
function roundsCode(code: FunctionCode, tables: Tables, round: Local): Code[] {
  const { of, first, second } = inversion(code, tables)
  const [sum, up, ...down] = code.locals('v128', 6)
  const oneRound = (at: number, group: number): Code[] => {
    const word = (index: number, byte: number) => stateAt(group, (at + index) % 4, byte)
    const roundKey = (byte: number): Address => ({ base: layout.roundKeys + at * roundKeyBytes + byte * vectorBytes, moving: round })
    const boxes = down.flatMap((own, byte) => [
      ...of(xor(load(word(1, byte)), load(word(2, byte)), load(word(3, byte)), load(roundKey(byte)))),
      own.set(xor(tables.pick('downFirst', first.get), tables.pick('downSecond', second.get), ...(byte === 0 ? [] : [up.get]))),
      up.set(xor(tables.pick('upFirst', first.get), tables.pick('upSecond', second.get))),
      sum.set(byte === 0 ? own.get : xor(sum.get, own.get)),
      store({ base: layout.order }, sum.get),
    ])
    const results = down.map((own, byte) => {
      const growth = [own.get, sum.get, ...(byte === 0 ? [up.get] : [])]
      return store(word(0, byte), xor(load(word(0, byte)), ...growth))
    })
    return [...boxes, sum.set(xor(sum.get, up.get)), ...results]
  }
  return bytesOfWord.flatMap((at) => [...oneRound(at, 0), ...oneRound(at, 1)])
}

/** The words in reverse order back to bytes, from byte vectors to blocks (a 16 x 16 transpose), added to the input. */
function outputBlocksCode(code: FunctionCode, tables: Tables, at: Local): (group: number) => Code[] {
  const one = code.locals('v128', 16)
  const two = code.locals('v128', 16)
  const stage = (from: readonly Local[], to: readonly Local[]): Code[] =>
    to.map((local, index) => {
      const [a, b] = [item(from, index >> 1), item(from, (index >> 1) + 8)]
      return local.set(shuffle(a.get, b.get, index % 2 === 0 ? lowLanes : highLanes))
    })
  const transpose = [...stage(one, two), ...stage(two, one), ...stage(one, two), ...stage(two, one)]
  return (group) => {
    const rows = one.flatMap((local, index) => [
      local.set(load(stateAt(group, 3 - (index >> 2), index % 4))),
      local.set(tables.map('bytes', local)),
    ])
    const results = one.map((local, index) => {
      const offset = (group * 16 + index) * vectorBytes
      return store({ base: layout.output + offset, moving: at }, xor(local.get, load({ base: layout.input + offset, moving: at })))
    })
    return [...rows, ...transpose, ...results]
  }
}
