import { spawn, type ChildProcess } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { zero } from '../crypto/bytes'
import { inTime } from '../platform/in-time'
import type { HostAnswer, HostCallName, HostFailure, HostQuestion, HostRequest, HostResponse } from './host/calls'
import { encodeFrame, FrameReader } from './host/framing'

/** Why a host gave no answer. */
export type HostEnding = 'crashed' | 'timeout' | 'stopped'

/** The module's own failure, as the host told it. */
export class ModuleFailure extends Error {
  readonly failure: HostFailure

  constructor(failure: HostFailure) {
    super(failure.name)
    this.failure = failure
  }
}

/** The host is gone. */
export class HostGone extends Error {
  readonly ending: HostEnding

  constructor(ending: HostEnding) {
    super(`the token host has ${ending}`)
    this.ending = ending
  }
}

/** What starts a host: a module that crashes must not write a PIN into a core dump, so the shell forbids them and gives way. */
function commandOf(entry: string): [program: string, ...args: string[]] {
  if (process.platform === 'win32') return [process.execPath, entry]
  return ['/bin/sh', '-c', 'ulimit -c 0; exec "$0" "$1"', process.execPath, entry]
}

/** How long the end of a process that was killed is waited for. */
const endPatienceMs = 3000

/** Calls that the host has before it; it answers them in their order. More would only wait there instead of here. */
const maxUnderWay = 16

interface Call {
  question: HostQuestion
  limitMs: number
  take(answer: HostAnswer): void
  fail(error: unknown): void
}

/**
 * A process of its own in which one PKCS#11 module is loaded. It talks over a pipe in which requests are written from, and
 * answers are read into, memory that is zeroed here: a PIN leaves no copy in this process.
 */
export class HostProcess {
  readonly #child: ChildProcess
  readonly #channel: Duplex
  readonly #ended: Promise<void>
  /** What the host has before it, the first one under way. */
  readonly #underWay: Call[] = []
  readonly #waiting: Call[] = []
  /** Ends the host when the call that is under way takes too long. */
  #timer: NodeJS.Timeout | null = null
  #lastId = 0
  #ending: HostEnding | null = null

  /** `entry`: `file:` URL of the bundle of host/main.ts. `environment`: what the module finds there beside this process's own. */
  constructor(entry: URL, onGone: (ending: HostEnding) => void, environment: Readonly<Record<string, string>> = {}) {
    const env = { ...process.env, ...environment, ELECTRON_RUN_AS_NODE: '1' }
    const [program, ...args] = commandOf(fileURLToPath(entry))
    this.#child = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], env, windowsHide: true })
    this.#channel = this.#child.stdio[3] as Duplex
    this.#ended = new Promise((resolve) => {
      const end = () => {
        this.#end(this.#ending ?? 'crashed')
        onGone(this.#ending ?? 'crashed')
        resolve()
      }
      this.#child.once('exit', end)
      this.#child.once('error', end)
    })
    const reader = new FrameReader((answer) => this.#take(answer as HostAnswer))
    this.#channel.on('data', (piece: Uint8Array) => this.#read(reader, piece))
    this.#channel.on('error', () => this.#kill('crashed'))
    this.#child.stdio[4]?.on('error', () => undefined)
  }

  get pid(): number | null {
    return this.#child.pid ?? null
  }

  get isRunning(): boolean {
    return this.#ending === null
  }

  get isIdle(): boolean {
    return this.isRunning && this.#underWay.length + this.#waiting.length === 0
  }

  /**
   * Byte fields of `request` stay the caller's; those of the answer become the caller's. ModuleFailure when the module refuses;
   * HostGone when there is no answer within `limitMs`, after which the host is killed, or when it ends before. A module does one
   * thing after the other: the time of a call begins when those before it have ended, however long a token makes a key.
   */
  async call<N extends HostCallName>(call: N, request: HostRequest<N>, limitMs: number): Promise<HostResponse<N>> {
    if (this.#ending !== null) throw new HostGone(this.#ending)
    const answer = await new Promise<HostAnswer>((take, fail) => {
      this.#waiting.push({ question: { id: (this.#lastId += 1), call, request }, limitMs, take, fail })
      this.#sendMore()
    })
    if (!answer.ok) throw new ModuleFailure(answer.failure)
    return answer.value as HostResponse<N>
  }

  /**
   * Ends the process; calls that wait fail with HostGone. Resolves when it is gone, or after some seconds: one that waits in a
   * driver ends when the driver lets go of it.
   */
  async stop(): Promise<void> {
    this.#kill('stopped')
    await inTime(this.#ended, endPatienceMs)
  }

  #sendMore(): void {
    while (this.#underWay.length < maxUnderWay) {
      const next = this.#waiting.shift()
      if (!next) return
      try {
        this.#send(next.question)
      } catch (error) {
        next.fail(error)
        continue
      }
      this.#underWay.push(next)
      if (this.#underWay.length === 1) this.#startTimer()
    }
  }

  #send(question: HostQuestion): void {
    const frame = encodeFrame(question)
    this.#channel.write(frame, () => zero(frame))
  }

  /** For the call that the host is at. */
  #startTimer(): void {
    if (this.#timer) clearTimeout(this.#timer)
    const [first] = this.#underWay
    this.#timer = first ? setTimeout(() => this.#kill('timeout'), first.limitMs) : null
  }

  #read(reader: FrameReader, piece: Uint8Array): void {
    try {
      reader.push(piece)
    } catch {
      this.#kill('crashed')
    }
  }

  /** Throws for an answer to what was not asked. */
  #take(answer: HostAnswer): void {
    const [call] = this.#underWay
    if (call?.question.id !== answer.id) throw new RangeError('not the answer')
    this.#underWay.shift()
    this.#startTimer()
    this.#sendMore()
    call.take(answer)
  }

  #kill(ending: HostEnding): void {
    this.#end(ending)
    this.#child.kill('SIGKILL')
  }

  #end(ending: HostEnding): void {
    this.#ending ??= ending
    const unanswered = [...this.#underWay.splice(0), ...this.#waiting.splice(0)]
    this.#startTimer()
    for (const { fail } of unanswered) fail(new HostGone(this.#ending))
    this.#channel.destroy()
  }
}
