import type { Response } from '../../src-shared/contract/operations'
import type { TokenModuleView, TokenSummary } from '../../src-shared/contract/tokens'
import { isKmsError } from '../../src-shared/errors'
import { inTime } from '../platform/in-time'
import type { Clock, Log } from '../platform/ports'
import type { HostCallName, TokenRef } from './host/calls'
import { examineModuleFile, type ModuleFile } from './module-file'
import type { ModuleRegistry, RegisteredModule } from './module-registry'
import { tokenError } from './token-errors'
import { TokenModule } from './token-module'
import { isFilled, tokenIdOf, tokenRefOf, tokenSummary } from './token-view'

export interface TokenDirectoryOptions {
  registry: ModuleRegistry
  /** `file:` URL of the bundle of host/main.ts. */
  hostEntry: URL
  clock: Clock
  log: Log
  /** Limits of tests, in milliseconds. */
  limitMs?: (call: HostCallName) => number
  /** How long a list waits for a module that runs, in milliseconds. */
  patienceMs?: () => number
}

/** A token where it is now. */
export interface FoundToken {
  tokenId: string
  module: TokenModule
  ref: TokenRef
}

interface Told {
  /** What was known of a token holds no more. */
  forgotten: (tokenId: string) => void
  /** Tokens have come or gone. */
  changed: () => void
}

type Problem = Response<'listTokens'>['problems'][number]

interface ModuleAnswer {
  tokens: readonly TokenSummary[]
  emptySlots: number
  problem: Problem | null
}

const usualPatienceMs = 3000
/** Until a host runs it is its start that takes the time, which has a limit of its own. */
const startPatienceMs = 40_000

/** The modules that the user allows, each in a process of its own, and which tokens are where. */
export class TokenDirectory {
  readonly #options: TokenDirectoryOptions
  readonly #told: Told
  readonly #modules = new Map<string, TokenModule>()
  readonly #found = new Map<string, FoundToken>()
  /** Names that more than one token has now, with their modules. */
  readonly #ambiguous = new Map<string, string>()
  /** What each module that runs has said last. */
  readonly #lastAnswers = new Map<string, ModuleAnswer>()
  /** Modules that are still to answer somebody who did not wait for it. */
  readonly #late = new Set<string>()

  constructor(options: TokenDirectoryOptions, told: Told) {
    this.#options = options
    this.#told = told
  }

