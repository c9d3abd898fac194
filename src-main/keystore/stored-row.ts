import { KmsError } from '../../src-shared/errors'
import { ownBytes } from '../crypto/bytes'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** VAULT_DAMAGED: a row was authentic but is not what this version or any before it writes. */
export function damagedRow(what: string): KmsError {
  return new KmsError('VAULT_DAMAGED', `The vault holds a ${what} that cannot be read.`)
}

/**
 * A row as UTF-8 JSON: an array of the layout version and the fields in their order. Without names a vault of ten
 * thousand keys opens three times as fast.
 */
export function encodeRow(version: number, fields: readonly unknown[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify([version, ...fields]))
}

/**
 * The row's array, version first, with exactly `fieldCount` fields after it. VAULT_NEWER_VERSION when a later version
 * of the application wrote it, VAULT_DAMAGED when it is anything else.
 */
export function decodeRow(bytes: Uint8Array, version: number, fieldCount: number, what: string): readonly unknown[] {
  const row = decodeLayouts(bytes, version, Array.from({ length: version }, () => fieldCount), what)
  if (row[0] !== version) throw damagedRow(what)
  return row
}

/** As decodeRow(), for a row that had other layouts before: `fieldCounts` of layout 1 and up to `newest`. */
export function decodeLayouts(bytes: Uint8Array, newest: number, fieldCounts: readonly number[], what: string): readonly unknown[] {
  return checkLayouts(parse(bytes), newest, fieldCounts, what)
}

/**
 * What is in many rows, each to go through checkLayouts(): read together, as a call of the parser for each of a hundred
 * thousand costs as much as the parsing.
 */
export function parseRows(rows: readonly Uint8Array[]): unknown[] {
  const joined = joinRows(rows)
  const parsed = parse(joined)
  joined.fill(0)
  // Something else than one value per row: a row that is damaged, which is found when each is read alone.
  return Array.isArray(parsed) && parsed.length === rows.length ? parsed : rows.map(parse)
}

/** A JSON array of the rows. */
function joinRows(rows: readonly Uint8Array[]): Uint8Array {
  const joined = ownBytes(rows.reduce((total, row) => total + row.length + 1, 2))
  let end = 0
  for (const row of rows) {
    joined[end] = end === 0 ? 0x5b : 0x2c
    joined.set(row, end + 1)
    end += row.length + 1
  }
  joined[end] = 0x5d
  return joined.subarray(0, end + 1)
}

/** The second half of decodeLayouts(), for what a row held. */
export function checkLayouts(row: unknown, newest: number, fieldCounts: readonly number[], what: string): readonly unknown[] {
  if (!Array.isArray(row)) throw damagedRow(what)
  const found: unknown = row[0]
  if (!isCount(found) || found === 0) throw damagedRow(what)
  if (found > newest) throw new KmsError('VAULT_NEWER_VERSION', 'The vault was written by a newer version of Keystead.')
  if (row.length !== 1 + (fieldCounts[found - 1] ?? 0)) throw damagedRow(what)
  return row
}

/** A count or a time: a whole number from 0. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

/** Text of at most `maxChars`. VAULT_DAMAGED. */
export function textOf(value: unknown, maxChars: number, what: string): string {
  if (typeof value !== 'string' || value.length > maxChars) throw damagedRow(what)
  return value
}

/** A count or a time. VAULT_DAMAGED. */
export function countOf(value: unknown, what: string): number {
  if (!isCount(value)) throw damagedRow(what)
  return value
}

/** A list. VAULT_DAMAGED. */
export function listOf(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw damagedRow(what)
  return value
}

/** One of the values allowed. VAULT_DAMAGED. */
export function oneOf<T extends string>(allowed: readonly T[], value: unknown, what: string): T {
  for (const item of allowed) if (item === value) return item
  throw damagedRow(what)
}

/** Null for what is not JSON. The parser's error is dropped: it quotes the text, which is sealed content. */
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes))
  } catch {
    return null
  }
}
