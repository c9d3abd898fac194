import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { projectRoot } from './source-files'

export interface Typing {
  /** Typed once all of this has been shown. */
  after: string
  /** A function is called when it is their turn. */
  keys: string | (() => Promise<string>)
}

/** Turns the arguments of `sh` into one command line for script(1), which runs it on a terminal of its own. */
const onTerminal = `line=exec; for argument; do line="$line '$argument'"; done; exec script -qec "$line" /dev/null`

/** Runs the built CLI on a pseudo-terminal and types at it. Resolves with the exit code and everything that was shown. */
export function runOnTerminal(args: readonly string[], typing: readonly Typing[], env: Record<string, string> = {}): Promise<{ code: number | null; shown: string }> {
  const electron = process.env['KEYSTEAD_ELECTRON']
  if (!electron) throw new Error('KEYSTEAD_ELECTRON is not set: run the tests through npm test')
  const child = spawn('sh', ['-c', onTerminal, 'sh', electron, join(projectRoot, 'out/main/cli.js'), '--arguments', JSON.stringify(args)], {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', SHELL: '/bin/sh', ...env, ELECTRON_RUN_AS_NODE: '1' },
  })
  const waiting = [...typing]
  let shown = ''
  let typed = Promise.resolve()
  let failed: (problem: unknown) => void = () => undefined
  const typeOne = (keys: Typing['keys']) => async () => {
    try {
      child.stdin.write(typeof keys === 'string' ? keys : await keys())
    } catch (problem) {
      child.kill()
      failed(problem)
    }
  }
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString('utf8')
    while (waiting[0] && shown.includes(waiting[0].after)) typed = typed.then(typeOne(waiting.shift()?.keys ?? ''))
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    failed = reject
    child.once('close', (code) => resolve({ code, shown }))
  })
}
