import type { TokenObject } from '../../../../../src-shared/contract/tokens'
import { bytesPlace } from '../objects/object-looks'

/**
 * How the bytes of an object leave its token. `public`: they are on its page to copy. `file`: as they are. The others say why
 * they do not: names of texts below `tokenPage.export.rule`.
 */
export type ExportRule = 'public' | 'file' | 'notExtractable' | 'wrappedOnly' | 'privateWrappedOnly' | 'untold'

export function exportRule(object: Pick<TokenObject, 'objectClass' | 'isSensitive' | 'isExtractable' | 'isPrivate'>): ExportRule {
  if (object.objectClass === 'data') return 'file'
  const place = bytesPlace(object)
  if (place === 'public') return 'public'
  if (object.objectClass === 'other' || place === 'untold') return 'untold'
  if (place === 'never') return 'notExtractable'
  if (object.objectClass === 'private-key') return 'privateWrappedOnly'
  return place === 'wrapped' ? 'wrappedOnly' : 'file'
}
