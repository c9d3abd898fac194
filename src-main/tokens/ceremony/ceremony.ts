import { randomBytes } from 'node:crypto'
import type { CeremonyProtocol, CeremonyState } from '../../../src-shared/contract/token-ceremony'
import type { Request } from '../../../src-shared/contract/operations'
import { KmsError } from '../../../src-shared/errors'
import type { CeremonyKeySpec, CeremonyStep } from '../../../src-shared/model/ceremony'
import { copyBytes, zero } from '../../crypto/bytes'
import { keyCheckValue } from '../../crypto/key-check-value'
import { SecretBuffer } from '../../crypto/secret-buffer'
import type { Clock } from '../../platform/ports'
import type { CeremonyTokens } from './ceremony-token'
import { CollectedShares } from './collected-shares'
import { GeneratedShares, type Custodian } from './generated-shares'
import { notFound, stepRefused } from './refusals'

type StartRequest = Request<'startKeyCeremony'>

export interface CeremonyOptions {
  tokens: CeremonyTokens
  clock: Clock
}

const keyBytes: Readonly<Record<CeremonyKeySpec, number>> = { AES_128: 16, AES_192: 24, AES_256: 32 }

/**
 * One key ceremony: the key, its shares and what was done. Key and shares are zeroed once the key is on the token, and by
 * end(); what was done stays readable for the protocol.
 */
export class Ceremony {
  readonly ceremonyId = `c-${randomBytes(8).toString('hex')}`
  readonly #options: CeremonyOptions
  readonly #request: Omit<StartRequest, 'split'>
  readonly #token: CeremonyProtocol['token']
  readonly #shares: GeneratedShares | CollectedShares
  readonly #steps: CeremonyProtocol['steps'] = []
  #key: SecretBuffer | null = null
  #keySpec: CeremonyKeySpec | null = null
  #keyCheckValue: string | null = null
  #idHex: string | null = null
  #isWriting = false
  #isEnded = false

  private constructor(options: CeremonyOptions, request: StartRequest, token: CeremonyProtocol['token'], shares: GeneratedShares | CollectedShares) {
    this.#options = options
    this.#request = request
    this.#token = token
    this.#shares = shares
    this.#note('started')
  }

  /** Makes the key and splits it, or waits for its shares. The codes of CeremonyTokens.describe(). */
  static async begin(options: CeremonyOptions, request: StartRequest): Promise<Ceremony> {
    const token = await options.tokens.describe(request.tokenId)
    const { split } = request
    if (split === undefined) return new Ceremony(options, request, token, new CollectedShares())
    const key = SecretBuffer.random(keyBytes[split.keySpec])
    const participants = split.participants.map((name) => name.trim())
    const ceremony = new Ceremony(options, request, token, await GeneratedShares.make(key, participants, split.threshold))
    ceremony.#takeKey(key)
    return ceremony
  }

  /** CEREMONY_STEP unless it is this share's turn. */
  words(number: number): { custodian: Custodian; words: string[] } {
    const shares = this.#generated()
    const words = shares.words(number)
    return { custodian: { number, participant: shares.current?.participant ?? '' }, words }
  }

  notePrinted(custodian: Custodian): void {
    this.#note('share-printed', custodian)
  }

  /** Typed words are borrowed. The codes of GeneratedShares.confirm(). */
  confirm(number: number, typed: Uint8Array): void {
    this.#note('share-confirmed', this.#generated().confirm(number, typed))
  }

