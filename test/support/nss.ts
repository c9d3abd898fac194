import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TokenServices } from './token-fixture'

/** The cryptographic library of Mozilla, of another code base than SoftHSM: its key database is a token. */
export const nssModule = ['/usr/lib/x86_64-linux-gnu/libsoftokn3.so', '/usr/lib/x86_64-linux-gnu/nss/libsoftokn3.so', '/usr/lib64/libsoftokn3.so'].find(existsSync) ?? '/usr/lib/x86_64-linux-gnu/libsoftokn3.so'

/** A key database of NSS in a folder of its own. */
export class NssDatabase {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'keystead-nss-')))
  /** The initialisation string that names the database. */
  readonly parameters: string

  constructor() {
    mkdirSync(join(this.folder, 'db'))
    this.parameters = `configdir='sql:${join(this.folder, 'db')}' certPrefix='' keyPrefix='' secmod='secmod.db' flags=''`
  }

  /** Adds the module. Gives the token that holds keys: the other slot has its mechanisms without a PIN. */
  async add(services: TokenServices): Promise<{ moduleId: string; tokenId: string }> {
    const { moduleId } = await services.addModule(nssModule, this.parameters)
    const { tokens } = await services.run('listTokens', {})
    const own = tokens.find((token) => token.moduleId === moduleId && token.needsLogin)
    if (!own) throw new Error('the database shows no token')
    return { moduleId, tokenId: own.tokenId }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
