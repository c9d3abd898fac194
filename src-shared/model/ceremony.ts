import type { TokenKeyUse } from './tokens'

/** Shares of a key, and how many of them give it back. */
export const shareLimits = { min: 2, max: 16 } as const

export const ceremonyKeySpecs = ['AES_256', 'AES_192', 'AES_128'] as const
export type CeremonyKeySpec = (typeof ceremonyKeySpecs)[number]

/** What the key on the token is for. Never both: who may wrap and decrypt with one key takes other keys out in the clear. */
export const ceremonyPurposes = ['encrypt', 'wrap'] as const
export type CeremonyPurpose = (typeof ceremonyPurposes)[number]

export const usesOfPurpose: Readonly<Record<CeremonyPurpose, readonly TokenKeyUse[]>> = { encrypt: ['encrypt', 'decrypt'], wrap: ['wrap', 'unwrap'] }

export const ceremonyLimits = {
  /** Characters of a participant's name. */
  nameChars: 64,
  /** UTF-8 bytes of a share as it is typed. */
  typedBytes: 1024,
  /** Minutes without a step after which a ceremony ends. */
  idleMinutes: 30,
} as const

/** What happened in a ceremony, in the words of its protocol. */
export const ceremonySteps = ['started', 'share-printed', 'share-confirmed', 'share-added', 'key-known', 'key-written', 'key-checked', 'key-not-checked'] as const
export type CeremonyStep = (typeof ceremonySteps)[number]

/** What is known of a split that is not made yet. */
export interface SplitPlan {
  participants: readonly string[]
  threshold: number
}

export type SplitProblem = 'too-few' | 'too-many' | 'threshold' | 'name-missing' | 'name-twice'

/** What speaks against a split; null when it can be made. Names are compared without the white space around them. */
export function splitProblem({ participants, threshold }: SplitPlan): SplitProblem | null {
  const names = participants.map((name) => name.trim())
  if (names.length < shareLimits.min) return 'too-few'
  if (names.length > shareLimits.max) return 'too-many'
  if (!Number.isInteger(threshold) || threshold < shareLimits.min || threshold > names.length) return 'threshold'
  if (names.includes('')) return 'name-missing'
  return new Set(names).size < names.length ? 'name-twice' : null
}
