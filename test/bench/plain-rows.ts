import Database from 'libsql'

/** The peer of a vault's keys is plain JSON in SQLite: this writes the rows that `fill` inserts, in one transaction, to a new file. */
export async function writePlainRows(file: string, fill: (insert: (id: string, row: object) => void) => Promise<void>): Promise<void> {
  const database = new Database(file)
  try {
    database.exec('CREATE TABLE keys (id TEXT PRIMARY KEY, body TEXT); BEGIN')
    const statement = database.prepare('INSERT INTO keys VALUES (?, ?)')
    await fill((id, row) => statement.run(id, JSON.stringify(row)))
    database.exec('COMMIT')
  } finally {
    database.close()
  }
}

/** Reads and parses every row, without unsealing, hash or index; how many there are. */
export function readPlainRows(file: string): number {
  const database = new Database(file)
  try {
    const rows = database.prepare('SELECT id, body FROM keys').all() as { id: string; body: string }[]
    return rows.map(({ body }) => JSON.parse(body) as unknown).length
  } finally {
    database.close()
  }
}
