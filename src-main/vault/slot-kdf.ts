import { argon2Floor, argon2id, argon2SaltBytes, calibrateArgon2, checkArgon2Range, type Argon2Parameters } from '../crypto/argon2'
import { randomBytesOf } from '../crypto/random'
import type { SecretBuffer } from '../crypto/secret-buffer'
import { toBase64 } from './encoding'
import type { SlotKdf } from './header'
import { saltOf } from './slot-wrapping'

const defaultTargetMs = 1000

/** Argon2id for slots: chooses the cost of new ones and refuses the cost of old ones outside the range. */
export class SlotKdfs {
  readonly #floor: Readonly<Argon2Parameters>

  /** Only tests pass a floor; it is then the cost of every new slot. */
  constructor(floor: Readonly<Argon2Parameters> = argon2Floor) {
    this.#floor = floor
  }

  /** Parameters with a fresh salt that take about `targetMs` on this machine, one second by default, never below the floor. */
  async choose(targetMs = defaultTargetMs): Promise<SlotKdf> {
    const { memoryKib, passes, lanes } = this.#floor === argon2Floor ? await calibrateArgon2(targetMs) : this.#floor
    return { algorithm: 'argon2id', memoryKib, passes, lanes, salt: toBase64(randomBytesOf(argon2SaltBytes)) }
  }

  /** 32 bytes for the caller to destroy. `secret` is borrowed until the promise settles. KDF_OUT_OF_RANGE. */
  async derive(secret: Uint8Array, kdf: SlotKdf): Promise<SecretBuffer> {
    const { memoryKib, passes, lanes } = kdf
    checkArgon2Range({ memoryKib, passes, lanes }, this.#floor)
    return argon2id(secret, saltOf(kdf.salt), { memoryKib, passes, lanes })
  }
}
