import { rowHeadBytes } from './store-port'

const comma = 0x2c
const zeroDigit = 0x30
const tokenBytes = 16

/** Columns of rows as SQLite joins them: numbers in decimal, separated by commas; tokens of 16 bytes one after the other. */
export interface HeadLists {
  kinds: Uint8Array
  tokens: Uint8Array
  sequences: Uint8Array
}

/** The layout of StorePort.rowHeads() for `count` rows; null when the lists do not have so many. */
export function packHeadLists(count: number, { kinds, tokens, sequences }: HeadLists): Uint8Array | null {
  const kindOf = readNumbers(kinds, count)
  const sequenceOf = readNumbers(sequences, count)
  if (!kindOf || !sequenceOf || tokens.length !== count * tokenBytes) return null
  const heads = new Uint8Array(count * rowHeadBytes)
  const view = new DataView(heads.buffer)
  const token = new DataView(tokens.buffer, tokens.byteOffset, tokens.length)
  for (let index = 0; index < count; index++) {
    const offset = index * rowHeadBytes
    const sequence = sequenceOf[index] ?? 0
    view.setUint16(offset, kindOf[index] ?? 0)
    for (let at = 0; at < tokenBytes; at += 4) view.setUint32(offset + 2 + at, token.getUint32(index * tokenBytes + at))
    view.setUint32(offset + 18, Math.floor(sequence / 2 ** 32))
    view.setUint32(offset + 22, sequence >>> 0)
  }
  return heads
}

/** Null unless `text` is exactly `count` numbers. */
function readNumbers(text: Uint8Array, count: number): Float64Array | null {
  const numbers = new Float64Array(count)
  let index = 0
  let value = 0
  // Counted, as a loop over the values of an array of bytes is slow until the engine has seen much of it.
  for (let at = 0; at < text.length; at++) {
    const digit = (text[at] ?? 0) - zeroDigit
    if (digit >= 0 && digit <= 9) value = value * 10 + digit
    else if (text[at] !== comma) return null
    else {
      numbers[index++] = value
      value = 0
    }
  }
  if (text.length > 0) numbers[index++] = value
  return index === count ? numbers : null
}
