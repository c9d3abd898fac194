import { ownBytes, zero } from '../../crypto/bytes'
import { decodeBase32 } from './base32'

export const totpAlgorithms = ['SHA1', 'SHA256', 'SHA512'] as const
export type TotpAlgorithm = (typeof totpAlgorithms)[number]

/** How a code is made (RFC 6238). The caller zeroes `secret`. */
export interface Totp {
  secret: Uint8Array
  algorithm: TotpAlgorithm
  digits: number
  periodSeconds: number
  issuer: string
  account: string
}

const scheme = 'otpauth://totp/'
const mostLabelBytes = 512
const longestPeriodSeconds = 86_400
const known = ['secret', 'issuer', 'algorithm', 'digits', 'period'] as const
type Parameter = (typeof known)[number]

const [percent, plus, ampersand, equals, question, hash] = [0x25, 0x2b, 0x26, 0x3d, 0x3f, 0x23]
const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads `otpauth://totp/LABEL?secret=...` (borrowed). The secret goes from bytes to bytes; only what is shown becomes
 * text. Parameters that are not known are passed over, as other programs do. Null for anything that is not such an
 * address: another type, a parameter twice, a secret that is no Base32, 6 to 8 digits or a period not kept to.
 */
export function parseOtpauthUri(uri: Uint8Array): Totp | null {
  if (!startsWith(uri, scheme)) return null
  const rest = uri.subarray(scheme.length)
  const queryAt = rest.indexOf(question)
  if (queryAt < 0 || rest.includes(hash)) return null
  const parameters = splitQuery(rest.subarray(queryAt + 1))
  const label = textOf(rest.subarray(0, queryAt), false)
  if (!parameters || label === null) return null
  return totpOf(parameters, label)
}

function totpOf(parameters: ReadonlyMap<Parameter, Uint8Array>, label: string): Totp | null {
  const algorithm = algorithmOf(plainOf(parameters.get('algorithm'), 'SHA1'))
  const digits = numberOf(plainOf(parameters.get('digits'), '6'), 6, 8)
  const periodSeconds = numberOf(plainOf(parameters.get('period'), '30'), 1, longestPeriodSeconds)
  const issuerGiven = parameters.get('issuer')
  const issuer = issuerGiven === undefined ? '' : textOf(issuerGiven, true)
  if (algorithm === null || digits === null || periodSeconds === null || issuer === null) return null
  const secret = secretOf(parameters.get('secret'))
  if (!secret) return null
  const [prefix, account] = splitLabel(label)
  return { secret, algorithm, digits, periodSeconds, issuer: issuer || prefix, account }
}

/** `issuer:account`, of which the first part may be missing. */
function splitLabel(label: string): readonly [string, string] {
  const at = label.indexOf(':')
  return at < 0 ? ['', label.trim()] : [label.slice(0, at).trim(), label.slice(at + 1).trim()]
}

/** The known parameters as views; null when one is there twice. */
function splitQuery(query: Uint8Array): ReadonlyMap<Parameter, Uint8Array> | null {
  const found = new Map<Parameter, Uint8Array>()
  for (let start = 0; start <= query.length; ) {
    const next = query.indexOf(ampersand, start)
    const end = next < 0 ? query.length : next
    const pair = query.subarray(start, end)
    start = end + 1
    const name = known.find((each) => startsWith(pair, each) && pair[each.length] === equals)
    if (name === undefined) continue
    if (found.has(name)) return null
    found.set(name, pair.subarray(name.length + 1))
  }
  return found
}

function secretOf(encoded: Uint8Array | undefined): Uint8Array | null {
  const decoded = encoded ? decodePercent(encoded, false) : null
  const secret = decoded && decodeBase32(decoded)
  zero(decoded)
  return secret && secret.length > 0 ? secret : null
}

function algorithmOf(text: string | null): TotpAlgorithm | null {
  return totpAlgorithms.find((algorithm) => algorithm === text?.toUpperCase()) ?? null
}

function numberOf(text: string | null, min: number, max: number): number | null {
  if (text === null || !/^\d{1,5}$/.test(text)) return null
  const value = Number(text)
  return value >= min && value <= max ? value : null
}

function plainOf(value: Uint8Array | undefined, byDefault: string): string | null {
  return value === undefined ? byDefault : textOf(value, true)
}

/** Text of a part that is no secret. */
function textOf(encoded: Uint8Array, isQuery: boolean): string | null {
  const decoded = encoded.length > mostLabelBytes ? null : decodePercent(encoded, isQuery)
  try {
    return decoded && decoder.decode(decoded)
  } catch {
    return null
  }
}

/** `%41` is A, and in a query `+` is a space. Null when a percent sign has no two digits behind it. */
function decodePercent(encoded: Uint8Array, isQuery: boolean): Uint8Array | null {
  const decoded = ownBytes(encoded.length)
  let length = 0
  for (let at = 0; at < encoded.length; at++) {
    const byte = encoded[at] ?? 0
    if (byte !== percent) {
      decoded[length++] = isQuery && byte === plus ? 0x20 : byte
      continue
    }
    const value = hexByte(encoded[at + 1], encoded[at + 2])
    if (value === null) {
      decoded.fill(0)
      return null
    }
    decoded[length++] = value
    at += 2
  }
  return decoded.subarray(0, length)
}

function hexByte(high: number | undefined, low: number | undefined): number | null {
  const [a, b] = [hexDigit(high), hexDigit(low)]
  return a === null || b === null ? null : a * 16 + b
}

function hexDigit(character = 0): number | null {
  if (character >= 0x30 && character <= 0x39) return character - 0x30
  const lower = character | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : null
}

/** Case of ASCII letters does not matter: schemes and types have none. */
function startsWith(bytes: Uint8Array, start: string): boolean {
  return [...start].every((character, at) => String.fromCharCode(bytes[at] ?? 0).toLowerCase() === character)
}
