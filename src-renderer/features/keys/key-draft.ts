import type { RequestInput } from '../../../src-shared/contract/operations'
import { defaultKeyUsage, isAsymmetric, isSymmetric, keySpecInfos } from '../../../src-shared/model/key-specs'
import { keySpecs, keyUsages, type KeyOrigin, type KeySpec, type KeyUsage, type ProtectionLevel } from '../../../src-shared/model/keys'
import { canRotateAutomatically } from '../../../src-shared/model/rotation'
import type { Tag } from '../../../src-shared/model/tags'
import { tokenSpecs } from '../../../src-shared/model/tokens'
import { hasRotationFault, noRotation, rotationDays, type RotationDraft } from './rotation-draft'

/** What the create-key form holds. */
export interface KeyDraft {
  keySpec: KeySpec
  keyUsage: KeyUsage
  /** Without its prefix; empty for none. */
  alias: string
  protectionLevel: ProtectionLevel
  /** Of HSM keys: the token on which the key is made; empty while none is chosen. */
  tokenId: string
  description: string
  rotation: RotationDraft
  tags: readonly Tag[]
  origin: KeyOrigin
  /** The user has confirmed what imported material means. */
  understandsExternal: boolean
  isExportable: boolean
}

/** Why a choice cannot be made: names of texts. */
export type RotationRefusal = 'asymmetric' | 'mac' | 'external'
export type OriginRefusal = 'asymmetric' | 'mac'
export type TokenRefusal = 'noToken' | 'type' | 'external'

/** What keeps the key from being created; names of texts below `createKey.summary`. */
export type DraftFault = 'daysFault' | 'tagsFault' | 'noToken' | 'notUnderstood'

/** A form as it opens: the usual key. */
export function emptyKeyDraft(): KeyDraft {
  return {
    keySpec: 'Aliyun_AES_256',
    keyUsage: 'ENCRYPT/DECRYPT',
    alias: '',
    protectionLevel: 'SOFTWARE',
    tokenId: '',
    description: '',
    rotation: noRotation(),
    tags: [],
    origin: 'Aliyun_KMS',
    understandsExternal: false,
    isExportable: false,
  }
}

/** Key specs by family, each in the order in which people are offered them. */
export function specGroups(): { family: 'symmetric' | 'asymmetric' | 'mac'; specs: KeySpec[] }[] {
  return (['symmetric', 'asymmetric', 'mac'] as const).map((family) => ({ family, specs: keySpecs.filter((spec) => keySpecInfos[spec].family === family) }))
}

/** Every usage, with whether keys of the spec can have it. */
export function usageChoices(keySpec: KeySpec): { usage: KeyUsage; isPossible: boolean }[] {
  return keyUsages.map((usage) => ({ usage, isPossible: keySpecInfos[keySpec].usages.includes(usage) }))
}

/** Null when keys of this kind can be rotated automatically, otherwise why not. */
export function rotationRefusal({ keySpec, origin }: Pick<KeyDraft, 'keySpec' | 'origin'>): RotationRefusal | null {
  if (canRotateAutomatically(keySpec, origin)) return null
  if (isSymmetric(keySpec)) return 'external'
  return isAsymmetric(keySpec) ? 'asymmetric' : 'mac'
}

/** Null when a key of the spec can wait for imported material, otherwise why not. */
export function originRefusal(keySpec: KeySpec): OriginRefusal | null {
  if (isSymmetric(keySpec)) return null
  return isAsymmetric(keySpec) ? 'asymmetric' : 'mac'
}

/** Whether the private key of a new key may be exportable: there must be one, and not on a token. */
export function canBeExportable({ keySpec, protectionLevel }: Pick<KeyDraft, 'keySpec' | 'protectionLevel'>): boolean {
  return isAsymmetric(keySpec) && protectionLevel === 'SOFTWARE'
}

/** Null when such a key can be made on one of so many tokens, otherwise why not. */
export function tokenRefusal({ keySpec, origin }: Pick<KeyDraft, 'keySpec' | 'origin'>, tokenCount: number): TokenRefusal | null {
  if (tokenSpecs[keySpec] === undefined) return 'type'
  if (origin === 'EXTERNAL') return 'external'
  return tokenCount === 0 ? 'noToken' : null
}

/** The draft after its type or origin was changed: choices that are no longer possible fall back to what is. */
export function settled(draft: KeyDraft): KeyDraft {
  const { keySpec } = draft
  const origin = originRefusal(keySpec) === null ? draft.origin : 'Aliyun_KMS'
  // Whether there is a token is for the form to see.
  const protectionLevel = tokenRefusal({ keySpec, origin }, 1) === null ? draft.protectionLevel : 'SOFTWARE'
  return {
    ...draft,
    origin,
    protectionLevel,
    tokenId: protectionLevel === 'HSM' ? draft.tokenId : '',
    keyUsage: keySpecInfos[keySpec].usages.includes(draft.keyUsage) ? draft.keyUsage : defaultKeyUsage(keySpec),
    rotation: rotationRefusal({ keySpec, origin }) === null ? draft.rotation : noRotation(),
    understandsExternal: origin === 'EXTERNAL' && draft.understandsExternal,
    isExportable: canBeExportable({ keySpec, protectionLevel }) && draft.isExportable,
  }
}

/** What keeps the draft from being a key, apart from its alias; `areTagsValid` is what the tag editor says. */
export function draftFault(draft: KeyDraft, areTagsValid: boolean): DraftFault | null {
  if (hasRotationFault(draft.rotation)) return 'daysFault'
  if (!areTagsValid) return 'tagsFault'
  if (draft.protectionLevel === 'HSM' && draft.tokenId === '') return 'noToken'
  return draft.origin === 'EXTERNAL' && !draft.understandsExternal ? 'notUnderstood' : null
}

/** What the summary says of the bytes of the key: a name of a text below `createKey.summary`. */
export function materialSentence({ origin, protectionLevel, isExportable }: KeyDraft): 'external' | 'onToken' | 'exportable' | 'sealed' {
  if (origin === 'EXTERNAL') return 'external'
  if (protectionLevel === 'HSM') return 'onToken'
  return isExportable ? 'exportable' : 'sealed'
}

/** The request that creates the key. */
export function requestOf(draft: KeyDraft): RequestInput<'createKey'> {
  const { keySpec, keyUsage, protectionLevel, description, origin } = draft
  const days = rotationDays(draft.rotation)
  return {
    keySpec,
    keyUsage,
    protectionLevel,
    description,
    origin,
    ...(days === null ? {} : { enableAutomaticRotation: true, rotationInterval: `${days}d` }),
    ...(draft.tags.length === 0 ? {} : { tags: draft.tags.map(({ key, value }) => ({ TagKey: key, TagValue: value })) }),
    ...(draft.isExportable ? { exportable: true } : {}),
    ...(protectionLevel === 'HSM' ? { dKMSInstanceId: draft.tokenId } : {}),
  }
}
