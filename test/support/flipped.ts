/** A copy with the lowest bit of one byte turned; a negative index counts from the end. */
export function flipped(bytes: Uint8Array, index: number): Uint8Array {
  const at = index < 0 ? bytes.length + index : index
  return bytes.map((byte, position) => (position === at ? byte ^ 1 : byte))
}
