import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseHeader, serialiseHeader, type TokenSlot } from '../../../src-main/vault/header'
import { SlotKdfs } from '../../../src-main/vault/slot-kdf'
import { unwrapWithPassphrase, unwrapWithToken, unwrapWithWords } from '../../../src-main/vault/unlocking'
import { VaultKeys } from '../../../src-main/vault/vault-keys'
import { checkHeader } from '../../../src-main/vault/header'
import { FakeTokenSlots, rightPin } from '../../support/fake-token-slots'
import { useTemporaryFolder } from '../../support/temporary-folder'
import { allEntries, bytes, caller, cheap, codeOf, contentOf, makeVault, openFixture, passphrase, twoKeys } from './fixture'

const at = useTemporaryFolder()
const chosen = { tokenId: 't-1', objectId: 'o-1', userPin: null }
const headerNow = () => parseHeader(readFileSync(at('vault', 'vault.json')))

async function withToken(tokens = new FakeTokenSlots()) {
  const words = await makeVault(at('vault'))
  const fixture = openFixture(at('vault'), { tokens })
  await fixture.vault.unlockWithPassphrase(caller(), passphrase())
  const slot = await fixture.vault.addTokenSlot(caller('addTokenSlot'), passphrase(), chosen)
  await fixture.vault.lock(caller())
  return { ...fixture, tokens, slot, words }
}

/** Puts another token slot into vault.json, with the right checksum. */
function changeSlot(change: Partial<TokenSlot>): void {
  const header = headerNow()
  const slots = header.slots.map((slot) => (slot.kind === 'token' ? { ...slot, ...change } : slot))
  writeFileSync(at('vault', 'vault.json'), serialiseHeader({ ...header, slots }))
}

