import { isUtf8 } from 'node:buffer'
import { copyBytes, ownBytes, zero } from '../crypto/bytes'

/** A member of a JSON object whose value is a string: the value as UTF-8 bytes, in memory of its own, for the caller to zero. */
export interface JsonMember {
  readonly name: string
  readonly value: Uint8Array
}

/** Members beyond this are not looked at: nothing here has so many. */
const maximumMembers = 200
const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket, colon, comma] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x3a, 0x2c]
/** What follows a backslash, and the byte that it stands for. */
const escapes: ReadonlyMap<number, number> = new Map([
  [quote, quote],
  [backslash, backslash],
  [0x2f, 0x2f],
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
])
const letterOf: ReadonlyMap<number, number> = new Map([...escapes].filter(([letter]) => letter !== 0x2f).map(([letter, byte]) => [byte, letter]))

/**
 * The members of a flat JSON object of strings, in their order; null for anything else, also for an object that names a
 * member twice. No string is made of a value. The caller zeroes every value (zeroMembers).
 */
export function readStringObject(json: Uint8Array): JsonMember[] | null {
  if (!isUtf8(json)) return null
  return new JsonReader(json).wholeObject()
}

/** Of `{"listName": [{...}, ...]}` with flat objects of strings: those objects; null for anything else. The caller zeroes every value. */
export function readObjectList(json: Uint8Array, listName: string): JsonMember[][] | null {
  if (!isUtf8(json)) return null
  return new JsonReader(json).wholeList(listName)
}

/** The value of one member of a flat JSON object of strings, for the caller to zero; null when there is none. */
export function readMember(json: Uint8Array, name: string): Uint8Array | null {
  const members = readStringObject(json)
  const found = members?.find((member) => member.name === name)?.value
  const value = found ? copyBytes(found) : null
  zeroMembers(members)
  return value
}

/** JSON text of a flat object of strings, in memory of its own, for the caller to zero. Values are UTF-8 and stay the caller's. */
export function writeStringObject(members: readonly JsonMember[]): Uint8Array {
  const names = members.map(({ name }) => new TextEncoder().encode(JSON.stringify(name)))
  const size = members.reduce((total, { value }, at) => total + (names[at]?.length ?? 0) + 4 + escapedLength(value), 1)
  const json = ownBytes(Math.max(size, 2))
  json[0] = openBrace
  let at = 1
  for (const [index, { value }] of members.entries()) {
    if (index > 0) json[at++] = comma
    json.set(names[index] ?? [], at)
    at += names[index]?.length ?? 0
    json[at++] = colon
    json[at++] = quote
    at = writeEscaped(json, at, value)
    json[at++] = quote
  }
  json[at] = closeBrace
  return json
}

/** Zeroes the values of members; nothing for null. */
export function zeroMembers(members: readonly JsonMember[] | null): void {
  for (const { value } of members ?? []) zero(value)
}

function escapedLength(value: Uint8Array): number {
  let length = value.length
  for (const byte of value) if (letterOf.has(byte)) length += 1
    else if (byte < 0x20) length += 5
  return length
}

function writeEscaped(json: Uint8Array, start: number, value: Uint8Array): number {
  let at = start
  for (const byte of value) {
    const letter = letterOf.get(byte)
    if (letter !== undefined) {
      json[at++] = backslash
      json[at++] = letter
    } else if (byte < 0x20) {
      for (const digit of `\\u00${byte.toString(16).padStart(2, '0')}`) json[at++] = digit.charCodeAt(0)
    } else json[at++] = byte
  }
  return at
}

/** Reads JSON from bytes, for the two shapes above. Every method gives null, with nothing left behind, for what does not fit. */
class JsonReader {
  readonly #json: Uint8Array
  #at = 0

  constructor(json: Uint8Array) {
    this.#json = json
  }

