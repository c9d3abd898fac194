const maximumDepth = 8

/**
 * Overwrites every byte array inside `value` with zeros, so that a secret does not outlive its call. Looks into plain
 * objects and arrays only and runs no accessor; whatever else it meets is left alone. Never throws.
 */
export function zeroBytesIn(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null || depth > maximumDepth) return
  try {
    if (value instanceof Uint8Array) value.fill(0)
    else for (const key of Reflect.ownKeys(value)) zeroBytesIn(Object.getOwnPropertyDescriptor(value, key)?.value, depth + 1)
  } catch {
    // A hostile proxy: it holds no bytes of ours.
  }
}
