import type { TokenSummary } from '../../../../src-shared/contract/tokens'
import { KmsError } from '../../../../src-shared/errors'
import { findMissedToken, isSameToken, isTokenOpen, missedToken, type MissedToken } from '../../../../src-shared/token-waits'
import type { CliSession } from '../session'
import { withoutControls } from '../table'
import { askLine, hasTerminal } from '../terminal'
import { problemLine } from './choose-token'
import { called, logIn } from './pins'
import type { PinSource } from './token-options'

/**
 * Carries out `work`, and once more each time that it was refused for a token and somebody has logged in to that: with the PIN
 * from `source`, else on the terminal, where it is also asked to insert the token. The codes of `work`; TOKEN_NOT_FOUND and
 * TOKEN_LOGIN_NEEDED say what to do where nobody can be asked; TOKEN_PIN_WRONG, TOKEN_PIN_LOCKED.
 */
export async function withMissedTokens<T>(session: CliSession, source: PinSource, work: () => Promise<T>): Promise<T> {
  let before: MissedToken | null = null
  for (;;) {
    try {
      return await work()
    } catch (error) {
      const missed = missedToken(error)
      if (!missed) throw error
      const wasOpen = await logInToMissed(session, source, missed)
      // It is not the login that is missing.
      if (wasOpen && isSameToken(before, missed)) throw error
      before = missed
    }
  }
}

/** Logs in to a token that was missed; true when somebody had already. */
export async function logInToMissed(session: CliSession, source: PinSource, missed: MissedToken): Promise<boolean> {
  const token = await presentToken(session, source, missed)
  if (isTokenOpen(token)) return true
  if (source === null && !token.hasPinPad && !(await hasTerminal())) {
    throw new KmsError('TOKEN_LOGIN_NEEDED', `A key is on token ${called(token)}. Give its PIN with --token-pin-file FILE or --token-pin-fd N.`, { tokenLabel: missed.label })
  }
  session.spendPinOn(token)
  await logIn(session, token, { user: source })
  return false
}

/** The token, which people at a terminal are asked to insert; where the PIN is given, nobody is there to be asked. TOKEN_NOT_FOUND. */
export async function presentToken(session: CliSession, source: PinSource, missed: MissedToken): Promise<TokenSummary> {
  const name = withoutControls(`"${missed.label}"`)
  for (;;) {
    const { tokens, problems } = await session.run('listTokens', {})
    const token = findMissedToken(tokens, missed)
    if (token) return token
    for (const problem of problems) session.messages.write(`${problemLine(problem)}\n`)
    if (source !== null || !(await hasTerminal())) throw new KmsError('TOKEN_NOT_FOUND', `Token ${name} is not there. Insert it and try again.`, { tokenLabel: missed.label })
    await askLine(`Insert token ${name} and press Enter, or Ctrl+C to give up: `)
  }
}
