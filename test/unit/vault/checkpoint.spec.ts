import { copyFileSync, cpSync } from 'node:fs'
import Database from 'libsql'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Vault } from '../../../src-main/vault/vault'
import { kindNumbers } from '../../../src-main/vault/kinds'
import { useTemporaryFolder } from '../../support/temporary-folder'
import { bytes, caller, codeOf, contentOf, openFixture, passphrase, putKey, readAll, text } from './fixture'

const at = useTemporaryFolder()
const rows = 600
const nameOf = (index: number) => `key-${String(index).padStart(3, '0')}`
/** So long that the rows fill several pages. */
const contentOfRow = (index: number) => JSON.stringify({ n: index, text: 'x'.repeat(400) })
const initial = () => Array.from({ length: rows }, (_, index) => `${nameOf(index)} null ${contentOfRow(index)}`)

beforeEach(async () => {
  const { vault } = openFixture(at('vault'))
  await vault.create({ passphrase: passphrase(), name: 'v' })
  await vault.mutate(caller(), '', async (tx) => {
    for (let index = 0; index < rows; index++) await tx.put('key', nameOf(index), null, bytes(contentOfRow(index)))
  })
  await vault.dispose()
})

function query(sql: string): Record<string, unknown> {
  const db = new Database(at('vault', 'vault.db'))
  try {
    return db.prepare(sql).get() as Record<string, unknown>
  } finally {
    db.close()
  }
}

function tamper(sql: string): void {
  const db = new Database(at('vault', 'vault.db'))
  db.exec(sql)
  db.close()
}

const checkpoint = () => query("SELECT group_concat(hex(body), ' ') AS body FROM checkpoint")['body']
const page = (number: number) => query(`SELECT hex(body) AS body FROM checkpoint WHERE page = ${number}`)['body']

/** Opens the vault, carries out `work` and dies without a lock; what is in the files then is what a crash leaves. */
async function crashAfter(work: (vault: Vault) => Promise<void>): Promise<void> {
  const { vault } = openFixture(at('vault'))
  await vault.unlockWithPassphrase(caller(), passphrase())
  await work(vault)
  cpSync(at('vault'), at('crashed'), { recursive: true, filter: (source) => !source.endsWith('vault.lock') })
  await vault.dispose()
}

