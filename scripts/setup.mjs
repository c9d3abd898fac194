#!/usr/bin/env node
import { ensureDependencies } from './lib/dependencies.mjs'
import { ensureElectron } from './lib/electron.mjs'
import { isMain, runMain, say, SetupError, stopwatch } from './lib/report.mjs'
import { ensureSystemPackages } from './lib/system-packages.mjs'

export { ensureDependencies, ensureElectron, ensureSystemPackages }

const OLDEST_NODE = [20, 19]

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return
  throw new SetupError(`Node ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.versions.node}.`)
}

/**
 * Everything but building: system libraries for the purpose (`app`, `tour`, `test`, `bench`), dependencies and the
 * Electron runtime. Returns the runtime as `{ dist, executable, version }`.
 */
export async function setup(purpose = 'app', options = {}) {
  checkNode()
  await ensureSystemPackages(purpose)
  await ensureDependencies()
  return ensureElectron(options)
}

async function main() {
  const elapsed = stopwatch()
  const options = { fresh: process.argv.includes('--fresh-electron') }
  const { version, dist } = await setup('app', options)
  say(`Ready with Electron ${version} in ${dist} (${elapsed().toFixed(1)} s).`)
}

if (isMain(import.meta.url)) await runMain(main)
