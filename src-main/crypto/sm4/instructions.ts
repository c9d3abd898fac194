import { signed, unsigned, type Address, type Code, type Local } from './wasm'

const simdPrefix = 0xfd

/** Which instruction picks bytes out of a table; all our indices are 0 to 15, or 128 to 143 for a zero. */
export type SwizzleKind = 'relaxed' | 'strict'

export const xor = (first: Code, ...others: readonly Code[]): Code => others.reduce((sum, other) => simd(0x51, [sum, other]), first)
export const and = (a: Code, b: Code): Code => simd(0x4e, [a, b])
export const swizzle = (kind: SwizzleKind, table: Code, index: Code): Code => simd(kind === 'relaxed' ? 0x100 : 0x0e, [table, index])
/** Byte n of the result is byte lanes[n] of a (0 to 15) or b (16 to 31). */
export const shuffle = (a: Code, b: Code, lanes: readonly number[]): Code => simd(0x0d, [a, b], lanes)
export const vectorOf = (content: readonly number[]): Code => simd(0x0c, [], content)
export const splat32 = (a: Code): Code => simd(0x11, [a])
export const firstOf32 = (a: Code): Code => simd(0x1b, [a], [0])
export const add32 = (a: Code, b: Code): Code => simd(0xae, [a, b])
export const shiftLeft16 = (a: Code, bits: number): Code => simd(0x8b, [a, number(bits)])
export const shiftRight16 = (a: Code, bits: number): Code => simd(0x8d, [a, number(bits)])
export const shiftRight32 = (a: Code, bits: number): Code => simd(0xad, [a, number(bits)])
export const shiftLeft64 = (a: Code, bits: number): Code => simd(0xcb, [a, number(bits)])
export const shiftRight64 = (a: Code, bits: number): Code => simd(0xcd, [a, number(bits)])
/** Eight 16-bit numbers out of two times four 32-bit ones, all below 2^15. */
export const narrow32 = (a: Code, b: Code): Code => simd(0x86, [a, b])
/** 16 bytes out of two times eight 16-bit numbers, all below 2^8. */
export const narrow16 = (a: Code, b: Code): Code => simd(0x66, [a, b])

export const load = (address: Address): Code => access([simdPrefix, 0x00], address, [])
export const store = (address: Address, value: Code): Code => access([simdPrefix, 0x0b], address, [value])
export const loadNumber = (address: Address): Code => access([0x28], address, [])

export const number = (value: number): Code => (bytes) => void bytes.push(0x41, ...signed(value))
export const plus = (a: Code, b: Code): Code => scalar(0x6a, a, b)
export const xorNumbers = (first: Code, ...others: readonly Code[]): Code => others.reduce((sum, other) => scalar(0x73, sum, other), first)
export const rotateLeft = (a: Code, bits: number): Code => scalar(0x77, a, number(bits))

/** Repeats the statements, `step` further each time, while `counter` is below `limit`; at least once. */
export const repeat = (counter: Local, step: number, limit: Code, statements: readonly Code[]): Code => (bytes) => {
  bytes.push(0x03, 0x40)
  for (const statement of statements) statement(bytes)
  counter.set(plus(counter.get, number(step)))(bytes)
  scalar(0x49, counter.get, limit)(bytes)
  bytes.push(0x0d, 0x00, 0x0b)
}

function simd(opcode: number, operands: readonly Code[], immediates: readonly number[] = []): Code {
  return (bytes) => {
    for (const operand of operands) operand(bytes)
    simdOpcode(bytes, opcode)
    bytes.push(...immediates)
  }
}

function simdOpcode(bytes: number[], opcode: number): void {
  bytes.push(simdPrefix, ...unsigned(opcode))
}

function scalar(opcode: number, a: Code, b: Code): Code {
  return (bytes) => {
    a(bytes)
    b(bytes)
    bytes.push(opcode)
  }
}

/** Alignment is a hint only and given as 1; the known part of the address goes into the instruction. */
function access(opcode: readonly number[], { base, moving }: Address, values: readonly Code[]): Code {
  return (bytes) => {
    if (moving) moving.get(bytes)
    else bytes.push(0x41, 0x00)
    for (const value of values) value(bytes)
    bytes.push(...opcode, 0x00, ...unsigned(base))
  }
}
