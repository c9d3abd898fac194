#!/usr/bin/env node
import { electronEnvironment } from './lib/electron.mjs'
import { inRoot, root } from './lib/paths.mjs'
import { run, runQuietly } from './lib/process.mjs'
import { isMain, runMain, say, SetupError, step } from './lib/report.mjs'
import { isBuilt, sourceStamp, writeStamp } from './lib/source-stamp.mjs'
import { setup } from './setup.mjs'

/** The oldest runtime the bundles must run on; syntax is lowered to what it knows. */
const OLDEST_ELECTRON = '33'

/** Builds `out/` unless it was built from these very sources; `force` builds in any case. */
export async function ensureBuild(electron, { force = false, quiet = true } = {}) {
  const stamp = await sourceStamp()
  if (!force && (await isBuilt(stamp))) return
  await step('Building', async () => {
    const env = { ...electronEnvironment(electron), ELECTRON_MAJOR_VER: OLDEST_ELECTRON, NODE_ENV: 'production' }
    const tool = inRoot('node_modules', 'electron-vite', 'bin', 'electron-vite.js')
    const code = await (quiet ? runQuietly : run)(process.execPath, [tool, 'build'], { cwd: root, env })
    if (code !== 0) throw new SetupError('The build failed; the reason is above.')
  })
  await writeStamp(stamp)
}

async function main() {
  const force = process.argv.includes('--force')
  const electron = await setup('app')
  await ensureBuild(electron, { force, quiet: false })
  say('out/ is up to date.')
}

if (isMain(import.meta.url)) await runMain(main)
