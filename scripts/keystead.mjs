#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
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

function launch(electron) {
  // As one argument: the runtime takes --env-file for its own wherever it stands.
  const child = spawn(electron.executable, [cli, '--arguments', JSON.stringify(process.argv.slice(2))], {
    stdio: 'inherit',
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
