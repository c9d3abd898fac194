import { describe, expect, it } from 'vitest'
import { existsSync, readdirSync, statSync } from 'node:fs'
import type { UnlockedService } from '../../../src-main/vault/records'
import { useTemporaryFolder } from '../../support/temporary-folder'
import { bytes, caller, codeOf, contentOf, makeVault, openFixture, passphrase, putKey, readAll, text, twoKeys } from './fixture'

const at = useTemporaryFolder()

describe('a vault', () => {
  it('opens again with the same passphrase and content', async () => {
    await makeVault(at('vault'))
    expect(await readAll(at('vault'))).toEqual(twoKeys)
    expect(await readAll(at('vault'))).toEqual(twoKeys)
  })

  it('is refused with another passphrase and stays locked', async () => {
    await makeVault(at('vault'))
    const { vault } = openFixture(at('vault'))
    expect(await codeOf(vault.unlockWithPassphrase(caller(), bytes('correct horse battery stapl')))).toBe('WRONG_PASSPHRASE')
    expect(vault.isUnlocked).toBe(false)
    expect((await vault.status()).state).toBe('locked')
    await vault.dispose()
  })

  it('checks the passphrase even when it is open', async () => {
    const { vault } = openFixture(at('vault'))
    await vault.create({ passphrase: passphrase(), name: 'v' })
    expect(await codeOf(vault.unlockWithPassphrase(caller(), bytes('something else')))).toBe('WRONG_PASSPHRASE')
    await vault.unlockWithPassphrase(caller(), passphrase())
    expect(vault.isUnlocked).toBe(true)
    await vault.dispose()
  })

  it('is not made with a passphrase of seven characters, however many bytes they have', async () => {
    const { vault } = openFixture(at('vault'))
    expect(await codeOf(vault.create({ passphrase: bytes('密码密码密码密'), name: 'v' }))).toBe('PASSPHRASE_TOO_WEAK')
    expect((await vault.status()).state).toBe('none')
    await vault.create({ passphrase: bytes('密码密码密码密码'), name: 'v' })
    await vault.dispose()
  })

  it('is not made twice in one folder', async () => {
    await makeVault(at('vault'))
    const { vault } = openFixture(at('vault'))
    expect(await codeOf(vault.create({ passphrase: passphrase(), name: 'v' }))).toBe('VAULT_EXISTS')
    await vault.dispose()
    expect(await readAll(at('vault'))).toEqual(twoKeys)
  })

  it('cannot be unlocked where there is none', async () => {
    const { vault } = openFixture(at('vault'))
    expect(await codeOf(vault.unlockWithPassphrase(caller(), passphrase()))).toBe('VAULT_NOT_FOUND')
    expect(existsSync(at('vault'))).toBe(false)
  })

  it('answers VAULT_LOCKED to everything while it is locked', async () => {
    await makeVault(at('vault'))
    const { vault } = openFixture(at('vault'))
    const attempts = [
      vault.list('key'),
      vault.read('key', 'one'),
      vault.mutate(caller(), '', async () => undefined),
      vault.listSlots(),
      vault.changePassphrase(caller(), passphrase(), passphrase()),
      vault.renewRecoveryKit(caller(), passphrase()),
      vault.addQuickUnlock(caller(), passphrase(), bytes('123456')),
      vault.removeSlot(caller(), 'x'),
      vault.backup(caller(), at('b'), passphrase()),
      vault.verifyAudit(),
    ]
    expect(await Promise.all(attempts.map(codeOf))).toEqual(attempts.map(() => 'VAULT_LOCKED'))
    expect(() => vault.vaultId).toThrow(expect.objectContaining({ code: 'VAULT_LOCKED' }))
  })

  it('keeps files 0600 and the folder 0700 whatever the umask', async () => {
    const before = process.umask(0)
    try {
      const { vault } = openFixture(at('vault'))
      await vault.create({ passphrase: passphrase(), name: 'v' })
      await putKey(vault, 'k', '{}')
      const modes = readdirSync(at('vault')).map((name) => [name, (statSync(at('vault', name)).mode & 0o777).toString(8)])
      expect(modes.length).toBeGreaterThanOrEqual(4)
      expect(modes.filter(([, mode]) => mode !== '600')).toEqual([])
      expect((statSync(at('vault')).mode & 0o777).toString(8)).toBe('700')
      await vault.dispose()
    } finally {
      process.umask(before)
    }
  })

  it('tells its state', async () => {
    const { vault } = openFixture(at('vault'))
    expect(await vault.status()).toMatchObject({ state: 'none', name: null, slots: [], problem: null })
    await vault.create({ passphrase: passphrase(), name: 'My vault' })
    const unlocked = { name: 'My vault', vaultId: vault.vaultId, slots: ['passphrase', 'recovery-kit'], pinAttemptsLeft: null, rolledBack: false, problem: null }
    expect(await vault.status()).toMatchObject({ ...unlocked, state: 'unlocked', recoveryKitPending: true })
    await vault.lock(caller('lockVault'))
    expect(await vault.status()).toMatchObject({ ...unlocked, state: 'locked', recoveryKitPending: false })
    await vault.dispose()
  })

  it('loads services in order, unloads them in reverse, and tells listeners', async () => {
    await makeVault(at('vault'))
    const { vault } = openFixture(at('vault'))
    const events: string[] = []
    const service = (name: string): UnlockedService => ({
      load: async (records) => void events.push(`load ${name} ${(await records.list('key')).length}`),
      unlocked: () => void events.push(`unlocked ${name} ${vault.isUnlocked}`),
      unload: () => void events.push(`unload ${name}`),
    })
    vault.register(service('a'))
    vault.register(service('b'))
    const told = new Promise<void>((resolve) => {
      vault.onChange((status) => {
        if (status.state === 'unlocked') resolve()
      })
    })
    await vault.unlockWithPassphrase(caller(), passphrase())
    await told
    await vault.lock(caller())
    expect(events).toEqual(['load a 2', 'load b 2', 'unlocked a true', 'unlocked b true', 'unload b', 'unload a'])
    await vault.dispose()
  })

  it('stays locked when a service cannot load', async () => {
    await makeVault(at('vault'))
    const { vault } = openFixture(at('vault'))
    const opened: string[] = []
    vault.register({ load: async () => undefined, unlocked: () => void opened.push('a'), unload: () => undefined })
    vault.register({ load: () => Promise.reject(new Error('no')), unload: () => undefined })
    await expect(vault.unlockWithPassphrase(caller(), passphrase())).rejects.toThrow('no')
    expect([vault.isUnlocked, opened]).toEqual([false, []])
    expect(await codeOf(vault.list('key'))).toBe('VAULT_LOCKED')
    await vault.dispose()
  })
})

