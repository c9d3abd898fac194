import { KmsError } from '../../../../src-shared/errors'
import { responseToKms } from '../../kms/response-mapping'
import type { CliSession } from '../session'

const entriesPerCall = 500

/** Prints every audit entry, newest first, one JSON object a line. */
export async function runAuditList(session: CliSession): Promise<void> {
  await session.unlock()
  for (let offset = 0; ; offset += entriesPerCall) {
    const response = await session.run('listAuditEntries', { offset, count: entriesPerCall })
    const { Entries } = responseToKms('listAuditEntries', response) as { Entries: unknown[] }
    for (const entry of Entries) session.print(JSON.stringify(entry))
    if (offset + entriesPerCall >= response.total) return
  }
}

/** Checks the hash chain from its first entry. AUDIT_BROKEN names the first entry that does not fit. */
export async function runAuditVerify(session: CliSession): Promise<void> {
  await session.unlock()
  const { intact, entries, brokenAt } = await session.run('verifyAudit', {})
  session.print(JSON.stringify({ Intact: intact, Entries: entries, BrokenAt: brokenAt }))
  if (!intact) throw new KmsError('AUDIT_BROKEN', `The audit log does not fit together at entry ${brokenAt ?? 0}.`)
}
