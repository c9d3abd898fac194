import { readFileSync } from 'node:fs'
import { constants } from 'node:os'

/** How a command ends: with an exit code, or by a signal. */
export type Ending = { code: number } | { signal: NodeJS.Signals }

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGWINCH', 'SIGUSR1', 'SIGUSR2'] as const

/** The terminal itself sends these to every process of the foreground, so also to the child. */
const sentByTerminal: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT', 'SIGWINCH'])

/** Those that end this process at once and leave no image of its memory on the disk. */
const passedOn: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL', 'SIGUSR2', 'SIGALRM'])

/** Passes signals on to the child until the returned function is called; they no longer end this process meanwhile. */
export function forwardSignals(child: { kill(signal: NodeJS.Signals): unknown }): () => void {
  const stops = forwarded.map((signal) => {
    const forward = () => {
      if (!(sentByTerminal.has(signal) && isInForeground())) child.kill(signal)
    }
    process.on(signal, forward)
    return () => process.off(signal, forward)
  })
  return () => {
    for (const stop of stops) stop()
  }
}

/** Whether this process group is the one that its terminal sends keys to. */
function isInForeground(): boolean {
  if (process.platform !== 'linux') return [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)
  const status = readFileSync('/proc/self/stat', 'latin1')
  // proc(5): state, parent, group, session, terminal, foreground group, after the name in parentheses.
  const [, , group, , , foreground] = status.slice(status.lastIndexOf(')') + 2).split(' ')
  return group === foreground
}

/**
 * Ends this process as a child ended. A signal that would write the memory of this process to the disk becomes the exit
 * code that a shell gives for it, 128 and its number.
 */
export function endLike(ending: Ending): void {
  if ('code' in ending) {
    process.exitCode = ending.code
    return
  }
  process.exitCode = 128 + constants.signals[ending.signal]
  if (passedOn.has(ending.signal)) process.kill(process.pid, ending.signal)
}
