import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Response } from '../../../../src-shared/contract/operations'
import type { TokenModuleView, TokenSummary } from '../../../../src-shared/contract/tokens'
import { KmsError, type ErrorCode } from '../../../../src-shared/errors'
import type { CliSession } from '../session'
import { withoutControls } from '../table'
import type { TokenPlace } from './token-options'
import { isTokenUri, tokenPartOf } from './token-uris'

type TokenList = Pick<Response<'listTokens'>, 'tokens' | 'problems'>

/** Tokens of the module that is named, else of all. A module that is named and cannot be asked is the error. */
export async function tokensOf(session: CliSession, { module, parameters }: Pick<TokenPlace, 'module' | 'parameters'>): Promise<TokenList> {
  const named = module === null ? null : await allowedModule(session, module, parameters)
  const { tokens, problems } = await session.run('listTokens', {})
  if (named === null) return { tokens, problems }
  const own = problems.filter(({ moduleId }) => moduleId === named.moduleId)
  throwFirst(own)
  return { tokens: tokens.filter(({ moduleId }) => moduleId === named.moduleId), problems: own }
}

/** Throws what the first of these modules answered. */
export function throwFirst(problems: TokenList['problems']): void {
  const [first] = problems
  if (first) throw new KmsError(first.code as ErrorCode, problemLine(first), first.ckr === null ? {} : { ckr: first.ckr })
}

export function problemLine({ name, code, ckr }: TokenList['problems'][number]): string {
  return withoutControls(`The token module ${name} cannot be asked: ${code}${ckr === null ? '' : ` (${ckr})`}.`)
}

/**
 * The module of a file. One that is allowed already is taken as it was allowed, so that a file that was replaced is refused;
 * another one is allowed with this. Codes of addTokenModule.
 */
export async function allowedModule(session: CliSession, file: string, parameters: string | null): Promise<TokenModuleView> {
  return (await knownModule(session, file, parameters)) ?? (await addModule(session, file, { ...(parameters !== null && { parameters }) }))
}

export async function addModule(session: CliSession, file: string, more: { name?: string; parameters?: string }): Promise<TokenModuleView> {
  return (await session.run('addTokenModule', { module: session.handleOf(file, 'module'), ...more })).module
}

/** The module that is allowed and has this file, or this id; null when there is none. */
export async function knownModule(session: CliSession, named: string, parameters: string | null): Promise<TokenModuleView | null> {
  const { modules } = await session.run('listTokenModules', {})
  const path = resolve(named)
  // The file may have gone; then it has no other name either.
  const real = await realpath(path).catch(() => path)
  const fits = (module: TokenModuleView) => module.moduleId === named || ((module.path === real || module.path === path) && (parameters === null || module.parameters === parameters))
  return modules.find(fits) ?? null
}

/**
 * The token that is meant: by its id, its label, its serial number or a URI of it or of what is on it; without a name the only one that is initialised.
 * TOKEN_NOT_FOUND; TOKEN_AMBIGUOUS with the serial numbers of those that it could be.
 */
export async function chooseToken(session: CliSession, place: TokenPlace): Promise<TokenSummary> {
  const { tokens, problems } = await tokensOf(session, place)
  const { token: named } = place
  if (named !== null && isTokenUri(named)) {
    const { tokenId } = (await session.run('resolveTokenUri', { uri: tokenPartOf(named) })).token
    return onlyOne(tokens.filter((token) => token.tokenId === tokenId), '', problems)
  }
  const fits = named === null ? tokens.filter(({ isInitialized }) => isInitialized) : tokens.filter(({ tokenId, label, serial }) => [tokenId, label, serial].includes(named))
  return onlyOne(fits, named === null ? 'There are several tokens.' : `Several tokens are called ${named}.`, problems)
}

/** The token that is to be initialised: as it is named, else the only one that is not. */
export async function chooseTokenToInitialize(session: CliSession, place: TokenPlace): Promise<TokenSummary> {
  if (place.token !== null) return chooseToken(session, place)
  const { tokens, problems } = await tokensOf(session, place)
  return onlyOne(tokens.filter(({ isInitialized }) => !isInitialized), 'There are several tokens that are not initialised.', problems)
}

function onlyOne(fits: readonly TokenSummary[], several: string, problems: TokenList['problems']): TokenSummary {
  const [token] = fits
  if (fits.length > 1) {
    const names = fits.map(({ serial, tokenId, moduleName }) => `${serial === '' ? 'no serial number' : serial} (${tokenId}, ${moduleName})`)
    throw new KmsError('TOKEN_AMBIGUOUS', withoutControls(`${several} Name one with --token by its serial number or its id: ${names.join(', ')}.`))
  }
  if (token) return token
  throwFirst(problems)
  throw new KmsError('TOKEN_NOT_FOUND', 'There is no such token. "keystead token list" shows those that are there.')
}
