import { spawn, type ChildProcess } from 'node:child_process'
import { homedir } from 'node:os'
import { zero } from '../../../crypto/bytes'
import { encodeCommandInput, hiddenParts, type CommandStep } from './command-input'
import { maskedReason } from './masked-reason'
import { OutputHead } from './output-head'
import { checkProgram } from './program-checks'
import { accepted, applyFailed, nameOfError, refused, unreachable, type Credential, type LoginAnswer, type RotationTarget, type TargetChange } from './target'

/** A program as the user chose it, and for which secret it is run. */
export interface CommandPlace {
  readonly program: string
  readonly args: readonly string[]
  readonly timeoutSeconds: number
  readonly secretName: string
}

/** How a program ended: null when it was not started. */
interface Ending {
  readonly code: number | null
  /** A fixed phrase, or what the program said, masked. */
  readonly reason: string
}

/** What is kept of a program's output, for a reason. */
const mostOutputBytes = 4096
/** How long the last words of a program that has ended are waited for. */
const patienceMs = 500

/**
 * A program of the user's that rotates a secret wherever it is used. It is run without a shell, with a minimal environment,
 * once for each step; the values come on its standard input alone. It ends with 0 when the step is done.
 */
export class CommandTarget implements RotationTarget {
  readonly keepsOld = false
  readonly isOpaque = true
  readonly #place: CommandPlace
  readonly #running = new Set<ChildProcess>()

  constructor(place: CommandPlace) {
    this.#place = place
  }

  async login(credential: Credential): Promise<LoginAnswer> {
    const { code, reason } = await this.#run('test', credential, credential)
    if (code === null) throw unreachable(reason)
    return code === 0 ? accepted : refused(reason)
  }

  async apply({ from, to, isRollback }: TargetChange): Promise<void> {
    // The old value is always the old one: when it is put back, it is what shall be in force.
    const { code, reason } = isRollback ? await this.#run('rollback', to, from) : await this.#run('apply', from, to)
    if (code === null) throw unreachable(reason)
    if (code !== 0) throw applyFailed(reason)
  }

  async retire(): Promise<void> {}

  async close(): Promise<void> {
    for (const child of this.#running) killGroup(child)
  }

  async #run(step: CommandStep, before: Credential, after: Credential): Promise<Ending> {
    const { program, secretName } = this.#place
    const { path, problem } = await checkProgram(program)
    if (problem !== null) return { code: null, reason: `The program ${problem}.` }
    const input = encodeCommandInput({ step, secretName, account: after.account, oldValue: before.secret, newValue: after.secret })
    const hidden = [before, after].flatMap(({ secret }) => hiddenParts(secret, after.account))
    try {
      return await this.#runProgram(path, input, (output) => maskedReason(output, hidden))
    } finally {
      zero(input, ...hidden)
    }
  }

  #runProgram(path: string, input: Uint8Array, shown: (output: Uint8Array) => string | null): Promise<Ending> {
    const { args, timeoutSeconds } = this.#place
    const child = spawn(path, [...args], { cwd: '/', env: environment(), shell: false, detached: true, stdio: ['pipe', 'ignore', 'pipe'], windowsHide: true })
    this.#running.add(child)
    const said = new OutputHead(mostOutputBytes)
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      killGroup(child)
    }, timeoutSeconds * 1000)
    child.stderr.on('data', (data: Buffer) => said.take(data))
    // A program that does not read all of it decides by its exit code.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    return new Promise<Ending>((resolve) => {
      const ended = (code: number | null, signal: NodeJS.Signals | null) => {
        const late = isLate ? `The program did not end within ${timeoutSeconds} s.` : null
        resolve({ code: code ?? 1, reason: late ?? endingText(code, signal, shown(said.bytes)) })
      }
      child.once('error', (error) => resolve({ code: null, reason: `The program could not be started (${nameOfError(error)}).` }))
      child.once('close', ended)
      // What it leaves running may keep its output open: its own end counts.
      child.once('exit', (code, signal) => void setTimeout(() => ended(code, signal), patienceMs).unref())
    }).finally(() => {
      clearTimeout(timer)
      this.#running.delete(child)
      child.stderr.destroy()
      said.destroy()
    })
  }
}

function endingText(code: number | null, signal: NodeJS.Signals | null, said: string | null): string {
  const how = code === null ? `was ended by ${signal ?? 'a signal'}` : `ended with the exit code ${code}`
  return said === null ? `The program ${how}.` : `The program ${how}: ${said}`
}

/** The program and all that it started. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    if (process.platform === 'win32') child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It ended in this moment.
  }
}

/** Nothing of ours: no variable of this process is passed on but what every program needs. */
function environment(): NodeJS.ProcessEnv {
  if (process.platform === 'win32') return { SystemRoot: process.env['SystemRoot'], PATH: process.env['PATH'] }
  return { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: homedir(), LANG: 'C.UTF-8' }
}
