import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../support/temporary-folder'
import { bytes, caller, codeOf, contentOf, makeVault, openFixture, passphrase, readAll, twoKeys } from './fixture'

const at = useTemporaryFolder()
const next = () => bytes('a quite different one')

async function unlocked() {
  const words = await makeVault(at('vault'))
  const fixture = openFixture(at('vault'))
  await fixture.vault.unlockWithPassphrase(caller('unlockVault'), passphrase())
  return { ...fixture, words }
}

describe('the passphrase slot', () => {
  it('changes: only the new passphrase opens, nothing is lost', async () => {
    const { vault } = await unlocked()
    await vault.changePassphrase(caller('changePassphrase'), passphrase(), next())
    await vault.lock(caller())
    expect(await codeOf(vault.unlockWithPassphrase(caller(), passphrase()))).toBe('WRONG_PASSPHRASE')
    await vault.unlockWithPassphrase(caller(), next())
    expect(await contentOf(vault)).toEqual(twoKeys)
    await vault.dispose()
  })

  it('does not change without the right current passphrase, nor to a weak one', async () => {
    const { vault } = await unlocked()
    const before = readFileSync(at('vault', 'vault.json'))
    expect(await codeOf(vault.changePassphrase(caller(), next(), next()))).toBe('WRONG_PASSPHRASE')
    expect(await codeOf(vault.changePassphrase(caller(), passphrase(), bytes('seven77')))).toBe('PASSPHRASE_TOO_WEAK')
    expect(readFileSync(at('vault', 'vault.json'))).toEqual(before)
    await vault.dispose()
  })

  it('tells when it was made and last used', async () => {
    await makeVault(at('vault'))
    const { vault, clock } = openFixture(at('vault'))
    clock.now += 60_000
    await vault.unlockWithPassphrase(caller(), passphrase())
    const { slots } = await vault.listSlots()
    const created = '2026-01-02T03:04:05.678Z'
    expect(slots).toEqual([
      { slotId: expect.any(String), kind: 'passphrase', createdAt: created, lastUsedAt: '2026-01-02T03:05:05.678Z', kdf: { memoryKib: 64, passes: 1, lanes: 1 }, token: null },
      { slotId: expect.any(String), kind: 'recovery-kit', createdAt: created, lastUsedAt: null, kdf: null, token: null },
    ])
    await vault.dispose()
  })
})

describe('the recovery kit', () => {
  it('opens the vault with its 24 words, however they are typed', async () => {
    const words = await makeVault(at('vault'))
    expect(words).toHaveLength(24)
    const { vault } = openFixture(at('vault'))
    await vault.unlockWithRecoveryWords(caller(), bytes(words.map((word, index) => `${index + 1}. ${word.toUpperCase()}`).join('\n')))
    expect(await contentOf(vault)).toEqual(twoKeys)
    await vault.dispose()
    expect(await readAll(at('vault'))).toEqual(twoKeys)
  })

  it('sets a new passphrase on the way', async () => {
    const words = await makeVault(at('vault'))
    const { vault } = openFixture(at('vault'))
    expect(await codeOf(vault.unlockWithRecoveryWords(caller(), bytes(words.join(' ')), bytes('short')))).toBe('PASSPHRASE_TOO_WEAK')
    expect(vault.isUnlocked).toBe(false)
    await vault.unlockWithRecoveryWords(caller(), bytes(words.join(' ')), next())
    await vault.lock(caller())
    await vault.unlockWithPassphrase(caller(), next())
    await vault.dispose()
    expect(await codeOf(readAll(at('vault')))).toBe('WRONG_PASSPHRASE')
  })

  it('tells mistyped words from those of another vault', async () => {
    const words = await makeVault(at('vault'))
    const others = await makeVault(at('other'))
    const { vault } = openFixture(at('vault'))
    expect(await codeOf(vault.unlockWithRecoveryWords(caller(), bytes(others.join(' '))))).toBe('WRONG_RECOVERY_WORDS')
    expect(await codeOf(vault.unlockWithRecoveryWords(caller(), bytes(words.slice(1).join(' '))))).toBe('RECOVERY_WORDS_MISTYPED')
    await vault.dispose()
  })

  it('stays pending until it is dismissed or the vault locks', async () => {
    const { vault } = openFixture(at('vault'))
    const words = await vault.create({ passphrase: passphrase(), name: 'v' })
    expect(vault.pendingRecoveryWords()).toEqual(words)
    vault.dismissRecoveryKit()
    expect(vault.pendingRecoveryWords()).toBeNull()
    const renewed = await vault.renewRecoveryKit(caller(), passphrase())
    expect(vault.pendingRecoveryWords()).toEqual(renewed)
    await vault.lock(caller())
    expect(vault.pendingRecoveryWords()).toBeNull()
    await vault.dispose()
  })

  it('renewed makes the old words worthless', async () => {
    const { vault, words } = await unlocked()
    expect(await codeOf(vault.renewRecoveryKit(caller(), next()))).toBe('WRONG_PASSPHRASE')
    const renewed = await vault.renewRecoveryKit(caller(), passphrase())
    await vault.lock(caller())
    expect(await codeOf(vault.unlockWithRecoveryWords(caller(), bytes(words.join(' '))))).toBe('WRONG_RECOVERY_WORDS')
    await vault.unlockWithRecoveryWords(caller(), bytes(renewed.join(' ')))
    await vault.dispose()
  })
})

describe('removing slots', () => {
  it('never takes the last one', async () => {
    const { vault } = await unlocked()
    const { slots } = await vault.listSlots()
    const [first, second] = slots.map((slot) => slot.slotId)
    await vault.removeSlot(caller(), second ?? '')
    expect(await codeOf(vault.removeSlot(caller(), first ?? ''))).toBe('LAST_SLOT')
    expect(await codeOf(vault.removeSlot(caller(), second ?? ''))).toBe('SLOT_NOT_FOUND')
    expect((await vault.status()).slots).toEqual(['passphrase'])
    await vault.dispose()
    expect(await readAll(at('vault'))).toEqual(twoKeys)
  })
})

describe('a crash between vault.json and the database', () => {
  it('is finished at the next unlock, with an entry in the audit log', async () => {
    const { vault } = await unlocked()
    await vault.lock(caller())
    const database = readFileSync(at('vault', 'vault.db'))
    await vault.unlockWithPassphrase(caller(), passphrase())
    await vault.changePassphrase(caller(), passphrase(), next())
    await vault.dispose()
    writeFileSync(at('vault', 'vault.db'), database)
    const again = openFixture(at('vault'))
    await again.vault.unlockWithPassphrase(caller(), next())
    expect(await contentOf(again.vault)).toEqual(twoKeys)
    const { total } = await again.vault.listAuditEntries({ offset: 0, count: 10, operation: 'adoptUnlockSlots', result: 'any', search: '', resource: '' })
    expect(total).toBe(1)
    await again.vault.changePassphrase(caller(), next(), passphrase())
    await again.vault.dispose()
    expect(await readAll(at('vault'))).toEqual(twoKeys)
  })
})
