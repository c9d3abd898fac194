/**
 * `length` zero bytes outside the engine's heap, where the garbage collector copies nothing: whatever may hold a value
 * is made here, so that zeroing it leaves no copy.
 */
export function ownBytes(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(length))
}

/** A copy in memory of its own, for the caller to zero. */
export function copyBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return joinBytes([bytes])
}

/** All parts one after the other, in memory of its own. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = ownBytes(parts.reduce((total, part) => total + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
