import { unreadable } from './import-errors'

const strict = new TextDecoder('utf-8', { fatal: true })

/** UTF-8 as text, without a byte order mark. IMPORT_UNREADABLE. */
export function textOf(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes)
  } catch {
    throw unreadable()
  }
}

/** Text as UTF-8. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** One character for each byte; for text of ASCII, and for looking at bytes. */
export function latin1Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

/** The bytes of canonical or unpadded Base64; null for anything else. */
export function base64Of(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null
  return new Uint8Array(Buffer.from(text, 'base64'))
}
