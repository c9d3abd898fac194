import { resolve } from 'node:path'
import type { ImportRow } from '../../../../src-shared/contract/secret-exchange'
import type { Response } from '../../../../src-shared/contract/operations'
import { isKmsError, KmsError } from '../../../../src-shared/errors'
import { requireFree } from '../chosen-output'
import { newPassphrase, passphraseSource } from '../passphrase'
import type { ExportCommand, ImportCommand } from '../secret-arguments'
import { withoutControls } from '../table'
import { hasTerminal } from '../terminal'
import type { CliSession } from '../session'

const rowsPerCall = 500

/**
 * Imports the secrets of a file, or with `dryRun` says what would be imported. One line per entry on standard output,
 * then the counts as JSON. When an entry failed, its code is the error.
 */
export async function runSecretImport(session: CliSession, command: ImportCommand): Promise<void> {
  await session.unlock()
  const { importId, counts, format } = await preview(session, command)
  if (command.dryRun) {
    await eachRow(session, importId, (row) => session.print(rowText(row)))
    await session.run('cancelSecretImport', { importId })
    return session.print(JSON.stringify({ Format: format, New: counts.new, Taken: counts.taken, Refused: counts.refused }))
  }
  const done = await session.run('runSecretImport', { importId, onNameTaken: command.onTaken })
  const failure = await printResults(session, importId)
  if (failure !== null) throw new KmsError(failure.code, `${done.failed} of ${done.failed + done.created + done.newVersions + done.skipped} entries were not imported; the lines above say which.`)
  session.print(JSON.stringify({ Format: format, Created: done.created, NewVersions: done.newVersions, Skipped: done.skipped, Failed: done.failed }))
}

/** The password is asked for when the file turns out to need one. */
async function preview(session: CliSession, command: ImportCommand): Promise<Response<'previewSecretImport'>> {
  try {
    return await previewWith(session, command, command.passwordFile === null ? null : await passphraseSource(command.passwordFile)(''))
  } catch (error) {
    if (!isKmsError(error, 'IMPORT_PASSWORD') || command.passwordFile !== null || !(await hasTerminal())) throw error
    return previewWith(session, command, await passphraseSource(null)('Password of the file: '))
  }
}

function previewWith(session: CliSession, { file, format, folder }: ImportCommand, password: Uint8Array | null): Promise<Response<'previewSecretImport'>> {
  return session.run('previewSecretImport', {
    file: session.handleOf(file, 'source'),
    format: format ?? 'auto',
    folder: folder ?? '',
    ...(password === null ? {} : { password }),
  })
}

async function eachRow(session: CliSession, importId: string, use: (row: ImportRow) => void): Promise<void> {
  for (let offset = 0, total = 1; offset < total; offset += rowsPerCall) {
    const answer = await session.run('listImportRows', { importId, offset, count: rowsPerCall })
    answer.rows.forEach(use)
    total = answer.total
  }
}

function rowText({ status, name, title, problems }: ImportRow): string {
  return lineOf(status, name === '' ? title : name, problems)
}

/** Titles come from a foreign file. */
function lineOf(state: string, name: string, problems: readonly string[]): string {
  return `${state.padEnd(11)}  ${withoutControls(name)}${problems.length === 0 ? '' : `  (${problems.join('; ')})`}`
}

async function printResults(session: CliSession, importId: string): Promise<{ code: KmsError['code'] } | null> {
  let failed = false
  for (let offset = 0, total = 1; offset < total; offset += rowsPerCall) {
    const answer = await session.run('listImportResults', { importId, offset, count: rowsPerCall })
    for (const { result, name, problems, code } of answer.results) {
      failed ||= result === 'failed'
      session.print(lineOf(result, name, code === null ? problems : [code, ...problems]))
    }
    total = answer.total
  }
  return failed ? { code: 'IMPORT_UNREADABLE' } : null
}

const plainWarning = `WARNING: the file is PLAIN TEXT. Everyone who can read it, and every backup of it, has every secret in it.
Keep it no longer than you must, and delete it.
`

/** Writes secrets to a file of another program, for its owner only. */
export async function runSecretExport(session: CliSession, command: ExportCommand): Promise<void> {
  await requireFree(command.output, command.force)
  if (command.plain) session.messages.write(plainWarning)
  await session.unlock()
  const passphrase = command.format === 'kdbx' ? await newPassphrase(command.passwordFile, 'Passphrase of the KDBX file: ') : null
  const { exported, leftOut } = await session.run('exportSecrets', {
    format: command.format,
    target: session.handleOf(resolve(command.output), 'target'),
    folder: command.folder ?? '',
    confirmPlain: command.plain,
    ...(passphrase === null ? {} : { passphrase }),
  })
  for (const { name, problem } of leftOut) session.messages.write(`${name}: ${problem}\n`)
  session.print(JSON.stringify({ Exported: exported, LeftOut: leftOut.length }))
}
