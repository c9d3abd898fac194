import type { RequestInput } from '../../../../../src-shared/contract/operations'
import { possibleTokenKeyUses, tokenKeySpecs, tokenKeyUses, type TokenKeySpec, type TokenKeyUse } from '../../../../../src-shared/model/tokens'
import { cleanHex, idFault, isLabelGood } from '../object/label-and-id'

/** What a new key on a token may be used for, and how its bytes are kept: the same for keys that are made, imported and unwrapped. */
export interface KeyTraits {
  label: string
  /** As typed; empty for a random one. */
  idHex: string
  uses: readonly TokenKeyUse[]
  isSensitive: boolean
  isExtractable: boolean
  asksEachTime: boolean
}

export interface TokenKeyDraft extends KeyTraits {
  keySpec: TokenKeySpec
}

export const tokenKeyFamilies = ['aes', 'rsa', 'ec', 'ed', 'generic'] as const
export type TokenKeyFamily = (typeof tokenKeyFamilies)[number]

const prefixes: Readonly<Record<TokenKeyFamily, string>> = { aes: 'AES_', rsa: 'RSA_', ec: 'EC_', ed: 'ED', generic: 'GENERIC_' }

export function familyOf(spec: TokenKeySpec): TokenKeyFamily {
  return tokenKeyFamilies.find((family) => spec.startsWith(prefixes[family])) ?? 'generic'
}

/** Kinds by family, each in the order in which people are offered them. */
export function specFamilies(): { family: TokenKeyFamily; specs: TokenKeySpec[] }[] {
  return tokenKeyFamilies.map((family) => ({ family, specs: tokenKeySpecs.filter((spec) => familyOf(spec) === family) }))
}

/** Uses that belong together: a key that does more than one of these is weaker than it looks. */
export const usePresets = {
  encryption: ['encrypt', 'decrypt'],
  signing: ['sign', 'verify'],
  wrapping: ['wrap', 'unwrap'],
  agreement: ['derive'],
} as const satisfies Record<string, readonly TokenKeyUse[]>
export type UsePreset = keyof typeof usePresets

/** The presets that make sense for keys of this kind, the usual one first. */
export function presetsOf(spec: TokenKeySpec): UsePreset[] {
  switch (familyOf(spec)) {
    case 'aes':
      return ['encryption', 'wrapping']
    case 'rsa':
      return ['signing', 'encryption', 'wrapping']
    case 'ec':
      return ['signing', 'agreement']
    default:
      return ['signing']
  }
}

/** The preset that these uses are; null when they are a choice of their own. */
export function presetOf(uses: readonly TokenKeyUse[]): UsePreset | null {
  const isSame = (preset: readonly TokenKeyUse[]) => preset.length === uses.length && preset.every((use) => uses.includes(use))
  return (Object.keys(usePresets) as UsePreset[]).find((preset) => isSame(usePresets[preset])) ?? null
}

/** Uses in the order in which they are told. */
export function orderedUses(uses: readonly TokenKeyUse[]): TokenKeyUse[] {
  return tokenKeyUses.filter((use) => uses.includes(use))
}

export function emptyTraits(uses: readonly TokenKeyUse[]): KeyTraits {
  return { label: '', idHex: '', uses, isSensitive: true, isExtractable: false, asksEachTime: false }
}

export function emptyTokenKeyDraft(): TokenKeyDraft {
  return { keySpec: 'AES_256', ...emptyTraits(usePresets.encryption) }
}

/** Each use asks for the PIN of private keys alone. */
export function canAskEachTime(spec: TokenKeySpec): boolean {
  return !['aes', 'generic'].includes(familyOf(spec))
}

/** The draft with another kind: uses that it cannot have fall back to the usual ones. */
export function withSpec(draft: TokenKeyDraft, keySpec: TokenKeySpec): TokenKeyDraft {
  const possible = possibleTokenKeyUses(keySpec)
  const [usual] = presetsOf(keySpec)
  const isKept = familyOf(keySpec) === familyOf(draft.keySpec) && draft.uses.every((use) => possible.includes(use))
  return { ...draft, keySpec, uses: isKept || usual === undefined ? draft.uses : usePresets[usual], asksEachTime: draft.asksEachTime && canAskEachTime(keySpec) }
}

export function areTraitsGood({ label, idHex }: Pick<KeyTraits, 'label' | 'idHex'>): boolean {
  return label.trim() !== '' && isLabelGood(label.trim()) && idFault(idHex) === null
}

/** Traits as a request takes them. */
export function traitsOf({ label, idHex, uses, isSensitive, isExtractable, asksEachTime }: KeyTraits) {
  const id = cleanHex(idHex)
  return { label: label.trim(), ...(id !== '' && { idHex: id }), uses: orderedUses(uses), isSensitive, isExtractable, asksEachTime }
}

export function keyRequest(tokenId: string, draft: TokenKeyDraft): RequestInput<'previewTokenKey'> {
  return { tokenId, keySpec: draft.keySpec, ...traitsOf(draft) }
}
