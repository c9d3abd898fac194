import { ownBytes } from '../../crypto/bytes'

const bitsPerCharacter = 5
/** Lengths beyond whole groups of eight that no number of bytes gives. */
const impossibleLengths = new Set([1, 3, 6])
const padding = 0x3d

/**
 * The bytes of Base32 (RFC 4648, either case, with or without padding), in memory of their own for the caller to zero;
 * null for anything else. Bits beyond the last byte are not looked at: many services draw characters and not bytes.
 */
export function decodeBase32(text: Uint8Array): Uint8Array | null {
  const characters = text.subarray(0, lengthWithoutPadding(text))
  if (impossibleLengths.has(characters.length % 8)) return null
  const bytes = ownBytes(Math.floor((characters.length * bitsPerCharacter) / 8))
  let [held, heldBits, at] = [0, 0, 0]
  for (const character of characters) {
    const value = valueOf(character)
    if (value === null) {
      bytes.fill(0)
      return null
    }
    held = ((held << bitsPerCharacter) | value) & 0xfff
    heldBits += bitsPerCharacter
    if (heldBits < 8) continue
    heldBits -= 8
    bytes[at++] = held >> heldBits
  }
  return bytes
}

function lengthWithoutPadding(text: Uint8Array): number {
  let length = text.length
  while (length > 0 && text[length - 1] === padding) length -= 1
  return length
}

/** A to Z, a to z: 0 to 25; 2 to 7: 26 to 31. */
function valueOf(character: number): number | null {
  const upper = character & ~0x20
  if (upper >= 0x41 && upper <= 0x5a && character >= 0x41) return upper - 0x41
  return character >= 0x32 && character <= 0x37 ? character - 0x32 + 26 : null
}
