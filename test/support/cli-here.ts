import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { compose } from '../../src-main/compose'
import { parseArguments } from '../../src-main/faces/cli/arguments'
import { passphraseSource } from '../../src-main/faces/cli/passphrase'
import { runCommand } from '../../src-main/faces/cli/run'
import { CliSession } from '../../src-main/faces/cli/session'
import { errorToKms } from '../../src-main/faces/kms/error-mapping'
import { noDesktop } from '../../src-main/operations/no-desktop'
import { noKeyring, silentLog } from './cheap-vault'
import { projectRoot } from './source-files'

/**
 * Runs a command of the command line with services of its own, opened and closed as in a process of its own, in this process:
 * for tests of what commands do, not of how the program behaves (cli.ts). Workers are those of the build.
 */
export async function runCliHere(settingsFolder: string, args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { vaultFolder, passphraseFile, ...command } = parseArguments([...args])
  const [output, messages] = [new PassThrough(), new PassThrough()]
  const said = Promise.all([output, messages].map(async (stream) => Buffer.concat(await stream.toArray()).toString('utf8')))
  const application = await compose({
    vaultFolder: vaultFolder ?? '',
    settingsFolder,
    desktop: noDesktop('0.0.0'),
    workerUrl: pathToFileURL(join(projectRoot, 'out/main/file-worker.js')),
    keyring: noKeyring,
    log: silentLog,
  })
  let code = 0
  try {
    const session = new CliSession({ application, output, messages, passphrase: passphraseSource(passphraseFile) })
    await runCommand(session, { vaultFolder, passphraseFile, ...command })
  } catch (error) {
    code = 1
    messages.write(`${JSON.stringify(errorToKms(error))}\n`)
  } finally {
    await application.dispose()
    output.end()
    messages.end()
  }
  const [stdout = '', stderr = ''] = await said
  return { code, stdout, stderr }
}
