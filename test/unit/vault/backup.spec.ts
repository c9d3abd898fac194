import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { beforeEach, describe, expect, it } from 'vitest'
import { sealChunks } from '../../../src-main/vault/backup-format'
import { useTemporaryFolder } from '../../support/temporary-folder'
import { allEntries, bytes, caller, codeOf, contentOf, FakeKeyring, makeVault, openFixture, passphrase, pin, putKey, readAll, twoKeys } from './fixture'

const at = useTemporaryFolder()
const backupPassphrase = () => bytes('the passphrase of the backup')

async function makeBackup(extraRows = 0): Promise<{ vaultId: string; records: number }> {
  await makeVault(at('vault'))
  const { vault } = openFixture(at('vault'))
  await vault.unlockWithPassphrase(caller(), passphrase())
  await vault.addQuickUnlock(caller(), passphrase(), pin())
  await vault.mutate(caller(), '', async (tx) => {
    for (let index = 0; index < extraRows; index++) await tx.put('key-usage', `u${index}`, null, new Uint8Array(500).fill(index))
  })
  const { fileName, sizeBytes, records } = await vault.backup(caller('backupVault'), at('my.keystead-backup'), backupPassphrase())
  expect(fileName).toBe('my.keystead-backup')
  expect(sizeBytes).toBe(statSync(at('my.keystead-backup')).size)
  const { vaultId } = vault
  await vault.dispose()
  return { vaultId, records }
}

const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('.keystead-work-'))

describe('a backup', () => {
  it('is restored into a vault with the same content, id and name, opened by its own passphrase', async () => {
    const { vaultId } = await makeBackup(800)
    const { vault } = openFixture(at('restored'))
    await vault.restore(at('my.keystead-backup'), backupPassphrase())
    expect(await vault.status()).toMatchObject({ state: 'locked', name: 'Test vault', vaultId, slots: ['passphrase'], pinAttemptsLeft: null, problem: null })
    expect(await codeOf(vault.unlockWithPassphrase(caller(), passphrase()))).toBe('WRONG_PASSPHRASE')
    await vault.unlockWithPassphrase(caller('unlockVault'), backupPassphrase())
    expect(await contentOf(vault)).toEqual(twoKeys)
    expect(await vault.list('key-usage')).toHaveLength(800)
    expect((await vault.verifyAudit()).intact).toBe(true)
    const newest = (await vault.listAuditEntries(allEntries)).entries.slice(0, 4).map((entry) => entry.operation)
    expect(newest).toEqual(['unlockVault', 'adoptUnlockSlots', 'test', 'restoreVault'])
    await putKey(vault, 'three', '{}')
    await vault.dispose()
    expect(readdirSync(at('restored')).sort()).toEqual(['vault.db', 'vault.json'])
    expect(['vault.db', 'vault.json'].map((name) => (statSync(at('restored', name)).mode & 0o777).toString(8))).toEqual(['600', '600'])
  })

  it('is checked without a vault, and nothing of the check stays', async () => {
    const before = leftovers()
    const { records } = await makeBackup()
    const { vault } = openFixture(at('nowhere'))
    const report = await vault.checkBackup(at('my.keystead-backup'), backupPassphrase())
    expect(report).toEqual({ vaultName: 'Test vault', createdAt: '2026-01-02T03:04:05.678Z', records, keys: 2, auditEntries: expect.any(Number) })
    expect(records).toBe(5)
    expect(report.auditEntries).toBeGreaterThanOrEqual(6)
    expect(existsSync(at('nowhere'))).toBe(false)
    expect(leftovers()).toEqual(before)
  })

  it('is not restored over a vault', async () => {
    await makeBackup()
    const { vault } = openFixture(at('vault'))
    expect(await codeOf(vault.restore(at('my.keystead-backup'), backupPassphrase()))).toBe('VAULT_EXISTS')
    await vault.dispose()
    expect(await readAll(at('vault'))).toEqual(twoKeys)
  })

  it('is refused with a wrong passphrase, and leaves no vault behind', async () => {
    await makeBackup()
    const { vault } = openFixture(at('restored'))
    expect(await codeOf(vault.restore(at('my.keystead-backup'), passphrase()))).toBe('WRONG_PASSPHRASE')
    expect(await codeOf(vault.checkBackup(at('my.keystead-backup'), passphrase()))).toBe('WRONG_PASSPHRASE')
    expect((await vault.status()).state).toBe('none')
    expect(readdirSync(at('restored'))).toEqual(['vault.lock'])
    await vault.dispose()
  })

  it('needs a passphrase of eight characters and a place that can be written', async () => {
    await makeVault(at('vault'))
    const { vault } = openFixture(at('vault'))
    await vault.unlockWithPassphrase(caller(), passphrase())
    expect(await codeOf(vault.backup(caller(), at('b'), bytes('short')))).toBe('PASSPHRASE_TOO_WEAK')
    expect(await codeOf(vault.backup(caller(), at('no-such-folder', 'b'), backupPassphrase()))).toBe('TARGET_NOT_WRITABLE')
    mkdirSync(at('taken'))
    expect(await codeOf(vault.backup(caller(), at('taken'), backupPassphrase()))).toBe('TARGET_NOT_WRITABLE')
    expect(existsSync(at('taken.part'))).toBe(false)
    expect(existsSync(at('b'))).toBe(false)
    await vault.dispose()
  })

  it('of a restored vault is not mistaken for a rollback', async () => {
    const keyring = new FakeKeyring()
    await makeVault(at('vault'), { keyring })
    const { vault } = openFixture(at('vault'), { keyring })
    await vault.unlockWithPassphrase(caller(), passphrase())
    await vault.backup(caller(), at('b'), backupPassphrase())
    for (let index = 0; index < 5; index++) await putKey(vault, `later-${index}`, '{}')
    await vault.dispose()
    const restored = openFixture(at('restored'), { keyring })
    await restored.vault.restore(at('b'), backupPassphrase())
    await restored.vault.unlockWithPassphrase(caller(), backupPassphrase())
    await restored.vault.dispose()
    expect((await restored.vault.status()).rolledBack).toBe(false)
  })
})

