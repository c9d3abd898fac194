import type { TokenSummary } from '../../../../src-shared/contract/tokens'

/** What the flags of a token mean to people; names of texts below `tokenPage.trait`. */
export type TokenTrait = 'notInitialized' | 'writeProtected' | 'needsLogin' | 'noLogin' | 'pinPad' | 'removable' | 'fixed'

export function tokenTraits(token: Pick<TokenSummary, 'isInitialized' | 'isWriteProtected' | 'needsLogin' | 'hasPinPad' | 'isRemovable'>): TokenTrait[] {
  const traits: TokenTrait[] = []
  if (!token.isInitialized) traits.push('notInitialized')
  if (token.isWriteProtected) traits.push('writeProtected')
  traits.push(token.needsLogin ? 'needsLogin' : 'noLogin')
  if (token.hasPinPad) traits.push('pinPad')
  traits.push(token.isRemovable ? 'removable' : 'fixed')
  return traits
}
