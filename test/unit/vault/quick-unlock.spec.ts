import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Header, parseHeader } from '../../../src-main/vault/header'
import { openQuickUnlockSlot } from '../../../src-main/vault/quick-unlock-slot'
import { SlotKdfs } from '../../../src-main/vault/slot-kdf'
import { unwrapWithPin } from '../../../src-main/vault/unlocking'
import { VaultFiles } from '../../../src-main/vault/vault-files'
import { SecretBuffer } from '../../../src-main/crypto/secret-buffer'
import { KmsError } from '../../../src-shared/errors'
import { useTemporaryFolder } from '../../support/temporary-folder'
import { bytes, caller, cheap, codeOf, contentOf, FakeKeyring, makeVault, openFixture, passphrase, pin, readAll, silentLog, twoKeys, type FailureMode } from './fixture'

const at = useTemporaryFolder()
const wrong = () => bytes('000000')

/** Cannot write vault.json; remembers the counts that it was asked to write. */
class FullDisk extends VaultFiles {
  readonly asked: (number | undefined)[] = []

  override async writeHeader(header: Header): Promise<void> {
    this.asked.push(header.quickUnlock?.attemptsLeft)
    throw new KmsError('NO_SPACE', 'full')
  }
}

async function withQuickUnlock() {
  const keyring = new FakeKeyring()
  await makeVault(at('vault'), { keyring })
  const fixture = openFixture(at('vault'), { keyring })
  await fixture.vault.unlockWithPassphrase(caller(), passphrase())
  const slot = await fixture.vault.addQuickUnlock(caller('addQuickUnlock'), passphrase(), pin())
  await fixture.vault.lock(caller())
  return { ...fixture, slot }
}

const deviceKeys = (keyring: FakeKeyring) => [...keyring.entries.keys()].filter((account) => account.includes('quick-unlock'))

