import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { projectRoot } from './source-files'

export interface CliResult {
  code: number | null
  stdout: Buffer
  stderr: string
}

/** Runs the built CLI on the app's own runtime. `input` goes to standard input. */
export function runCli(args: readonly string[], options: { cwd?: string; input?: Uint8Array; env?: Record<string, string>; wrap?: readonly string[] } = {}): Promise<CliResult> {
  const electron = process.env['KEYSTEAD_ELECTRON']
  if (!electron) throw new Error('KEYSTEAD_ELECTRON is not set: run the tests through npm test')
  const [command = '', ...rest] = [...(options.wrap ?? []), electron, join(projectRoot, 'out/main/cli.js'), '--arguments', JSON.stringify(args)]
  const child = spawn(command, rest, {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: options.cwd ?? '/nonexistent', ...options.env, ELECTRON_RUN_AS_NODE: '1' },
  })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? new Uint8Array())
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') }))
  })
}
