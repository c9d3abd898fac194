import type { AuditEntry } from '../../src-shared/contract/vault'
import type { Request, Response } from '../../src-shared/contract/operations'
import { KmsError } from '../../src-shared/errors'
import { equalBytes } from '../crypto/bytes'
import { openAuditEntry } from './audit-entry'
import type { VaultSession } from './session'

const pageRows = 500
const cacheCapacity = 20_000

/** A window of the log, newest first. */
export type AuditQuery = Request<'listAuditEntries'>

/**
 * Reads the audit log of an unlocked vault, newest first. Opened entries are kept, up to 20,000, until the vault locks.
 */
export class AuditReader {
  readonly #session: VaultSession
  readonly #cache = new Map<number, AuditEntry>()

  constructor(session: VaultSession) {
    this.#session = session
  }

  /** AUDIT_BROKEN when an entry that is needed cannot be opened. Without filters only the rows of the window are read. */
  async list(query: AuditQuery): Promise<Response<'listAuditEntries'>> {
    const newest = this.#session.head.auditCount
    if (!hasFilter(query)) {
      const last = newest - query.offset
      const entries = last < 1 ? [] : await this.#read(Math.max(1, last - query.count + 1), last)
      return { total: newest, entries: entries.reverse() }
    }
    return this.#search(query, newest)
  }

  /** Forgets every opened entry. */
  clear(): void {
    this.#cache.clear()
  }

  async #search(query: AuditQuery, newest: number): Promise<Response<'listAuditEntries'>> {
    const entries: AuditEntry[] = []
    let total = 0
    for (let last = newest; last >= 1; last -= pageRows) {
      const page = await this.#read(Math.max(1, last - pageRows + 1), last)
      for (const entry of page.reverse()) {
        if (!matches(entry, query)) continue
        if (total >= query.offset && entries.length < query.count) entries.push(entry)
        total++
      }
    }
    return { total, entries }
  }

  async #read(first: number, last: number): Promise<AuditEntry[]> {
    const entries = this.#cached(first, last)
    if (entries) return entries
    const rows = await this.#session.store.auditRows(first, last - first + 1)
    const opened = rows.flatMap((row) => openAuditEntry(this.#session.keys, row)?.entry ?? [])
    if (opened.length !== last - first + 1 || opened[0]?.sequence !== first) throw broken()
    for (const entry of opened) this.#remember(entry)
    return opened
  }

  #cached(first: number, last: number): AuditEntry[] | null {
    const entries: AuditEntry[] = []
    for (let sequence = first; sequence <= last; sequence++) {
      const entry = this.#cache.get(sequence)
      if (!entry) return null
      entries.push(entry)
    }
    return entries
  }

  #remember(entry: AuditEntry): void {
    this.#cache.set(entry.sequence, entry)
    if (this.#cache.size <= cacheCapacity) return
    for (const oldest of this.#cache.keys()) {
      this.#cache.delete(oldest)
      break
    }
  }
}

/** What is known of the chain, without its signatures. */
export type AuditChain = Omit<Response<'verifyAudit'>, 'signatures'>
type VisitEntry = (sequence: number, hash: Uint8Array) => void

/**
 * Walks the whole chain. `brokenAt` is the first sequence that is missing, cannot be opened, does not follow from the
 * entry before it, or lies beyond the end that the head knows. Entries that are written meanwhile break nothing: then it
 * is walked again. `visit` is told the hash of every entry that fits, once for each walk.
 */
export async function verifyAuditChain(session: VaultSession, visit: VisitEntry = () => undefined): Promise<AuditChain> {
  for (;;) {
    const { generation } = session.head
    const found = await walkAuditChain(session, visit)
    if (found.intact || session.head.generation === generation) return found
  }
}

async function walkAuditChain(session: VaultSession, visit: VisitEntry): Promise<AuditChain> {
  const { auditCount, auditHash } = session.head
  let hash: Uint8Array = new Uint8Array(auditHash.length)
  let expected = 1
  for (;;) {
    const rows = await session.store.auditRows(expected === 1 ? Number.MIN_SAFE_INTEGER : expected, pageRows)
    for (const row of rows) {
      const opened = row.sequence === expected && expected <= auditCount ? openAuditEntry(session.keys, row) : null
      if (!opened || !equalBytes(opened.previousHash, hash)) return { intact: false, entries: auditCount, brokenAt: Math.min(expected, auditCount + 1) }
      hash = opened.hash
      visit(expected, hash)
      expected++
    }
    if (rows.length < pageRows) break
  }
  const isComplete = expected === auditCount + 1
  const isIntact = isComplete && equalBytes(hash, auditHash)
  return { intact: isIntact, entries: auditCount, brokenAt: isIntact ? null : isComplete ? auditCount : expected }
}

function hasFilter(query: AuditQuery): boolean {
  return query.operation !== '' || query.result !== 'any' || query.search !== '' || query.resource !== ''
}

function matches(entry: AuditEntry, query: AuditQuery): boolean {
  if (query.operation !== '' && entry.operation !== query.operation) return false
  if (query.result !== 'any' && entry.result !== query.result) return false
  if (query.resource !== '' && entry.resource !== query.resource) return false
  const wanted = query.search.toLowerCase()
  return wanted === '' || [entry.operation, entry.resource, entry.client, entry.face, entry.code ?? ''].some((text) => text.toLowerCase().includes(wanted))
}

function broken(): KmsError {
  return new KmsError('AUDIT_BROKEN', 'The audit log was changed or is incomplete.')
}
