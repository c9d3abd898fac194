import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'

const signalCode = (signal) => 128 + (constants.signals[signal] ?? 0)

/** The exit code a shell would report for an ended child. */
export const exitCode = (code, signal) => code ?? signalCode(signal)

/** Runs a command with our own terminal; resolves with its exit code, and never rejects for a non-zero one. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options })
    const release = forwardSignals(child)
    child.once('error', (error) => {
      release()
      reject(error)
    })
    child.once('close', (code, signal) => {
      release()
      resolve(exitCode(code, signal))
    })
  })
}

const sentByTerminal = ['SIGINT', 'SIGQUIT', 'SIGWINCH']

/** Whether the terminal sends its keys to this group of processes. */
function isInForeground() {
  if (process.platform !== 'linux') return Boolean(process.stdin.isTTY)
  const status = readFileSync('/proc/self/stat', 'latin1')
  const [, , group, , , foreground] = status.slice(status.lastIndexOf(')') + 2).split(' ')
  return group === foreground
}

/**
 * Passes the signals that ask us to stop, or `signals`, on to the child, which decides how to end. A terminal sends its
 * Ctrl+C to the child as well, so there it is only kept from ending us first.
 */
export function forwardSignals(child, signals = ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  const handlers = signals.map((signal) => {
    const handler = () => (sentByTerminal.includes(signal) && isInForeground()) || child.kill(signal)
    process.on(signal, handler)
    return () => process.off(signal, handler)
  })
  return () => handlers.forEach((off) => off())
}

/** Like `run`, but keeps the output to itself unless the command fails. */
export async function runQuietly(command, args, options = {}) {
  const chunks = []
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const release = forwardSignals(child)
  child.stdout.on('data', (data) => chunks.push(data))
  child.stderr.on('data', (data) => chunks.push(data))
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status, signal) => resolve(exitCode(status, signal)))
  }).finally(release)
  if (code !== 0) process.stderr.write(Buffer.concat(chunks))
  return code
}

/** Runs a short command and returns its trimmed stdout, or null when it fails or does not exist. */
export function capture(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], ...options })
  return result.status === 0 ? result.stdout.trim() : null
}

/** Whether a program is on the search path. */
export const hasProgram = (name) => capture('sh', ['-c', `command -v "$0"`, name]) !== null

/** npm as the caller started it, so that the same version is used and no shell is needed. */
export function npmCommand(env = process.env) {
  const script = env.npm_execpath
  if (script && /npm-cli\.c?js$/.test(script)) return { command: process.execPath, prefix: [script], shell: false }
  return { command: 'npm', prefix: [], shell: process.platform === 'win32' }
}

export function runNpm(args, options = {}) {
  const { command, prefix, shell } = npmCommand()
  return run(command, [...prefix, ...args], { shell, ...options })
}
