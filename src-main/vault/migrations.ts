import type Database from 'libsql'
import { damaged, newerVersion } from './problems'

/**
 * Step n brings the database from user_version n to n + 1. Steps are never changed once released. Column types are kept
 * as they are written: the store casts on every read, because a damaged file may hold anything.
 */
const steps: readonly string[] = [
  `CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), body BLOB NOT NULL);
   CREATE TABLE rows (kind INTEGER NOT NULL, token BLOB NOT NULL, parent BLOB, sequence INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, token)) WITHOUT ROWID;
   CREATE INDEX rows_sequence ON rows (sequence);
   CREATE TABLE audit (sequence INTEGER PRIMARY KEY, body BLOB NOT NULL);
   CREATE TABLE checkpoint (id INTEGER PRIMARY KEY CHECK (id = 1), body BLOB NOT NULL);`,
  `DROP TABLE checkpoint;
   CREATE TABLE checkpoint (page INTEGER PRIMARY KEY, body BLOB NOT NULL);`,
]

/** From here on the checkpoint is a table of pages. */
export const pagedCheckpointVersion = 2

/** Schema version that this code writes. */
export const schemaVersion = steps.length

/** Runs the steps that are missing up to version `to`, each in a transaction of its own. */
export function migrate(db: Database.Database, from: number, to: number = schemaVersion): void {
  steps.slice(from, to).forEach((step, index) => {
    db.exec('BEGIN IMMEDIATE')
    db.exec(step)
    db.exec(`PRAGMA user_version = ${from + index + 1}`)
    db.exec('COMMIT')
  })
}

/** The version of an existing database. VAULT_NEWER_VERSION above ours, VAULT_DAMAGED when it was never ours. */
export function readSchemaVersion(db: Database.Database): number {
  const row = db.prepare('SELECT user_version AS version FROM pragma_user_version').get() as { version: unknown } | undefined
  const version = row?.version
  if (typeof version !== 'number' || version < 1) throw damaged()
  if (version > schemaVersion) throw newerVersion()
  return version
}

/**
 * Refuses a database with any table, index, trigger or view that the steps up to `version` did not make: a planted trigger could act
 * on our own writes. VAULT_DAMAGED.
 */
export function checkSchema(db: Database.Database, version: number, openEmpty: () => Database.Database): void {
  const expected = openEmpty()
  try {
    migrate(expected, 0, version)
    if (schemaOf(expected) !== schemaOf(db)) throw damaged()
  } finally {
    expected.close()
  }
}

function schemaOf(db: Database.Database): string {
  const query = `SELECT group_concat(hex(type) || ':' || hex(name) || ':' || coalesce(hex(sql), ''), ',') AS text
    FROM (SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name)`
  const row = db.prepare(query).get() as { text: string | null } | undefined
  return row?.text ?? ''
}
