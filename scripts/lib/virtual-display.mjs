import { spawn } from 'node:child_process'
import { hasProgram } from './process.mjs'
import { SetupError } from './report.mjs'

const SCREEN = '1400x900x24'
const START_LIMIT_MS = 20_000

/** Without a screen saver: it begins after ten minutes without a hand on the display, and windows then paint nothing. */
const NO_SCREEN_SAVER = ['-s', '0']

/** Starts a virtual display on a free number; resolves with its name (`:7`) and a function that ends it. */
export async function startVirtualDisplay() {
  if (!hasProgram('Xvfb')) throw new SetupError('Xvfb is missing. Run: npm run tour (or install the package xvfb).')
  const args = ['-displayfd', '3', '-screen', '0', SCREEN, ...NO_SCREEN_SAVER, '-nolisten', 'tcp', '-noreset']
  const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] })
  let errors = ''
  server.stderr.on('data', (data) => (errors += data))
  const number = await readDisplayNumber(server, () => errors)
  const stop = () => endServer(server)
  return { name: `:${number}`, stop }
}

function readDisplayNumber(server, errors) {
  return new Promise((resolve, reject) => {
    const fail = (reason) => {
      clearTimeout(timer)
      server.kill('SIGKILL')
      reject(new SetupError(`The virtual display did not start: ${reason}\n${errors()}`))
    }
    const timer = setTimeout(() => fail('no answer'), START_LIMIT_MS)
    server.once('error', (error) => fail(error.message))
    server.once('exit', (code) => fail(`Xvfb ended with code ${code}`))
    let text = ''
    server.stdio[3].on('data', (data) => {
      text += data
      if (!text.includes('\n')) return
      clearTimeout(timer)
      server.removeAllListeners('exit')
      resolve(text.trim())
    })
  })
}

function endServer(server) {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    server.once('exit', resolve)
    server.kill('SIGTERM')
  })
}
