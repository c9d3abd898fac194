import { limits } from '../../../src-shared/model/limits'

/** A PIN that may be set: digits only, long enough. */
export function isGoodPin(pin: string): boolean {
  return /^\d+$/.test(pin) && pin.length >= limits.pinMinDigits && pin.length <= 64
}
