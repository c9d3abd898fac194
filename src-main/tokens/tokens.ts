import type { Response } from '../../src-shared/contract/operations'
import type { TokenModuleView, TokenSummary } from '../../src-shared/contract/tokens'
import { isKmsError, KmsError } from '../../src-shared/errors'
import type { TokenRole } from '../../src-shared/model/tokens'
import type { Clock, Log } from '../platform/ports'
import type { HostCallName, HostRequest, HostResponse, MechanismView, TokenRef } from './host/calls'
import { examineModuleFile, type ModuleFile } from './module-file'
import type { ModuleRegistry, RegisteredModule } from './module-registry'
import { ObjectList } from './object-list'
import { tokenError } from './token-errors'
import { TokenModule } from './token-module'
import { isFilled, mechanismSummary, soPinState, tokenIdOf, tokenRefOf, tokenSummary, userPinState } from './token-view'

export interface TokensOptions {
  registry: ModuleRegistry
  /** `file:` URL of the bundle of host/main.ts. */
  hostEntry: URL
  clock: Clock
  log: Log
  /** Minutes without use after which a login ends; 0: never. */
  logoutMinutes: () => number
  /** Limits of tests, in milliseconds. */
  limitMs?: (call: HostCallName) => number
}

/** A token where it is now. */
export interface FoundToken {
  tokenId: string
  module: TokenModule
  ref: TokenRef
}

/** When logins do not end by themselves: whether that is still so. */
const lookAgainMs = 60_000

type PinCall = 'logIn' | 'initToken' | 'initUserPin' | 'changePin'

/** Tokens of all modules that the user allows, each module in a process of its own. */
export class Tokens {
  readonly #options: TokensOptions
  readonly #modules = new Map<string, TokenModule>()
  readonly #found = new Map<string, FoundToken>()
  readonly #objects = new Map<string, Promise<ObjectList>>()
  readonly #lastUse = new Map<string, number>()
  /** Names that more than one token has now. */
  readonly #ambiguous = new Set<string>()
  #idleClock: NodeJS.Timeout | null = null
  /** Counts closings: work that was begun before one does not go on after it. */
  #epoch = 0
  readonly #listeners = new Set<(tokenId: string | null) => void>()

  constructor(options: TokensOptions) {
    this.#options = options
  }

  get registry(): ModuleRegistry {
    return this.#options.registry
  }

