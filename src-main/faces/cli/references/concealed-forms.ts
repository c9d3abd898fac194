import { copyBytes, joinBytes, ownBytes } from './own-bytes'

/** Shorter values are not concealed: they would be found everywhere. */
export const concealedFromCharacters = 4
/** Shorter lines of a value, and shorter ends of its Base64, occur by chance. */
const lineFromBytes = 8
const base64FromBytes = 8
/** Longer values are looked for as they are and by their lines only. */
const encodedUpToBytes = 4096

const lineFeed = 0x0a
const dash = 0x2d

/**
 * The forms in which the output of a program may show a value: as it is, without space around it, its lines, escaped as
 * in JSON and in URLs, and in Base64 at any place of longer Base64. Each is new memory of the caller's, who zeroes it;
 * `value` is borrowed. Empty for a value that is too short.
 */
export function concealedForms(value: Uint8Array): Uint8Array[] {
  const trimmed = trimmedBytes(value)
  if (characters(trimmed) < concealedFromCharacters) return []
  const forms: Uint8Array[] = [value, trimmed, ...lines(trimmed)].map(copyBytes)
  if (trimmed.length > encodedUpToBytes) return forms
  for (const form of value.length === trimmed.length ? [trimmed] : [value, trimmed]) {
    for (const escapes of [jsonEscapes, ...urlEscapes]) forms.push(escaped(form, escapes))
    forms.push(...base64Forms(form, standardAlphabet), ...base64Forms(form, urlAlphabet))
  }
  return forms
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === lineFeed || byte === 0x0d
}

function trimmedBytes(value: Uint8Array): Uint8Array {
  let [start, end] = [0, value.length]
  while (start < end && isSpace(value[start])) start++
  while (end > start && isSpace(value[end - 1])) end--
  return value.subarray(start, end)
}

/** UTF-8 characters: bytes that continue none. */
function characters(value: Uint8Array): number {
  return value.reduce((count, byte) => ((byte & 0xc0) === 0x80 ? count : count + 1), 0)
}

/** The lines of a value of several; boundaries of PEM are the same everywhere and no secret. */
function lines(value: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = []
  if (!value.includes(lineFeed)) return found
  for (let start = 0; start <= value.length; ) {
    const end = value.indexOf(lineFeed, start)
    const line = trimmedBytes(value.subarray(start, end === -1 ? value.length : end))
    if (line.length >= lineFromBytes && !isPemBoundary(line)) found.push(line)
    if (end === -1) break
    start = end + 1
  }
  return found
}

function isPemBoundary(line: Uint8Array): boolean {
  return line.subarray(0, 5).every((byte) => byte === dash)
}

const ascii = (text: string) => new TextEncoder().encode(text)

/** What stands for each byte; null for the byte itself. */
type Escapes = readonly (Uint8Array | null)[]
const escapesOf = (escape: (byte: number) => string | null): Escapes =>
  Array.from({ length: 256 }, (_, byte) => {
    const text = escape(byte)
    return text === null ? null : ascii(text)
  })

const jsonEscapes = escapesOf((byte) => {
  const character = String.fromCharCode(byte)
  return byte < 0x20 || character === '"' || character === '\\' ? JSON.stringify(character).slice(1, -1) : null
})

const percent = (byte: number) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`
const isPlain = (byte: number, signs: string) => byte < 0x80 && (/[A-Za-z0-9]/.test(String.fromCharCode(byte)) || signs.includes(String.fromCharCode(byte)))

/** As encodeURIComponent writes it, the same in lower case, and as forms do. */
const urlEscapes = [
  escapesOf((byte) => (isPlain(byte, "-_.!~*'()") ? null : percent(byte))),
  escapesOf((byte) => (isPlain(byte, "-_.!~*'()") ? null : percent(byte).toLowerCase())),
  escapesOf((byte) => (byte === 0x20 ? '+' : isPlain(byte, '*-._') ? null : percent(byte))),
]

function escaped(value: Uint8Array, escapes: Escapes): Uint8Array {
  return joinBytes(Array.from(value, (byte, at) => escapes[byte] ?? value.subarray(at, at + 1)))
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const standardAlphabet = ascii(`${letters}+/`)
const urlAlphabet = ascii(`${letters}-_`)

/**
 * The Base64 of a value, with and without its padding, and the characters that stand for it alone when other bytes come
 * before and after it.
 */
function base64Forms(value: Uint8Array, alphabet: Uint8Array): Uint8Array[] {
  const whole = base64Span(value, 0, Math.ceil((value.length * 8) / 6), 0, alphabet)
  const padded = joinBytes([whole, ascii('='.repeat((4 - (whole.length % 4)) % 4))])
  if (value.length < base64FromBytes) return [whole, padded]
  const inner = [0, 1, 2].map((before) => base64Span(value, Math.ceil((before * 8) / 6), Math.floor(((before + value.length) * 8) / 6), before, alphabet))
  return [whole, padded, ...inner]
}

/** The Base64 characters from `first` to before `end` where `before` bytes stand in front of the value. */
function base64Span(value: Uint8Array, first: number, end: number, before: number, alphabet: Uint8Array): Uint8Array {
  const span = ownBytes(end - first)
  for (let at = first; at < end; at++) {
    const bit = at * 6 - before * 8
    const pair = ((value[bit >> 3] ?? 0) << 8) | (value[(bit >> 3) + 1] ?? 0)
    span[at - first] = alphabet[(pair >> (10 - (bit & 7))) & 0x3f] ?? 0
  }
  return span
}
