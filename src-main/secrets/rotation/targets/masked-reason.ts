import { copyBytes, ownBytes, zero } from '../../../crypto/bytes'
import { base64Of } from '../pem-bytes'

const mostChars = 120
/** So many characters in a row that are also in a value would tell something of it. */
const tellingBytes = 4
const digits = '0123456789abcdef'
const [space, tilde, questionMark, lineFeed, carriageReturn] = [0x20, 0x7e, 0x3f, 0x0a, 0x0d]

/**
 * The first line of what a program wrote, when it can be shown: printable, short, long words hidden, as those may be a value
 * in some guise; null when it has four characters in a row, of any case, of a value, of its Base64 or of its digits. No
 * string is made of a value, nor of a line that has a part of one.
 */
export function maskedReason(output: Uint8Array, values: readonly Uint8Array[]): string | null {
  const line = firstLine(output)
  if (line.length === 0 || values.some((value) => tells(line, value))) return null
  const shown = Array.from(line, (byte) => String.fromCharCode(byte >= space && byte <= tilde ? byte : questionMark)).join('')
  return shown.replaceAll(/[A-Za-z0-9+=_-]{16,}/g, '***')
}

/** The beginning of the first line in which something stands, without what does not show around it; a part of `output`. */
function firstLine(output: Uint8Array): Uint8Array {
  const from = output.subarray(Math.max(0, output.findIndex((byte) => byte > space)))
  const end = from.findIndex((byte) => byte === lineFeed || byte === carriageReturn)
  const line = from.subarray(0, Math.min(mostChars, end < 0 ? mostChars : end))
  return line.subarray(0, line.findLastIndex((byte) => byte > space) + 1)
}

function tells(line: Uint8Array, value: Uint8Array): boolean {
  const said = inLowerCase(copyBytes(line))
  const forms = [copyBytes(value), base64BytesOf(value), hexOf(value)].map(inLowerCase)
  const isTold = forms.some((form) => sharesPart(said, form))
  zero(said, ...forms)
  return isTold
}

function sharesPart(line: Uint8Array<ArrayBuffer>, form: Uint8Array<ArrayBuffer>): boolean {
  const size = Math.min(tellingBytes, form.length)
  if (size === 0) return false
  const said = Buffer.from(line.buffer)
  for (let at = 0; at + size <= form.length; at++) if (said.includes(Buffer.from(form.buffer, at, size))) return true
  return false
}

function base64BytesOf(value: Uint8Array): Uint8Array<ArrayBuffer> {
  const base64 = ownBytes(Math.ceil(value.length / 3) * 4)
  let at = 0
  for (const character of base64Of(value)) base64[at++] = character
  return base64
}

function hexOf(value: Uint8Array): Uint8Array<ArrayBuffer> {
  const hex = ownBytes(value.length * 2)
  for (const [at, byte] of value.entries()) {
    hex[2 * at] = digits.charCodeAt(byte >> 4)
    hex[2 * at + 1] = digits.charCodeAt(byte & 15)
  }
  return hex
}

/** The same memory, with small letters in place of capitals. */
function inLowerCase(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  for (const [at, byte] of bytes.entries()) if (byte >= 0x41 && byte <= 0x5a) bytes[at] = byte | 0x20
  return bytes
}
