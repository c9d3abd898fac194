import { possibleTokenKeyUses, type TokenKeySpec, type TokenKeyUse } from '../../../../../src-shared/model/tokens'
import type { unwrappedKeyTypes } from '../../../../../src-shared/model/token-work'
import { canAskEachTime, presetsOf, usePresets, type UsePreset } from '../generate/token-key-draft'

export type UnwrappedKeyType = (typeof unwrappedKeyTypes)[number]

/** A kind of each type: what keys may do depends on the type alone. */
const kinds: Readonly<Record<UnwrappedKeyType, TokenKeySpec>> = { AES: 'AES_256', GENERIC: 'GENERIC_256', RSA: 'RSA_2048', EC: 'EC_P256', EDDSA: 'ED25519' }
/** Uses of the public part are not those of what is unwrapped. */
const ofPublicPart: readonly TokenKeyUse[] = ['encrypt', 'verify', 'wrap']

/** What a key that is unwrapped may be used for; of a pair, its private part. */
export function unwrappedUses(keyType: UnwrappedKeyType): { possible: readonly TokenKeyUse[]; presets: readonly UsePreset[]; usual: readonly TokenKeyUse[]; isPrivate: boolean } {
  const kind = kinds[keyType]
  const isPrivate = canAskEachTime(kind)
  const presets = presetsOf(kind)
  const own = (uses: readonly TokenKeyUse[]) => (isPrivate ? uses.filter((use) => !ofPublicPart.includes(use)) : uses)
  const [usual] = presets
  return { possible: own(possibleTokenKeyUses(kind)), presets: isPrivate ? [] : presets, usual: usual === undefined ? [] : own(usePresets[usual]), isPrivate }
}
