#!/usr/bin/env node
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureBuild } from './build.mjs'
import { runAsUser } from './lib/as-user.mjs'
import { electronEnvironment } from './lib/electron.mjs'
import { hasDisplay, inRoot, isRoot, root } from './lib/paths.mjs'
import { run } from './lib/process.mjs'
import { isMain, runMain, say, stopwatch } from './lib/report.mjs'
import { ensureSandboxPossible } from './lib/sandbox.mjs'
import { setup } from './setup.mjs'

const TOUR = 'test/tour/tour.mjs'

const runShown = (electron, output, args) =>
  run(process.execPath, [TOUR, ...args], { cwd: root, env: { ...electronEnvironment(electron), KEYSTEAD_OUTPUT: output } })

const runVirtually = (electron, output, args) =>
  runAsUser({ electron, output, args: ['scripts/with-display.mjs', 'node', TOUR, ...args] })

/**
 * Runs the guided tour on the built app and resolves with its exit code. Screenshots and report go to out/tour;
 * the tour finds that folder in KEYSTEAD_OUTPUT. With `show` it uses the display that is there; with
 * `readme` it also renews docs/images.
 */
export async function runTour({ show = false, readme = false } = {}) {
  const electron = await setup('tour')
  await ensureBuild(electron)
  await ensureSandboxPossible(electron)
  const output = inRoot('out', 'tour')
  const visible = show && hasDisplay() && !isRoot()
  say(`> Guided tour on ${visible ? 'your' : 'a virtual'} display`)
  const elapsed = stopwatch()
  const code = await (visible ? runShown : runVirtually)(electron, output, readme ? ['--readme'] : [])
  if (readme && code === 0) await cp(join(output, 'images'), inRoot('docs', 'images'), { recursive: true })
  say(`  ${code === 0 ? 'done' : 'failed'} in ${elapsed().toFixed(1)} s; screenshots and report are in out/tour`)
  return code
}

if (isMain(import.meta.url)) {
  await runMain(() => runTour({ show: process.argv.includes('--show'), readme: process.argv.includes('--readme') }))
}
