import { fromBase64, textOf, toBase64 } from '../../../composables/base64'

/** An import token as it is saved: Base64 text, as GetParametersForImport answers it. */
export function tokenText(token: Uint8Array): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${toBase64(token)}\n`)
}

/** The token of a file: Base64 text, or the bytes themselves. */
export function tokenOf(content: Uint8Array): Uint8Array {
  const text = textOf(content)
  return (text === null ? null : fromBase64(text)) ?? content
}
