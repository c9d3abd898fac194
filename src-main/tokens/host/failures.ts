import type { HostFailure } from './calls'

/** A failure that the host finds out itself: names as in calls.ts. */
export class HostError extends Error {
  readonly failure: HostFailure

  constructor(name: string, method = '') {
    super(name)
    this.failure = { ckr: null, name, method }
  }
}

/** What went wrong, without any value: number and name as the module gave them. */
export function failureOf(error: unknown): HostFailure {
  if (error instanceof HostError) return error.failure
  if (!(error instanceof Error)) return { ckr: null, name: 'BAD_ANSWER', method: '' }
  const { code, method } = error as { code?: unknown; method?: unknown }
  if (typeof code === 'number' && error.message.startsWith('CKR_')) return { ckr: code, name: nameOf(code, error.message), method: typeof method === 'string' ? method : '' }
  return { ckr: null, name: 'BAD_ANSWER', method: typeof method === 'string' ? method : '' }
}

/** Of version 3.0, which the addon takes for values of the maker of a module. */
const laterNames: Readonly<Record<number, string>> = {
  0x1b: 'CKR_ACTION_PROHIBITED',
  0x35: 'CKR_AEAD_DECRYPT_FAILED',
  0x140: 'CKR_CURVE_NOT_SUPPORTED',
  0x201: 'CKR_TOKEN_RESOURCE_EXCEEDED',
  0x202: 'CKR_OPERATION_CANCEL_FAILED',
  0x203: 'CKR_KEY_EXHAUSTED',
}

/** A value that nobody has a name for is its own name: who looks for help needs the number. */
function nameOf(code: number, known: string): string {
  return known === 'CKR_VENDOR_DEFINED' ? (laterNames[code] ?? `CKR_0x${code.toString(16)}`) : known
}

export const ckr = {
  slotIdInvalid: 0x3,
  attributeSensitive: 0x11,
  attributeTypeInvalid: 0x12,
  deviceError: 0x30,
  deviceRemoved: 0x32,
  objectHandleInvalid: 0x82,
  sessionClosed: 0xb0,
  sessionHandleInvalid: 0xb3,
  tokenNotPresent: 0xe0,
  tokenWriteProtected: 0xe2,
  signatureInvalid: 0xc0,
  signatureLenRange: 0xc1,
  userAlreadyLoggedIn: 0x100,
  userNotLoggedIn: 0x101,
} as const

const sessionEnding: ReadonlySet<number> = new Set([ckr.slotIdInvalid, ckr.deviceRemoved, ckr.sessionClosed, ckr.sessionHandleInvalid, ckr.tokenNotPresent])

/** Whether the session in which this happened is of no more use. */
export function endsSession(error: unknown): boolean {
  const { ckr: code } = failureOf(error)
  return code !== null && sessionEnding.has(code)
}

export function isCkr(error: unknown, ...codes: readonly number[]): boolean {
  const { ckr: code } = failureOf(error)
  return code !== null && codes.includes(code)
}
