import type { Request } from '../../../src-shared/contract/operations'
import { ceremonyLimits } from '../../../src-shared/model/ceremony'
import { Ceremony, type CeremonyOptions } from './ceremony'
import { notFound, stepRefused } from './refusals'

/** The one key ceremony that there can be; it ends at lock, when another begins, and after 30 minutes without a step. */
export class KeyCeremonies {
  readonly #options: CeremonyOptions
  #current: Ceremony | null = null
  #timer: NodeJS.Timeout | undefined
  /** Counts what has ended ceremonies, so that one that begins meanwhile is not kept. */
  #endings = 0

  constructor(options: CeremonyOptions) {
    this.#options = options
  }

  /** Ends the ceremony before; CEREMONY_STEP while that is writing its key. */
  async start(request: Request<'startKeyCeremony'>): Promise<Ceremony> {
    if (this.#current?.isWriting) throw stepRefused()
    this.close()
    const endings = this.#endings
    const begun = await Ceremony.begin(this.#options, request)
    if (endings !== this.#endings) {
      begun.end()
      throw notFound()
    }
    this.#current = begun
    this.#restartTimer()
    return begun
  }

  /** The ceremony, whose time begins anew. CEREMONY_NOT_FOUND. */
  at(ceremonyId: string): Ceremony {
    if (this.#current?.ceremonyId !== ceremonyId) throw notFound()
    this.#restartTimer()
    return this.#current
  }

  /** CEREMONY_NOT_FOUND; CEREMONY_STEP while the key is being written. */
  cancel(ceremonyId: string): void {
    if (this.at(ceremonyId).isWriting) throw stepRefused()
    this.close()
  }

  /** Zeroes what there is and forgets it. */
  close(): void {
    this.#endings += 1
    clearTimeout(this.#timer)
    this.#current?.end()
    this.#current = null
  }

  #restartTimer(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.close(), ceremonyLimits.idleMinutes * 60_000)
    this.#timer.unref()
  }
}
