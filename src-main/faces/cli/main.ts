import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { compose } from '../../compose'
import { dataFolder, defaultVaultFolder } from '../../platform/paths'
import { errorToKms } from '../kms/error-mapping'
import { operationsText } from './commands/operations'
import { givenArguments, parseArguments, UsageError, type CliArguments } from './arguments'
import { noDesktop } from '../../operations/no-desktop'
import { passphraseSource } from './passphrase'
import { endLike, type Ending } from './references/child-signals'
import { NotStarted } from './references/run-child'
import { runCommand, type Afterwards } from './run'
import { CliSession } from './session'
import { usageOf } from './usage'

const bundleFolder = dirname(fileURLToPath(import.meta.url))

/** Version of the package, from its package.json two folders above the bundle. */
function version(): string {
  const manifest = JSON.parse(readFileSync(join(bundleFolder, '../../package.json'), 'utf8')) as { version: string }
  return manifest.version
}

/** Exit code: 0 done, 1 refused, 2 the call cannot be understood; `run` ends as its command does. */
async function main(argv: readonly string[]): Promise<Ending> {
  try {
    const parsed = parseArguments(argv)
    if (parsed.command.command === 'help') process.stdout.write(usageOf(parsed.command.of))
    else if (parsed.command.command === 'version') process.stdout.write(`${version()}\n`)
    else if (parsed.command.command === 'operations') process.stdout.write(operationsText(parsed.command))
    else return (await (await runWithApplication(parsed))?.()) ?? { code: 0 }
    return { code: 0 }
  } catch (error) {
    return { code: report(error, argv) }
  }
}

/** Says what went wrong and gives the exit code for it. */
function report(error: unknown, argv: readonly string[]): number {
  if (error instanceof UsageError) {
    process.stderr.write(`keystead: ${error.message}\n\n${usageOf(argv)}`)
    return 2
  }
  const { Code, Message } = errorToKms(error instanceof NotStarted ? error.cause : error)
  process.stderr.write(`${JSON.stringify({ Code, Message })}\n`)
  return error instanceof NotStarted ? error.exitCode : 1
}

/** Runs a command and closes the vault; gives what is to be done after that. */
async function runWithApplication(parsed: CliArguments): Promise<Afterwards | void> {
  const vaultFolder = resolve(parsed.vaultFolder ?? defaultVaultFolder())
  const application = await compose({
    vaultFolder,
    settingsFolder: dataFolder(),
    desktop: noDesktop(version()),
    workerUrl: pathToFileURL(join(bundleFolder, 'file-worker.js')),
  })
  try {
    const session = new CliSession({
      application,
      input: process.stdin,
      output: process.stdout,
      messages: process.stderr,
      passphrase: passphraseSource(parsed.passphraseFile),
      unlockToken: parsed.unlockToken,
      tokenPin: parsed.tokenPin,
    })
    return await runCommand(session, parsed)
  } finally {
    await application.dispose()
  }
}

// Who reads may stop early, as `head` does: nothing went wrong then, and nobody is left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})
// Its default is to open a debugger's port.
process.on('SIGUSR1', () => undefined)
endLike(await main(givenArguments(process.argv.slice(2))))
