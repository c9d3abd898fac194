import { tokenLimits } from '../../../../../src-shared/model/tokens'

/** What is wrong with an id; names of texts below `tokenPage.field`. */
export type IdFault = 'notHex' | 'idTooLong'

/** Hexadecimal digits as the contract takes them, whatever stands between them. */
export function cleanHex(typed: string): string {
  return typed.replace(/[\s:]+/g, '').toLowerCase()
}

export function idFault(typed: string): IdFault | null {
  const hex = cleanHex(typed)
  if (!/^(?:[0-9a-f]{2})*$/.test(hex)) return 'notHex'
  return hex.length > 2 * tokenLimits.idBytes ? 'idTooLong' : null
}

/** A label has at most so many bytes of UTF-8. */
export function isLabelGood(label: string): boolean {
  return new TextEncoder().encode(label).length <= tokenLimits.objectLabelBytes
}
