import { KmsError } from '../../../src-shared/errors'
import { joinShares } from '../../crypto/key-shares'
import type { SecretBuffer } from '../../crypto/secret-buffer'
import { decodeShareWords, type PaperShare } from '../../crypto/share-words'
import type { Custodian } from './generated-shares'
import { otherSet, stepRefused } from './refusals'

/** Shares that custodians bring, until there are as many as their key was split for. */
export class CollectedShares {
  readonly #shares: PaperShare[] = []
  readonly added: Custodian[] = []

  /** Null before the first share. */
  get setId(): string | null {
    return this.#shares.at(0)?.setId ?? null
  }

  get threshold(): number | null {
    return this.#shares.at(0)?.threshold ?? null
  }

  get isComplete(): boolean {
    return this.threshold !== null && this.#shares.length >= this.threshold
  }

  /** Typed words are borrowed. SHARE_MISTYPED, SHARE_OTHER_SET, SHARE_REPEATED; CEREMONY_STEP when there are enough. */
  add(participant: string, typed: Uint8Array): Custodian {
    if (this.isComplete) throw stepRefused()
    const read = decodeShareWords(typed)
    try {
      this.#check(read)
    } catch (error) {
      read.share.destroy()
      throw error
    }
    this.#shares.push(read)
    const custodian = { number: read.number, participant }
    this.added.push(custodian)
    return custodian
  }

  /** The key, for the caller to destroy; the shares are forgotten. SHARES_TOO_FEW. */
  async join(): Promise<SecretBuffer> {
    if (!this.isComplete) throw new KmsError('SHARES_TOO_FEW', 'There are not enough shares yet.')
    const shares = this.#shares.map(({ share }) => share)
    return joinShares(shares).finally(() => this.destroy())
  }

  /** Zeroes the shares; what set they are of stays known. */
  destroy(): void {
    for (const { share } of this.#shares) share.destroy()
  }

  #check({ setId, threshold, number, share }: PaperShare): void {
    const [first] = this.#shares
    if (first === undefined) return
    if (setId !== first.setId || threshold !== first.threshold || share.length !== first.share.length) throw otherSet()
    const isRepeated = this.#shares.some((other) => other.number === number || placeOf(other.share) === placeOf(share))
    if (isRepeated) throw new KmsError('SHARE_REPEATED', 'This share was added already.')
  }
}

/** Place of a share on the polynomials: its last byte. Two shares of one place give no key. */
function placeOf(share: SecretBuffer): number | undefined {
  return share.use((bytes) => bytes.at(-1))
}
