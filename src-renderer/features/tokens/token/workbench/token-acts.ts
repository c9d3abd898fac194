import type { Response } from '../../../../../src-shared/contract/operations'

/** What can be tried with a key on a token; names of the tabs. */
export const tokenKeyActs = ['encrypt', 'decrypt', 'sign', 'verify'] as const
export type TokenKeyAct = (typeof tokenKeyActs)[number]

/** The acts for which the key and its token offer an algorithm. */
export function tokenActsOf(algorithms: Pick<Response<'listTokenKeyAlgorithms'>, TokenKeyAct>): TokenKeyAct[] {
  return tokenKeyActs.filter((act) => algorithms[act].length > 0)
}
