import { KmsError, type ErrorDetails } from '../../src-shared/errors'
import type { Log } from '../platform/ports'
import type { HostCallName, HostRequest, HostResponse, ModuleInfo, SlotView } from './host/calls'
import { HostProcess } from './host-process'
import { examineModuleFile } from './module-file'
import type { RegisteredModule } from './module-registry'
import { asTokenError } from './token-errors'

/** How long the module may take, in milliseconds. Readers with keys of their own wait for people; cards make keys slowly. */
const limitsMs: Partial<Record<HostCallName, number>> = {
  open: 30_000,
  listSlots: 15_000,
  logIn: 120_000,
  initToken: 120_000,
  initUserPin: 120_000,
  changePin: 120_000,
  generateKey: 300_000,
  generateKeyPair: 600_000,
}
const usualLimitMs = 60_000

export interface TokenModuleOptions {
  /** `file:` URL of the bundle of host/main.ts. */
  hostEntry: URL
  log: Log
  /** Told when the host has gone, with all logins. */
  onGone: () => void
  /** What the module finds in the environment beside this process's own. */
  environment?: Readonly<Record<string, string>>
  /** Limits of tests. */
  limitMs?: (call: HostCallName) => number
}

/** One module in its host, which is started when it is first needed, and again after it has ended. */
export class TokenModule {
  readonly registered: RegisteredModule
  readonly #options: TokenModuleOptions
  #host: HostProcess | null = null
  #opening: Promise<ModuleInfo> | null = null
  #isStopped = false

  constructor(registered: RegisteredModule, options: TokenModuleOptions) {
    this.registered = registered
    this.#options = options
  }

  get isRunning(): boolean {
    return this.#host?.isRunning ?? false
  }

  /** It runs and no call is under way: a question would not have to wait. */
  get isIdle(): boolean {
    return this.#host?.isIdle ?? false
  }

  /** Of the host, for tests that look at it; null while there is none. */
  get hostPid(): number | null {
    return this.#host?.isRunning ? this.#host.pid : null
  }

  /**
   * Loads the module unless it is. TOKEN_MODULE_NOT_FOUND, TOKEN_MODULE_UNSUITABLE, TOKEN_MODULE_CHANGED when the file is not
   * the one that the user has allowed, TOKEN_MODULE_FAILED, TOKEN_MODULE_TIMEOUT.
   */
  open(): Promise<ModuleInfo> {
    if (this.#isStopped) return Promise.reject(ended())
    const ending = this.#host && !this.#host.isRunning ? this.#host : null
    if (this.#opening && !ending) return this.#opening
    this.#host = null
    const opening = this.#open(ending, () => this.#opening === opening)
    this.#opening = opening
    opening.catch(() => this.#forget(opening))
    return opening
  }

  /** Carries out a call; its failures are KmsErrors with `details`. Byte fields of the request stay the caller's. */
  async call<N extends HostCallName>(call: N, request: HostRequest<N>, details: ErrorDetails = {}): Promise<HostResponse<N>> {
    await this.open()
    return this.#ask(call, request, details)
  }

  slots(): Promise<SlotView[]> {
    return this.call('listSlots', {})
  }

  /** Ends the host, whatever it does, and for good: logins end, calls that wait or come later fail with CANCELLED. */
  async stop(): Promise<void> {
    this.#isStopped = true
    const host = this.#host
    this.#host = null
    this.#opening = null
    await host?.stop()
  }

  /** The next call opens again, unless that has happened already. */
  #forget(opening: Promise<ModuleInfo>): void {
    if (this.#opening === opening) this.#opening = null
  }

  /** `before`: a host that is ending; two of them are never in the same token's files. */
  async #open(before: HostProcess | null, isWanted: () => boolean): Promise<ModuleInfo> {
    await before?.stop()
    const { path, sha256, parameters } = this.registered
    const file = await examineModuleFile(path)
    if (file.sha256 !== sha256) throw new KmsError('TOKEN_MODULE_CHANGED', 'The file of this module is not the one that was allowed.')
    // It was ended while the file was looked at.
    if (!isWanted()) throw ended()
    const { hostEntry, log, onGone, environment } = this.#options
    const host = new HostProcess(hostEntry, (ending) => {
      if (ending !== 'stopped') log.warn('token host gone', { ending })
      if (this.#host === host) this.#opening = null
      onGone()
    }, environment)
    this.#host = host
    try {
      return await this.#ask('open', { path: file.path, parameters }, {})
    } catch (error) {
      await host.stop()
      throw error
    }
  }

  async #ask<N extends HostCallName>(call: N, request: HostRequest<N>, details: ErrorDetails): Promise<HostResponse<N>> {
    const host = this.#host
    if (!host) throw ended()
    try {
      const limitMs = this.#options.limitMs?.(call) ?? limitsMs[call] ?? usualLimitMs
      return await host.call(call, request, limitMs)
    } catch (error) {
      throw asTokenError(error, call, details)
    }
  }
}

function ended(): KmsError {
  return new KmsError('CANCELLED', 'The token module was ended.')
}
