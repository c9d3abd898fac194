import type { JobSummary } from '../../../src-shared/contract/files'

const barCells = 30

interface Terminal {
  isTTY?: boolean
  write(text: string): unknown
}

/** A progress bar on a terminal; silent everywhere else. */
export class ProgressBar {
  readonly #terminal: Terminal
  #drawn = false

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  draw(job: JobSummary): void {
    if (!this.#terminal.isTTY) return
    const share = job.bytesTotal === 0 ? 0 : Math.min(1, job.bytesDone / job.bytesTotal)
    const cells = Math.round(share * barCells)
    const rate = `${(job.bytesPerSecond / 1024 / 1024).toFixed(0)} MiB/s`
    const left = job.secondsLeft === null ? '' : `, ${Math.ceil(job.secondsLeft)} s left`
    const files = job.filesTotal > 1 ? ` ${job.filesDone}/${job.filesTotal} files` : ''
    const bar = '#'.repeat(cells) + '.'.repeat(barCells - cells)
    this.#terminal.write(`\r\u001b[K[${bar}] ${Math.floor(share * 100)} %${files} ${rate}${left}`)
    this.#drawn = true
  }

  /** Takes the bar away, so that what follows starts on a clean line. */
  clear(): void {
    if (this.#drawn) this.#terminal.write('\r\u001b[K')
    this.#drawn = false
  }
}
