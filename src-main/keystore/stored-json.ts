import { KmsError } from '../../src-shared/errors'

/** VAULT_DAMAGED: a row was authentic but is not what this version or any before it writes. */
export function damagedRow(what: string, cause?: unknown): KmsError {
  return new KmsError('VAULT_DAMAGED', `The vault holds a ${what} that cannot be read.`, {}, cause)
}

/** UTF-8 JSON of a row. */
export function encodeJson(value: Readonly<Record<string, unknown>>): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

/**
 * The JSON object of a row whose `v` is `version`. VAULT_NEWER_VERSION when a later version of the application wrote
 * it, VAULT_DAMAGED when it is anything else.
 */
export function decodeJson(bytes: Uint8Array, version: number, what: string): Record<string, unknown> {
  const value = parse(bytes, what)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damagedRow(what)
  const fields = value as Record<string, unknown>
  const found = fields['v']
  if (typeof found === 'number' && Number.isSafeInteger(found) && found > version) {
    throw new KmsError('VAULT_NEWER_VERSION', 'The vault was written by a newer version of Keystead.')
  }
  if (found !== version) throw damagedRow(what)
  return fields
}

function parse(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'))
  } catch (cause) {
    // The cause of a JSON error quotes the text, which is sealed content: it is not kept.
    throw damagedRow(what, cause instanceof SyntaxError ? undefined : cause)
  }
}
