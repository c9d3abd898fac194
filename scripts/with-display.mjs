#!/usr/bin/env node
import { run } from './lib/process.mjs'
import { runMain, SetupError } from './lib/report.mjs'
import { startVirtualDisplay } from './lib/virtual-display.mjs'

/** Runs a command on a virtual display of its own: `node scripts/with-display.mjs COMMAND...` */
async function main() {
  const [command, ...args] = process.argv.slice(2)
  if (!command) throw new SetupError('Usage: node scripts/with-display.mjs COMMAND...')
  const display = await startVirtualDisplay()
  try {
    const { WAYLAND_DISPLAY: _wayland, XAUTHORITY: _authority, ...env } = process.env
    return await run(command === 'node' ? process.execPath : command, args, { env: { ...env, DISPLAY: display.name } })
  } finally {
    await display.stop()
  }
}

await runMain(main)
