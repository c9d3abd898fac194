import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { composeIn } from './composed-application'
import { bundleForNode } from './bundle'
import type { OperationName } from '../../src-shared/contract/catalog'
import type { RequestInput, Response } from '../../src-shared/contract/operations'
import type { ComposeOptions } from '../../src-main/compose'
import { silentLog } from './cheap-vault'

/** The bundle of the process in which modules are loaded. `name`: of the test file, as others may build theirs meanwhile. */
export async function tokenHostBundle(name: string): Promise<URL> {
  return pathToFileURL(await bundleForNode('src-main/tokens/host/main.ts', `token-host-${name}`))
}

/** The application's services in a folder of their own, as the command line has them: tokens need no vault there. */
export async function tokenServices(name: string, more: Partial<ComposeOptions> = {}) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'keystead-tokens-')))
  const application = await composeIn(folder, {}, silentLog, { tokenHostUrl: await tokenHostBundle(name), ...more })
  const run = <N extends OperationName>(operation: N, request: RequestInput<N>): Promise<Response<N>> => application.dispatcher.run(operation, request, { face: 'cli', client: 'tests' })
  return {
    application,
    folder,
    run,
    /** Allows a module, as the command line does with --module. */
    addModule: async (path: string, parameters?: string) => (await run('addTokenModule', { module: application.handles.issue(path, 'module'), ...(parameters !== undefined && { parameters }) })).module,
    async close() {
      await application.dispose()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type TokenServices = Awaited<ReturnType<typeof tokenServices>>

/** UTF-8 of a PIN, anew for each call, which zeroes it. */
export function pinBytes(pin: string): Uint8Array {
  return new TextEncoder().encode(pin)
}
