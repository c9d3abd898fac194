/**
 * Several byte values as one, so that they travel in one sealed field and never as text: each after its length
 * (4 bytes, big-endian).
 */
export function packValues(values: readonly Uint8Array[]): Uint8Array {
  const packed = new Uint8Array(new ArrayBuffer(values.reduce((size, value) => size + 4 + value.length, 0)))
  const view = new DataView(packed.buffer)
  let at = 0
  for (const value of values) {
    view.setUint32(at, value.length)
    packed.set(value, at + 4)
    at += 4 + value.length
  }
  return packed
}

/** Views into `packed`, in order; null when it is not what packValues() makes. */
export function unpackValues(packed: Uint8Array): Uint8Array[] | null {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length)
  const values: Uint8Array[] = []
  for (let at = 0; at < packed.length; ) {
    if (at + 4 > packed.length) return null
    const end = at + 4 + view.getUint32(at)
    if (end > packed.length) return null
    values.push(packed.subarray(at + 4, end))
    at = end
  }
  return values
}
