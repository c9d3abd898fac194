import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ModuleRegistry } from '../../src-main/tokens/module-registry'
import { Tokens } from '../../src-main/tokens/tokens'
import { silentLog } from './cheap-vault'

/** An application that asks its tokens and waits: `node main.mjs HOST-BUNDLE FOLDER MODULE`. Prints the number of the host's process. */
const [hostEntry = '', folder = '', path = ''] = process.argv.slice(2)
const clock = { nowMs: () => Date.now() }
const registry = await ModuleRegistry.open(join(folder, 'modules.json'), clock)
const { moduleId } = await registry.add(path, { parameters: null })
const tokens = new Tokens({ registry, hostEntry: pathToFileURL(hostEntry), clock, log: silentLog, logoutMinutes: () => 0 })
tokens.module(moduleId).open().catch(() => undefined)
const look = setInterval(() => {
  const pid = tokens.module(moduleId).hostPid
  if (pid === null) return
  clearInterval(look)
  process.stdout.write(`${pid}\n`)
}, 5)
