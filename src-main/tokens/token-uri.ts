import type { TokenObjectClass } from '../../src-shared/model/tokens'

/** The `type` of an object in a URI. */
export const uriTypes: Partial<Record<TokenObjectClass, string>> = { 'secret-key': 'secret-key', 'private-key': 'private', 'public-key': 'public', certificate: 'cert', data: 'data' }

/** Characters that RFC 7512 section 2.3 allows in a path attribute without percent-encoding, without `&`. */
const plain = /[A-Za-z0-9\-._~:[\]@!$'()*+,=]/

/** A PKCS#11 URI (RFC 7512): `pkcs11:` and attributes; empty ones are left out. */
export function pkcs11Uri(attributes: Readonly<Record<string, string | Uint8Array>>): string {
  const parts = Object.entries(attributes).filter(([, value]) => value.length > 0)
  return `pkcs11:${parts.map(([name, value]) => `${name}=${encoded(value)}`).join(';')}`
}

function encoded(value: string | Uint8Array): string {
  // Ids are binary, so all of their bytes are written out, as other programs do.
  if (value instanceof Uint8Array) return [...value].map(percent).join('')
  return [...new TextEncoder().encode(value)].map((byte) => (byte < 0x80 && plain.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : percent(byte))).join('')
}

function percent(byte: number): string {
  return `%${byte.toString(16).padStart(2, '0').toUpperCase()}`
}

/** Path attributes of a PKCS#11 URI, values as bytes; null when it is none. Query attributes are not taken: they may name files and PINs. */
export function parsePkcs11Uri(text: string): ReadonlyMap<string, Uint8Array> | null {
  const [, path] = /^pkcs11:([^?]*)/i.exec(text) ?? []
  if (path === undefined) return null
  const attributes = new Map<string, Uint8Array>()
  for (const part of path.split(';').filter(Boolean)) {
    const at = part.indexOf('=')
    const name = part.slice(0, at)
    const value = at < 1 ? null : decoded(part.slice(at + 1))
    if (!value || attributes.has(name)) return null
    attributes.set(name, value)
  }
  return attributes
}

function decoded(text: string): Uint8Array | null {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return null
  const bytes: number[] = []
  for (let at = 0; at < text.length; ) {
    if (text[at] === '%') {
      bytes.push(Number.parseInt(text.slice(at + 1, at + 3), 16))
      at += 3
    } else {
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
      bytes.push(...new TextEncoder().encode(character))
      at += character.length
    }
  }
  return Uint8Array.from(bytes)
}
