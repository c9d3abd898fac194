import { randomBytes } from 'node:crypto'
import { KmsError } from '../../../src-shared/errors'
import { splitKey } from '../../crypto/key-shares'
import type { SecretBuffer } from '../../crypto/secret-buffer'
import { decodeShareWords, encodeShareWords } from '../../crypto/share-words'
import { otherSet, stepRefused } from './refusals'

/** A participant with the number of his share, from 1. */
export interface Custodian {
  number: number
  participant: string
}

/** Shares of a key that was made here: each is shown until its custodian has typed it back, then forgotten. */
export class GeneratedShares {
  readonly setId = randomBytes(2).toString('hex')
  readonly threshold: number
  readonly count: number
  readonly #waiting: { custodian: Custodian; share: SecretBuffer }[]
  readonly confirmed: Custodian[] = []

  private constructor(waiting: { custodian: Custodian; share: SecretBuffer }[], threshold: number) {
    this.#waiting = waiting
    this.count = waiting.length
    this.threshold = threshold
  }

  static async make(key: SecretBuffer, participants: readonly string[], threshold: number): Promise<GeneratedShares> {
    const shares = await splitKey(key, participants.length, threshold)
    return new GeneratedShares(shares.map((share, index) => ({ custodian: { number: index + 1, participant: participants[index] ?? '' }, share })), threshold)
  }

  /** Whose turn it is; null when all have their share. */
  get current(): Custodian | null {
    return this.#waiting.at(0)?.custodian ?? null
  }

  /** CEREMONY_STEP unless it is this share's turn. */
  words(number: number): string[] {
    return encodeShareWords({ setId: this.setId, threshold: this.threshold, number, share: this.#turnOf(number).share })
  }

  /** Typed words are borrowed. SHARE_MISTYPED; SHARE_OTHER_SET; SHARE_UNEXPECTED for another share of the set. */
  confirm(number: number, typed: Uint8Array): Custodian {
    const { custodian, share } = this.#turnOf(number)
    const read = decodeShareWords(typed)
    const isSame = read.share.use((bytes) => share.equals(bytes))
    read.share.destroy()
    if (read.setId !== this.setId) throw otherSet()
    if (!isSame || read.number !== number) throw new KmsError('SHARE_UNEXPECTED', 'This is another share than the one that was shown.')
    this.#waiting.shift()
    share.destroy()
    this.confirmed.push(custodian)
    return custodian
  }

  destroy(): void {
    for (const { share } of this.#waiting.splice(0)) share.destroy()
  }

  #turnOf(number: number) {
    const [first] = this.#waiting
    if (first?.custodian.number !== number) throw stepRefused()
    return first
  }
}
