import { fromBase64, toBase64 } from './base64'

/** PEM text of DER bytes (RFC 7468). */
export function pemOf(label: string, der: Uint8Array): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

/** The DER bytes within the first block of a PEM text; null when there is none. */
export function derOfPem(pem: string): Uint8Array<ArrayBuffer> | null {
  const [, body] = /-----BEGIN [A-Z0-9 ]+-----([^-]+)-----END [A-Z0-9 ]+-----/.exec(pem) ?? []
  return body === undefined ? null : fromBase64(body)
}
