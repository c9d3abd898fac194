import { copyBytes } from '../crypto/bytes'

/** A request with byte arrays of its own, for a call that zeroes them while the caller may need them once more. */
export function ownCopy<T>(value: T): T {
  return copyOf(value) as T
}

function copyOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return copyBytes(value)
  if (Array.isArray(value)) return value.map(copyOf)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copyOf(item)]))
}
