#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { existsSync, fstatSync } from 'node:fs'
import { findElectron } from './lib/electron.mjs'
import { inRoot } from './lib/paths.mjs'
import { forwardSignals } from './lib/process.mjs'
import { reportToStderr, runMain } from './lib/report.mjs'

const cli = inRoot('out', 'main', 'cli.js')

/** Sets the checkout up; its messages go to stderr, because stdout belongs to the command. */
async function prepare() {
  const [{ setup }, { ensureBuild }] = await Promise.all([import('./setup.mjs'), import('./build.mjs')])
  reportToStderr()
  const electron = await setup('app')
  await ensureBuild(electron)
  return electron
}

/** Ends this process the way the child ended, so that a shell sees the same code or signal. */
function endLike(code, signal) {
  if (signal) process.kill(process.pid, signal)
  else process.exitCode = code
}

/** Standard input and output, and what options such as `--pin-fd 3` name: a process inherits nothing else. */
function inherited(args) {
  const named = args.flatMap((arg, index) => {
    const option = /^--(?:so-|new-|to-|token-)?pin-fd(?:=(.*))?$/.exec(arg)
    const number = option ? Number(option[1] ?? args[index + 1]) : 0
    return Number.isInteger(number) && number > 2 && number < 256 && isGiven(number) ? [number] : []
  })
  const stdio = Array.from({ length: Math.max(2, ...named) + 1 }, () => 'ignore')
  for (const descriptor of [0, 1, 2, ...named]) stdio[descriptor] = descriptor
  return stdio
}

/** Whether somebody passed this descriptor on: it is not one of the runtime's own, whose pipes have both ends side by side. */
function isGiven(descriptor) {
  const [stats, before, after] = [descriptor, descriptor - 1, descriptor + 1].map(statsOf)
  if (!stats || !(stats.isFile() || stats.isFIFO() || stats.isSocket() || stats.isCharacterDevice())) return false
  return !stats.isFIFO() || ![before, after].some((other) => other?.isFIFO() && other.ino === stats.ino)
}

function statsOf(descriptor) {
  try {
    return fstatSync(descriptor)
  } catch {
    return null
  }
}

function launch(electron) {
  // As one argument: the runtime takes --env-file for its own wherever it stands.
  const child = spawn(electron.executable, [cli, '--arguments', JSON.stringify(process.argv.slice(2))], {
    stdio: inherited(process.argv.slice(2)),
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  })
  const release = forwardSignals(child, ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGWINCH', 'SIGUSR1', 'SIGUSR2'])
  child.once('error', (error) => {
    process.stderr.write(`Electron could not be started: ${error.message}\n`)
    process.exitCode = 1
  })
  child.once('close', (code, signal) => {
    release()
    endLike(code, signal)
  })
}

await runMain(async () => launch((existsSync(cli) && (await findElectron())) || (await prepare())))
