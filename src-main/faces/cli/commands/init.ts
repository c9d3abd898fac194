import { writeChosenFile } from '../../../platform/atomic-file'
import { newPassphrase } from '../passphrase'
import type { CliSession } from '../session'

export interface InitOptions {
  kdfTargetMs: number | null
  name: string | null
  recoveryKitFile: string | null
  passphraseFile: string | null
}

/**
 * Creates the vault. The recovery words go to the file that was asked for (mode 0600), or onto the terminal; into a
 * pipe they are never written.
 */
export async function runInit(session: CliSession, options: InitOptions): Promise<void> {
  const passphrase = await newPassphrase(options.passphraseFile)
  try {
    const { status, recoveryWords } = await session.run('createVault', {
      passphrase,
      ...(options.name === null ? {} : { name: options.name }),
      ...(options.kdfTargetMs === null ? {} : { kdfTargetMs: options.kdfTargetMs }),
    })
    const recoveryKit = await handOver(session, recoveryWords, options.recoveryKitFile)
    await session.run('dismissRecoveryKit', {})
    session.print(JSON.stringify({ VaultId: status.vaultId, Name: status.name, RecoveryKit: recoveryKit }))
  } finally {
    passphrase.fill(0)
  }
}

const notSaved = 'The vault was created, but its recovery kit could not be saved there. Make a new one with "keystead call RenewRecoveryKit".'

async function handOver(session: CliSession, words: readonly string[], file: string | null): Promise<string> {
  const lines = words.map((word, index) => `${String(index + 1).padStart(2)}. ${word}`).join('\n')
  if (file !== null) {
    await writeChosenFile(file, new TextEncoder().encode(`Keystead recovery kit\n\n${lines}\n`), notSaved)
    return `saved to ${file}`
  }
  if (!process.stderr.isTTY) return 'not kept: make one with "keystead call RenewRecoveryKit"'
  session.messages.write(`Recovery kit. Write these words down and keep them apart from this machine:\n\n${lines}\n\n`)
  return 'shown once'
}
