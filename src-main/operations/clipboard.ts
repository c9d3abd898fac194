import { timingSafeEqual } from 'node:crypto'
import { zero } from '../crypto/bytes'
import { hmacSha256 } from '../crypto/hmac'
import { randomBytesOf } from '../crypto/random'
import { wakeAfter, type WakeAfter } from '../keystore/key-schedule'
import { SerialQueue } from '../platform/serial-queue'
import type { Clock, Log } from '../platform/ports'
import type { DesktopPort } from './desktop-port'

export interface SecretClipboardOptions {
  desktop: Pick<DesktopPort, 'writeSecret' | 'readClipboard' | 'clearClipboard'>
  clock: Clock
  log: Log
  /** Seconds until a copy is cleared, asked for each copy. */
  clearSeconds: () => number
  wakeAfter?: WakeAfter
}

/** What is known of a copy: enough to know it again, not enough to tell what it is. */
interface Copied {
  salt: Uint8Array
  mac: Uint8Array
  clearsAt: number
}

type Listener = (clearsAt: string | null) => void

/**
 * Secrets on the clipboard. A copy is cleared when its time is over, at lock and at the end of the application, and only
 * when the clipboard still holds it: what was put there meanwhile stays.
 */
export class SecretClipboard {
  readonly #options: SecretClipboardOptions
  readonly #steps = new SerialQueue()
  readonly #listeners = new Set<Listener>()
  #copied: Copied | null = null
  #stopTimer: () => void = () => undefined

  constructor(options: SecretClipboardOptions) {
    this.#options = options
  }

  /** Puts text (UTF-8, borrowed) on the clipboard and tells when it goes, ISO 8601. The codes of the desktop. */
  copy(value: Uint8Array): Promise<string> {
    return this.#steps.run(async () => {
      const { desktop, clock, clearSeconds } = this.#options
      const salt = randomBytesOf(32)
      const mac = hmacSha256(salt, value)
      await desktop.writeSecret(value)
      const waitMs = clearSeconds() * 1000
      const copied = { salt, mac, clearsAt: clock.nowMs() + waitMs }
      this.#take(copied)
      this.#stopTimer = (this.#options.wakeAfter ?? wakeAfter)(waitMs, () => void this.#clear(copied))
      return timeOf(copied)
    })
  }

  /** Clears the clipboard now if it still holds what was copied last. Never throws. */
  async clear(): Promise<void> {
    await this.#clear(null)
  }

  /** Calls `listener` with the time at which a new copy goes, and with null when it is gone. Gives back how to stop it. */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** With `only`, another copy that was made meanwhile stays. */
  #clear(only: Copied | null): Promise<void> {
    return this.#steps.run(async () => {
      const copied = this.#copied
      if (!copied || (only && only !== copied)) return
      this.#take(null)
      try {
        if (await this.#isStillThere(copied)) await this.#options.desktop.clearClipboard()
      } catch (error) {
        this.#options.log.error('clipboard-not-cleared', error)
      } finally {
        zero(copied.salt, copied.mac)
      }
    })
  }

  async #isStillThere({ salt, mac }: Copied): Promise<boolean> {
    const text = await this.#options.desktop.readClipboard()
    const isSame = timingSafeEqual(hmacSha256(salt, text), mac)
    zero(text)
    return isSame
  }

  #take(copied: Copied | null): void {
    this.#stopTimer()
    this.#stopTimer = () => undefined
    this.#copied = copied
    for (const listener of this.#listeners) listener(copied && timeOf(copied))
  }
}

function timeOf({ clearsAt }: Copied): string {
  return new Date(clearsAt).toISOString()
}
