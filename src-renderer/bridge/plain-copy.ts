import { toRaw } from 'vue'

/** A request without Vue's proxies, which do not cross into main. Byte arrays are passed as they are, not copied. */
export function plainCopy(value: unknown): unknown {
  const raw: unknown = typeof value === 'object' && value !== null ? toRaw(value) : value
  if (typeof raw !== 'object' || raw === null || raw instanceof Uint8Array) return raw
  if (Array.isArray(raw)) return raw.map(plainCopy)
  return Object.fromEntries(Object.entries(raw).map(([name, item]) => [name, plainCopy(item)]))
}