  /** Calls `listener` with the id of a token that changed, null when any may have. Gives back how to stop it. */
  onChange(listener: (tokenId: string | null) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async listModules(): Promise<TokenModuleView[]> {
    return Promise.all(this.registry.list().map((registered) => this.moduleView(registered)))
  }

  async moduleView(registered: RegisteredModule): Promise<TokenModuleView> {
    const { moduleId, name, path, sha256, parameters } = registered
    const { file, problem } = await fileState(registered)
    return { moduleId, name, path, sha256, parameters, isRunning: this.#modules.get(moduleId)?.isRunning ?? false, file, problem }
  }

  /** A module that may be loaded. TOKEN_MODULE_NOT_FOUND. */
  module(moduleId: string): TokenModule {
    const registered = this.registry.get(moduleId)
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

  /** Tokens and empty slots of all modules; those that cannot be asked are problems. */
  async listTokens(): Promise<Response<'listTokens'>> {
    const answers = await Promise.all(this.registry.list().map((registered) => this.#askModule(registered)))
    return {
      tokens: answers.flatMap(({ tokens }) => tokens),
      emptySlots: answers.reduce((sum, { emptySlots }) => sum + emptySlots, 0),
      problems: answers.flatMap(({ problem }) => (problem ? [problem] : [])),
    }
  }

  /** Where a token is. TOKEN_NOT_FOUND; TOKEN_AMBIGUOUS when two say that they are the same one. */
  async find(tokenId: string): Promise<FoundToken> {
    const known = this.#found.get(tokenId)
    if (known?.module.isRunning) return known
    await this.listTokens()
    const found = this.#found.get(tokenId)
    if (!found) throw tokenError(this.#ambiguous.has(tokenId) ? 'TOKEN_AMBIGUOUS' : 'TOKEN_NOT_FOUND')
    return found
  }

  async summary(tokenId: string): Promise<TokenSummary> {
    const { tokens } = await this.listTokens()
    const found = tokens.find((token) => token.tokenId === tokenId)
    if (!found) throw tokenError('TOKEN_NOT_FOUND')
    return found
  }

  /** Carries out a call on a token. Byte fields of the request stay the caller's; those of the answer are the caller's. */
  async call<N extends HostCallName>(tokenId: string, call: N, request: Omit<HostRequest<N>, 'token'>): Promise<HostResponse<N>> {
    const epoch = this.#epoch
    const { module, ref } = await this.find(tokenId)
    if (epoch !== this.#epoch) throw tokenError('CANCELLED')
    this.#lastUse.set(tokenId, this.#options.clock.nowMs())
    try {
      return await module.call(call, { ...request, token: ref } as HostRequest<N>, { tokenLabel: ref.label })
    } catch (error) {
      if (isKmsError(error, 'TOKEN_REMOVED') || isKmsError(error, 'TOKEN_CHANGED')) this.#forgetToken(tokenId)
      throw error
    }
  }

  async mechanisms(tokenId: string): Promise<MechanismView[]> {
    return this.call(tokenId, 'listMechanisms', {})
  }

  async listMechanisms(tokenId: string): Promise<Response<'listTokenMechanisms'>> {
    const mechanisms = (await this.mechanisms(tokenId)).map(mechanismSummary)
    return { mechanisms: mechanisms.toSorted((a, b) => (a.name < b.name ? -1 : 1)) }
  }

  /** The PIN is borrowed. It is tried once. */
  async logIn(tokenId: string, role: TokenRole, pin: Uint8Array | null): Promise<TokenSummary> {
    const epoch = this.#epoch
    const token = await this.summary(tokenId)
    if (token.login !== null && token.login !== role) await this.logOut(tokenId)
    if (epoch !== this.#epoch) throw tokenError('CANCELLED')
    await this.#withPin(tokenId, 'logIn', role, { role, pin })
    this.#startIdleClock()
    return this.#tokenChanged(tokenId)
  }

  async logOut(tokenId: string): Promise<TokenSummary> {
    await this.call(tokenId, 'logOut', {})
    return this.#tokenChanged(tokenId)
  }

  /** Erases a token and gives it a label; with a user PIN it is ready for use. */
  async initToken(tokenId: string, label: string, soPin: Uint8Array | null, userPin: Uint8Array | null): Promise<TokenSummary> {
    const { module, ref } = await this.find(tokenId)
    const before = new Set(this.#found.keys())
    await this.#withPin(tokenId, 'initToken', 'so', { soPin, newLabel: label })
    this.#forgetToken(tokenId)
    const made = await this.#madeToken(module, ref, label, before)
    if (userPin) await this.#withPin(made.tokenId, 'initUserPin', 'so', { soPin, newPin: userPin })
    return this.#tokenChanged(made.tokenId)
  }

  async setUserPin(tokenId: string, soPin: Uint8Array | null, newPin: Uint8Array | null): Promise<TokenSummary> {
    await this.#withPin(tokenId, 'initUserPin', 'so', { soPin, newPin })
    return this.#tokenChanged(tokenId)
  }

  async changePin(tokenId: string, role: TokenRole, pin: Uint8Array | null, newPin: Uint8Array | null): Promise<TokenSummary> {
    await this.#withPin(tokenId, 'changePin', role, { role, pin, newPin })
    return this.#tokenChanged(tokenId)
  }

  /** The objects of a token as far as they are known; reads them when nobody has, or anew. */
  async objects(tokenId: string, refresh = false): Promise<ObjectList> {
    const known = this.#objects.get(tokenId)
    if (known && !refresh) return known
    const { module, ref } = await this.find(tokenId)
    const reading = ObjectList.read(module, ref, () => this.#tell(tokenId))
    this.#objects.set(tokenId, reading)
    void known?.then((list) => list.close()).catch(() => undefined)
    reading.catch(() => this.#objects.delete(tokenId))
    return reading
  }

  /** Tells that objects of a token are others now. */
  objectsChanged(tokenId: string): void {
    this.#tell(tokenId)
  }

  /** Looks whether tokens have come or gone; for a timer of the window. Modules that do not run, or are at work, are left alone. */
  async look(): Promise<void> {
    const idle = this.registry.list().filter(({ moduleId }) => this.#modules.get(moduleId)?.isIdle)
    const before = [...this.#found.keys()].toSorted().join()
    await Promise.all(idle.map((registered) => this.#askModule(registered)))
    if ([...this.#found.keys()].toSorted().join() !== before) this.#tell(null)
  }

  /** Ends every login, and every process with it. Called at lock. */
  async close(): Promise<void> {
    this.#epoch += 1
    if (this.#idleClock) clearTimeout(this.#idleClock)
    this.#idleClock = null
    await Promise.all([...this.#modules.keys()].map((moduleId) => this.stopModule(moduleId)))
  }

  async #askModule(registered: RegisteredModule): Promise<Response<'listTokens'> & { problem: Response<'listTokens'>['problems'][number] | null }> {
    const { moduleId, name } = registered
    const module = this.module(moduleId)
    try {
      const slots = await module.slots()
      const filled = slots.filter(isFilled)
      this.#remember(module, moduleId, filled.map((slot) => ({ tokenId: tokenIdOf(moduleId, slot), module, ref: tokenRefOf(slot) })))
      return { tokens: filled.map((slot) => tokenSummary(registered, slot)), emptySlots: slots.length - filled.length, problems: [], problem: null }
    } catch (error) {
      if (!isKmsError(error)) throw error
      return { tokens: [], emptySlots: 0, problems: [], problem: { moduleId, name, code: error.code, ckr: error.details.ckr ?? null } }
    }
  }

  /** Two tokens of one name are none: nobody could say which one was meant. */
  #remember(module: TokenModule, moduleId: string, found: readonly FoundToken[]): void {
    for (const [tokenId, known] of this.#found) {
      if (known.module !== module && known.module.registered.moduleId !== moduleId) continue
      const now = found.find((token) => token.tokenId === tokenId)
      if (!now || now.ref.slotId !== known.ref.slotId) this.#forgetToken(tokenId)
    }
    for (const token of found) {
      const isOnly = found.filter(({ tokenId }) => tokenId === token.tokenId).length === 1
      if (!isOnly) {
        this.#ambiguous.add(token.tokenId)
        this.#forgetToken(token.tokenId)
      } else {
        this.#ambiguous.delete(token.tokenId)
        if (this.#found.get(token.tokenId)?.module !== module) this.#found.set(token.tokenId, token)
      }
    }
  }

  /** The token that a module has made: its serial number is a new one, and some modules put it into another slot. */
  async #madeToken(module: TokenModule, { slotId }: TokenRef, label: string, before: ReadonlySet<string>): Promise<FoundToken> {
    await this.listTokens()
    const made = [...this.#found.values()].filter((token) => token.module === module && token.ref.label === label)
    const inItsSlot = made.find(({ ref }) => ref.slotId === slotId)
    const [found, other] = inItsSlot ? [inItsSlot] : made.filter(({ tokenId }) => !before.has(tokenId))
    // A PIN goes to no token of which it is not certain that it is the one.
    if (!found || other) throw tokenError(other ? 'TOKEN_AMBIGUOUS' : 'TOKEN_NOT_FOUND', { tokenLabel: label })
    return found
  }

  /** A call in which a PIN may be wrong: then the error says what is known of the tries. */
  async #withPin<N extends PinCall>(tokenId: string, call: N, role: TokenRole, request: Omit<HostRequest<N>, 'token'>): Promise<void> {
    try {
      await this.call(tokenId, call, request)
    } catch (error) {
      if (!isKmsError(error, 'TOKEN_PIN_WRONG') && !isKmsError(error, 'TOKEN_PIN_LOCKED')) throw error
      throw new KmsError(error.code, error.message, { ...error.details, ...(await this.#pinState(tokenId, role)) }, error)
    } finally {
      this.forgetObjects(tokenId)
    }
  }

  async #pinState(tokenId: string, role: TokenRole): Promise<Pick<KmsError['details'], 'pinState'>> {
    try {
      const { module, ref } = await this.find(tokenId)
      const slot = (await module.slots()).find(({ slotId }) => slotId === ref.slotId)
      if (!slot?.token) return {}
      return { pinState: role === 'so' ? soPinState(slot.token.flags) : userPinState(slot.token.flags) }
    } catch {
      // The refusal is what matters; what is known of the tries would have been a help.
      return {}
    }
  }

  async #tokenChanged(tokenId: string): Promise<TokenSummary> {
    this.forgetObjects(tokenId)
    const summary = await this.summary(tokenId)
    this.#tell(tokenId)
    return summary
  }

  /** Looks again after the time that is left, and goes on while a module runs. */
  #startIdleClock(afterMs = this.#idleLimitMs() ?? lookAgainMs): void {
    if (this.#idleClock) return
    this.#idleClock = setTimeout(() => {
      this.#idleClock = null
      void this.#logOutIdle().catch((error: unknown) => this.#options.log.error('token-logout', error))
    }, afterMs)
    this.#idleClock.unref()
  }

  /** Null: logins do not end by themselves. */
  #idleLimitMs(): number | null {
    const minutes = this.#options.logoutMinutes()
    return minutes === 0 ? null : minutes * 60_000
  }

  async #logOutIdle(): Promise<void> {
    const limitMs = this.#idleLimitMs()
    let nextMs = limitMs ?? lookAgainMs
    try {
      const { tokens } = limitMs === null ? { tokens: [] } : await this.listTokens()
      for (const { tokenId } of tokens.filter(({ login }) => login !== null)) {
        const waitMs = (this.#lastUse.get(tokenId) ?? 0) + (limitMs ?? 0) - this.#options.clock.nowMs()
        if (waitMs > 0) nextMs = Math.min(nextMs, waitMs)
        else await this.logOut(tokenId)
      }
    } finally {
      // A module that could not be asked now may have a login all the same.
      if ([...this.#modules.values()].some(({ isRunning }) => isRunning)) this.#startIdleClock(nextMs)
    }
  }

  #forgetModule(moduleId: string): void {
    const gone = [...this.#found.values()].filter(({ module }) => module.registered.moduleId === moduleId)
    for (const { tokenId } of gone) this.#forgetToken(tokenId)
    // A module that fails each time it is opened changes nothing: whoever lists again when told would make it fail for ever.
    if (gone.length > 0) this.#tell(null)
  }

  #forgetToken(tokenId: string): void {
    this.#found.delete(tokenId)
    this.forgetObjects(tokenId)
  }

  /** What is known of the objects of a token is read again when somebody asks. */
  forgetObjects(tokenId: string): void {
    void this.#objects.get(tokenId)?.then((list) => list.close()).catch(() => undefined)
    this.#objects.delete(tokenId)
  }

  #tell(tokenId: string | null): void {
    for (const listener of this.#listeners) listener(tokenId)
  }
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
