import type { TokenSummary } from '../../../src-shared/contract/tokens'

export type PinLimits = Pick<TokenSummary, 'minPinBytes' | 'maxPinBytes'>

/** Tokens that say nothing of the length of a PIN say 0. */
export function hasLimits({ maxPinBytes }: PinLimits): boolean {
  return maxPinBytes > 0
}

/** Whether the token would take a new PIN, as far as it says: the length counts in bytes of UTF-8. */
export function fitsLength(pin: string, limits: PinLimits): boolean {
  if (!hasLimits(limits)) return pin !== ''
  const { length } = new TextEncoder().encode(pin)
  return length >= Math.max(1, limits.minPinBytes) && length <= limits.maxPinBytes
}
