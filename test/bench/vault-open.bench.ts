import Database from 'libsql'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cheapPassphrase, openCheapVault } from '../support/cheap-vault'
import { parsed } from '../support/keystore-fixture'
import { median, report, timed } from './support'

const keys = 10_000
const rounds = 9
const base = mkdtempSync(join(tmpdir(), 'keystead-bench-'))
const caller = { face: 'cli' as const, client: 'bench', operation: 'bench' }
const plainFile = join(base, 'plain.db')

/** The peer: the same rows as plain JSON in SQLite, read and parsed, without sealing, hash or index. */
function readPlainRows(): number {
  const database = new Database(plainFile)
  try {
    const rows = database.prepare('SELECT id, body FROM keys').all() as { id: string; body: string }[]
    return rows.map(({ body }) => JSON.parse(body) as unknown).length
  } finally {
    database.close()
  }
}

async function unlockOnce(): Promise<number> {
  const { vault, keystore } = openCheapVault(join(base, 'vault'))
  try {
    const milliseconds = await timed(() => vault.unlockWithPassphrase(caller, cheapPassphrase()))
    expect((await keystore.run('searchKeys', caller, parsed('searchKeys', { count: 1 }))).total).toBe(keys)
    return milliseconds
  } finally {
    await vault.lock(caller)
    await vault.dispose()
  }
}

describe('opening a vault', () => {
  beforeAll(async () => {
    const { vault, keystore } = openCheapVault(join(base, 'vault'))
    await vault.create({ passphrase: cheapPassphrase(), name: 'bench' })
    const plain = new Database(plainFile)
    plain.exec('CREATE TABLE keys (id TEXT PRIMARY KEY, body TEXT)')
    const insert = plain.prepare('INSERT INTO keys VALUES (?, ?)')
    plain.exec('BEGIN')
    for (let index = 0; index < keys; index += 1) {
      const { keyMetadata } = await keystore.run('createKey', caller, parsed('createKey', { description: `key number ${index} of the benchmark` }))
      insert.run(keyMetadata.keyId, JSON.stringify(keyMetadata))
    }
    plain.exec('COMMIT')
    plain.close()
    await vault.lock(caller)
    await vault.dispose()
  }, 300_000)

  afterAll(() => rmSync(base, { recursive: true, force: true }))

  it(`with ${keys} keys, key derivation excluded, against reading plain rows`, async () => {
    const ours: number[] = []
    const plain: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      ours.push(await unlockOnce())
      plain.push(await timed(readPlainRows))
    }
    const [a, b] = [median(ours), median(plain)]
    report(`open vault, ${keys} keys: ${a.toFixed(0)} ms (goal 150 ms); plain SQLite rows ${b.toFixed(0)} ms; ratio ${(a / b).toFixed(2)}`)
  }, 120_000)
})