describe('quick unlock', () => {
  it('opens with the PIN while the keychain has the device key', async () => {
    const { vault, keyring, slot } = await withQuickUnlock()
    expect(slot).toMatchObject({ kind: 'quick-unlock', lastUsedAt: null })
    expect(deviceKeys(keyring)).toHaveLength(1)
    await vault.unlockWithPin(caller(), pin())
    expect(await contentOf(vault)).toEqual(twoKeys)
    expect((await vault.listSlots()).slots.map((entry) => entry.kind)).toEqual(['passphrase', 'recovery-kit', 'quick-unlock'])
    await vault.dispose()
  })

  it('is set up only with the passphrase and a PIN of six digits', async () => {
    await makeVault(at('vault'))
    const { vault, keyring } = openFixture(at('vault'))
    await vault.unlockWithPassphrase(caller(), passphrase())
    expect(await codeOf(vault.addQuickUnlock(caller(), bytes('not the passphrase'), pin()))).toBe('WRONG_PASSPHRASE')
    expect(await codeOf(vault.addQuickUnlock(caller(), passphrase(), bytes('12345')))).toBe('INVALID_PARAMETER')
    expect(deviceKeys(keyring)).toEqual([])
    expect((await vault.status()).pinAttemptsLeft).toBeNull()
    await vault.dispose()
  })

  it('counts wrong PINs down, is restored by the right one, and is removed by the fifth', async () => {
    const { vault, keyring } = await withQuickUnlock()
    const left = async () => (await vault.status()).pinAttemptsLeft
    for (const expected of [4, 3, 2, 1]) {
      const error = await vault.unlockWithPin(caller(), wrong()).catch((cause: unknown) => cause)
      expect(error).toBeInstanceOf(KmsError)
      expect(error).toMatchObject({ code: 'WRONG_PIN', details: { attemptsLeft: expected } })
      expect(await left()).toBe(expected)
    }
    await vault.unlockWithPin(caller(), pin())
    expect(await left()).toBe(5)
    await vault.lock(caller())
    const outcomes: string[] = []
    for (let attempt = 0; attempt < 6; attempt++) outcomes.push(await codeOf(vault.unlockWithPin(caller(), wrong())))
    expect(outcomes).toEqual(['WRONG_PIN', 'WRONG_PIN', 'WRONG_PIN', 'WRONG_PIN', 'QUICK_UNLOCK_REMOVED', 'SLOT_NOT_FOUND'])
    expect(deviceKeys(keyring)).toEqual([])
    expect(await vault.status()).toMatchObject({ slots: ['passphrase', 'recovery-kit'], pinAttemptsLeft: null })
    await vault.unlockWithPassphrase(caller(), passphrase())
    expect(await contentOf(vault)).toEqual(twoKeys)
    await vault.dispose()
  })

  it('makes no try, not even with the right PIN, that is not on disk before', async () => {
    const { vault, keyring } = await withQuickUnlock()
    await vault.dispose()
    const header = parseHeader(readFileSync(at('vault', 'vault.json')))
    const fullDisk = new FullDisk(at('vault'))
    const trying = unwrapWithPin({ files: fullDisk, keyring, kdfs: new SlotKdfs(cheap), log: silentLog }, header, pin())
    expect(await codeOf(trying)).toBe('NO_SPACE')
    expect(fullDisk.asked).toEqual([4])
  })

  it('keeps the count over a restart', async () => {
    const { vault } = await withQuickUnlock()
    expect(await codeOf(vault.unlockWithPin(caller(), wrong()))).toBe('WRONG_PIN')
    await vault.dispose()
    expect((await openFixture(at('vault')).vault.status()).pinAttemptsLeft).toBe(4)
  })

  const failures: FailureMode[] = ['KEYCHAIN_MISSING', 'KEYCHAIN_LOCKED', 'KEYCHAIN_TIMEOUT']
  for (const failure of failures) {
    it(`passes ${failure} on, counts no try, and leaves the passphrase`, async () => {
      const { vault, keyring } = await withQuickUnlock()
      keyring.failure = failure
      expect(await codeOf(vault.unlockWithPin(caller(), pin()))).toBe(failure)
      expect((await vault.status()).pinAttemptsLeft).toBe(5)
      await vault.unlockWithPassphrase(caller(), passphrase())
      const { keychain } = await vault.listSlots()
      expect(keychain).toBe({ KEYCHAIN_MISSING: 'missing', KEYCHAIN_LOCKED: 'locked', KEYCHAIN_TIMEOUT: 'timeout' }[failure])
      expect((await vault.status()).keychain).toBe(keychain)
      await vault.dispose()
    })

    it(`is not set up on ${failure}`, async () => {
      await makeVault(at('vault'))
      const { vault, keyring } = openFixture(at('vault'))
      await vault.unlockWithPassphrase(caller(), passphrase())
      keyring.failure = failure
      expect(await codeOf(vault.addQuickUnlock(caller(), passphrase(), pin()))).toBe(failure)
      expect((await vault.status()).slots).toEqual(['passphrase', 'recovery-kit'])
      await vault.dispose()
    })
  }

  it('says so when the keychain has lost the device key', async () => {
    const { vault, keyring } = await withQuickUnlock()
    keyring.entries.clear()
    expect(await codeOf(vault.unlockWithPin(caller(), pin()))).toBe('KEYCHAIN_MISSING')
    expect((await vault.status()).pinAttemptsLeft).toBe(5)
    await vault.dispose()
  })

  it('is not opened by the keychain alone, nor by the PIN alone', async () => {
    const { vault, keyring } = await withQuickUnlock()
    await vault.dispose()
    const { quickUnlock: slot, vaultId } = parseHeader(readFileSync(at('vault', 'vault.json')))
    const stored = Buffer.from([...keyring.entries].find(([account]) => account.includes('quick-unlock'))?.[1] ?? '', 'base64')
    expect(stored).toHaveLength(32)
    if (!slot) throw new Error('no slot')
    const kdfs = new SlotKdfs(cheap)
    const open = (deviceKey: Uint8Array, typed: Uint8Array) => openQuickUnlockSlot(kdfs, slot, vaultId, SecretBuffer.take(Uint8Array.from(deviceKey)), typed)
    expect(await open(stored, bytes(''))).toBeNull()
    expect(await open(stored, stored)).toBeNull()
    expect(await open(new Uint8Array(32), pin())).toBeNull()
    expect(await open(stored, pin())).not.toBeNull()
  })

  it('set up again replaces the one before', async () => {
    const { vault, keyring } = await withQuickUnlock()
    await vault.unlockWithPassphrase(caller(), passphrase())
    await vault.addQuickUnlock(caller(), passphrase(), bytes('999999'))
    expect(deviceKeys(keyring)).toHaveLength(1)
    await vault.lock(caller())
    expect(await codeOf(vault.unlockWithPin(caller(), pin()))).toBe('WRONG_PIN')
    await vault.unlockWithPin(caller(), bytes('999999'))
    await vault.dispose()
  })

  it('is removed with its device key', async () => {
    const { vault, keyring, slot } = await withQuickUnlock()
    await vault.unlockWithPassphrase(caller(), passphrase())
    await vault.removeSlot(caller(), slot.slotId)
    expect(deviceKeys(keyring)).toEqual([])
    await vault.lock(caller())
    expect(await codeOf(vault.unlockWithPin(caller(), pin()))).toBe('SLOT_NOT_FOUND')
    await vault.dispose()
  })
})

describe('a hanging keychain', () => {
  it('delays neither unlocking nor locking', async () => {
    await makeVault(at('vault'))
    const keyring = new FakeKeyring()
    keyring.hangs = true
    expect(await readAll(at('vault'), { keyring })).toEqual(twoKeys)
  })
})

describe('an older vault put back', () => {
  it('is told by the status', async () => {
    const keyring = new FakeKeyring()
    await makeVault(at('vault'), { keyring })
    const old = readFileSync(at('vault', 'vault.db'))
    await readAll(at('vault'), { keyring })
    writeFileSync(at('vault', 'vault.db'), old)
    const { vault } = openFixture(at('vault'), { keyring })
    const told = new Promise<void>((resolve) => {
      vault.onChange((status) => {
        if (status.rolledBack) resolve()
      })
    })
    await vault.unlockWithPassphrase(caller(), passphrase())
    await told
    expect((await vault.status()).rolledBack).toBe(true)
    await vault.dispose()
    const again = openFixture(at('vault'), { keyring })
    await again.vault.unlockWithPassphrase(caller(), passphrase())
    await again.vault.dispose()
    expect((await again.vault.status()).rolledBack).toBe(false)
  })
})
