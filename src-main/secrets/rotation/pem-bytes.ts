import { ownBytes, utf8 } from '../../crypto/bytes'

const alphabet = utf8('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
const lineChars = 64
const [newline, padding] = [0x0a, 0x3d]

/** One PEM block (RFC 7468) as bytes, made without a string of its content; in memory of its own, for the caller to zero. */
export function encodePem(label: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const [begin, end] = [utf8(`-----BEGIN ${label}-----\n`), utf8(`-----END ${label}-----\n`)]
  const chars = Math.ceil(body.length / 3) * 4
  const pem = ownBytes(begin.length + chars + Math.ceil(chars / lineChars) + end.length)
  pem.set(begin)
  let at = begin.length
  let column = 0
  for (const character of base64Of(body)) {
    pem[at++] = character
    column += 1
    if (column % lineChars === 0) pem[at++] = newline
  }
  if (column % lineChars !== 0) pem[at++] = newline
  pem.set(end, at)
  return pem
}

/** The characters of Base64 (RFC 4648) with padding, one after the other. */
export function* base64Of(bytes: Uint8Array): Generator<number> {
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3)
    const left = bytes.length - at
    yield alphabet[first >> 2] ?? 0
    yield alphabet[((first & 3) << 4) | (second >> 4)] ?? 0
    yield left > 1 ? (alphabet[((second & 15) << 2) | (third >> 6)] ?? 0) : padding
    yield left > 2 ? (alphabet[third & 63] ?? 0) : padding
  }
}
