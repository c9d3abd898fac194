/** What an otpauth:// URI says, without its secret. */
export interface TotpFacts {
  issuer: string
  account: string
  digits: number
  periodSeconds: number
  algorithm: string
}

const leastDigits = 6
const mostDigits = 8
const longestPeriodSeconds = 86_400
/** A bare secret that is shorter is more likely a word. */
const leastBareChars = 16

/**
 * The otpauth:// URI of what was typed or pasted: a URI as it is, or the bare secret that sites show beside the picture,
 * with `label` as its account. Null for anything else.
 */
export function totpUri(typed: string, label: string): string | null {
  const text = typed.trim()
  if (/^otpauth:/i.test(text)) return totpFacts(text) === null ? null : text
  const secret = text.replaceAll(/[\s-]/g, '').toUpperCase()
  return secret.length >= leastBareChars && isBase32(secret) ? `otpauth://totp/${encodeURIComponent(label === '' ? 'Keystead' : label)}?secret=${secret}` : null
}

/** Reads an otpauth:// URI of the kind totp; null for anything else. */
export function totpFacts(uri: string): TotpFacts | null {
  const [, label, query] = /^otpauth:\/\/totp\/([^?]*)\?(.+)$/i.exec(uri.trim()) ?? []
  if (label === undefined || query === undefined) return null
  const values = new URLSearchParams(query)
  const digits = Number(values.get('digits') ?? leastDigits)
  const periodSeconds = Number(values.get('period') ?? 30)
  const algorithm = (values.get('algorithm') ?? 'SHA1').toUpperCase()
  if (!isBase32(values.get('secret')?.toUpperCase() ?? '') || !isWhole(digits, leastDigits, mostDigits) || !isWhole(periodSeconds, 1, longestPeriodSeconds)) return null
  if (!['SHA1', 'SHA256', 'SHA512'].includes(algorithm)) return null
  const [first = '', ...rest] = decoded(label).split(':')
  const account = rest.length === 0 ? first : rest.join(':')
  return { issuer: values.get('issuer') ?? (rest.length === 0 ? '' : first), account: account.trim(), digits, periodSeconds, algorithm }
}

function isBase32(text: string): boolean {
  return /^[A-Z2-7]+=*$/.test(text)
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max
}

function decoded(label: string): string {
  try {
    return decodeURIComponent(label)
  } catch {
    return label
  }
}
