const quote = 0x22
const backslash = 0x5c

/** What JSON text is put together from: text that is no secret, and the bytes of a string that may be one. */
export type JsonPart = string | Uint8Array

/**
 * UTF-8 bytes of a JSON text: strings are taken as they are, bytes become a JSON string with its quotes. The secret is
 * escaped on its bytes, so that it is in no text that the page cannot zero.
 */
export function jsonBytes(parts: readonly JsonPart[]): Uint8Array {
  const pieces = parts.map((part) => (typeof part === 'string' ? new TextEncoder().encode(part) : jsonString(part)))
  const joined = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    joined.set(piece, at)
    at += piece.length
    piece.fill(0)
  }
  return joined
}

function jsonString(value: Uint8Array): Uint8Array {
  const escaped = new Uint8Array(value.length * 6 + 2)
  let at = 0
  escaped[at++] = quote
  for (const byte of value) {
    if (byte < 0x20) {
      escaped.set(new TextEncoder().encode(`\\u${byte.toString(16).padStart(4, '0')}`), at)
      at += 6
      continue
    }
    if (byte === quote || byte === backslash) escaped[at++] = backslash
    escaped[at++] = byte
  }
  escaped[at++] = quote
  const exact = escaped.slice(0, at)
  escaped.fill(0)
  return exact
}
