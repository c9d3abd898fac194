import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sqliteStores } from '../../../src-main/vault/sqlite-store'
import type { StoreChanges, StoreFactory, StorePort } from '../../../src-main/vault/store-port'
import { KmsError, type ErrorCode } from '../../../src-shared/errors'
import { useTemporaryFolder } from '../../support/temporary-folder'
import { allEntries, bytes, caller, codeOf, contentOf, makeVault, openFixture, passphrase, putKey, readAll, text, twoKeys } from './fixture'

const at = useTemporaryFolder()

/** SQLite whose disk fails when told to, before or after the data has reached it. */
class FailingStores implements StoreFactory {
  failure: ErrorCode | null = null

  create(path: string): Promise<StorePort> {
    return sqliteStores.create(path).then((store) => this.#wrap(store))
  }

  open(path: string): Promise<StorePort> {
    return sqliteStores.open(path).then((store) => this.#wrap(store))
  }

  #wrap(store: StorePort): StorePort {
    return {
      readHead: () => store.readHead(),
      readRow: (kind, token) => store.readRow(kind, token),
      rowsOfKind: (kind) => store.rowsOfKind(kind),
      rowsSince: (sequence, count) => store.rowsSince(sequence, count),
      rowHeads: () => store.rowHeads(),
      auditRows: (from, count) => store.auditRows(from, count),
      readCheckpointPage: (page) => store.readCheckpointPage(page),
      writeCheckpoint: (pages) => store.writeCheckpoint(pages),
      copyTo: (path) => store.copyTo(path),
      close: (settle) => store.close(settle),
      commit: async (changes: StoreChanges) => {
        if (this.failure) throw new KmsError(this.failure, 'injected')
        return store.commit(changes)
      },
    }
  }
}

describe('a disk that fails', () => {
  it('leaves memory as it is on disk, and the vault goes on when the disk does', async () => {
    await makeVault(at('vault'))
    const stores = new FailingStores()
    const { vault } = openFixture(at('vault'), { stores })
    await vault.unlockWithPassphrase(caller(), passphrase())
    const entries = (await vault.listAuditEntries(allEntries)).total
    vault.useAudit.record(caller('encrypt'), 'k', null)
    for (const failure of ['NO_SPACE', 'VAULT_WRITE_FAILED'] as const) {
      stores.failure = failure
      expect(await codeOf(putKey(vault, 'three', '{}'))).toBe(failure)
      expect(await contentOf(vault)).toEqual(twoKeys)
      stores.failure = null
    }
    await putKey(vault, 'three', '{}')
    expect(text(await vault.read('key', 'three'))).toBe('{}')
    const log = await vault.listAuditEntries(allEntries)
    expect(log.total).toBe(entries + 2)
    expect(log.entries.slice(0, 2).map((entry) => entry.operation)).toEqual(['createKey', 'encrypt'])
    await vault.dispose()
    expect(await readAll(at('vault'))).toHaveLength(6)
  })

  it('keeps nobody from unlocking; the entry of it is written later', async () => {
    await makeVault(at('vault'))
    const stores = new FailingStores()
    const { vault } = openFixture(at('vault'), { stores })
    stores.failure = 'NO_SPACE'
    await vault.unlockWithPassphrase(caller('unlockVault'), passphrase())
    expect(await contentOf(vault)).toEqual(twoKeys)
    stores.failure = null
    expect((await vault.listAuditEntries({ ...allEntries, operation: 'unlockVault' })).total).toBe(1)
    await vault.dispose()
  })

  it('leaves the old passphrase when a new one cannot be written', async () => {
    await makeVault(at('vault'))
    const stores = new FailingStores()
    const { vault } = openFixture(at('vault'), { stores })
    await vault.unlockWithPassphrase(caller(), passphrase())
    const before = readFileSync(at('vault', 'vault.json'))
    stores.failure = 'VAULT_WRITE_FAILED'
    expect(await codeOf(vault.changePassphrase(caller(), passphrase(), bytes('another passphrase')))).toBe('VAULT_WRITE_FAILED')
    expect(readFileSync(at('vault', 'vault.json'))).toEqual(before)
    await vault.dispose()
    expect(await readAll(at('vault'))).toEqual(twoKeys)
  })

  it('leaves no vault when one cannot be made', async () => {
    const stores = new FailingStores()
    stores.failure = 'NO_SPACE'
    const { vault } = openFixture(at('vault'), { stores })
    expect(await codeOf(vault.create({ passphrase: passphrase(), name: 'v' }))).toBe('NO_SPACE')
    expect((await vault.status()).state).toBe('none')
    expect(existsSync(at('vault', 'vault.db'))).toBe(false)
    expect(vault.pendingRecoveryWords()).toBeNull()
    stores.failure = null
    await vault.create({ passphrase: passphrase(), name: 'v' })
    await vault.dispose()
  })
})

describe('the SQLite store', () => {
  const changes = (change: Partial<StoreChanges>): StoreChanges => ({ previousHead: null, head: bytes('head 1'), puts: [], removes: [], audit: [], ...change })
  const row = (sequence: number, body: Uint8Array) => ({ kind: 1, token: new Uint8Array(16).fill(sequence), parent: null, sequence, body })

  it('refuses a commit that builds on another head', async () => {
    const store = await sqliteStores.create(at('a.db'))
    await store.commit(changes({ puts: [row(1, bytes('x'))] }))
    expect(await codeOf(store.commit(changes({ previousHead: bytes('head 0'), head: bytes('head 2'), puts: [row(2, bytes('y'))] })))).toBe('VAULT_IN_USE')
    expect(text(await store.readHead())).toBe('head 1')
    expect(await store.rowsOfKind(1)).toHaveLength(1)
    await store.close(true)
  })

  it('takes a transaction back when it cannot be finished', async () => {
    const store = await sqliteStores.create(at('a.db'))
    await store.commit(changes({}))
    const bad = { ...row(2, bytes('y')), body: null as unknown as Uint8Array }
    expect(await codeOf(store.commit(changes({ previousHead: bytes('head 1'), head: bytes('head 2'), puts: [row(1, bytes('x')), bad] })))).toBe('VAULT_WRITE_FAILED')
    expect(text(await store.readHead())).toBe('head 1')
    expect(await store.rowsOfKind(1)).toEqual([])
    await store.commit(changes({ previousHead: bytes('head 1'), head: bytes('head 2'), puts: [row(1, bytes('x'))] }))
    await store.close(true)
  })

  it('gives rows by age', async () => {
    const store = await sqliteStores.create(at('a.db'))
    await store.commit(changes({ puts: [3, 1, 2, 5].map((sequence) => row(sequence, bytes(String(sequence)))) }))
    const since = async (sequence: number, count: number) => (await store.rowsSince(sequence, count)).map((found) => found.sequence)
    expect(await since(0, 2)).toEqual([1, 2])
    expect(await since(2, 10)).toEqual([3, 5])
    expect(await since(5, 10)).toEqual([])
    await store.close(true)
  })

  it('is one file once it is closed', async () => {
    const store = await sqliteStores.create(at('a.db'))
    await store.commit(changes({}))
    expect(existsSync(at('a.db-wal'))).toBe(true)
    await store.close(true)
    expect(['-wal', '-journal'].filter((suffix) => existsSync(at(`a.db${suffix}`)))).toEqual([])
  })
})