describe('a damaged backup', () => {
  beforeEach(() => makeBackup(300))

  it('is refused with any byte changed or missing', async () => {
    const clean = readFileSync(at('my.keystead-backup'))
    expect(clean.length).toBeGreaterThan(2 * 65_552)
    const { vault } = openFixture(at('restored'))
    const outcomes = new Set<string>()
    const variants: Buffer[] = []
    for (let index = 0; index < clean.length; index += index < 700 ? 7 : 4099) {
      const changed = Buffer.from(clean)
      changed[index] = (changed[index] ?? 0) ^ 0x01
      variants.push(changed)
    }
    for (const length of [0, 1, 15, 22, 100, 600, clean.length - 1, clean.length - 65_552, 65_552]) variants.push(clean.subarray(0, length))
    variants.push(Buffer.concat([clean, Buffer.from([0])]), Buffer.concat([clean, clean.subarray(-65_552)]))
    for (const variant of variants) {
      writeFileSync(at('bad'), variant)
      outcomes.add(await codeOf(vault.checkBackup(at('bad'), backupPassphrase())))
    }
    expect([...outcomes].filter((code) => !['BACKUP_INVALID', 'WRONG_PASSPHRASE', 'VAULT_NEWER_VERSION', 'KDF_OUT_OF_RANGE'].includes(code))).toEqual([])
    expect(outcomes.has('BACKUP_INVALID')).toBe(true)
    await vault.dispose()
  })

  it('is refused as a whole: nothing is restored', async () => {
    const changed = readFileSync(at('my.keystead-backup'))
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
    writeFileSync(at('bad'), changed)
    const { vault } = openFixture(at('restored'))
    expect(await codeOf(vault.restore(at('bad'), backupPassphrase()))).toBe('BACKUP_INVALID')
    expect((await vault.status()).state).toBe('none')
    await vault.dispose()
    expect(readdirSync(at('restored'))).toEqual([])
  })

  it('that is no backup or is not there is BACKUP_INVALID', async () => {
    writeFileSync(at('text'), 'hello, this is a text and no backup of anything')
    const { vault } = openFixture(at('restored'))
    expect(await codeOf(vault.checkBackup(at('text'), backupPassphrase()))).toBe('BACKUP_INVALID')
    expect(await codeOf(vault.checkBackup(at('absent'), backupPassphrase()))).toBe('BACKUP_INVALID')
  })
})

describe('chunks of a backup', () => {
  it('are 64 KiB however the content comes in, the last one marked', async () => {
    async function* pieces(sizes: number[]): AsyncGenerator<Uint8Array> {
      for (const size of sizes) yield new Uint8Array(size)
    }
    const lengths = async (sizes: number[]) => {
      const found: number[] = []
      for await (const chunk of sealChunks(new Uint8Array(32), bytes('head'), pieces(sizes))) found.push(chunk.length - 16)
      return found
    }
    expect(await lengths([])).toEqual([0])
    expect(await lengths([65_536])).toEqual([65_536])
    expect(await lengths([65_537])).toEqual([65_536, 1])
    expect(await lengths([1, 200_000, 3])).toEqual([65_536, 65_536, 65_536, 3396])
  })
})
