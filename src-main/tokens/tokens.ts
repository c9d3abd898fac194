import type { Response } from '../../src-shared/contract/operations'
import type { TokenModuleView, TokenSummary } from '../../src-shared/contract/tokens'
import { isKmsError, KmsError } from '../../src-shared/errors'
import type { TokenRole } from '../../src-shared/model/tokens'
import type { HostCallName, HostRequest, HostResponse, MechanismView } from './host/calls'
import { IdleLogins } from './idle-logins'
import type { ModuleFile } from './module-file'
import type { ModuleRegistry, RegisteredModule } from './module-registry'
import { ObjectList } from './object-list'
import { TokenDirectory, type FoundToken, type TokenDirectoryOptions } from './token-directory'
import { tokenError } from './token-errors'
import type { TokenModule } from './token-module'
import { mechanismSummary, soPinState, userPinState } from './token-view'

export interface TokensOptions extends TokenDirectoryOptions {
  /** Minutes without use after which a login ends; 0: never. */
  logoutMinutes: () => number
}

type PinCall = 'logIn' | 'initToken' | 'initUserPin' | 'changePin'

/** Tokens of all modules that the user allows: calls on them, logins, PINs, and what is known of their objects. */
export class Tokens {
  readonly #options: TokensOptions
  readonly #directory: TokenDirectory
  readonly #idle: IdleLogins
  readonly #objects = new Map<string, Promise<ObjectList>>()
  /** Counts closings: work that was begun before one does not go on after it. */
  #epoch = 0
  readonly #listeners = new Set<(tokenId: string | null) => void>()

  constructor(options: TokensOptions) {
    this.#options = options
    const directory = new TokenDirectory(options, { forgotten: (tokenId) => this.forgetObjects(tokenId), changed: () => this.#tell(null) })
    this.#directory = directory
    const { clock, log, logoutMinutes } = options
    this.#idle = new IdleLogins({ clock, log, logoutMinutes, mayHaveLogins: () => directory.isAnyRunning, list: () => directory.listRunning(), logOut: (tokenId) => this.logOut(tokenId) })
  }

  get registry(): ModuleRegistry {
    return this.#options.registry
  }

  /** Calls `listener` with the id of a token that changed, null when any may have. Gives back how to stop it. */
  onChange(listener: (tokenId: string | null) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  listModules(): Promise<TokenModuleView[]> {
    return this.#directory.listModules()
  }

  moduleView(registered: RegisteredModule): Promise<TokenModuleView> {
    return this.#directory.moduleView(registered)
  }

  /** TOKEN_MODULE_NOT_FOUND. */
  module(moduleId: string): TokenModule {
    return this.#directory.module(moduleId)
  }

  scratchModule(file: ModuleFile, environment: Readonly<Record<string, string>>): TokenModule {
    return this.#directory.scratchModule(file, environment)
  }

  stopModule(moduleId: string): Promise<void> {
    return this.#directory.stopModule(moduleId)
  }

  listTokens(): Promise<Response<'listTokens'>> {
    return this.#directory.listTokens()
  }

  /** TOKEN_NOT_FOUND, TOKEN_AMBIGUOUS. */
  find(tokenId: string): Promise<FoundToken> {
    return this.#directory.find(tokenId)
  }

  /** TOKEN_NOT_FOUND, TOKEN_AMBIGUOUS and the codes of the module. */
  summary(tokenId: string): Promise<TokenSummary> {
    return this.#directory.summary(tokenId)
  }

  /** As TokenDirectory.look(). */
  look(): Promise<void> {
    return this.#directory.look()
  }

  /** Carries out a call on a token. Byte fields of the request stay the caller's; those of the answer are the caller's. */
  async call<N extends HostCallName>(tokenId: string, call: N, request: Omit<HostRequest<N>, 'token'>): Promise<HostResponse<N>> {
    const epoch = this.#epoch
    const { module, ref } = await this.find(tokenId)
    if (epoch !== this.#epoch) throw tokenError('CANCELLED')
    this.#idle.used(tokenId)
    try {
      return await module.call(call, { ...request, token: ref } as HostRequest<N>, { tokenLabel: ref.label })
    } catch (error) {
      if (isKmsError(error, 'TOKEN_REMOVED') || isKmsError(error, 'TOKEN_CHANGED')) this.#directory.forget(tokenId)
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
    this.#idle.start()
    return this.#tokenChanged(tokenId)
  }

  async logOut(tokenId: string): Promise<TokenSummary> {
    await this.call(tokenId, 'logOut', {})
    return this.#tokenChanged(tokenId)
  }

  /** Erases a token and gives it a label; with a user PIN it is ready for use. */
  async initToken(tokenId: string, label: string, soPin: Uint8Array | null, userPin: Uint8Array | null): Promise<TokenSummary> {
    const before = await this.find(tokenId)
    await this.#withPin(tokenId, 'initToken', 'so', { soPin, newLabel: label })
    const made = await this.#directory.madeToken(before, label)
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

  /** Ends every login, and every process with it. Called at lock. */
  async close(): Promise<void> {
    this.#epoch += 1
    this.#idle.stop()
    await this.#directory.stopAll()
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

  /** What is known of the objects of a token is read again when somebody asks. */
  forgetObjects(tokenId: string): void {
    void this.#objects.get(tokenId)?.then((list) => list.close()).catch(() => undefined)
    this.#objects.delete(tokenId)
  }

  #tell(tokenId: string | null): void {
    for (const listener of this.#listeners) listener(tokenId)
  }
}
