import { fromBase64, textOf, toBase64 } from '../../composables/base64'

/** How bytes are typed or shown. */
export type ByteFormat = 'text' | 'base64' | 'hex'

/** What a field for bytes holds. */
export interface Typed {
  text: string
  format: ByteFormat
}

/** A field of the same format without its text. */
export function emptied({ format }: Typed): Typed {
  return { text: '', format }
}

/** What is wrong with a field; names of texts below `workbench.fault`. */
export type TypedFault = 'notBase64' | 'notHex' | 'tooLong'

/** Lower-case hexadecimal of a short value. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The bytes of hexadecimal digits; white space, colons and a leading 0x are ignored. Null when it is anything else or empty. */
export function fromHex(typed: string): Uint8Array<ArrayBuffer> | null {
  const digits = typed.replace(/[\s:]+/g, '').replace(/^0x/i, '')
  if (digits === '' || digits.length % 2 === 1 || !/^[0-9a-f]+$/i.test(digits)) return null
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16))
}

/** The bytes that a field says, UTF-8 for text; null when it is empty or wrong. */
export function bytesOf({ text, format }: Typed): Uint8Array<ArrayBuffer> | null {
  if (format === 'base64') return fromBase64(text)
  if (format === 'hex') return fromHex(text)
  return text === '' ? null : new TextEncoder().encode(text)
}

/** Null for a good field and for an empty one. */
export function typedFault(typed: Typed, maxBytes: number): TypedFault | null {
  if (typed.text.trim() === '') return null
  const bytes = bytesOf(typed)
  if (bytes === null) return typed.format === 'hex' ? 'notHex' : 'notBase64'
  return bytes.length > maxBytes ? 'tooLong' : null
}

/** The bytes of a field of at most `maxBytes`; null when it is empty, wrong or too long. */
export function readTyped(typed: Typed, maxBytes: number): Uint8Array<ArrayBuffer> | null {
  const bytes = bytesOf(typed)
  return bytes === null || bytes.length > maxBytes ? null : bytes
}

/** Bytes as they are shown; null when they are not text and text is asked for. */
export function shownAs(bytes: Uint8Array, format: ByteFormat): string | null {
  if (format === 'base64') return toBase64(bytes)
  return format === 'hex' ? toHex(bytes) : textOf(bytes)
}
