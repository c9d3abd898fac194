import { copyFileSync } from 'node:fs'
import Database from 'libsql'
import { beforeEach, describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../support/temporary-folder'
import { bytes, caller, codeOf, contentOf, openFixture, passphrase, putKey, readAll } from './fixture'

const at = useTemporaryFolder()
const rows = 600
const nameOf = (index: number) => `key-${String(index).padStart(3, '0')}`
const initial = () => Array.from({ length: rows }, (_, index) => `${nameOf(index)} null {"n":${index}}`)

beforeEach(async () => {
  const { vault } = openFixture(at('vault'))
  await vault.create({ passphrase: passphrase(), name: 'v' })
  await vault.mutate(caller(), '', async (tx) => {
    for (let index = 0; index < rows; index++) await tx.put('key', nameOf(index), null, bytes(`{"n":${index}}`))
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

const checkpoint = () => query('SELECT hex(body) AS body FROM checkpoint')['body']

describe('the checkpoint of a large vault', () => {
  it('gives what the rows hold', async () => {
    expect(checkpoint()).toMatch(/^[0-9A-F]{10000,}$/)
    expect(await readAll(at('vault'))).toEqual(initial())
    tamper('DELETE FROM checkpoint')
    expect(await readAll(at('vault'))).toEqual(initial())
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

  it('that is damaged is not used', async () => {
    tamper('UPDATE checkpoint SET body = randomblob(length(body))')
    expect(await readAll(at('vault'))).toEqual(initial())
    tamper("UPDATE checkpoint SET body = x''")
    expect(await readAll(at('vault'))).toEqual(initial())
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
    tamper(`ATTACH '${at('old.db')}' AS old; UPDATE checkpoint SET body = (SELECT body FROM old.checkpoint)`)
    expect(await readAll(at('vault'))).toEqual(changed)
    tamper('DELETE FROM rows WHERE token = (SELECT min(token) FROM rows WHERE kind = 1)')
    expect(await codeOf(readAll(at('vault')))).toBe('VAULT_DAMAGED')
  })
})
