import { chmod, open, stat } from 'node:fs/promises'
import Database from 'libsql'
import { KmsError } from '../../src-shared/errors'
import { packHeadLists } from './head-lists'
import { checkSchema, migrate, pagedCheckpointVersion, readSchemaVersion, schemaVersion } from './migrations'
import { damaged, inUse, noSpace, writeFailed } from './problems'
import { type SealedAuditRow, type SealedRow, type StoreChanges, type StoreFactory, type StorePort } from './store-port'

const tokenBytes = 16
const noParent = `zeroblob(${tokenBytes})`
/** One blob per row, because each column handed over costs as much as opening the row. Casts: see migrations. */
const rowColumns = `CAST(kind AS INTEGER), CAST(sequence AS INTEGER), parent IS NULL, CAST(token || coalesce(parent, ${noParent}) || body AS BLOB)`

type RawRow = [kind: number, sequence: number, orphan: number, packed: Buffer]
type RawHeads = [count: number, wellFormed: number, kinds: Buffer | null, tokens: Buffer | null, sequences: Buffer | null]
const nothing = new Uint8Array(0)

/** The embedded store: libsql, WAL, every commit synced to the disk before it is acknowledged. */
export const sqliteStores: StoreFactory = {
  async create(path) {
    try {
      const file = await open(path, 'wx', 0o600)
      await file.chmod(0o600)
      await file.close()
      const db = new Database(path)
      configure(db)
      db.prepare('PRAGMA journal_mode = WAL').get()
      migrate(db, 0)
      return new SqliteStore(db)
    } catch (error) {
      throw writeProblem(error)
    }
  },

  async open(path) {
    if (!(await isFile(path))) throw damaged()
    return reading(() => {
      const db = new Database(path)
      try {
        configure(db)
        db.exec('PRAGMA query_only = ON')
        const version = readSchemaVersion(db)
        checkSchema(db, version, () => new Database(':memory:'))
        return new SqliteStore(db, version)
      } catch (error) {
        db.close()
        throw error
      }
    })
  },
}

/** Parameters go in one array: libsql takes a lone Buffer for named parameters and aborts the process. */
class SqliteStore implements StorePort {
  readonly #db: Database.Database
  readonly #statements = new Map<string, Database.Statement>()
  #isWritable: boolean
  /** Of the database as it is now. */
  #version: number

  constructor(db: Database.Database, openedVersion: number | null = null) {
    this.#db = db
    this.#isWritable = openedVersion === null
    this.#version = openedVersion ?? schemaVersion
  }

  async readHead(): Promise<Uint8Array | null> {
    return reading(() => {
      const row = this.#prepare('SELECT CAST(body AS BLOB) FROM head WHERE id = 1').get() as [Buffer] | undefined
      return row ? plain(row[0]) : null
    })
  }

  async readRow(kind: number, token: Uint8Array): Promise<SealedRow | null> {
    return reading(() => {
      const row = this.#prepare(`SELECT ${rowColumns} FROM rows WHERE kind = ? AND token = ?`).get([kind, Buffer.from(token)]) as RawRow | undefined
      return row ? toRow(row) : null
    })
  }

