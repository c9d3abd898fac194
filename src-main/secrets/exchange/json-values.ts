import { unreadable } from './import-errors'
import { textOf } from './text-bytes'

/** A JSON object that somebody else wrote. */
export type JsonObject = Readonly<Record<string, unknown>>

/** A file of JSON whose top is an object. IMPORT_UNREADABLE; the parser's own error would quote the file. */
export function parseObject(file: Uint8Array): JsonObject {
  return parsedObject(textOf(file))
}

/** As parseObject() for a text. */
export function parsedObject(text: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw unreadable()
  }
  if (!isObject(value)) throw unreadable()
  return value
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Empty for anything that is no object. */
export function objectAt(object: JsonObject, name: string): JsonObject {
  const value = object[name]
  return isObject(value) ? value : {}
}

/** Empty for anything that is no list; what in it is no object is left out. */
export function objectsAt(object: JsonObject, name: string): readonly JsonObject[] {
  const value = object[name]
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** Empty for anything that is no text; a number is a text here. */
export function textAt(object: JsonObject, name: string): string {
  const value = object[name]
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

/** Null for anything that is no number. */
export function numberAt(object: JsonObject, name: string): number | null {
  const value = object[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** Texts of a list; empty for anything that is none. */
export function textsAt(object: JsonObject, name: string): readonly string[] {
  const value = object[name]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
