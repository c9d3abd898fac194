import type { TokenObject } from '../../../../../src-shared/contract/tokens'
import type { TokenObjectClass } from '../../../../../src-shared/model/tokens'

export const classIcons = {
  'secret-key': 'i-lucide-key-round',
  'private-key': 'i-lucide-key-square',
  'public-key': 'i-lucide-key',
  certificate: 'i-lucide-file-badge',
  data: 'i-lucide-file-text',
  other: 'i-lucide-box',
} as const satisfies Record<TokenObjectClass, string>

/** Where the bytes of an object may go. `untold`: the token does not say. */
export type BytesPlace = 'never' | 'wrapped' | 'readable' | 'public' | 'untold'

export const placeIcons = {
  never: 'i-lucide-shield-check',
  wrapped: 'i-lucide-package',
  readable: 'i-lucide-eye',
  public: 'i-lucide-globe',
  untold: 'i-lucide-circle-help',
} as const satisfies Record<BytesPlace, string>

type Protection = Pick<TokenObject, 'objectClass' | 'isSensitive' | 'isExtractable' | 'isPrivate'>

/** A key that is not extractable stays, whatever else it is; one that is leaves in the clear unless it is sensitive (PKCS#11 2.40, 4.9). */
export function bytesPlace({ objectClass, isSensitive, isExtractable, isPrivate }: Protection): BytesPlace {
  if (objectClass === 'public-key' || objectClass === 'certificate') return 'public'
  if (objectClass === 'data') return isPrivate ? 'readable' : 'public'
  if (isExtractable === false) return 'never'
  if (isExtractable === null || isSensitive === null) return 'untold'
  return isSensitive ? 'wrapped' : 'readable'
}

/** What has become of a key's bytes so far; null for what is no secret. */
export type BytesPast = 'madeAndKept' | 'madeHere' | 'broughtIn' | 'untold'

export function bytesPast(object: Pick<TokenObject, 'objectClass' | 'isLocal' | 'wasAlwaysSensitive' | 'wasNeverExtractable'>): BytesPast | null {
  if (object.objectClass !== 'secret-key' && object.objectClass !== 'private-key') return null
  if (object.isLocal === null) return 'untold'
  if (!object.isLocal) return 'broughtIn'
  return object.wasAlwaysSensitive === true && object.wasNeverExtractable === true ? 'madeAndKept' : 'madeHere'
}

/** What an object is called: its label, for a certificate without one its subject, otherwise its id; empty when it has none of them. */
export function objectName({ label, subject, idHex }: Pick<TokenObject, 'label' | 'subject' | 'idHex'>): string {
  return label || (subject ?? '') || idHex
}

/** Keys can be tried, and other objects not. */
export function isKey({ objectClass }: Pick<TokenObject, 'objectClass'>): boolean {
  return objectClass === 'secret-key' || objectClass === 'private-key' || objectClass === 'public-key'
}
