import { copyBytes, ownBytes } from '../../crypto/bytes'
import { decodeBase64 } from '../../crypto/key-formats/base64'

export type TextEncoding = 'PEM' | 'JSON' | 'hexadecimal' | 'Base64' | 'binary'

const fewestHexDigits = 16
const openBrace = 0x7b

/**
 * Bytes as they were meant: hexadecimal and Base64 text decoded, everything else as it is. The result is a copy, for
 * the caller to zero: it may be a private key.
 */
export function decodeText(bytes: Uint8Array): { encoding: TextEncoding; bytes: Uint8Array } {
  if (!isText(bytes)) return { encoding: 'binary', bytes: copyBytes(bytes) }
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (view.includes('-----BEGIN ')) return { encoding: 'PEM', bytes: copyBytes(bytes) }
  const text = withoutSpace(bytes)
  if (text[0] === openBrace) return { encoding: 'JSON', bytes: text }
  const decoded = fromHex(text) ?? fromBase64(text)
  if (!decoded) return { encoding: 'binary', bytes: text }
  text.fill(0)
  return decoded
}

function fromHex(text: Uint8Array): { encoding: TextEncoding; bytes: Uint8Array } | null {
  if (text.length < fewestHexDigits || text.length % 2 === 1 || !text.every(isHexDigit)) return null
  const bytes = ownBytes(text.length / 2)
  for (let at = 0; at < bytes.length; at++) bytes[at] = hexDigit(text[2 * at]) * 16 + hexDigit(text[2 * at + 1])
  return { encoding: 'hexadecimal', bytes }
}

function fromBase64(text: Uint8Array): { encoding: TextEncoding; bytes: Uint8Array } | null {
  const bytes = decodeBase64(text, false)
  return bytes && bytes.length > 0 ? { encoding: 'Base64', bytes } : null
}

function isText(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d))
}

function withoutSpace(bytes: Uint8Array): Uint8Array {
  return copyBytes(bytes.filter((byte) => byte > 0x20))
}

/** The digit that an ASCII character stands for; letters have bit 0x40. */
function hexDigit(character = 0): number {
  return (character & 0x0f) + (character > 0x40 ? 9 : 0)
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66)
}
