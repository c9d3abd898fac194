import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { compose } from '../../src-main/compose'
import { parseArguments, UsageError } from '../../src-main/faces/cli/arguments'
import { passphraseSource } from '../../src-main/faces/cli/passphrase'
import { runCommand } from '../../src-main/faces/cli/run'
import { CliSession } from '../../src-main/faces/cli/session'
import { errorToKms } from '../../src-main/faces/kms/error-mapping'
import { noDesktop } from '../../src-main/operations/no-desktop'
import { cheapArgon2, noKeyring, silentLog } from './cheap-vault'
import type { CliResult } from './cli'
import { projectRoot } from './source-files'

/**
 * Runs a command of the command line with services of its own, opened and closed as in a process of its own, in this process:
 * for tests of what commands do, not of how the program behaves (cli.ts). Passphrases cost next to nothing to derive, so the program itself does not open a vault that is made here. `given` is on its standard input. Workers are those
 * of the build.
 */
export async function runCliHere(settingsFolder: string, args: readonly string[], given: Uint8Array = new Uint8Array()): Promise<CliResult> {
  const [output, messages] = [new Kept(), new Kept()]
  const code = await carryOut(settingsFolder, args, { input: Readable.from([given]), output, messages }).catch((error: unknown) => {
    const isUsage = error instanceof UsageError
    messages.write(isUsage ? `keystead: ${error.message}\n` : `${JSON.stringify(refusalOf(error))}\n`)
    return isUsage ? 2 : 1
  })
  return { code, stdout: output.bytes, stderr: messages.bytes.toString('utf8') }
}

function refusalOf(error: unknown): { Code: string; Message: string } {
  const { Code, Message } = errorToKms(error)
  return { Code, Message }
}

async function carryOut(settingsFolder: string, args: readonly string[], streams: { input: Readable; output: Kept; messages: Kept }): Promise<number> {
  const parsed = parseArguments([...args])
  const application = await compose({
    vaultFolder: parsed.vaultFolder ?? '',
    settingsFolder,
    desktop: noDesktop('0.0.0'),
    workerUrl: pathToFileURL(join(projectRoot, 'out/main/file-worker.js')),
    keyring: noKeyring,
    argon2Floor: cheapArgon2,
    log: silentLog,
  })
  try {
    await runCommand(new CliSession({ application, ...streams, passphrase: passphraseSource(parsed.passphraseFile), unlockToken: parsed.unlockToken, tokenPin: parsed.tokenPin }), parsed)
    return 0
  } finally {
    await application.dispose()
  }
}

/** Copies what is written: values are lent, and zeroed afterwards. */
class Kept extends Writable {
  #bytes = Buffer.alloc(0)

  get bytes(): Buffer {
    return this.#bytes
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    done()
  }
}
