import { join } from 'node:path'
import type { Page } from 'playwright'
import { holdStill } from '../e2e/support/focus'
import { closeMessages } from '../e2e/support/key-steps'
import type { TourStep } from './report'

/** Does the steps one after the other, says so, and takes a picture after each. */
export class Guide {
  readonly steps: TourStep[] = []
  readonly #page: Page
  readonly #folder: string
  #pictures = 0

  constructor(page: Page, folder: string) {
    this.#page = page
    this.#folder = folder
  }

  /** `picture` names the file; the numbering comes by itself. */
  async step(name: string, picture: string | null, work: () => Promise<unknown>): Promise<void> {
    const started = performance.now()
    await work()
    const screenshot = picture === null ? null : await this.take(picture)
    await closeMessages(this.#page)
    const seconds = (performance.now() - started) / 1000
    this.steps.push({ name, seconds, screenshot })
    process.stdout.write(`  ${name} (${seconds.toFixed(1)} s)\n`)
  }

  /** A picture of the window as it is; tells the file's name. */
  async take(picture: string): Promise<string> {
    this.#pictures += 1
    const file = `${String(this.#pictures).padStart(2, '0')}-${picture}.png`
    await this.#shoot(join(this.#folder, file))
    return file
  }

  /** A picture with this very path, without a number. */
  async takeAs(path: string): Promise<void> {
    await this.#shoot(path)
  }

  async #shoot(path: string): Promise<void> {
    await this.#page.mouse.move(640, 5)
    await holdStill(this.#page)
    await this.#page.screenshot({ path })
  }
}
