import Database from 'libsql'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../support/temporary-folder'
import { allEntries, bytes, caller, codeOf, makeVault, openFixture, passphrase, putKey } from './fixture'

const at = useTemporaryFolder()

async function fresh() {
  const fixture = openFixture(at('vault'))
  await fixture.vault.create({ passphrase: passphrase(), name: 'v', caller: caller('createVault') })
  return fixture
}

describe('the audit log', () => {
  it('has one entry per mutation, newest first, and none for one that failed', async () => {
    const { vault } = await fresh()
    await putKey(vault, 'a', '{}')
    await vault.mutate(caller('boom'), 'x', () => Promise.reject(new Error('no'))).catch(() => undefined)
    await vault.mutate(caller('named'), (result: string) => `made ${result}`, async () => 'it')
    const { total, entries } = await vault.listAuditEntries(allEntries)
    expect(total).toBe(3)
    expect(entries.map((entry) => [entry.sequence, entry.operation, entry.resource])).toEqual([
      [3, 'named', 'made it'],
      [2, 'createKey', 'a'],
      [1, 'createVault', vault.vaultId],
    ])
    expect(entries[1]).toEqual({ sequence: 2, time: '2026-01-02T03:04:05.678Z', face: 'cli', client: 'tester', operation: 'createKey', resource: 'a', result: 'ok', code: null })
    expect(await vault.verifyAudit()).toEqual({ intact: true, entries: 3, brokenAt: null, signatures: [] })
    await vault.dispose()
  })

  it('notes unlocking, locking, and what was refused in between', async () => {
    const { vault } = await fresh()
    await vault.lock(caller('lockVault'))
    await vault.unlockWithPassphrase(caller('unlockVault'), bytes('a wrong passphrase')).catch(() => undefined)
    vault.useAudit.record(caller('encrypt'), 'k', 'VAULT_LOCKED')
    await vault.unlockWithPassphrase(caller('unlockVault'), passphrase())
    const { entries } = await vault.listAuditEntries(allEntries)
    expect(entries.map((entry) => [entry.operation, entry.result, entry.code])).toEqual([
      ['unlockVault', 'ok', null],
      ['encrypt', 'refused', 'VAULT_LOCKED'],
      ['unlockVault', 'refused', 'WRONG_PASSPHRASE'],
      ['lockVault', 'ok', null],
      ['createVault', 'ok', null],
    ])
    await vault.dispose()
  })

  it('keeps the order of uses and mutations', async () => {
    const { vault } = await fresh()
    vault.useAudit.record(caller('encrypt'), 'k1', null)
    vault.useAudit.record(caller('decrypt'), 'k1', 'INVALID_CIPHERTEXT')
    await putKey(vault, 'a', '{}')
    vault.useAudit.record(caller('encrypt'), 'k2', 'NO_SPACE')
    const { entries } = await vault.listAuditEntries(allEntries)
    expect(entries.map((entry) => [entry.operation, entry.result]).reverse()).toEqual([
      ['createVault', 'ok'],
      ['encrypt', 'ok'],
      ['decrypt', 'refused'],
      ['createKey', 'ok'],
      ['encrypt', 'failed'],
    ])
    await vault.dispose()
  })

  it('keeps uses over a restart when the vault is locked right after them', async () => {
    const { vault } = await fresh()
    for (let index = 0; index < 50; index++) vault.useAudit.record(caller('encrypt'), `k${index}`, null)
    await vault.dispose()
    const again = openFixture(at('vault'))
    await again.vault.unlockWithPassphrase(caller('unlockVault'), passphrase())
    expect((await again.vault.listAuditEntries({ ...allEntries, operation: 'encrypt' })).total).toBe(50)
    expect((await again.vault.verifyAudit()).intact).toBe(true)
    await again.vault.dispose()
  })

  it('counts equal uses in one entry when hundreds wait, and loses none', async () => {
    const { vault } = await fresh()
    for (let index = 0; index < 500; index++) vault.useAudit.record(caller('encrypt'), `k${index}`, null)
    for (let index = 0; index < 30_000; index++) vault.useAudit.record(caller(index % 2 ? 'encrypt' : 'decrypt'), 'k', index % 3 ? null : 'KEY_DISABLED')
    const entriesOf = async () => (await vault.listAuditEntries({ ...allEntries, resource: 'k' })).entries.map(({ operation, code, count }) => [operation, code, count])
    const counted = [['encrypt', null, 10_000], ['decrypt', null, 10_000], ['encrypt', 'KEY_DISABLED', 5000], ['decrypt', 'KEY_DISABLED', 5000]]
    expect((await entriesOf()).toSorted()).toEqual(counted.toSorted())
    vault.useAudit.record(caller('encrypt'), 'k', null)
    expect((await entriesOf())[0]).toEqual(['encrypt', null, undefined])
    expect(await vault.verifyAudit()).toEqual({ intact: true, entries: 506, brokenAt: null, signatures: [] })
    await vault.dispose()
  })

  it('gives windows, with and without filters', async () => {
    const { vault } = await fresh()
    for (let index = 0; index < 1200; index++) vault.useAudit.record(caller(index % 3 ? 'encrypt' : 'decrypt'), `key-${index}`, index % 5 ? null : 'KEY_DISABLED')
    const page = (query: Partial<Parameters<typeof vault.listAuditEntries>[0]>) => vault.listAuditEntries({ ...allEntries, ...query })
    const all = await page({ offset: 100, count: 3 })
    expect(all.total).toBe(1201)
    expect(all.entries.map((entry) => entry.sequence)).toEqual([1101, 1100, 1099])
    expect((await page({ offset: 1200 })).entries.map((entry) => entry.operation)).toEqual(['createVault'])
    expect((await page({ offset: 1201 })).entries).toEqual([])
    expect((await page({ operation: 'decrypt' })).total).toBe(400)
    expect((await page({ result: 'refused' })).total).toBe(240)
    expect((await page({ resource: 'key-77' })).entries.map((entry) => entry.sequence)).toEqual([79])
    const found = await page({ search: 'KEY-11', offset: 2, count: 2 })
    expect(found.total).toBe(111)
    expect(found.entries.map((entry) => entry.resource)).toEqual(['key-1197', 'key-1196'].map(() => expect.stringContaining('key-11')))
    expect((await page({ search: 'key_dis', operation: 'decrypt' })).total).toBe(80)
    await vault.dispose()
  })

  it('writes uses within a second', async () => {
    const { vault } = await fresh()
    const before = (await vault.verifyAudit()).entries
    vault.useAudit.record(caller('encrypt'), 'k', null)
    const store = new Database(at('vault', 'vault.db'))
    await expect.poll(() => (store.prepare('SELECT count(*) AS n FROM audit').get() as { n: number }).n, { timeout: 5000 }).toBe(before + 1)
    store.close()
    await vault.dispose()
  })

  it('cuts what would be too long for the contract', async () => {
    const { vault } = await fresh()
    vault.useAudit.record({ face: 'ipc', client: 'c'.repeat(9999), operation: 'o'.repeat(99) }, 'r'.repeat(9999), null)
    const [entry] = (await vault.listAuditEntries(allEntries)).entries
    expect([entry?.client.length, entry?.operation.length, entry?.resource.length]).toEqual([128, 64, 512])
    await vault.dispose()
  })

  it('cannot be read while the vault is locked', async () => {
    await makeVault(at('vault'))
    const { vault } = openFixture(at('vault'))
    expect(await codeOf(vault.listAuditEntries(allEntries))).toBe('VAULT_LOCKED')
  })
})
