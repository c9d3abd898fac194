import { tables } from './field'

/** Bytes of a vector, and of a block of SM4. */
export const vectorBytes = 16

export const ivBytes = 12

/** Two groups of 16 blocks go through the cipher side by side. */
export const strideBlocks = 32
export const strideBytes = strideBlocks * vectorBytes

/** Data goes through fixed buffers of this size, which stay in the nearest cache. */
export const tileBytes = 16 * strideBytes

export const rounds = 32
/** GHASH takes so many blocks at once, with as many powers of H. */
export const powers = 16
/** A byte of a block times a power of H has 17 bytes: two tables of 16 bytes for each. */
export const productBytes = 17
export const powerBytes = 2 * productBytes * vectorBytes

export type TableName = keyof typeof tables
export const tableNames = Object.keys(tables) as TableName[]

/** Where a constant table lies. */
export function tableAt(name: TableName): number {
  return tableNames.indexOf(name) * vectorBytes
}

let next = tableNames.length * vectorBytes

function reserve(bytes: number): number {
  const start = next
  next += bytes
  return start
}

/** Where everything lies in the one page of memory. What comes from `key` on is secret and zeroed after every message. */
export const layout = {
  /** Input of the key schedule for each round: CK, and the constants of the S-box (field.ts). */
  roundConstants: reserve(rounds * 4),
  roundKeyConstants: reserve(rounds * 4),
  iv: reserve(vectorBytes),
  /** The bytes of the IV in the basis of the state, each 16 times, for both groups. */
  nonce: reserve(2 * ivBytes * vectorBytes),
  /** Associated data and the block of lengths on their way into the hash. */
  associated: reserve(tileBytes),
  key: reserve(vectorBytes),
  /** Each byte of each round key 16 times. */
  roundKeys: reserve(rounds * 4 * vectorBytes),
  /** For each group 4 words of 4 bytes: a vector holds that byte of 16 blocks. */
  state: reserve(2 * 16 * vectorBytes),
  /** Written to and never read (cipher-code.ts). */
  order: reserve(vectorBytes),
  /** H, and the sum so far. */
  hash: reserve(vectorBytes),
  sum: reserve(vectorBytes),
  /** What the sum is added to in the end: the key stream of block 1. */
  tagMask: reserve(vectorBytes),
  accumulators: reserve(productBytes * vectorBytes),
  powers: reserve(powers * powerBytes),
  input: reserve(tileBytes),
  output: reserve(tileBytes),
  end: reserve(0),
} as const