describe('the checkpoint of a large vault', () => {
  it('gives what the rows hold', async () => {
    expect(page(1)).toMatch(/^[0-9A-F]{10000,}$/)
    expect(await readAll(at('vault'))).toEqual(initial())
    tamper('DELETE FROM checkpoint')
    expect(await readAll(at('vault'))).toEqual(initial())
  })

  it('holds the metadata of secrets, but none of their values', async () => {
    const { vault } = openFixture(at('vault'))
    await vault.unlockWithPassphrase(caller(), passphrase())
    await vault.mutate(caller(), '', async (tx) => {
      for (let index = 0; index < rows; index++) await tx.put('secret', `secret-${index}`, null, bytes(`metadata ${index}`))
      await tx.put('secret-values', 'secret-1', null, bytes('value'))
    })
    await vault.dispose()
    // Bodies are damaged where they are: what the checkpoint holds is not read from them.
    tamper(`UPDATE rows SET body = zeroblob(length(body)) WHERE kind IN (${kindNumbers['secret']}, ${kindNumbers['secret-values']})`)
    const { vault: again } = openFixture(at('vault'))
    await again.unlockWithPassphrase(caller(), passphrase())
    const found: (string | null)[] = []
    await again.scan('secret', (records) => void found.push(...records.map((record) => text(record.bytes))))
    expect(found.sort()).toEqual(Array.from({ length: rows }, (_, index) => `metadata ${index}`).sort())
    expect(await codeOf(again.list('secret-values'))).toBe('VAULT_DAMAGED')
    await again.dispose()
  })

  it('is left as it is after a few changes, and they are seen', async () => {
    const before = checkpoint()
    const { vault } = openFixture(at('vault'))
    await vault.unlockWithPassphrase(caller(), passphrase())
    await putKey(vault, 'new', 'added')
    await vault.mutate(caller(), '', async (tx) => {
      await tx.put('key', nameOf(7), null, bytes('changed'))
      await tx.remove('key', nameOf(8))
    })
    const changed = await contentOf(vault)
    await vault.dispose()
    expect(checkpoint()).toBe(before)
    expect(changed).toHaveLength(rows + 1)
    expect(changed).toEqual(expect.arrayContaining([`${nameOf(7)} null changed`, 'new null added']))
    expect(await readAll(at('vault'))).toEqual(changed)
  })

  it('is made anew after many changes', async () => {
    const before = checkpoint()
    const { vault } = openFixture(at('vault'))
    await vault.unlockWithPassphrase(caller(), passphrase())
    await vault.mutate(caller(), '', async (tx) => {
      for (let index = 0; index < 100; index++) await tx.put('key', nameOf(index), null, bytes('changed'))
    })
    const changed = await contentOf(vault)
    await vault.dispose()
    expect(checkpoint()).not.toBe(before)
    expect(await readAll(at('vault'))).toEqual(changed)
  })

  const damages: Record<string, string> = {
    'is damaged in every page': 'UPDATE checkpoint SET body = randomblob(length(body))',
    'is damaged in its first page': 'UPDATE checkpoint SET body = randomblob(length(body)) WHERE page = 0',
    'is damaged in one of its other pages': 'UPDATE checkpoint SET body = randomblob(length(body)) WHERE page = 2',
    'has empty pages': "UPDATE checkpoint SET body = x''",
    'has text for pages': "UPDATE checkpoint SET body = 'page'",
    'lacks its first page': 'DELETE FROM checkpoint WHERE page = 0',
    'lacks a page': 'DELETE FROM checkpoint WHERE page = 1',
    'lacks all pages but the first': 'DELETE FROM checkpoint WHERE page > 0',
    'has two pages swapped': 'UPDATE checkpoint SET body = (SELECT body FROM checkpoint AS other WHERE other.page = 3 - checkpoint.page) WHERE page IN (1, 2)',
    'has a page twice': 'UPDATE checkpoint SET body = (SELECT body FROM checkpoint AS other WHERE other.page = 1) WHERE page = 2',
    'has a page too many': 'INSERT INTO checkpoint SELECT max(page) + 1, body FROM checkpoint',
  }

  for (const [name, statement] of Object.entries(damages)) {
    it(`that ${name} costs time only`, async () => {
      expect(page(3)).toBeDefined()
      tamper(statement)
      expect(await readAll(at('vault'))).toEqual(initial())
    })
  }

  it('of which a page is from an older one does not bring old rows back', async () => {
    copyFileSync(at('vault', 'vault.db'), at('old.db'))
    const { vault } = openFixture(at('vault'))
    await vault.unlockWithPassphrase(caller(), passphrase())
    await vault.mutate(caller(), '', async (tx) => {
      for (let index = 0; index < rows; index++) await tx.put('key', nameOf(index), null, bytes(contentOfRow(index).toUpperCase()))
    })
    const changed = await contentOf(vault)
    await vault.dispose()
    const own = page(1)
    tamper(`ATTACH '${at('old.db')}' AS old; UPDATE checkpoint SET body = (SELECT body FROM old.checkpoint AS o WHERE o.page = checkpoint.page) WHERE page > 0`)
    expect(page(1)).not.toBe(own)
    expect(await readAll(at('vault'))).toEqual(changed)
  })

  it('is no excuse for rows that are gone, new or put back', async () => {
    copyFileSync(at('vault', 'vault.db'), at('clean.db'))
    const one = 'kind = 1 AND token = (SELECT min(token) FROM rows WHERE kind = 1)'
    for (const statement of [
      `DELETE FROM rows WHERE ${one}`,
      `UPDATE rows SET sequence = sequence + 1 WHERE ${one}`,
      `UPDATE rows SET token = zeroblob(16) WHERE ${one}`,
      `INSERT INTO rows SELECT kind, zeroblob(16), parent, sequence, body FROM rows WHERE ${one}`,
    ]) {
      copyFileSync(at('clean.db'), at('vault', 'vault.db'))
      tamper(statement)
      expect(await codeOf(readAll(at('vault')))).toBe('VAULT_DAMAGED')
    }
  })

  it('does not stand for a row whose body is damaged when that is read', async () => {
    tamper('UPDATE rows SET body = randomblob(length(body)) WHERE kind = 1')
    const { vault } = openFixture(at('vault'))
    await vault.unlockWithPassphrase(caller(), passphrase())
    expect(await codeOf(vault.read('key', nameOf(5)))).toBe('VAULT_DAMAGED')
    await vault.dispose()
  })

  it('and a crash: what was committed since is there', async () => {
    let changed: string[] = []
    const before = page(0)
    await crashAfter(async (vault) => {
      await vault.mutate(caller(), '', async (tx) => {
        for (let index = 0; index < 300; index++) await tx.put('key', nameOf(index), null, bytes('changed'))
        await tx.remove('key', nameOf(400))
        await tx.put('key', 'new', null, bytes('added'))
      })
      changed = await contentOf(vault)
    })
    expect(page(0)).not.toBe(before)
    expect(changed).toContain('new null added')
    expect(await readAll(at('crashed'))).toEqual(changed)
  })

  it('of the first schema is left aside, and replaced at the first write', async () => {
    tamper(`DROP TABLE checkpoint; CREATE TABLE checkpoint (id INTEGER PRIMARY KEY CHECK (id = 1), body BLOB NOT NULL);
      INSERT INTO checkpoint VALUES (1, randomblob(1000)); PRAGMA user_version = 1`)
    expect(await readAll(at('vault'))).toEqual(initial())
    expect(query('SELECT user_version AS version FROM pragma_user_version')['version']).toBe(2)
    expect(page(1)).toMatch(/^[0-9A-F]{10000,}$/)
    expect(await readAll(at('vault'))).toEqual(initial())
  })

  it('of the first schema in a database with more than that schema has is refused', async () => {
    tamper(`DROP TABLE checkpoint; CREATE TABLE checkpoint (id INTEGER PRIMARY KEY CHECK (id = 1), body BLOB NOT NULL);
      CREATE TRIGGER planted AFTER INSERT ON rows BEGIN DELETE FROM rows; END; PRAGMA user_version = 1`)
    expect(await codeOf(readAll(at('vault')))).toBe('VAULT_DAMAGED')
    expect(query('SELECT user_version AS version FROM pragma_user_version')['version']).toBe(1)
  })

  it('that is old does not bring old rows back, nor hide what was done to rows', async () => {
    copyFileSync(at('vault', 'vault.db'), at('old.db'))
    const { vault } = openFixture(at('vault'))
    await vault.unlockWithPassphrase(caller(), passphrase())
    await vault.mutate(caller(), '', async (tx) => {
      for (let index = 0; index < 100; index++) await tx.put('key', nameOf(index), null, bytes('changed'))
      await tx.remove('key', nameOf(599))
    })
    const changed = await contentOf(vault)
    await vault.dispose()
    tamper(`ATTACH '${at('old.db')}' AS old; DELETE FROM checkpoint; INSERT INTO checkpoint SELECT * FROM old.checkpoint`)
    expect(await readAll(at('vault'))).toEqual(changed)
    tamper('DELETE FROM rows WHERE token = (SELECT min(token) FROM rows WHERE kind = 1)')
    expect(await codeOf(readAll(at('vault')))).toBe('VAULT_DAMAGED')
  })
})
