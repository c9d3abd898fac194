import type { Request, Response } from '../../../src-shared/contract/operations'
import { isKmsError, type ErrorCode } from '../../../src-shared/errors'
import type { ModuleQuirk } from '../../../src-shared/model/token-work'
import type { MechanismView } from '../host/calls'
import { ckm, tokenFlags } from '../pkcs11'
import type { Tokens } from '../tokens'
import { Bench } from './bench'
import { isListed, trials, type Trial } from './trials'

type Report = Response<'examineTokenModule'>
type Outcome = Report['trials'][number]

/** What ends an examination: there is nobody left to ask. */
const ending: ReadonlySet<ErrorCode> = new Set(['TOKEN_MODULE_FAILED', 'TOKEN_MODULE_TIMEOUT', 'TOKEN_REMOVED', 'TOKEN_CHANGED', 'TOKEN_NOT_FOUND', 'CANCELLED'])

/**
 * Examines a module, and a token of it when one is named; what was found then is remembered. What cannot be asked is a part of the report; TOKEN_MODULE_NOT_FOUND
 * for a module that is not in the list, TOKEN_NOT_FOUND for such a token.
 */
export async function examineTokenModule(tokens: Tokens, { moduleId, tokenId }: Request<'examineTokenModule'>): Promise<Report> {
  const { file, problem: fileProblem, sha256 } = await tokens.moduleView(tokens.registry.get(moduleId))
  const module = tokens.module(moduleId)
  const unknown = { file, fileProblem, sha256, info: null, slots: 0, tokens: [], trials: [], quirks: [] }
  try {
    const info = await module.open()
    const slots = await module.slots()
    const found = (await tokens.listTokens()).tokens.filter((token) => token.moduleId === moduleId)
    const isBlankLocked = slots.some(({ token }) => token && (token.flags & tokenFlags.initialized) === 0 && (token.flags & tokenFlags.soPinLocked) !== 0)
    const tried = tokenId === undefined ? { trials: [], quirks: [] } : await examineToken(tokens, tokenId)
    const quirks: ModuleQuirk[] = isBlankLocked ? ['blank-so-shown-locked', ...tried.quirks] : tried.quirks
    if (tokenId !== undefined) await tokens.registry.rememberExamination(moduleId, quirks)
    return { file, fileProblem, sha256, info, problem: null, slots: slots.length, tokens: found, trials: tried.trials, quirks }
  } catch (error) {
    if (!isKmsError(error) || error.code === 'TOKEN_NOT_FOUND') throw error
    return { ...unknown, problem: { code: error.code, ckr: error.details.ckr ?? null } }
  }
}

async function examineToken(tokens: Tokens, tokenId: string): Promise<Pick<Report, 'trials' | 'quirks'>> {
  const mechanisms = await tokens.mechanisms(tokenId)
  const { needsLogin } = await tokens.summary(tokenId)
  const bench = new Bench(tokens, tokenId)
  const outcomes: Outcome[] = []
  try {
    for (const trial of trials) outcomes.push(await outcomeOf(trial, bench, mechanisms))
  } finally {
    await bench.clear()
  }
  return { trials: outcomes, quirks: quirksOf(outcomes, mechanisms, needsLogin, bench) }
}

async function outcomeOf(trial: Trial, bench: Bench, mechanisms: readonly MechanismView[]): Promise<Outcome> {
  const { family } = trial
  if (!isListed(trial, mechanisms)) return { family, outcome: 'not-listed', ckr: null }
  try {
    return { family, outcome: (await trial.run(bench, mechanisms)) ? 'works' : 'wrong', ckr: null }
  } catch (error) {
    if (!isKmsError(error) || ending.has(error.code)) throw error
    bench.forget()
    // Without a login no key is made; that says nothing of the mechanism.
    return { family, outcome: error.code === 'TOKEN_LOGIN_NEEDED' ? 'not-tried' : 'refuses', ckr: error.details.ckr ?? null }
  }
}

function quirksOf(outcomes: readonly Outcome[], mechanisms: readonly MechanismView[], needsLogin: boolean, bench: Bench): ModuleQuirk[] {
  const outcome = (family: Outcome['family']) => outcomes.find((each) => each.family === family)?.outcome
  const isListedNumber = (number: number) => mechanisms.some(({ mechanism }) => mechanism === number)
  const isKeyless = bench.wasAsked && !bench.hasMade && outcomes.some(({ outcome: each }) => each === 'refuses')
  const found: readonly [quirk: ModuleQuirk, applies: boolean][] = [
    ['login-before-search', needsLogin],
    ['oaep-sha1-only', outcome('rsa-oaep-sha1') === 'works' && outcome('rsa-oaep-sha256') === 'refuses'],
    ['lists-what-it-refuses', !isKeyless && outcomes.some(({ outcome: each }) => each === 'refuses')],
    ['wrap-pad-210a', isListedNumber(ckm.aesKeyWrapPad)],
    ['wrap-pad-210b', isListedNumber(ckm.aesKeyWrapKwp)],
    ['no-session-keys', isKeyless],
  ]
  return found.filter(([, applies]) => applies).map(([quirk]) => quirk)
}
