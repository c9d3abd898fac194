/** A piece of a WebAssembly function: appends its bytes. Expressions leave one value, statements none. */
export type Code = (bytes: number[]) => void

/** A variable or parameter of a function. */
export interface Local {
  get: Code
  set: (value: Code) => Code
}

/** So many of them. */
export type Locals<Count extends number, Some extends Local[] = []> = Some['length'] extends Count ? Some : Locals<Count, [...Some, Local]>

/** Byte address: a number that is known, plus a 32-bit local where it moves. */
export interface Address {
  base: number
  moving?: Local
}

const end = 0x0b
const types = { i32: 0x7f, v128: 0x7b } as const
type ValueType = keyof typeof types

/** One exported function that takes 32-bit parameters and gives nothing back. */
export class FunctionCode {
  readonly #parameters: number
  readonly #locals: ValueType[] = []
  readonly #body: number[] = []

  constructor(parameters: number) {
    this.#parameters = parameters
  }

  parameter(index: number): Local {
    return localAt(index)
  }

  local(type: ValueType): Local {
    this.#locals.push(type)
    return localAt(this.#parameters + this.#locals.length - 1)
  }

  locals<Count extends number>(type: ValueType, count: Count): Locals<Count> {
    return Array.from({ length: count }, () => this.local(type)) as Locals<Count>
  }

  /** A local that holds `value` from here on. */
  keep(value: Code): Local {
    const local = this.local('v128')
    this.add(local.set(value))
    return local
  }

  add(...statements: readonly Code[]): void {
    for (const statement of statements) statement(this.#body)
  }

  /** Type of the function in the module: `parameters` times i32. */
  get type(): number[] {
    return [0x60, ...vector(Array.from({ length: this.#parameters }, () => [types.i32])), 0]
  }

  get code(): number[] {
    return sized([vector(this.#locals.map((type) => [1, types[type]])), this.#body, [end]])
  }
}

/** An element that is there: RangeError when it is not. */
export function item<T>(items: readonly T[], index: number): T {
  const found = items[index]
  if (found === undefined) throw new RangeError('no such element')
  return found
}

/** A module with one page of memory, exported as `memory`, and the functions under their names. */
export function wasmModule(functions: Readonly<Record<string, FunctionCode>>): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(functions)
  const exports = entries.map(([name], index) => [...text(name), 0x00, ...unsigned(index)])
  return Uint8Array.from(
    [
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      section(1, entries.map(([, { type }]) => type)),
      section(3, entries.map((_, index) => unsigned(index))),
      section(5, [[0x01, 0x01, 0x01]]),
      section(7, [...exports, [...text('memory'), 0x02, 0x00]]),
      section(10, entries.map(([, { code }]) => code)),
    ].flat(),
  )
}

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest]
    bytes.push((rest % 128) + 128)
  }
}

/** Signed LEB128 of a 32-bit integer. */
export function signed(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7) {
    if (rest >= -64 && rest < 64) return [...bytes, rest & 0x7f]
    bytes.push((rest & 0x7f) | 0x80)
  }
}

function localAt(index: number): Local {
  const operand = unsigned(index)
  return {
    get: (bytes) => void bytes.push(0x20, ...operand),
    set: (value) => (bytes) => {
      value(bytes)
      bytes.push(0x21, ...operand)
    },
  }
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  return [id].concat(sized([vector(items)]))
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [unsigned(items.length), ...items].flat()
}

function sized(parts: readonly (readonly number[])[]): number[] {
  const content = parts.flat()
  return unsigned(content.length).concat(content)
}

function text(value: string): number[] {
  return vector([...value].map((letter) => [letter.charCodeAt(0)]))
}
