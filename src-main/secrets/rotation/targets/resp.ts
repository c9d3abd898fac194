import { connect, type Socket } from 'node:net'
import { joinBytes, utf8, zero } from '../../../crypto/bytes'
import { nameOfError, unreachable } from './target'
import { addressOf, answerMs, placeText, type ServerPlace } from './target-config'

/** The one-line answer of Redis to a command: its text when it is done, the name of the error otherwise. */
export interface RespAnswer {
  readonly isDone: boolean
  readonly text: string
}

const mostLineBytes = 4096

/**
 * A connection to Redis that can do what a rotation needs: commands whose parts are bytes and whose answers are one line.
 * No part of a command becomes a string.
 */
export class RespConnection {
  readonly #socket: Socket
  readonly #place: ServerPlace
  #waiting: { resolve: (answer: RespAnswer) => void; reject: (error: Error) => void } | null = null
  #line = Buffer.alloc(0)
  #failure: Error | null = null

  private constructor(socket: Socket, place: ServerPlace) {
    this.#socket = socket
    this.#place = place
    socket.on('data', (data: Buffer) => this.#take(data))
    socket.on('error', (error) => this.#fail(nameOfError(error)))
    socket.on('close', () => this.#fail('it hung up'))
    socket.setTimeout(answerMs, () => socket.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })))
  }

  /** ROTATION_TARGET_UNREACHABLE. */
  static open(place: ServerPlace): Promise<RespConnection> {
    const { host, port, socketPath } = place
    const socket = socketPath === null ? connect({ host: addressOf(host), port }) : connect({ path: socketPath })
    const connection = new RespConnection(socket, place)
    return new Promise((resolve, reject) => {
      connection.#waiting = { resolve: () => undefined, reject }
      socket.once('connect', () => {
        connection.#waiting = null
        resolve(connection)
      })
    })
  }

  /** Sends one command; the next one after its answer. ROTATION_TARGET_UNREACHABLE when the connection ends. */
  call(...parts: readonly (string | Uint8Array)[]): Promise<RespAnswer> {
    const bytes = parts.map((part) => (typeof part === 'string' ? utf8(part) : part))
    const command = joinBytes([utf8(`*${bytes.length}\r\n`), ...bytes.flatMap((part) => [utf8(`$${part.length}\r\n`), part, utf8('\r\n')])])
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure)
      this.#waiting = { resolve, reject }
      this.#socket.write(command, () => zero(command))
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(data: Buffer): void {
    this.#line = Buffer.concat([this.#line, data])
    const end = this.#line.indexOf('\r\n')
    if (end < 0 && this.#line.length <= mostLineBytes) return
    const line = this.#line.toString('latin1', 0, Math.max(end, 0))
    this.#line = Buffer.alloc(0)
    const mark = line[0]
    if (mark !== '+' && mark !== '-') return this.#fail('it does not answer as Redis does')
    const text = line.slice(1)
    this.#settle(({ resolve }) => resolve({ isDone: mark === '+', text }))
  }

  #fail(why: string): void {
    this.#failure ??= unreachable(`Redis at ${placeText(this.#place)} cannot be reached (${why}).`)
    const failure = this.#failure
    this.#settle(({ reject }) => reject(failure))
    this.#socket.destroy()
  }

  #settle(how: (waiting: { resolve: (answer: RespAnswer) => void; reject: (error: Error) => void }) => void): void {
    const waiting = this.#waiting
    this.#waiting = null
    if (waiting) how(waiting)
  }
}
