/** A copy with one bit of one byte turned, the lowest unless told; a negative index counts from the end. */
export function flipped(bytes: Uint8Array, index: number, bit = 0): Uint8Array {
  const at = index < 0 ? bytes.length + index : index
  return bytes.map((byte, position) => (position === at ? byte ^ (1 << bit) : byte))
}