describe('a token slot', () => {
  it('opens the vault with the token and its PIN, and is listed with what names the token', async () => {
    const { vault, tokens, slot } = await withToken()
    expect(slot).toMatchObject({ kind: 'token', lastUsedAt: null, kdf: null, token: { label: 'Workstation token', serial: '46d35148479bcec2', algorithm: 'AES_GCM' } })
    expect(await vault.status()).toMatchObject({ state: 'locked', slots: ['passphrase', 'recovery-kit', 'token'], tokenSlots: [{ slotId: slot.slotId, label: 'Workstation token', serial: '46d35148479bcec2' }] })
    await vault.unlockWithToken(caller('unlockWithToken'), slot.slotId, rightPin())
    expect(await contentOf(vault)).toEqual(twoKeys)
    expect(tokens.tries).toEqual(['123456'])
    expect((await vault.listSlots()).slots.at(-1)?.lastUsedAt).toBe('2026-01-02T03:04:05.678Z')
    await vault.dispose()
  })

  it('tries a wrong PIN once, notes it for the audit log, and leaves the passphrase', async () => {
    const { vault, tokens } = await withToken()
    await expect(vault.unlockWithToken(caller('unlockWithToken'), null, bytes('000000'))).rejects.toMatchObject({ code: 'TOKEN_PIN_WRONG', details: { pinState: 'low', tokenLabel: 'Workstation token' } })
    expect(tokens.tries).toEqual(['000000'])
    await vault.unlockWithPassphrase(caller('unlockVault'), passphrase())
    const { entries } = await vault.listAuditEntries({ ...allEntries, operation: 'unlockWithToken' })
    expect(entries).toMatchObject([{ result: 'refused', code: 'TOKEN_PIN_WRONG' }])
    await vault.dispose()
  })

  it('says which token is missing, and tries no PIN at another one', async () => {
    const { vault, tokens } = await withToken()
    tokens.key = null
    await expect(vault.unlockWithToken(caller(), null, rightPin())).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND', details: { tokenLabel: 'Workstation token' } })
    expect(tokens.tries).toEqual([])
    expect(await codeOf(vault.unlockWithToken(caller(), 'another', rightPin()))).toBe('SLOT_NOT_FOUND')
    await vault.dispose()
  })

  const changes: [string, Partial<TokenSlot>][] = [
    ['model', { model: 'Another' }],
    ['manufacturer', { manufacturer: 'Another' }],
    ['algorithm', { algorithm: 'RSA_OAEP_SHA_256' }],
    ['CKA_ID', { idHex: 'a2' }],
    ['time', { createdAt: '2027-01-02T03:04:05.678Z' }],
    ['salt', { salt: Buffer.alloc(16).toString('base64') }],
    ['secret', { encryptedSecret: Buffer.alloc(60).toString('base64') }],
    ['wrapped key', { wrapped: Buffer.alloc(60).toString('base64') }],
  ]
  for (const [name, change] of changes) {
    it(`with another ${name} opens nothing, and with another way the vault is told to be damaged`, async () => {
      const { vault } = await withToken()
      changeSlot(change)
      expect(await codeOf(vault.unlockWithToken(caller(), null, rightPin()))).toBe('TOKEN_SLOT_REFUSED')
      expect(await codeOf(vault.unlockWithPassphrase(caller(), passphrase()))).toBe('VAULT_DAMAGED')
      await vault.dispose()
    })
  }

  it('of a key that is another one now opens nothing', async () => {
    const { vault, tokens } = await withToken()
    tokens.key = new Uint8Array(32)
    expect(await codeOf(vault.unlockWithToken(caller(), null, rightPin()))).toBe('TOKEN_SLOT_REFUSED')
    await vault.dispose()
  })

  it('is added only with the passphrase, once for a key, and for four keys at most', async () => {
    const { vault, tokens, slot } = await withToken()
    await vault.unlockWithPassphrase(caller(), passphrase())
    expect(await codeOf(vault.addTokenSlot(caller(), bytes('not the passphrase'), chosen))).toBe('WRONG_PASSPHRASE')
    const again = await vault.addTokenSlot(caller(), passphrase(), chosen)
    expect((await vault.status()).tokenSlots).toMatchObject([{ slotId: again.slotId }])
    expect(again.slotId).not.toBe(slot.slotId)
    for (const idHex of ['a2', 'a3', 'a4']) {
      tokens.name = { ...tokens.name, idHex }
      await vault.addTokenSlot(caller(), passphrase(), chosen)
    }
    tokens.name = { ...tokens.name, idHex: 'a5' }
    await expect(vault.addTokenSlot(caller(), passphrase(), chosen)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', details: { limit: 4 } })
    expect((await vault.status()).tokenSlots).toHaveLength(4)
    await vault.dispose()
  })

  it('keeps nothing else waiting while its token takes its time', async () => {
    const { vault, tokens } = await withToken()
    const release = tokens.hold()
    const opened = vault.unlockWithToken(caller(), null, rightPin())
    await vault.unlockWithPassphrase(caller(), passphrase())
    const added = vault.addTokenSlot(caller(), passphrase(), chosen)
    expect(await contentOf(vault)).toEqual(twoKeys)
    release()
    await opened
    expect(await added).toMatchObject({ kind: 'token' })
    await vault.dispose()
  })

  it('opens nothing, and is not added, when things have changed while its token took its time', async () => {
    const { vault, tokens, slot } = await withToken()
    const release = tokens.hold()
    const opened = codeOf(vault.unlockWithToken(caller(), null, rightPin()))
    await vault.unlockWithPassphrase(caller(), passphrase())
    const added = codeOf(vault.addTokenSlot(caller(), passphrase(), chosen))
    await vault.removeSlot(caller(), slot.slotId)
    await vault.lock(caller())
    release()
    expect([await opened, await added]).toEqual(['CANCELLED', 'CANCELLED'])
    expect(await vault.status()).toMatchObject({ state: 'locked', tokenSlots: [] })
    await vault.dispose()
  })

  it('that was removed while its token took its time opens nothing', async () => {
    const { vault, tokens, slot } = await withToken()
    const release = tokens.hold()
    const opened = codeOf(vault.unlockWithToken(caller(), null, rightPin()))
    await vault.unlockWithPassphrase(caller(), passphrase())
    await vault.removeSlot(caller(), slot.slotId)
    release()
    expect(await opened).toBe('SLOT_NOT_FOUND')
    await vault.dispose()
  })

  it('is removed without any row being written again, and does not count as the way that must be left', async () => {
    const { vault, slot } = await withToken()
    await vault.unlockWithPassphrase(caller(), passphrase())
    const kinds = async () => (await vault.listSlots()).slots.map(({ slotId, kind }) => ({ slotId, kind }))
    const [first, kit] = await kinds()
    await vault.removeSlot(caller(), kit!.slotId)
    expect(await codeOf(vault.removeSlot(caller(), first!.slotId))).toBe('LAST_SLOT')
    await vault.removeSlot(caller(), slot.slotId)
    await vault.lock(caller())
    expect(await codeOf(vault.unlockWithToken(caller(), null, rightPin()))).toBe('SLOT_NOT_FOUND')
    await vault.dispose()
  })

  it('stays out of backups', async () => {
    const { vault } = await withToken()
    await vault.unlockWithPassphrase(caller(), passphrase())
    await vault.backup(caller('backupVault'), at('copy.keystead-backup'), bytes('the passphrase of the backup'))
    await vault.dispose()
    const restored = openFixture(at('restored'), { tokens: new FakeTokenSlots() })
    await restored.vault.restore(at('copy.keystead-backup'), bytes('the passphrase of the backup'))
    expect(await restored.vault.status()).toMatchObject({ slots: ['passphrase'], tokenSlots: [] })
    await restored.vault.dispose()
  })
})

describe('vault.json', () => {
  it('is of version 2 only while a token opens the vault, so that older programs say that they are too old', async () => {
    const { vault, slot } = await withToken()
    expect(headerNow().version).toBe(2)
    await vault.unlockWithPassphrase(caller(), passphrase())
    await vault.removeSlot(caller(), slot.slotId)
    expect(headerNow().version).toBe(1)
    await vault.dispose()
  })

  it('is damaged when its version is not the one of its slots', async () => {
    await withToken()
    const header = headerNow()
    const withSlot = serialiseHeader({ ...header, version: 1 })
    const without = serialiseHeader({ ...header, slots: header.slots.filter(({ kind }) => kind !== 'token') })
    for (const changed of [withSlot, without]) expect(() => parseHeader(changed)).toThrow(expect.objectContaining({ code: 'VAULT_DAMAGED' }))
  })

  it('of version 1 is read for ever', async () => {
    const golden = readFileSync('test/vectors/vault/vault-1.json')
    const header = parseHeader(golden)
    expect(Buffer.from(serialiseHeader(header))).toEqual(golden)
    const { root } = await unwrapWithPassphrase(new SlotKdfs(cheap), header, passphrase())
    const fromKit = unwrapWithWords(header, readFileSync('test/vectors/vault/vault-1.words.txt'))
    expect(fromKit.root.use((kit) => root.equals(kit))).toBe(true)
    const keys = new VaultKeys(root, header.vaultId)
    checkHeader(keys, header)
    keys.destroy()
  })

  it('of version 2 is read for ever', async () => {
    const golden = readFileSync('test/vectors/vault/vault-2.json')
    const header = parseHeader(golden)
    expect(Buffer.from(serialiseHeader(header))).toEqual(golden)
    const { root } = await unwrapWithPassphrase(new SlotKdfs(cheap), header, passphrase())
    const fromToken = await unwrapWithToken(new FakeTokenSlots(new Uint8Array(32).fill(7)), header, null, rightPin())
    expect(fromToken.root.use((token) => root.equals(token))).toBe(true)
    const keys = new VaultKeys(root, header.vaultId)
    checkHeader(keys, header)
    keys.destroy()
  })
})
