import { combine, split } from 'shamir-secret-sharing'
import { copyBytes, zero } from './bytes'
import { SecretBuffer } from './secret-buffer'

/**
 * Shares of a key (Shamir over GF(2^8)): any `threshold` of them give it back, fewer say nothing about it. Each is as long as
 * the key and one byte more, its place on the polynomials. What cannot be zeroed: the library's coefficients, which are
 * random, and are lost with the call. RangeError for numbers that make no sense.
 */
export async function splitKey(key: SecretBuffer, shares: number, threshold: number): Promise<SecretBuffer[]> {
  const lent = key.use(copyBytes)
  try {
    const made = (await split(lent, shares, threshold)).map((share) => SecretBuffer.take(share))
    // A key that its shares do not give back would be lost when its last copy is.
    const again = await joinShares(made.slice(-threshold))
    const isSame = again.equals(lent)
    again.destroy()
    if (!isSame) throw new Error('the shares of a key do not give it back')
    return made
  } finally {
    zero(lent)
  }
}

/** The key behind `shares`; a wrong key when they are fewer than it was split for, or of several keys. The caller destroys it. */
export async function joinShares(shares: readonly SecretBuffer[]): Promise<SecretBuffer> {
  const lent = shares.map((share) => share.use(copyBytes))
  try {
    return SecretBuffer.take(await combine(lent))
  } finally {
    zero(...lent)
  }
}
