import { z } from 'zod'
import { ceremonyKeySpecs, ceremonyLimits, ceremonyPurposes, ceremonySteps, shareLimits, splitProblem } from '../model/ceremony'
import { bytes, empty, text, timestamp } from './fields'
import { objectLabel, tokenId, tokenLogin } from './tokens'

const ceremonyId = z.string().regex(/^c-[0-9a-f]{16}$/, { error: 'must be the id of a key ceremony' })
const shareNumber = z.int().min(1).max(shareLimits.max)
const participant = text(ceremonyLimits.nameChars, 1)
/** UTF-8 of a share's words as they were typed. Dispatch zeroes them after the call. */
const typedWords = bytes(1, ceremonyLimits.typedBytes)

const split = z
  .strictObject({ keySpec: z.enum(ceremonyKeySpecs), threshold: z.int(), participants: z.array(participant).max(shareLimits.max) })
  .refine((plan) => splitProblem(plan) === null, { error: 'must have 2 to 16 participants with different names, and a threshold of 2 to as many' })

/** A ceremony as it stands, without any secret. */
export const ceremonyState = z.strictObject({
  ceremonyId,
  kind: z.enum(['generate', 'combine']),
  /** Hex, 4 digits; null until the first share is known. */
  setId: z.string().nullable(),
  threshold: z.int().nullable(),
  /** Shares that were confirmed, or added. */
  shares: z.array(z.strictObject({ number: shareNumber, participant: z.string() })),
  /** The share that is to be shown and confirmed; null when there is none. */
  current: z.strictObject({ number: shareNumber, participant: z.string() }).nullable(),
  /** 6 hex digits; null until the key is known. */
  keyCheckValue: z.string().nullable(),
  /** Nothing is missing for writing the key to the token. */
  isReady: z.boolean(),
  isFinished: z.boolean(),
})
export type CeremonyState = z.infer<typeof ceremonyState>

export const ceremonyProtocol = z.strictObject({
  kind: z.enum(['generate', 'combine']),
  token: z.strictObject({ label: z.string(), serial: z.string(), manufacturer: z.string(), model: z.string(), isSoftware: z.boolean() }),
  key: z.strictObject({ label: z.string(), keySpec: z.enum(ceremonyKeySpecs).nullable(), purpose: z.enum(ceremonyPurposes), idHex: z.string().nullable() }),
  setId: z.string().nullable(),
  threshold: z.int().nullable(),
  /** How many shares were made; null when they were made in another ceremony. */
  shareCount: z.int().nullable(),
  keyCheckValue: z.string().nullable(),
  steps: z.array(z.strictObject({ time: timestamp, step: z.enum(ceremonySteps), number: shareNumber.nullable(), participant: z.string().nullable() })),
})
export type CeremonyProtocol = z.infer<typeof ceremonyProtocol>

const named = z.strictObject({ ceremonyId })
const namedShare = z.strictObject({ ceremonyId, number: shareNumber })
const printed = z.strictObject({ printed: z.boolean() })
const state = z.strictObject({ ceremony: ceremonyState })

/** CEREMONY_NOT_FOUND: there is none of that id (any more); CEREMONY_STEP: that is not what comes next. */
export const tokenCeremonySchemas = {
  /** Begins a ceremony, and ends the one before. With `split` a key is made and split; without, it is put together from shares. */
  startKeyCeremony: {
    request: z.strictObject({ tokenId, label: objectLabel.min(1), purpose: z.enum(ceremonyPurposes).default('encrypt'), split: split.optional() }),
    response: state,
  },
  /** The words of the share that comes next; not again once it is confirmed. */
  showCeremonyShare: { request: namedShare, response: z.strictObject({ shareWords: z.array(z.string()) }) },
  printCeremonyShare: { request: namedShare, response: printed },
  /** The words as the custodian has written them down. SHARE_MISTYPED, SHARE_OTHER_SET, SHARE_UNEXPECTED. */
  confirmCeremonyShare: { request: z.strictObject({ ceremonyId, number: shareNumber, words: typedWords }), response: state },
  /** SHARE_MISTYPED, SHARE_OTHER_SET, SHARE_REPEATED. */
  addCeremonyShare: { request: z.strictObject({ ceremonyId, participant, words: typedWords }), response: state },
  /** Puts the key on the token. SHARES_TOO_FEW. The ceremony goes on after a refusal of the token. */
  finishKeyCeremony: { request: z.strictObject({ ceremonyId, ...tokenLogin }), response: state },
  getCeremonyProtocol: { request: named, response: z.strictObject({ protocol: ceremonyProtocol }) },
  printCeremonyProtocol: { request: named, response: printed },
  /** The window's dialog for a text file; `fileName` is null when it was cancelled. */
  saveCeremonyProtocol: { request: named, response: z.strictObject({ fileName: z.string().nullable() }) },
  /** Ends a ceremony and forgets key and shares. */
  cancelKeyCeremony: { request: named, response: empty },
}
