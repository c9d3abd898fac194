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

/** Checks the hash chain from its first entry, and the signatures of tokens, which it prints one a line. AUDIT_BROKEN names the first entry that does not fit. */
export async function runAuditVerify(session: CliSession): Promise<void> {
  await session.unlock()
  const { signatures, ...chain } = await session.run('verifyAudit', {})
  const { intact, entries, brokenAt } = chain
  session.print(JSON.stringify({ Intact: intact, Entries: entries, BrokenAt: brokenAt }))
  const { Signatures } = responseToKms('verifyAudit', { ...chain, signatures }) as { Signatures: unknown[] }
  for (const signature of Signatures) session.print(JSON.stringify(signature))
  if (!intact) throw new KmsError('AUDIT_BROKEN', `The audit log does not fit together at entry ${brokenAt ?? 0}.`)
  if (signatures.some(({ outcome }) => outcome !== 'valid')) throw new KmsError('AUDIT_BROKEN', 'The entries are not the ones that a token has signed.')
}
