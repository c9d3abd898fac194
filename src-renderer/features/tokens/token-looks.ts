import type { TokenSummary } from '../../../src-shared/contract/tokens'
import type { TokenAct } from './token-acts'

export const tokenStates = ['new', 'user', 'so', 'user-locked', 'no-pin', 'out'] as const
export type TokenState = (typeof tokenStates)[number]

/** The one word for how a token stands. */
export function stateOf({ isInitialized, login, userPin }: TokenSummary): TokenState {
  if (!isInitialized) return 'new'
  if (login !== null) return login
  if (userPin === 'locked') return 'user-locked'
  return userPin === 'not-set' ? 'no-pin' : 'out'
}

export const stateLooks = {
  new: { color: 'neutral', icon: 'i-lucide-circle-dashed' },
  user: { color: 'success', icon: 'i-lucide-lock-open' },
  so: { color: 'warning', icon: 'i-lucide-shield-check' },
  'user-locked': { color: 'error', icon: 'i-lucide-ban' },
  'no-pin': { color: 'warning', icon: 'i-lucide-circle-dashed' },
  out: { color: 'neutral', icon: 'i-lucide-lock' },
} as const satisfies Record<TokenState, { color: string; icon: string }>

export const actIcons: Readonly<Record<TokenAct, string>> = {
  'log-in': 'i-lucide-log-in',
  'log-in-so': 'i-lucide-shield-check',
  'log-out': 'i-lucide-log-out',
  'change-pin': 'i-lucide-rectangle-ellipsis',
  'change-so-pin': 'i-lucide-rectangle-ellipsis',
  'set-user-pin': 'i-lucide-user-round-check',
  initialise: 'i-lucide-eraser',
}