  wholeObject(): JsonMember[] | null {
    const members = this.#object()
    if (this.#isAtEnd()) return members
    zeroMembers(members)
    return null
  }

  wholeList(listName: string): JsonMember[][] | null {
    const isOpened = this.#take(openBrace) && this.#name() === listName && this.#take(colon) && this.#take(openBracket)
    if (!isOpened) return null
    const objects: JsonMember[][] = []
    let isWhole = true
    do {
      const members = this.#object()
      if (members === null) isWhole = false
      else objects.push(members)
    } while (isWhole && this.#take(comma) && objects.length < maximumMembers)
    if (isWhole && this.#take(closeBracket) && this.#take(closeBrace) && this.#isAtEnd()) return objects
    for (const members of objects) zeroMembers(members)
    return null
  }

  #object(): JsonMember[] | null {
    if (!this.#take(openBrace)) return null
    const members: JsonMember[] = []
    if (this.#take(closeBrace)) return members
    const names = new Set<string>()
    do {
      const name = this.#name()
      if (name === null || names.has(name) || names.size === maximumMembers || !this.#take(colon)) return refused(members)
      const value = this.#string()
      if (value === null) return refused(members)
      names.add(name)
      members.push({ name, value })
    } while (this.#take(comma))
    return this.#take(closeBrace) ? members : refused(members)
  }

  #name(): string | null {
    const bytes = this.#string()
    return bytes && new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  }

  /** The bytes of a string, in memory of their own. */
  #string(): Uint8Array | null {
    if (!this.#take(quote)) return null
    const start = this.#at
    const length = this.#unescape(null)
    if (length === null) return null
    this.#at = start
    const bytes = ownBytes(length)
    this.#unescape(bytes)
    return bytes
  }

  /** Goes past the end of a string and counts its bytes, or writes them to `target`. */
  #unescape(target: Uint8Array | null): number | null {
    let length = 0
    const put = (byte: number) => {
      if (target) target[length] = byte
      length += 1
    }
    for (;;) {
      const byte = this.#json[this.#at++]
      if (byte === quote) return length
      if (byte === undefined || byte < 0x20) return null
      if (byte !== backslash) put(byte)
      else if (!this.#escape(put)) return null
    }
  }

  #escape(put: (byte: number) => void): boolean {
    const letter = this.#json[this.#at++]
    const byte = letter === undefined ? undefined : escapes.get(letter)
    if (byte !== undefined) put(byte)
    if (byte !== undefined || letter !== 0x75) return byte !== undefined
    const point = this.#codePoint()
    if (point !== null) putUtf8(point, put)
    return point !== null
  }

  /** After `\u`: one unit, or two that make a pair. */
  #codePoint(): number | null {
    const unit = this.#unit()
    if (unit === null || unit < 0xd800 || unit > 0xdfff) return unit
    if (unit > 0xdbff || this.#json[this.#at++] !== backslash || this.#json[this.#at++] !== 0x75) return null
    const low = this.#unit()
    return low === null || low < 0xdc00 || low > 0xdfff ? null : 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
  }

  #unit(): number | null {
    let unit = 0
    for (let count = 0; count < 4; count++) {
      const digit = hexDigit(this.#json[this.#at++] ?? 0)
      if (digit === null) return null
      unit = unit * 16 + digit
    }
    return unit
  }

  #take(wanted: number): boolean {
    this.#skipSpace()
    if (this.#json[this.#at] !== wanted) return false
    this.#at += 1
    return true
  }

  #isAtEnd(): boolean {
    this.#skipSpace()
    return this.#at === this.#json.length
  }

  #skipSpace(): void {
    for (let byte = this.#json[this.#at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = this.#json[this.#at]) this.#at += 1
  }
}

function refused(members: readonly JsonMember[]): null {
  zeroMembers(members)
  return null
}

function hexDigit(byte: number): number | null {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : null
}

function putUtf8(point: number, put: (byte: number) => void): void {
  if (point < 0x80) put(point)
  else if (point < 0x800) [0xc0 | (point >> 6), tail(point)].forEach(put)
  else if (point < 0x10000) [0xe0 | (point >> 12), tail(point >> 6), tail(point)].forEach(put)
  else [0xf0 | (point >> 18), tail(point >> 12), tail(point >> 6), tail(point)].forEach(put)
}

function tail(bits: number): number {
  return 0x80 | (bits & 0x3f)
}
