import { copyBytes, ownBytes } from '../bytes'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const space = new Set([0x09, 0x0a, 0x0d, 0x20])
const padding = 0x3d
const unknown = 0xff

/**
 * Base64 (RFC 4648) as bytes, decoded without making a string of it: into memory of its own, for the caller to zero.
 * White space and padding are skipped. null when a character does not belong there. `url`: the alphabet of section 5.
 */
export function decodeBase64(text: Uint8Array, url: boolean): Uint8Array<ArrayBuffer> | null {
  const values = valuesOf(url)
  const wide = ownBytes(Math.floor((text.length * 3) / 4) + 1)
  let [length, held, heldBits, ended] = [0, 0, 0, false]
  for (const character of text) {
    if (space.has(character)) continue
    const value = values[character] ?? unknown
    ended ||= character === padding
    if (value === unknown && character !== padding) return discard(wide)
    if (ended && character !== padding) return discard(wide)
    if (ended) continue
    held = ((held << 6) | value) & 0xffff
    heldBits += 6
    if (heldBits < 8) continue
    heldBits -= 8
    wide[length++] = held >> heldBits
  }
  // Bits that are left over are zero in what an encoder writes; a lone character (6 bits) encodes nothing.
  if (heldBits === 6 || (held & ((1 << heldBits) - 1)) !== 0) return discard(wide)
  const bytes = copyBytes(wide.subarray(0, length))
  discard(wide)
  return bytes
}

function discard(bytes: Uint8Array): null {
  bytes.fill(0)
  return null
}

function valuesOf(url: boolean): Uint8Array {
  const values = new Uint8Array(256).fill(unknown)
  for (const [value, character] of [...(alphabet + (url ? '-_' : '+/'))].entries()) values[character.charCodeAt(0)] = value
  return values
}
