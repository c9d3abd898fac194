#!/usr/bin/env node
import { ensureBuild } from './build.mjs'
import { electronEnvironment } from './lib/electron.mjs'
import { hasDisplay, isRoot, root } from './lib/paths.mjs'
import { run } from './lib/process.mjs'
import { runMain, say } from './lib/report.mjs'
import { ensureSandboxPossible } from './lib/sandbox.mjs'
import { setup } from './setup.mjs'
import { runTour } from './tour.mjs'

function launchArguments() {
  const args = [root, ...process.argv.slice(2)]
  if (process.platform !== 'linux' || !isRoot()) return args
  say('Running as root: the Chromium sandbox is off (--no-sandbox). Start it as an ordinary user to have it on.')
  return [...args, '--no-sandbox']
}

async function main() {
  if (!hasDisplay()) {
    say('There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so this is the guided tour on a virtual one.')
    return runTour()
  }
  const electron = await setup('app')
  await ensureBuild(electron)
  await ensureSandboxPossible(electron)
  say(`Opening Keystead on Electron ${electron.version}.`)
  const { ELECTRON_RUN_AS_NODE: _unset, ...env } = electronEnvironment(electron)
  return run(electron.executable, launchArguments(), { cwd: root, env })
}

await runMain(main)
