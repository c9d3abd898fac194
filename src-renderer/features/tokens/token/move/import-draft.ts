import { fromHex } from '../../../../components/workbench/formats'
import { fromBase64 } from '../../../../composables/base64'
import { possibleTokenKeyUses, tokenKeyUses, type TokenKeyUse } from '../../../../../src-shared/model/tokens'
import { presetsOf, usePresets, type UsePreset } from '../generate/token-key-draft'

/** What is put on a token; names of texts below `tokenPage.import`. */
export const importKinds = ['keyFile', 'secret', 'certificate', 'data'] as const
export type ImportKind = (typeof importKinds)[number]

export const secretFormats = ['hex', 'base64'] as const
export type SecretFormat = (typeof secretFormats)[number]

/** Bytes of keys of the type that a token takes. */
export function isLengthGood(keyType: 'AES' | 'GENERIC', length: number): boolean {
  return keyType === 'AES' ? [16, 24, 32].includes(length) : length >= 1 && length <= 512
}

/** The bytes of a secret that was typed; null when they are none. */
export function secretBytes(typed: string, format: SecretFormat): Uint8Array | null {
  return format === 'hex' ? fromHex(typed) : fromBase64(typed)
}

/** Uses and presets of what is imported. Which key is in a file is known only after it was read. */
export function importUses(kind: ImportKind, keyType: 'AES' | 'GENERIC'): { possible: readonly TokenKeyUse[]; presets: readonly UsePreset[] } {
  if (kind === 'keyFile') return { possible: tokenKeyUses, presets: ['signing', 'encryption', 'wrapping', 'agreement'] }
  const spec = keyType === 'AES' ? 'AES_256' : 'GENERIC_256'
  return { possible: possibleTokenKeyUses(spec), presets: presetsOf(spec) }
}

/** The usual uses of what is imported. */
export function usualUses(kind: ImportKind, keyType: 'AES' | 'GENERIC'): readonly TokenKeyUse[] {
  const [usual] = importUses(kind, keyType).presets
  return usual === undefined ? [] : usePresets[usual]
}
