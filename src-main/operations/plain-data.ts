import { KmsError } from '../../src-shared/errors'

const maximumDepth = 8
const maximumValues = 100_000
const maximumChars = 4 * 1024 * 1024
const maximumBytes = 1024 * 1024
const reservedNames = new Set(['__proto__', 'constructor', 'prototype'])

interface Budget {
  values: number
  chars: number
  bytes: number
}

/**
 * Checks a request before any schema looks at it: plain objects, arrays, strings, numbers, booleans, null and byte
 * arrays only; no reserved names, no accessors, no foreign prototypes, and no more of it than a call can need.
 * INVALID_PARAMETER otherwise. Never runs code of the value.
 */
export function checkPlainData(value: unknown): void {
  const problem = problemOf(value)
  if (problem !== null) {
    throw new KmsError('INVALID_PARAMETER', `The request is not valid: it ${problem}.`, { fields: [{ field: 'request', problem }] })
  }
}

function problemOf(value: unknown): string | null {
  try {
    return walk(value, 0, { values: maximumValues, chars: maximumChars, bytes: maximumBytes })
  } catch {
    // A proxy of the caller threw while it was looked at: then it is no plain data either.
    return 'must be plain data'
  }
}

function walk(value: unknown, depth: number, budget: Budget): string | null {
  budget.values -= 1
  if (budget.values < 0 || depth > maximumDepth) return 'is too large'
  if (typeof value === 'string') return charge(budget, 'chars', value.length)
  if (value === null || ['undefined', 'number', 'boolean'].includes(typeof value)) return null
  if (typeof value !== 'object') return 'must be plain data'
  if (value instanceof Uint8Array) {
    return value.buffer instanceof ArrayBuffer ? charge(budget, 'bytes', value.length) : 'must be plain data'
  }
  return walkObject(value, depth, budget)
}

function walkObject(value: object, depth: number, budget: Budget): string | null {
  if (Array.isArray(value) ? value.length > budget.values : !hasPlainPrototype(value)) {
    return Array.isArray(value) ? 'is too large' : 'must be plain data'
  }
  const keys = Reflect.ownKeys(value)
  for (const key of keys) {
    if (typeof key !== 'string') return 'must be plain data'
    if (reservedNames.has(key)) return 'has a reserved name'
    const descriptor = Object.getOwnPropertyDescriptor(value, key)
    if (!descriptor || !('value' in descriptor)) return 'must be plain data'
    const problem = charge(budget, 'chars', key.length) ?? walk(descriptor.value, depth + 1, budget)
    if (problem !== null) return problem
  }
  return null
}

function hasPlainPrototype(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function charge(budget: Budget, of: 'chars' | 'bytes', amount: number): string | null {
  budget[of] -= amount
  return budget[of] < 0 ? 'is too large' : null
}
