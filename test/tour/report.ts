import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'

interface Step {
  title: string
  seconds: number
  picture: string | null
}

/** What the tour did: numbered pictures, and a report of each step in Markdown and JSON. */
export class TourReport {
  readonly #folder: string
  readonly #steps: Step[] = []
  #pictures = 0

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true })
  }

  /** Does one step; afterwards a picture of the page is taken when it has a name. Names the step when it fails. */
  async step<T>(title: string, picture: string | null, page: () => Page, work: () => Promise<T>): Promise<T> {
    const started = performance.now()
    process.stdout.write(`> ${title}\n`)
    try {
      const result = await work()
      const name = picture === null ? null : await this.#take(page(), picture)
      this.#steps.push({ title, seconds: (performance.now() - started) / 1000, picture: name })
      return result
    } catch (error) {
      await this.#take(page(), 'failed').catch(() => undefined)
      throw new Error(`The tour failed at: ${title}`, { cause: error })
    }
  }

  /** Writes report.md and report.json; `failure` is null when everything worked. */
  write(facts: Record<string, string>, failure: string | null): void {
    const rows = this.#steps.map(({ title, seconds, picture }) => `| ${title} | ${seconds.toFixed(1)} s | ${picture === null ? '' : `[${picture}](${picture})`} |`)
    const lines = [
      '# Guided tour',
      '',
      failure === null ? 'Everything worked.' : `Failed: ${failure}`,
      '',
      ...Object.entries(facts).map(([name, value]) => `- ${name}: ${value}`),
      '',
      '| step | time | picture |',
      '| --- | --- | --- |',
      ...rows,
      '',
    ]
    writeFileSync(join(this.#folder, 'report.md'), lines.join('\n'))
    writeFileSync(join(this.#folder, 'report.json'), JSON.stringify({ failure, facts, steps: this.#steps }, null, 2))
  }

  async #take(page: Page, name: string): Promise<string> {
    this.#pictures += 1
    const file = `${String(this.#pictures).padStart(2, '0')}-${name}.png`
    await page.evaluate(() => document.fonts.ready.then(() => undefined))
    await page.screenshot({ path: join(this.#folder, file), animations: 'disabled' })
    return file
  }
}
