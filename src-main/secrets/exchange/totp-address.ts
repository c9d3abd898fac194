import { zero } from '../../crypto/bytes'
import { parseOtpauthUri } from '../window/otpauth-uri'
import { bytesOf } from './text-bytes'

/** How a one-time code is made, as other programs write it down. */
export interface ForeignTotp {
  /** Base32; spaces and dashes do not count. */
  readonly secret: string
  readonly digits?: number
  readonly periodSeconds?: number
  readonly algorithm?: 'SHA1' | 'SHA256' | 'SHA512'
}

/** Whose code it is. */
export interface TotpLabel {
  readonly title: string
  readonly account: string
}

/** The address otpauth://totp/ for a code; null when no code can be made of it. */
export function totpAddress({ secret, digits = 6, periodSeconds = 30, algorithm = 'SHA1' }: ForeignTotp, { title, account }: TotpLabel): Uint8Array | null {
  const issuer = encodeURIComponent(title.slice(0, 100))
  const label = account === '' ? issuer : `${issuer}:${encodeURIComponent(account.slice(0, 100))}`
  const parameters = [`secret=${secret.replaceAll(/[\s-]/g, '').toUpperCase()}`, ...(issuer === '' ? [] : [`issuer=${issuer}`])]
  if (algorithm !== 'SHA1') parameters.push(`algorithm=${algorithm}`)
  if (digits !== 6) parameters.push(`digits=${digits}`)
  if (periodSeconds !== 30) parameters.push(`period=${periodSeconds}`)
  return checked(bytesOf(`otpauth://totp/${label}?${parameters.join('&')}`))
}

/** The address that a text stands for: one already, the older form of KeePassXC, or a bare secret in Base32. Null for anything else. */
export function totpAddressOf(text: string, label: TotpLabel): Uint8Array | null {
  const trimmed = text.trim()
  if (/^otpauth:/i.test(trimmed)) return checked(bytesOf(trimmed))
  if (trimmed.startsWith('key=')) return ofParameters(new URLSearchParams(trimmed), label)
  return totpAddress({ secret: trimmed }, label)
}

function ofParameters(parameters: URLSearchParams, label: TotpLabel): Uint8Array | null {
  const [digits, periodSeconds] = [Number(parameters.get('size') ?? 6), Number(parameters.get('step') ?? 30)]
  return totpAddress({ secret: parameters.get('key') ?? '', digits, periodSeconds }, label)
}

function checked(address: Uint8Array): Uint8Array | null {
  const totp = parseOtpauthUri(address)
  zero(totp?.secret)
  return totp ? address : null
}
