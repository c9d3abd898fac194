#!/usr/bin/env node
import { ensureBuild } from './build.mjs'
import { runAsUser } from './lib/as-user.mjs'
import { inRoot } from './lib/paths.mjs'
import { runMain, SetupError } from './lib/report.mjs'
import { setup } from './setup.mjs'

/** Runs a script of the checkout as an ordinary user: `node scripts/as-user.mjs SCRIPT [ARGUMENT...]` */
async function main() {
  const args = process.argv.slice(2)
  if (args.length === 0) throw new SetupError('Usage: node scripts/as-user.mjs SCRIPT [ARGUMENT...]')
  const electron = await setup('test')
  await ensureBuild(electron)
  return runAsUser({ electron, output: inRoot('out', 'as-user'), args })
}

await runMain(main)