describe('a mutation', () => {
  it('is kept whole or not at all', async () => {
    const { vault } = openFixture(at('vault'))
    await vault.create({ passphrase: passphrase(), name: 'v' })
    await putKey(vault, 'k', 'first')
    const failing = vault.mutate(caller(), 'k', async (tx) => {
      await tx.put('key', 'k', null, bytes('second'))
      await tx.put('key', 'other', null, bytes('x'))
      await tx.remove('key-material', 'k-v1')
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await contentOf(vault)).toEqual(['k null first', 'k-v1 k material of k'])
    await vault.dispose()
  })

  it('sees what it has put and removed', async () => {
    const { vault } = openFixture(at('vault'))
    await vault.create({ passphrase: passphrase(), name: 'v' })
    await putKey(vault, 'k', 'first')
    const seen = await vault.mutate(caller(), 'k', async (tx) => {
      const before = text(await tx.read('key', 'k'))
      await tx.put('key', 'k', null, bytes('second'))
      const after = text(await tx.read('key', 'k'))
      await tx.remove('key', 'k')
      return [before, after, await tx.read('key', 'k'), await tx.read('key', 'unknown')]
    })
    expect(seen).toEqual(['first', 'second', null, null])
    expect(await vault.read('key', 'k')).toBeNull()
    await vault.dispose()
  })

  it('runs after the one before it, even when that fails', async () => {
    const { vault } = openFixture(at('vault'))
    await vault.create({ passphrase: passphrase(), name: 'v' })
    const order: string[] = []
    const step = (name: string, fails = false) =>
      vault.mutate(caller(), name, async (tx) => {
        order.push(`${name} begins`)
        await tx.put('key', name, null, bytes(name))
        order.push(`${name} ends`)
        if (fails) throw new Error(name)
      })
    const outcomes = await Promise.allSettled([step('a'), step('b', true), step('c')])
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
    expect((await vault.list('key')).map((record) => record.id).sort()).toEqual(['a', 'c'])
    await vault.dispose()
  })

  it('in progress is finished before the vault locks', async () => {
    const { vault } = openFixture(at('vault'))
    await vault.create({ passphrase: passphrase(), name: 'v' })
    let goOn: () => void = () => undefined
    const waits = new Promise<void>((resolve) => (goOn = resolve))
    const running = vault.mutate(caller(), 'k', async (tx) => {
      await waits
      await tx.put('key', 'k', null, bytes('kept'))
    })
    const locking = vault.lock(caller())
    goOn()
    await Promise.all([running, locking])
    await vault.unlockWithPassphrase(caller(), passphrase())
    expect(text(await vault.read('key', 'k'))).toBe('kept')
    await vault.dispose()
  })

  it('takes any bytes and ids', async () => {
    const { vault } = openFixture(at('vault'))
    await vault.create({ passphrase: passphrase(), name: 'v' })
    const big = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251)
    await vault.mutate(caller(), '', async (tx) => {
      await tx.put('key', '密钥/😀', 'p\u0000arent', big)
      await tx.put('key', 'empty', null, new Uint8Array(0))
    })
    expect(Buffer.compare((await vault.read('key', '密钥/😀')) ?? new Uint8Array(0), big)).toBe(0)
    expect(await vault.read('key', 'empty')).toEqual(new Uint8Array(0))
    expect((await vault.list('key')).find((record) => record.id !== 'empty')?.parentId).toBe('p\u0000arent')
    await vault.dispose()
  })
})
