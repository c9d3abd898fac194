import { copyFileSync } from 'node:fs'
import Database from 'libsql'
import { beforeEach, describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../support/temporary-folder'
import { allEntries, bytes, caller, codeOf, makeVault, openFixture, passphrase, readAll, twoKeys } from './fixture'

const at = useTemporaryFolder()

beforeEach(() => makeVault(at('vault')))

/** Runs statements on the database as somebody would who knows SQLite and not the keys. */
function tamper(...statements: string[]): void {
  const db = new Database(at('vault', 'vault.db'))
  for (const statement of statements) db.exec(statement)
  db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
  db.close()
}

const first = '(SELECT min(token) FROM rows WHERE kind = 1)'
const anyKey = `kind = 1 AND token = ${first}`

describe('rows changed behind the back of the vault', () => {
  const manipulations: Record<string, string[]> = {
    'a dropped row': [`DELETE FROM rows WHERE ${anyKey}`],
    'a dropped key-material row': ['DELETE FROM rows WHERE kind = 2 AND token = (SELECT min(token) FROM rows WHERE kind = 2)'],
    'all rows dropped': ['DELETE FROM rows'],
    'a copied row': [`INSERT INTO rows SELECT kind, zeroblob(16), parent, sequence, body FROM rows WHERE ${anyKey}`],
    'an added row': ["INSERT INTO rows VALUES (1, zeroblob(16), NULL, 999, x'00')"],
    'a row of a kind that nobody knows': ["INSERT INTO rows VALUES (9, zeroblob(16), NULL, 999, x'00')"],
    'two bodies swapped': [`UPDATE rows SET body = (SELECT body FROM rows AS other WHERE other.kind = 1 AND other.token != rows.token) WHERE kind = 1`],
    'two ids swapped': [
      'CREATE TEMP TABLE ids AS SELECT min(token) AS a, max(token) AS b FROM rows WHERE kind = 1',
      'UPDATE rows SET token = zeroblob(16) WHERE kind = 1 AND token = (SELECT a FROM ids)',
      'UPDATE rows SET token = (SELECT a FROM ids) WHERE kind = 1 AND token = (SELECT b FROM ids)',
      'UPDATE rows SET token = (SELECT b FROM ids) WHERE kind = 1 AND token = zeroblob(16)',
    ],
    'a sequence changed': [`UPDATE rows SET sequence = sequence + 1 WHERE ${anyKey}`],
    'two sequences swapped': ['UPDATE rows SET sequence = (SELECT sum(sequence) FROM rows WHERE kind = 1) - sequence WHERE kind = 1'],
    'a parent set': [`UPDATE rows SET parent = zeroblob(16) WHERE ${anyKey}`],
    'a kind changed': [`UPDATE rows SET kind = 3 WHERE ${anyKey}`],
    'a body emptied': [`UPDATE rows SET body = x'' WHERE ${anyKey}`],
    'a body as text': [`UPDATE rows SET body = CAST(body AS TEXT) || 'x' WHERE ${anyKey}`],
    'an id as text': [`UPDATE rows SET token = 'abcdefghijklmnop' WHERE ${anyKey}`],
    'no head': ['DELETE FROM head'],
    'an empty head': ["UPDATE head SET body = x''"],
    'a planted trigger': ['CREATE TRIGGER t AFTER INSERT ON rows BEGIN DELETE FROM rows WHERE kind = 1; END'],
    'a planted view': ['DROP TABLE audit', 'CREATE VIEW audit AS SELECT 1 AS sequence, 2 AS body'],
    'a dropped index': ['DROP INDEX rows_sequence'],
  }

  for (const [name, statements] of Object.entries(manipulations)) {
    it(`${name} is noticed at unlock`, async () => {
      tamper(...statements)
      expect(await codeOf(readAll(at('vault')))).toBe('VAULT_DAMAGED')
    })
  }

  it('a row put back to an older state is noticed', async () => {
    const { vault } = openFixture(at('vault'))
    await vault.unlockWithPassphrase(caller(), passphrase())
    copyFileSync(at('vault', 'vault.db'), at('old.db'))
    await vault.mutate(caller(), 'one', (tx) => tx.put('key', 'one', null, bytes('newer')))
    await vault.mutate(caller(), 'two', (tx) => tx.remove('key', 'two'))
    await vault.dispose()
    tamper(`ATTACH '${at('old.db')}' AS old`, 'INSERT OR REPLACE INTO rows SELECT * FROM old.rows WHERE kind = 1')
    expect(await codeOf(readAll(at('vault')))).toBe('VAULT_DAMAGED')
  })

  it('an old head is noticed', async () => {
    copyFileSync(at('vault', 'vault.db'), at('old.db'))
    const { vault } = openFixture(at('vault'))
    await vault.unlockWithPassphrase(caller(), passphrase())
    await vault.mutate(caller(), 'one', (tx) => tx.put('key', 'one', null, bytes('newer')))
    await vault.dispose()
    tamper(`ATTACH '${at('old.db')}' AS old`, 'UPDATE head SET body = (SELECT body FROM old.head)')
    expect(await codeOf(readAll(at('vault')))).toBe('VAULT_DAMAGED')
  })

  it('key material is opened when it is used, and a changed one is noticed then', async () => {
    tamper("UPDATE rows SET body = randomblob(length(body)) WHERE kind = 2")
    const { vault } = openFixture(at('vault'))
    await vault.unlockWithPassphrase(caller(), passphrase())
    expect(await codeOf(vault.read('key-material', 'one-v1'))).toBe('VAULT_DAMAGED')
    await vault.dispose()
  })

  it('a row put back while the vault is open is noticed when it is read', async () => {
    const { vault } = openFixture(at('vault'))
    await vault.unlockWithPassphrase(caller(), passphrase())
    copyFileSync(at('vault', 'vault.db'), at('old.db'))
    await vault.mutate(caller(), 'one', (tx) => tx.put('key', 'one', null, bytes('newer')))
    tamper(`ATTACH '${at('old.db')}' AS old`, 'INSERT OR REPLACE INTO rows SELECT * FROM old.rows WHERE kind = 1')
    expect(await codeOf(vault.read('key', 'one'))).toBe('VAULT_DAMAGED')
    expect(await codeOf(vault.list('key'))).toBe('VAULT_DAMAGED')
    await vault.dispose()
  })

  it('no change at all is fine', async () => {
    tamper('SELECT 1')
    expect(await readAll(at('vault'))).toEqual(twoKeys)
  })

  it('a newer schema is refused without a write', async () => {
    tamper('PRAGMA user_version = 99')
    expect(await codeOf(readAll(at('vault')))).toBe('VAULT_NEWER_VERSION')
    const db = new Database(at('vault', 'vault.db'))
    expect(db.prepare('SELECT user_version AS v FROM pragma_user_version').get()).toMatchObject({ v: 99 })
    db.close()
  })

  it('ids and content are nowhere in the file', async () => {
    const db = new Database(at('vault', 'vault.db'))
    const rows = db.prepare('SELECT hex(token) || hex(coalesce(parent, \'\')) || hex(body) AS all_of_it FROM rows').all([]) as { all_of_it: string }[]
    db.close()
    expect(rows.length).toBe(4)
    for (const { all_of_it } of rows) {
      for (const word of ['one', 'two', 'material', 'name']) expect(all_of_it).not.toContain(Buffer.from(word).toString('hex').toUpperCase())
    }
  })
})

describe('the audit log', () => {
  const manipulations: Record<string, [string, number]> = {
    'an entry dropped': ['DELETE FROM audit WHERE sequence = 2', 2],
    'the first entry dropped': ['DELETE FROM audit WHERE sequence = 1', 1],
    'an entry changed': ['UPDATE audit SET body = randomblob(length(body)) WHERE sequence = 3', 3],
    'two entries swapped': ['UPDATE audit SET body = (SELECT body FROM audit AS o WHERE o.sequence = 5 - audit.sequence) WHERE sequence IN (2, 3)', 2],
    'an entry put before the first': ["INSERT INTO audit VALUES (0, x'00')", 1],
  }

  for (const [name, [statement, brokenAt]] of Object.entries(manipulations)) {
    it(`${name} is found by verify and keeps nobody from the keys`, async () => {
      tamper(statement)
      const { vault } = openFixture(at('vault'))
      await vault.unlockWithPassphrase(caller(), passphrase())
      expect(await vault.verifyAudit()).toMatchObject({ intact: false, brokenAt })
      expect(await vault.list('key')).toHaveLength(2)
      await vault.dispose()
    })
  }

  it('cut at the end is found by verify, also after new entries', async () => {
    tamper('DELETE FROM audit WHERE sequence = (SELECT max(sequence) FROM audit)')
    const { vault } = openFixture(at('vault'))
    await vault.unlockWithPassphrase(caller(), passphrase())
    const { intact, entries, brokenAt } = await vault.verifyAudit()
    expect({ intact, brokenAt }).toEqual({ intact: false, brokenAt: entries - 1 })
    expect(await codeOf(vault.listAuditEntries(allEntries))).toBe('AUDIT_BROKEN')
    await vault.dispose()
  })

  it('with entries beyond the end is found by verify', async () => {
    const { vault } = openFixture(at('vault'))
    await vault.unlockWithPassphrase(caller(), passphrase())
    const { entries } = await vault.verifyAudit()
    tamper(`INSERT INTO audit VALUES (${entries + 5}, x'00')`)
    expect(await vault.verifyAudit()).toEqual({ intact: false, entries, brokenAt: entries + 1, signatures: [] })
    await vault.dispose()
  })
})
