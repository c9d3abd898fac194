import type { SecretRow } from '../../../../src-shared/contract/secret-window'
import type { Response } from '../../../../src-shared/contract/operations'
import { responseToKms } from '../../kms/response-mapping'
import type { CliSession } from '../session'
import { tableLines } from '../table'

const rowsPerCall = 500
const versionsPerCall = 100

export interface ListCommand {
  folder: string | null
  search: string | null
  deleted: boolean
  json: boolean
}

/** The secrets by name: a table for people, or one JSON object a line. */
export async function runSecretList(session: CliSession, command: ListCommand): Promise<void> {
  await session.unlock()
  const rows: SecretRow[] = []
  for (let total = Infinity; rows.length < total; ) {
    const answer = await session.run('searchSecrets', { offset: rows.length, count: rowsPerCall, ...filtersOf(command) })
    if (command.json) for (const row of jsonRows(answer)) session.print(JSON.stringify(row))
    rows.push(...answer.rows)
    total = answer.rows.length === 0 ? 0 : answer.total
  }
  if (command.json) return
  for (const line of tableLines(['NAME', 'TYPE', 'VERSION', 'UPDATED', 'STATE'], rows.map(cellsOf))) session.print(line)
}

function filtersOf({ folder, search, deleted }: ListCommand) {
  return { folder: folder ?? '', search: search ?? '', states: deleted ? (['deleted'] as const).slice() : [] }
}

function jsonRows(answer: Response<'searchSecrets'>): unknown[] {
  const { Rows } = responseToKms('searchSecrets', answer)
  return Array.isArray(Rows) ? Rows : []
}

function cellsOf(row: SecretRow): string[] {
  const states = row.states.filter((state) => state !== 'active')
  return [row.secretName, row.template ?? row.secretType, row.currentVersionId ?? '', row.updateTime, states.join(', ')]
}

/** The versions of a secret with their stages, oldest last. */
export async function runSecretVersions(session: CliSession, { name, json }: { name: string; json: boolean }): Promise<void> {
  await session.unlock()
  const answer = await session.run('listSecretVersionIds', { secretName: name, includeDeprecated: true, pageSize: versionsPerCall })
  if (json) return session.print(JSON.stringify(responseToKms('listSecretVersionIds', answer)))
  const rows = answer.versionIds.map(({ versionId, createTime, versionStages }) => [versionId, createTime, versionStages.join(', ')])
  for (const line of tableLines(['VERSION', 'CREATED', 'STAGES'], rows)) session.print(line)
}
