import type { TokenSummary } from '../../../src-shared/contract/tokens'

/** What is done with a whole token. */
export const tokenActs = ['log-in', 'log-in-so', 'log-out', 'change-pin', 'change-so-pin', 'set-user-pin', 'initialise'] as const
export type TokenAct = (typeof tokenActs)[number]

/** An act that asks for a PIN first, and the token it is for. */
export interface AskedAct {
  act: Exclude<TokenAct, 'log-out'>
  token: TokenSummary
}

/** The acts that make sense on a token as it is, the one that is wanted most first. */
export function actsOf(token: TokenSummary): TokenAct[] {
  const { isInitialized, isWriteProtected, login, userPin, soPin } = token
  if (!isInitialized) return isWriteProtected ? [] : ['initialise']
  const canUser = userPin !== 'not-set' && userPin !== 'locked'
  const canOfficer = soPin !== 'not-set' && soPin !== 'locked'
  const can: Record<TokenAct, boolean> = {
    'log-in': login !== 'user' && canUser,
    'log-in-so': login !== 'so' && canOfficer,
    'log-out': login !== null,
    'change-pin': canUser && !isWriteProtected,
    'change-so-pin': canOfficer && !isWriteProtected,
    'set-user-pin': canOfficer && !isWriteProtected,
    initialise: canOfficer && !isWriteProtected,
  }
  const wanted: TokenAct = login !== null ? 'log-out' : userPin === 'to-be-changed' ? 'change-pin' : canUser ? 'log-in' : 'set-user-pin'
  return [wanted, ...tokenActs.filter((act) => act !== wanted)].filter((act) => can[act])
}
