import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestVault, testPassphrase } from '../support/composed-application'
import { SoftHsm, softHsmModule } from '../support/softhsm'
import { pinBytes, tokenServices, type TokenServices } from '../support/token-fixture'

const pin = '123456'
const soPin = '12345678'
let hsm: SoftHsm
let services: TokenServices
let tokenId: string
let keyId: string
const run: TokenServices['run'] = (operation, request) => services.run(operation, structuredClone(request))

/** Everything on the token, as it is listed now. */
async function listed() {
  const { objects } = await run('listTokenObjects', { tokenId, offset: 0, count: 100, refresh: true, userPin: pinBytes(pin) })
  return objects
}

async function only(test: (object: Awaited<ReturnType<typeof listed>>[number]) => boolean) {
  const [object, ...others] = (await listed()).filter(test)
  expect(others).toEqual([])
  return object!
}

beforeAll(async () => {
  hsm = new SoftHsm()
  hsm.initToken('Archive', pin, soPin)
  services = await tokenServices('vault-uses')
  await createTestVault(services.application)
  await services.addModule(softHsmModule)
  tokenId = (await run('listTokens', {})).tokens.find(({ isInitialized }) => isInitialized)?.tokenId ?? ''
  await run('logInToToken', { tokenId, pin: pinBytes(pin) })
  keyId = (await run('createKey', { keySpec: 'Aliyun_AES_256', protectionLevel: 'HSM', dKMSInstanceId: tokenId })).keyMetadata.keyId
  await run('createAlias', { keyId, aliasName: 'alias/backup' })
  const { objects } = await run('generateTokenKey', { tokenId, keySpec: 'AES_256', label: 'door', idHex: 'a1', uses: ['encrypt', 'decrypt'] })
  await run('addTokenSlot', { passphrase: testPassphrase(), tokenId, objectId: objects[0]!.objectId })
  // Of the same label and of the same id: neither alone makes it the vault's.
  await run('generateTokenKey', { tokenId, keySpec: 'EC_P256', label: 'door', idHex: 'a1', uses: ['sign', 'verify'] })
  await run('generateTokenKey', { tokenId, keySpec: 'AES_256', label: `keystead:key-${'z'.repeat(24)}`, idHex: 'b2', uses: ['encrypt', 'decrypt'] })
}, 120_000)

afterAll(async () => {
  await services.close()
  hsm.remove()
})

