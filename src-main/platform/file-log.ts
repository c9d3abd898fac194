import { closeSync, existsSync, fchmodSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { describeCause, maskFields } from './log-mask'
import type { Clock, Log } from './ports'
import { systemClock } from './system-clock'

/** Size of one file and how many older ones (`.1` is the youngest) are kept. */
export interface FileLogOptions {
  maxBytes?: number
  keep?: number
  clock?: Clock
}

type Level = 'info' | 'warn' | 'error'

/**
 * The application log: one JSON object per line (time, level, event, fields; cause for errors), mode 0600, rotated by
 * size. Lines are written at once, so that the last ones before a crash are there. Secret-looking fields, bytes
 * and error messages are never written. No method throws: a full disk must not stop the application.
 */
export class FileLog implements Log {
  readonly #path: string
  readonly #maxBytes: number
  readonly #keep: number
  readonly #clock: Clock
  #descriptor: number | null = null
  #size = 0

  constructor(path: string, options: FileLogOptions = {}) {
    this.#path = path
    this.#maxBytes = options.maxBytes ?? 1024 * 1024
    this.#keep = Math.max(options.keep ?? 3, 1)
    this.#clock = options.clock ?? systemClock
  }

  info(event: string, fields?: Readonly<Record<string, unknown>>): void {
    this.#write('info', event, () => ({ fields: fields && maskFields(fields) }))
  }

  warn(event: string, fields?: Readonly<Record<string, unknown>>): void {
    this.#write('warn', event, () => ({ fields: fields && maskFields(fields) }))
  }

  error(event: string, cause: unknown, fields?: Readonly<Record<string, unknown>>): void {
    this.#write('error', event, () => ({ fields: fields && maskFields(fields), cause: describeCause(cause) }))
  }

  /** Closes the file; the next line opens it again. */
  close(): void {
    const descriptor = this.#descriptor
    this.#descriptor = null
    if (descriptor !== null) closeSync(descriptor)
  }

  #write(level: Level, event: string, rest: () => Record<string, unknown>): void {
    try {
      const time = new Date(this.#clock.nowMs()).toISOString()
      this.#append(Buffer.from(`${JSON.stringify({ time, level, event, ...rest() })}\n`))
    } catch {
      this.#giveUp()
    }
  }

  /** Nowhere is left to report to; the next line tries again with the file opened anew. */
  #giveUp(): void {
    try {
      this.close()
    } catch {
      this.#descriptor = null
    }
  }

  #append(line: Buffer): void {
    let descriptor = this.#descriptor ?? this.#open()
    if (this.#size > 0 && this.#size + line.length > this.#maxBytes) {
      this.close()
      this.#rotate()
      descriptor = this.#open()
    }
    writeSync(descriptor, line)
    this.#size += line.length
  }

  #open(): number {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 })
    const descriptor = openSync(this.#path, 'a', 0o600)
    fchmodSync(descriptor, 0o600)
    this.#size = fstatSync(descriptor).size
    this.#descriptor = descriptor
    return descriptor
  }

  #rotate(): void {
    for (let age = this.#keep; age >= 1; age--) {
      const older = age === 1 ? this.#path : `${this.#path}.${age - 1}`
      if (existsSync(older)) renameSync(older, `${this.#path}.${age}`)
    }
  }
}