  get isAnyRunning(): boolean {
    return [...this.#modules.values()].some(({ isRunning }) => isRunning)
  }

  async listModules(): Promise<TokenModuleView[]> {
    return Promise.all(this.#options.registry.list().map((registered) => this.moduleView(registered)))
  }

  async moduleView(registered: RegisteredModule): Promise<TokenModuleView> {
    const { moduleId, name, path, sha256, parameters } = registered
    const { file, problem } = await fileState(registered)
    const known = this.#options.registry.examinationOf(moduleId)
    const examination = known && { examinedAt: known.examinedAt, quirks: known.quirks }
    return { moduleId, name, path, sha256, parameters, isRunning: this.#modules.get(moduleId)?.isRunning ?? false, file, problem, examination }
  }

  /** A module that may be loaded. TOKEN_MODULE_NOT_FOUND. */
  module(moduleId: string): TokenModule {
    const registered = this.#options.registry.get(moduleId)
    const known = this.#modules.get(moduleId)
    if (known && known.registered === registered) return known
    // The user has allowed another file, or other parameters.
    void known?.stop()
    const { hostEntry, log, limitMs } = this.#options
    const module = new TokenModule(registered, { hostEntry, log, ...(limitMs && { limitMs }), onGone: () => this.#forgetModule(moduleId) })
    this.#modules.set(moduleId, module)
    return module
  }

  /** A module that is not in the list, in a process of its own with that environment; the caller stops it. */
  scratchModule({ path, sha256 }: ModuleFile, environment: Readonly<Record<string, string>>): TokenModule {
    const { hostEntry, log, clock } = this.#options
    const registered = { moduleId: 'm-0000000000000000', name: 'scratch', path, sha256, parameters: null, addedAt: new Date(clock.nowMs()).toISOString() }
    return new TokenModule(registered, { hostEntry, log, environment, onGone: () => undefined })
  }

  /** Ends the process of a module, whatever it does. */
  async stopModule(moduleId: string): Promise<void> {
    const module = this.#modules.get(moduleId)
    // First, so that what fails by its end does not find it again.
    this.#modules.delete(moduleId)
    this.#forgetModule(moduleId)
    await module?.stop()
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#modules.keys()].map((moduleId) => this.stopModule(moduleId)))
  }

  /**
   * Tokens and empty slots of all modules; those that cannot be asked are problems. One that is at work is waited for a little:
   * then it is TOKEN_MODULE_BUSY, beside the tokens that it had when it answered last, and is not asked a second time meanwhile.
   */
  async listTokens(registered = this.#options.registry.list()): Promise<Response<'listTokens'>> {
    const answers = await Promise.all(registered.map((one) => this.#answerInTime(one)))
    return {
      tokens: answers.flatMap(({ tokens }) => tokens),
      emptySlots: answers.reduce((sum, { emptySlots }) => sum + emptySlots, 0),
      problems: answers.flatMap(({ problem }) => (problem ? [problem] : [])),
    }
  }

  /** As listTokens(), of the modules that run. */
  async listRunning(): Promise<readonly TokenSummary[]> {
    const running = this.#options.registry.list().filter(({ moduleId }) => this.#modules.get(moduleId)?.isRunning)
    return (await this.listTokens(running)).tokens
  }

  /** Where a token is, as soon as one module says that it has it. TOKEN_NOT_FOUND; TOKEN_AMBIGUOUS when two say that they are the same one. */
  async find(tokenId: string): Promise<FoundToken> {
    const known = this.#found.get(tokenId)
    if (known?.module.isRunning) return known
    const answers = this.#options.registry.list().map((registered) => this.#answer(registered))
    await firstOrAll(answers, () => this.#found.get(tokenId)?.module.isRunning === true)
    const found = this.#found.get(tokenId)
    if (!found) throw tokenError(this.#ambiguous.has(tokenId) ? 'TOKEN_AMBIGUOUS' : 'TOKEN_NOT_FOUND')
    return found
  }

  /** What a token says of itself now; no other module is asked. TOKEN_NOT_FOUND and the codes of its module. */
  async summary(tokenId: string): Promise<TokenSummary> {
    const { module } = await this.find(tokenId)
    const found = (await this.#ask(module.registered)).tokens.find((token) => token.tokenId === tokenId)
    if (!found) throw tokenError('TOKEN_NOT_FOUND')
    return found
  }

  /** What an initialisation has made of a token: its serial number is a new one, and some modules put it into another slot. */
  async madeToken({ tokenId: erased, module, ref: { slotId } }: FoundToken, label: string): Promise<FoundToken> {
    const before = new Set(this.#found.keys())
    this.forget(erased)
    await this.#ask(module.registered)
    const made = [...this.#found.values()].filter((token) => token.module === module && token.ref.label === label)
    const inItsSlot = made.find(({ ref }) => ref.slotId === slotId)
    const [found, other] = inItsSlot ? [inItsSlot] : made.filter(({ tokenId }) => !before.has(tokenId))
    // A PIN goes to no token of which it is not certain that it is the one.
    if (!found || other) throw tokenError(other ? 'TOKEN_AMBIGUOUS' : 'TOKEN_NOT_FOUND', { tokenLabel: label })
    return found
  }

  /** Looks whether tokens have come or gone. Modules that do not run, or are at work, are left alone. */
  async look(): Promise<void> {
    const idle = this.#options.registry.list().filter(({ moduleId }) => this.#modules.get(moduleId)?.isIdle)
    const before = this.#names()
    await Promise.all(idle.map((registered) => this.#answer(registered)))
    if (this.#names() !== before) this.#told.changed()
  }

  /** It is looked for again when it is needed. */
  forget(tokenId: string): void {
    this.#found.delete(tokenId)
    this.#told.forgotten(tokenId)
  }

  #names(): string {
    return [...this.#found.keys()].toSorted().join()
  }

  async #answerInTime(registered: RegisteredModule): Promise<ModuleAnswer> {
    const { moduleId, name } = registered
    if (!this.#late.has(moduleId)) {
      const asked = this.#answer(registered)
      const patienceMs = this.module(moduleId).isRunning ? (this.#options.patienceMs?.() ?? usualPatienceMs) : startPatienceMs
      const answer = await inTime(asked, patienceMs)
      if (answer) return answer
      void this.#awaitLate(moduleId, asked).catch((error: unknown) => this.#options.log.error('token-list', error))
    }
    const last = this.#lastAnswers.get(moduleId) ?? { tokens: [], emptySlots: 0 }
    return { ...last, problem: { moduleId, name, code: 'TOKEN_MODULE_BUSY', ckr: null } }
  }

  async #awaitLate(moduleId: string, asked: Promise<ModuleAnswer>): Promise<void> {
    this.#late.add(moduleId)
    const { problem } = await asked.finally(() => this.#late.delete(moduleId))
    // One that fails each time is not asked again by those who are told.
    if (!problem) this.#told.changed()
  }

  async #answer(registered: RegisteredModule): Promise<ModuleAnswer> {
    const { moduleId, name } = registered
    try {
      return await this.#ask(registered)
    } catch (error) {
      if (!isKmsError(error)) throw error
      return { tokens: [], emptySlots: 0, problem: { moduleId, name, code: error.code, ckr: error.details.ckr ?? null } }
    }
  }

  async #ask(registered: RegisteredModule): Promise<ModuleAnswer> {
    const { moduleId } = registered
    const module = this.module(moduleId)
    const slots = await module.slots()
    const filled = slots.filter(isFilled)
    this.#remember(module, filled.map((slot) => ({ tokenId: tokenIdOf(moduleId, slot), module, ref: tokenRefOf(slot) })))
    const answer = { tokens: filled.map((slot) => tokenSummary(registered, slot)), emptySlots: slots.length - filled.length, problem: null }
    this.#lastAnswers.set(moduleId, answer)
    return answer
  }

  /** Two tokens of one name are none: nobody could say which one was meant. */
  #remember(module: TokenModule, found: readonly FoundToken[]): void {
    const { moduleId } = module.registered
    this.#forgetAmbiguous(moduleId)
    for (const [tokenId, known] of this.#found) {
      if (known.module.registered.moduleId !== moduleId) continue
      const now = found.find((token) => token.tokenId === tokenId)
      if (!now || now.ref.slotId !== known.ref.slotId) this.forget(tokenId)
    }
    for (const token of found) {
      const isOnly = found.filter(({ tokenId }) => tokenId === token.tokenId).length === 1
      if (!isOnly) {
        this.#ambiguous.set(token.tokenId, moduleId)
        this.forget(token.tokenId)
      } else {
        if (this.#found.get(token.tokenId)?.module !== module) this.#found.set(token.tokenId, token)
      }
    }
  }

  #forgetAmbiguous(gone: string): void {
    for (const [tokenId, moduleId] of this.#ambiguous) if (moduleId === gone) this.#ambiguous.delete(tokenId)
  }

  #forgetModule(moduleId: string): void {
    this.#forgetAmbiguous(moduleId)
    this.#lastAnswers.delete(moduleId)
    const gone = [...this.#found.values()].filter(({ module }) => module.registered.moduleId === moduleId)
    for (const { tokenId } of gone) this.forget(tokenId)
    // A module that fails each time it is opened changes nothing: whoever lists again when told would make it fail for ever.
    if (gone.length > 0) this.#told.changed()
  }
}

/** Ends when `isEnough` after one of them, else with the last. */
function firstOrAll(works: readonly Promise<unknown>[], isEnough: () => boolean): Promise<unknown> {
  return new Promise((resolve, reject) => {
    for (const work of works) void work.then(() => isEnough() && resolve(undefined), reject)
    Promise.all(works).then(resolve, reject)
  })
}

async function fileState({ path, sha256 }: RegisteredModule): Promise<Pick<TokenModuleView, 'file' | 'problem'>> {
  try {
    const now = await examineModuleFile(path)
    return { file: now.sha256 === sha256 ? 'ok' : 'changed', problem: null }
  } catch (error) {
    if (isKmsError(error, 'TOKEN_MODULE_NOT_FOUND')) return { file: 'missing', problem: null }
    if (isKmsError(error, 'TOKEN_MODULE_UNSUITABLE')) return { file: 'unsuitable', problem: error.details.moduleProblem ?? null }
    throw error
  }
}
