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
  if (typeof code === 'number' && error.message.startsWith('CKR_')) return { ckr: code, name: error.message, method: typeof method === 'string' ? method : '' }
  return { ckr: null, name: 'BAD_ANSWER', method: typeof method === 'string' ? method : '' }
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
