import { limits } from './limits'

/** Additional authenticated data of an encryption: names and values, order-free (kms-api 1.6). */
export type EncryptionContext = Readonly<Record<string, string>>

const forbiddenNames = new Set(['__proto__', 'constructor', 'prototype'])

/** Null when `value` is a valid encryption context, otherwise a fixed phrase saying what is wrong. */
export function contextProblem(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object of strings'
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return 'must be a plain object'
  const names = Reflect.ownKeys(value)
  let chars = 0
  for (const name of names) {
    if (typeof name !== 'string' || name.length === 0) return 'must have names that are not empty'
    if (forbiddenNames.has(name)) return 'has a reserved name'
    const item: unknown = (value as Record<string, unknown>)[name]
    if (typeof item !== 'string') return 'must have values that are strings'
    if (!name.isWellFormed() || !item.isWellFormed()) return 'must be well-formed Unicode'
    chars += name.length + item.length
  }
  return chars > limits.contextChars ? `must have at most ${limits.contextChars} characters` : null
}

/**
 * True for a name that may stand in the header of a file: other names are sorted differently by different readers, and
 * the prefix belongs to the format.
 */
export function isFileContextName(name: string): boolean {
  return /^[a-z0-9-]+$/.test(name) && !name.startsWith('aws-crypto-')
}
