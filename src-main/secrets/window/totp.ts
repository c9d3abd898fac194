import { ownBytes } from '../../crypto/bytes'
import { hmacSha1, hmacSha256, hmacSha512 } from '../../crypto/hmac'
import type { Totp } from './otpauth-uri'

const macs = { SHA1: hmacSha1, SHA256: hmacSha256, SHA512: hmacSha512 } as const

/** The code of a moment (RFC 6238) as ASCII digits, which the caller zeroes, and how long it is the code. */
export function totpCode({ secret, algorithm, digits, periodSeconds }: Omit<Totp, 'issuer' | 'account'>, nowMs: number): { code: Uint8Array; secondsLeft: number } {
  const seconds = Math.floor(nowMs / 1000)
  const counter = ownBytes(8)
  new DataView(counter.buffer).setBigUint64(0, BigInt(Math.floor(seconds / periodSeconds)))
  const mac = macs[algorithm](secret, counter)
  const code = digitsOf(truncated(mac), digits)
  mac.fill(0)
  return { code, secondsLeft: periodSeconds - (seconds % periodSeconds) }
}

/** Dynamic truncation (RFC 4226, 5.3): 31 bits from where the last four bits say. */
function truncated(mac: Uint8Array): number {
  const at = (mac.at(-1) ?? 0) & 0xf
  return new DataView(mac.buffer, mac.byteOffset + at, 4).getUint32(0) & 0x7fff_ffff
}

function digitsOf(value: number, digits: number): Uint8Array {
  const code = ownBytes(digits)
  let left = value
  for (let at = digits - 1; at >= 0; at--) {
    code[at] = 0x30 + (left % 10)
    left = Math.floor(left / 10)
  }
  return code
}