  async rowsOfKind(kind: number): Promise<SealedRow[]> {
    return reading(() => (this.#prepare(`SELECT ${rowColumns} FROM rows WHERE kind = ? ORDER BY token`).all([kind]) as RawRow[]).map(toRow))
  }

  async rowsSince(sequence: number, count: number): Promise<SealedRow[]> {
    const query = `SELECT ${rowColumns} FROM rows WHERE sequence > ? ORDER BY sequence LIMIT ?`
    return reading(() => (this.#prepare(query).all([sequence, count]) as RawRow[]).map(toRow))
  }

  async rowHeads(): Promise<Uint8Array> {
    const wellFormed = `typeof(kind) = 'integer' AND kind BETWEEN 0 AND 65535 AND typeof(token) = 'blob' AND length(token) = ${tokenBytes} AND typeof(sequence) = 'integer' AND sequence BETWEEN 0 AND ${Number.MAX_SAFE_INTEGER}`
    const query = `SELECT count(*), total(${wellFormed}), CAST(group_concat(kind) AS BLOB), CAST(group_concat(token, '') AS BLOB), CAST(group_concat(sequence) AS BLOB)
      FROM (SELECT kind, token, sequence FROM rows ORDER BY kind, token)`
    return reading(() => {
      const row = this.#prepare(query).get() as RawHeads | undefined
      if (!row || row[0] !== row[1]) throw damaged()
      const [count, , kinds, tokens, sequences] = row
      const heads = packHeadLists(count, { kinds: kinds ?? nothing, tokens: tokens ?? nothing, sequences: sequences ?? nothing })
      if (!heads) throw damaged()
      return heads
    })
  }

  async auditRows(from: number, count: number): Promise<SealedAuditRow[]> {
    const query = 'SELECT sequence, CAST(body AS BLOB) FROM audit WHERE sequence >= ? ORDER BY sequence LIMIT ?'
    return reading(() => (this.#prepare(query).all([from, count]) as [number, Buffer][]).map(([sequence, body]) => ({ sequence, body: plain(body) })))
  }

  async commit(changes: StoreChanges): Promise<void> {
    await this.#writing(() => this.#write(changes))
  }

  async readCheckpointPage(page: number): Promise<Uint8Array | null> {
    if (this.#version < pagedCheckpointVersion) return null
    return reading(() => {
      const row = this.#prepare('SELECT CAST(body AS BLOB) FROM checkpoint WHERE page = ?').get([page]) as [Buffer] | undefined
      return row ? plain(row[0]) : null
    })
  }

  async writeCheckpoint(pages: Iterable<Uint8Array>): Promise<void> {
    await this.#writing(() => {
      this.#db.exec('DELETE FROM checkpoint')
      const insert = this.#prepare('INSERT INTO checkpoint (page, body) VALUES (?, ?)')
      let page = 0
      for (const body of pages) insert.run([page++, Buffer.from(body.buffer, body.byteOffset, body.length)])
    })
  }

  async copyTo(path: string): Promise<void> {
    try {
      const file = await open(path, 'wx', 0o600)
      await file.close()
      this.#db.prepare('VACUUM INTO ?').run([path])
      await chmod(path, 0o600)
    } catch (error) {
      throw writeProblem(error)
    }
  }

  async close(settle: boolean): Promise<void> {
    if (!this.#db.open) return
    if (settle) this.#settle()
    this.#statements.clear()
    this.#db.close()
  }

  /** One transaction. */
  async #writing(write: () => void): Promise<void> {
    try {
      this.#allowWrites()
      this.#db.exec('BEGIN IMMEDIATE')
      write()
      this.#db.exec('COMMIT')
    } catch (error) {
      this.#rollBack()
      throw writeProblem(error)
    }
  }

  #write(changes: StoreChanges): void {
    this.#writeHead(changes)
    const remove = this.#prepare('DELETE FROM rows WHERE kind = ? AND token = ?')
    for (const row of changes.removes) remove.run([row.kind, Buffer.from(row.token)])
    const put = this.#prepare('INSERT OR REPLACE INTO rows (kind, token, parent, sequence, body) VALUES (?, ?, ?, ?, ?)')
    for (const row of changes.puts) put.run([row.kind, Buffer.from(row.token), row.parent && Buffer.from(row.parent), row.sequence, Buffer.from(row.body)])
    const append = this.#prepare('INSERT OR REPLACE INTO audit (sequence, body) VALUES (?, ?)')
    for (const row of changes.audit) append.run([row.sequence, Buffer.from(row.body)])
  }

  #writeHead({ previousHead, head }: StoreChanges): void {
    if (previousHead === null) {
      this.#prepare('INSERT INTO head (id, body) VALUES (1, ?)').run([Buffer.from(head)])
      return
    }
    const written = this.#prepare('UPDATE head SET body = ? WHERE id = 1 AND body = ?').run([Buffer.from(head), Buffer.from(previousHead)])
    if (written.changes !== 1) throw inUse()
  }

  /** An opened store starts read-only, so that a vault that is refused after a look is left as it was. */
  #allowWrites(): void {
    if (this.#isWritable) return
    this.#db.exec('PRAGMA query_only = OFF')
    this.#db.prepare('PRAGMA journal_mode = WAL').get()
    migrate(this.#db, this.#version)
    this.#version = schemaVersion
    this.#isWritable = true
  }

  #rollBack(): void {
    try {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK')
    } catch (error) {
      // The failure that led here is the one to report; a transaction that SQLite has ended itself needs no second end.
      if (this.#db.inTransaction) throw writeFailed(error)
    }
  }

  /**
   * Moves the log into the file and leaves WAL mode. libsql closes the file only once its last statement has been
   * collected as garbage; in WAL mode it would then remove the log by its name, which may be another vault's by that time.
   */
  #settle(): void {
    try {
      if (this.#isWritable) this.#db.prepare('PRAGMA journal_mode = DELETE').get()
    } catch (error) {
      // The log stays beside the file and is read at the next open: nothing is lost.
      if (!isSqliteError(error)) throw error
    }
  }

  #prepare(sql: string): Database.Statement {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#db.prepare(sql)
    if (sql.startsWith('SELECT')) statement.raw(true)
    this.#statements.set(sql, statement)
    return statement
  }
}

function configure(db: Database.Database): void {
  db.exec('PRAGMA synchronous = FULL')
  db.exec('PRAGMA trusted_schema = OFF')
  db.exec('PRAGMA cell_size_check = ON')
}

function toRow([kind, sequence, orphan, packed]: RawRow): SealedRow {
  if (packed.length < 2 * tokenBytes) throw damaged()
  const bytes = plain(packed)
  return {
    kind,
    sequence,
    token: bytes.subarray(0, tokenBytes),
    parent: orphan ? null : bytes.subarray(tokenBytes, 2 * tokenBytes),
    body: bytes.subarray(2 * tokenBytes),
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

function reading<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof KmsError) throw error
    if (sqliteCode(error).startsWith('SQLITE_BUSY')) throw inUse()
    throw damaged(error)
  }
}

function writeProblem(error: unknown): KmsError {
  if (error instanceof KmsError) return error
  const code = sqliteCode(error)
  if (code === 'SQLITE_FULL' || code === 'ENOSPC') return noSpace(error)
  if (code.startsWith('SQLITE_BUSY')) return inUse()
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) return damaged(error)
  return writeFailed(error)
}

function isSqliteError(error: unknown): boolean {
  return sqliteCode(error).startsWith('SQLITE_')
}

function sqliteCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  return typeof code === 'string' ? code : ''
}

function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
}