  /** Typed words are borrowed. The codes of CollectedShares.add(). */
  async add(participant: string, typed: Uint8Array): Promise<void> {
    if (!(this.#shares instanceof CollectedShares) || this.#isEnded) throw stepRefused()
    this.#note('share-added', this.#shares.add(participant, typed))
    if (this.#shares.isComplete) this.#takeKey(await this.#shares.join())
  }

  /**
   * Puts the key on the token and lets the token work out its check value, where it can. SHARES_TOO_FEW; CEREMONY_STEP before
   * every share is confirmed; CEREMONY_KEY_DIFFERS when the token holds another key, which is deleted; the codes of tokens,
   * after which this may be tried again. The PIN is borrowed.
   */
  async finish(userPin: Uint8Array | null): Promise<void> {
    if (this.#shares instanceof CollectedShares && !this.#shares.isComplete) throw new KmsError('SHARES_TOO_FEW', 'There are not enough shares yet.')
    if (!this.#isReady || this.#isWriting) throw stepRefused()
    this.#isWriting = true
    try {
      await this.#write(userPin)
    } finally {
      this.#isWriting = false
    }
    this.end()
  }

  get state(): CeremonyState {
    const shares = this.#shares
    const isGenerated = shares instanceof GeneratedShares
    return {
      ceremonyId: this.ceremonyId,
      kind: isGenerated ? 'generate' : 'combine',
      setId: shares.setId,
      threshold: shares.threshold,
      shares: [...(isGenerated ? shares.confirmed : shares.added)],
      current: isGenerated ? shares.current : null,
      keyCheckValue: this.#keyCheckValue,
      isReady: this.#isReady,
      isFinished: this.#idHex !== null,
    }
  }

  get protocol(): CeremonyProtocol {
    const { kind, setId, threshold, keyCheckValue: checkValue } = this.state
    const { label, purpose } = this.#request
    return {
      kind,
      token: this.#token,
      key: { label, purpose, keySpec: this.#keySpec, idHex: this.#idHex },
      setId,
      threshold,
      shareCount: this.#shares instanceof GeneratedShares ? this.#shares.count : null,
      keyCheckValue: checkValue,
      steps: [...this.#steps],
    }
  }

  /** A key that is being written cannot be taken back by cancelling. */
  get isWriting(): boolean {
    return this.#isWriting
  }

  /** Zeroes key and shares. Safe to call more than once. */
  end(): void {
    this.#isEnded = true
    this.#key?.destroy()
    this.#key = null
    this.#shares.destroy()
  }

  get #isReady(): boolean {
    return this.#key !== null && (this.#shares instanceof CollectedShares || this.#shares.current === null)
  }

  async #write(userPin: Uint8Array | null): Promise<void> {
    const lent = this.#key?.use(copyBytes) ?? null
    if (lent === null) throw stepRefused()
    try {
      const written = await this.#options.tokens.write(this.#request.tokenId, this.#request, lent, userPin)
      // After a lock nothing is asked of the token any more.
      if (this.#isEnded) throw notFound()
      const onToken = await written.checkValue()
      if (onToken !== null && onToken !== this.#keyCheckValue) {
        const isRemoved = await written.remove().then(() => true, () => false)
        throw new KmsError('CEREMONY_KEY_DIFFERS', `The token holds another key than the one that was written. ${isRemoved ? 'It was deleted.' : 'It could not be deleted.'}`)
      }
      this.#idHex = written.idHex
      this.#note('key-written')
      this.#note(onToken === null ? 'key-not-checked' : 'key-checked')
    } finally {
      zero(lent)
    }
  }

  #generated(): GeneratedShares {
    if (!(this.#shares instanceof GeneratedShares)) throw stepRefused()
    return this.#shares
  }

  #takeKey(key: SecretBuffer): void {
    if (this.#isEnded) {
      key.destroy()
      throw notFound()
    }
    this.#key = key
    this.#keyCheckValue = key.use((bytes) => keyCheckValue('AES', bytes))
    this.#keySpec = specOf(key.length)
    this.#note('key-known')
  }

  #note(step: CeremonyStep, custodian: Custodian | null = null): void {
    const time = new Date(this.#options.clock.nowMs()).toISOString()
    this.#steps.push({ time, step, number: custodian?.number ?? null, participant: custodian?.participant ?? null })
  }
}

function specOf(length: number): CeremonyKeySpec {
  if (length === 32) return 'AES_256'
  return length === 24 ? 'AES_192' : 'AES_128'
}
