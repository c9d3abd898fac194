import { z } from 'zod'
import type { AuditEntry } from '../../src-shared/contract/vault'
import type { Caller } from '../../src-shared/model/caller'
import { openAesGcm, sealAesGcm } from '../crypto/aes-gcm'
import { concatBytes, u32, u64, utf8 } from '../crypto/bytes'
import { hmacSha256 } from '../crypto/hmac'
import { formatVersion } from './encoding'
import type { SealedAuditRow } from './store-port'
import type { VaultKeys } from './vault-keys'

const hashBytes = 32

/** An entry before it has its place in the chain. */
export type AuditDraft = Omit<AuditEntry, 'sequence'>

/** What the log remembers of a call. Texts are cut to the lengths that the contract allows. */
export function auditDraft(caller: Caller, resource: string, code: string | null, nowMs: number): AuditDraft {
  return {
    time: new Date(nowMs).toISOString(),
    face: caller.face,
    client: caller.client.slice(0, 128),
    operation: caller.operation.slice(0, 64),
    resource: resource.slice(0, 512),
    result: resultOf(code),
    code,
  }
}

/** Failures of the machine, against refusals that follow from the request and the vault's state. */
const failures: ReadonlySet<string> = new Set(['INTERNAL', 'VAULT_WRITE_FAILED', 'VAULT_DAMAGED', 'NO_SPACE', 'KEYCHAIN_MISSING', 'KEYCHAIN_LOCKED', 'KEYCHAIN_TIMEOUT', 'AUDIT_BROKEN'])

function resultOf(code: string | null): AuditEntry['result'] {
  if (code === null) return 'ok'
  return failures.has(code) ? 'failed' : 'refused'
}

const draftSchema = z.strictObject({
  time: z.string(),
  face: z.enum(['ipc', 'cli', 'endpoint', 'system']),
  client: z.string(),
  operation: z.string(),
  resource: z.string(),
  result: z.enum(['ok', 'refused', 'failed']),
  code: z.string().nullable(),
  count: z.int().min(2).optional(),
})

/** An opened entry with the chain hash that it was appended to and the one it makes. */
export interface OpenedAuditEntry {
  entry: AuditEntry
  previousHash: Uint8Array
  hash: Uint8Array
}

/** Seals an entry; its content starts with the hash of the chain so far (vault-format section 7). */
export function sealAuditEntry(keys: VaultKeys, sequence: number, previousHash: Uint8Array, draft: AuditDraft): { row: SealedAuditRow; hash: Uint8Array } {
  const content = concatBytes(previousHash, utf8(JSON.stringify(draft)))
  const body = keys.use('audit', (key) => sealAesGcm(key, content, associatedData(sequence)))
  return { row: { sequence, body }, hash: chainHash(keys, sequence, content) }
}

/** Null when the row was not sealed by this vault for this place. */
export function openAuditEntry(keys: VaultKeys, row: SealedAuditRow): OpenedAuditEntry | null {
  if (!Number.isSafeInteger(row.sequence) || row.sequence < 1) return null
  const content = keys.use('audit', (key) => openAesGcm(key, row.body, associatedData(row.sequence)))
  if (!content || content.length < hashBytes) return null
  const draft = draftSchema.safeParse(parseJson(content.subarray(hashBytes)))
  if (!draft.success) return null
  const { count, ...single } = draft.data
  const entry = { sequence: row.sequence, ...single, ...(count === undefined ? {} : { count }) }
  return { entry, previousHash: content.slice(0, hashBytes), hash: chainHash(keys, row.sequence, content) }
}

function chainHash(keys: VaultKeys, sequence: number, content: Uint8Array): Uint8Array {
  return keys.use('audit-chain', (key) => hmacSha256(key, u64(sequence), content))
}

function associatedData(sequence: number): Uint8Array {
  return concatBytes(u32(formatVersion), utf8('audit'), u64(sequence))
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'))
  } catch {
    return null
  }
}
