#!/usr/bin/env node
import { ensureBuild } from './build.mjs'
import { electronEnvironment } from './lib/electron.mjs'
import { inRoot, root } from './lib/paths.mjs'
import { run } from './lib/process.mjs'
import { runMain, say, stopwatch } from './lib/report.mjs'
import { vitestScript } from './lib/vitest.mjs'
import { setup } from './setup.mjs'

/** Runs the benchmarks one after the other in Electron's own Node, on a virtual display for those with a window. */
async function main() {
  const electron = await setup('bench')
  await ensureBuild(electron)
  const elapsed = stopwatch()
  const args = ['run', '--config', 'test/bench/vitest.config.ts', '--no-file-parallelism', ...process.argv.slice(2)]
  const code = await run(
    process.execPath,
    [inRoot('scripts', 'with-display.mjs'), electron.executable, vitestScript, ...args],
    { cwd: root, env: { ...electronEnvironment(electron), ELECTRON_RUN_AS_NODE: '1' } },
  )
  say(`Benchmarks ${code === 0 ? 'done' : 'failed'} in ${elapsed().toFixed(1)} s`)
  return code
}

await runMain(main)
