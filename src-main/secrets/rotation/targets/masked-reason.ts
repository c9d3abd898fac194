import { ownBytes, zero } from '../../../crypto/bytes'
import { base64Of } from '../pem-bytes'

const mostChars = 120
/** So many characters in a row that are also in a value would tell something of it. */
const tellingBytes = 4
const digits = '0123456789abcdef'

/**
 * The first line of what a program wrote, when it can be shown: printable, short, long words hidden, as those may be a value
 * in some guise; null when it has four characters in a row, of any case, of a value, of its Base64 or of its digits. No
 * string is made of a value.
 */
export function maskedReason(output: Uint8Array, values: readonly Uint8Array[]): string | null {
  const [line = ''] = Buffer.from(output).toString('latin1').trim().split(/[\r\n]/)
  const plain = line.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, mostChars)
  if (plain === '' || values.some((value) => tells(plain, value))) return null
  return plain.replaceAll(/[A-Za-z0-9+=_-]{16,}/g, '***')
}

function tells(line: string, value: Uint8Array): boolean {
  const said = Buffer.from(line.toLowerCase(), 'latin1')
  return [value, Uint8Array.from(base64Of(value)), hexOf(value)].some((form) => {
    const lower = lowerCase(form)
    const isTold = sharesPart(said, lower)
    if (form !== value) zero(form)
    zero(lower)
    return isTold
  })
}

function sharesPart(said: Buffer, form: Uint8Array<ArrayBuffer>): boolean {
  const size = Math.min(tellingBytes, form.length)
  if (size === 0) return false
  for (let at = 0; at + size <= form.length; at++) if (said.includes(Buffer.from(form.buffer, at, size))) return true
  return false
}

function hexOf(value: Uint8Array): Uint8Array {
  const hex = ownBytes(value.length * 2)
  for (const [at, byte] of value.entries()) {
    hex[2 * at] = digits.charCodeAt(byte >> 4)
    hex[2 * at + 1] = digits.charCodeAt(byte & 15)
  }
  return hex
}

function lowerCase(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const lower = ownBytes(bytes.length)
  for (const [at, byte] of bytes.entries()) lower[at] = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
  return lower
}
