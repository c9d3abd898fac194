import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ImportedField, ImportedSecret } from '../../../../src-main/secrets/exchange/imported'
import { readImport, type ImportOptions } from '../../../../src-main/secrets/exchange/read-import'
import { isKmsError } from '../../../../src-shared/errors'
import { projectRoot } from '../../../support/source-files'

export const goldenPassword = new TextEncoder().encode('golden password')
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
export const textOf = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes)

/** A file of test/vectors/exchange. */
export function golden(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(projectRoot, 'test', 'vectors', 'exchange', name)))
}

export const isZero = (buffer: ArrayBuffer | undefined): boolean => buffer !== undefined && new Uint8Array(buffer).every((byte) => byte === 0)

/** Fields as `name: value`, with `*` for a secret one. */
export function shown(fields: readonly ImportedField[]): string[] {
  return fields.map(({ name, isSecret, value }) => `${name}${isSecret ? '*' : ''}: ${textOf(value)}`)
}

export function titled(secrets: readonly ImportedSecret[], title: string): ImportedSecret {
  const found = secrets.find((secret) => secret.title === title)
  if (!found) throw new Error(`there is no ${title} among ${secrets.map((secret) => secret.title).join(', ')}`)
  return found
}

export const read = (file: Uint8Array, options: Partial<ImportOptions> = {}) => readImport(file, { format: 'auto', password: null, fileName: 'file', ...options })

/** The code with which a file is refused; null when it is read. */
export async function codeFor(file: Uint8Array, options: Partial<ImportOptions> = {}): Promise<string | null> {
  try {
    await read(file, options)
    return null
  } catch (error) {
    if (!isKmsError(error)) throw error
    return error.code
  }
}