describe('keys on a token that a vault needs', () => {
  it('are told from others by token and CKA_ID', async () => {
    const uses = Object.fromEntries((await listed()).map(({ label, objectClass, vaultUses }) => [`${label} ${objectClass}`, vaultUses]))
    expect(uses).toEqual({
      [`keystead:${keyId} secret-key`]: [{ kind: 'master-key', keyId, aliasName: 'alias/backup' }],
      'door secret-key': [{ kind: 'unlock-slot', keyId: null, aliasName: null }],
      'door private-key': [],
      'door public-key': [],
      [`keystead:key-${'z'.repeat(24)} secret-key`]: [{ kind: 'other-vault', keyId: `key-${'z'.repeat(24)}`, aliasName: null }],
    })
    const { objectId } = await only(({ label }) => label === `keystead:${keyId}`)
    expect((await run('getTokenObject', { tokenId, objectId })).object.vaultUses).toMatchObject([{ kind: 'master-key' }])
  })

  it('stay what they are whatever another program calls them', async () => {
    const { idHex } = await only(({ label }) => label === `keystead:${keyId}`)
    hsm.pkcs11Tool('--token-label', 'Archive', '--login', '--pin', pin, '--set-id', idHex, '--id', idHex, '--type', 'secrkey', '--label', `keystead:${keyId}`)
    const { objectId } = await only((object) => object.idHex === idHex)
    for (const change of [{ label: 'mine' }, { idHex: 'ff' }]) {
      await expect(run('renameTokenObject', { tokenId, objectId, ...change })).rejects.toMatchObject({ code: 'TOKEN_OBJECT_IN_USE', details: { vaultUse: 'master-key', keyId } })
    }
  })

  it('have their CKA_IDs for themselves', async () => {
    const { idHex } = await only(({ label }) => label === `keystead:${keyId}`)
    const { objectId } = await only(({ label, objectClass }) => label === 'door' && objectClass === 'public-key')
    const refused = (work: Promise<unknown>) => expect(work).rejects.toMatchObject({ code: 'TOKEN_OBJECT_IN_USE', details: { vaultUse: 'master-key', keyId } })
    await refused(run('renameTokenObject', { tokenId, objectId, idHex }))
    await refused(run('generateTokenKey', { tokenId, keySpec: 'AES_256', label: 'twin', idHex, uses: ['encrypt'] }))
    await refused(run('importTokenSecret', { tokenId, keyType: 'AES', value: new Uint8Array(32), label: 'twin', idHex, uses: ['encrypt'] }))
    expect((await listed()).filter((object) => object.idHex === idHex)).toHaveLength(1)
  })

  it('are not deleted with others, nor one by one, and nothing else is then either', async () => {
    const before = await listed()
    const [master, slot, other] = ['master-key', 'unlock-slot', 'other-vault'].map((kind) => before.find(({ vaultUses }) => vaultUses[0]?.kind === kind)?.objectId ?? '')
    const free = before.find(({ objectClass }) => objectClass === 'public-key')?.objectId ?? ''
    const refused = (objectIds: string[], vaultUse: string, confirmLoss: boolean) => expect(run('deleteTokenObjects', { tokenId, objectIds, confirmLoss })).rejects.toMatchObject({ code: 'TOKEN_OBJECT_IN_USE', details: { vaultUse } })
    await refused([free, master!], 'master-key', true)
    await refused([slot!], 'unlock-slot', true)
    await refused([free, other!], 'other-vault', false)
    await expect(run('renameTokenObject', { tokenId, objectId: other!, label: 'x' })).rejects.toMatchObject({ code: 'TOKEN_OBJECT_IN_USE' })
    expect((await listed()).map(({ objectId }) => objectId).toSorted()).toEqual(before.map(({ objectId }) => objectId).toSorted())
    expect(await run('deleteTokenObjects', { tokenId, objectIds: [free, other!], confirmLoss: true })).toEqual({ deleted: 2 })
    const { ciphertextBlob } = await run('encrypt', { keyId, plaintext: pinBytes('still here') })
    expect((await run('decrypt', { ciphertextBlob })).plaintext).toEqual(pinBytes('still here'))
  })

  it('are let go when the vault has no more use for them', async () => {
    const slot = (await run('listUnlockSlots', {})).slots.find(({ kind }) => kind === 'token')
    await run('removeUnlockSlot', { slotId: slot!.slotId })
    const door = await only(({ label, objectClass }) => label === 'door' && objectClass === 'secret-key')
    expect(door.vaultUses).toEqual([])
    await run('addTokenSlot', { passphrase: testPassphrase(), tokenId, objectId: door.objectId })
  })

  it('keep their token from being erased unless their loss is meant, whoever is logged in', async () => {
    await run('logOutOfToken', { tokenId })
    const uses = [{ kind: 'master-key', keyId, aliasName: 'alias/backup' }, { kind: 'unlock-slot', keyId: null, aliasName: null }]
    expect(await run('listTokenVaultUses', { tokenId })).toEqual({ uses })
    const init = { tokenId, label: 'Empty', soPin: pinBytes(soPin), userPin: pinBytes(pin) }
    await expect(run('initToken', init)).rejects.toMatchObject({ code: 'TOKEN_OBJECT_IN_USE', message: expect.stringContaining('master key alias/backup, a key that opens the vault') as string })

    // A locked vault tells no more than what it is unlocked with, and labels tell that there are others.
    await run('lockVault', {})
    expect((await listed()).flatMap(({ vaultUses }) => vaultUses.map(({ kind }) => kind)).toSorted()).toEqual(['other-vault', 'unlock-slot'])
    await expect(run('initToken', init)).rejects.toMatchObject({ code: 'TOKEN_OBJECT_IN_USE' })
    expect(await listed()).toHaveLength(3)

    const { token } = await run('initToken', { ...init, confirmLoss: true })
    expect(token).toMatchObject({ label: 'Empty', login: null })
    await run('logInToToken', { tokenId: token.tokenId, pin: pinBytes(pin) })
    expect(await run('listTokenVaultUses', { tokenId: token.tokenId })).toEqual({ uses: [] })
  }, 60_000)
})
