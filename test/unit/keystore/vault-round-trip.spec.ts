import { describe, expect, it } from 'vitest'
import { SecretBuffer } from '../../../src-main/crypto/secret-buffer'
import type { RecordKind } from '../../../src-main/vault/records'
import type { RequestInput } from '../../../src-shared/contract/operations'
import { vaultSchemas } from '../../../src-shared/contract/vault'
import { cheapPassphrase, openCheapVault } from '../../support/cheap-vault'
import { callerOf, codeOf, parsed, TestClock } from '../../support/keystore-fixture'
import { useTemporaryFolder } from '../../support/temporary-folder'

const inFolder = useTemporaryFolder()
const plaintext = new TextEncoder().encode('over the lock')

describe('the keystore on a real vault', () => {
  it('keeps keys, names, counts and what was encrypted over lock and unlock', async () => {
    const { vault, keystore } = openCheapVault(inFolder('vault'))
    await vault.create({ passphrase: cheapPassphrase(), name: 'test', kdfTargetMs: 0 })
    const { keyMetadata } = await keystore.run('createKey', callerOf('createKey'), parsed('createKey', { description: 'kept' }))
    const { keyId } = keyMetadata
    await keystore.run('createAlias', callerOf('createAlias'), { aliasName: 'alias/kept', keyId })
    const { ciphertextBlob } = await keystore.run('encrypt', callerOf('encrypt'), { keyId: 'alias/kept', plaintext, encryptionContext: { a: 'b' } })
    const dataKey = SecretBuffer.random(32)
    const entry = await keystore.fileKeys.wrapDataKey(callerOf('encryptFiles'), keyId, dataKey, {})
    await keystore.flush()
    await vault.lock(callerOf('lockVault'))
    expect(await codeOf(keystore.run('decrypt', callerOf('decrypt'), { ciphertextBlob }))).toBe('VAULT_LOCKED')

    await vault.unlockWithPassphrase(callerOf('unlockVault'), cheapPassphrase())
    expect((await keystore.run('describeKey', callerOf('describeKey'), { keyId: 'alias/kept' })).keyMetadata).toEqual(keyMetadata)
    const opened = await keystore.run('decrypt', callerOf('decrypt'), { ciphertextBlob, encryptionContext: { a: 'b' } })
    expect(opened.plaintext).toEqual(plaintext)
    const unwrapped = await keystore.fileKeys.unwrapDataKey(callerOf('decryptFiles'), [entry], {})
    expect(unwrapped && dataKey.use((bytes) => unwrapped.dataKey.equals(bytes))).toBe(true)
    const { rows } = await keystore.run('searchKeys', callerOf('searchKeys'), parsed('searchKeys', { search: 'KEPT' }))
    expect(rows).toMatchObject([{ keyId, aliases: ['kept'], lastUseDate: expect.any(String) }])
    await vault.lock(callerOf('lockVault'))
    await vault.dispose()
  })

  it('does at unlock, after it, what came under lock, and destroys every row of a key whose days are over', async () => {
    const clock = new TestClock()
    const { vault, keystore } = openCheapVault(inFolder('vault'), clock)
    await vault.create({ passphrase: cheapPassphrase(), name: 'test', kdfTargetMs: 0 })
    const make = async (input: RequestInput<'createKey'>) => (await keystore.run('createKey', callerOf('createKey'), parsed('createKey', input))).keyMetadata.keyId
    const rotating = await make({ enableAutomaticRotation: true, rotationInterval: '30d' })
    const ending = await make({ keySpec: 'EC_SM2', keyUsage: 'ENCRYPT/DECRYPT' })
    const used = await make({})
    for (const keyId of [rotating, used]) {
      const { ciphertextBlob } = await keystore.run('encrypt', callerOf('encrypt'), { keyId, plaintext })
      await keystore.run('keepCiphertext', callerOf('keepCiphertext'), { name: 'kept', ciphertextBlob })
    }
    for (const keyId of [ending, used]) await keystore.run('scheduleKeyDeletion', callerOf('scheduleKeyDeletion'), { keyId, pendingWindowInDays: 7 })
    await keystore.flush()
    await vault.lock(callerOf('lockVault'))
    clock.passDays(100)
    await vault.unlockWithPassphrase(callerOf('unlockVault'), cheapPassphrase())
    await keystore.catchUp()
    expect((await keystore.run('listKeys', callerOf('listKeys'), parsed('listKeys', {}))).keys.map(({ keyId }) => keyId)).toEqual([rotating])
    expect((await keystore.run('listKeyVersions', callerOf('listKeyVersions'), parsed('listKeyVersions', { keyId: rotating }))).totalCount).toBe(2)
    const owners = async (kind: RecordKind) => new Set((await vault.list(kind)).map(({ parentId }) => parentId))
    for (const kind of ['key-material', 'key-usage', 'where-used'] as const) expect(await owners(kind)).toEqual(new Set([rotating]))
    expect(await vault.list('public-key')).toEqual([])
    const { entries } = await vault.listAuditEntries(vaultSchemas.listAuditEntries.request.parse({ count: 4 }))
    expect(entries.toReversed().map(({ face, operation, resource, result }) => [face, operation, resource, result])).toEqual([
      ['ipc', 'unlockVault', expect.any(String), 'ok'],
      ['system', 'rotateKey', rotating, 'ok'],
      ['system', 'deleteKey', ending, 'ok'],
      ['system', 'deleteKey', used, 'ok'],
    ])
    expect(await vault.verifyAudit()).toMatchObject({ intact: true })
    await vault.lock(callerOf('lockVault'))
    await vault.dispose()
  })

  it('writes one audit entry for each call', async () => {
    const { vault, keystore } = openCheapVault(inFolder('vault'))
    await vault.create({ passphrase: cheapPassphrase(), name: 'test', kdfTargetMs: 0 })
    const { keyMetadata } = await keystore.run('createKey', callerOf('createKey'), parsed('createKey', {}))
    const { keyId } = keyMetadata
    await keystore.run('encrypt', callerOf('encrypt'), { keyId, plaintext })
    await codeOf(keystore.run('createAlias', callerOf('createAlias'), { aliasName: 'alias/x', keyId: 'key-unknownunknownunknown' }))
    await keystore.run('updateKeyDescription', callerOf('updateKeyDescription'), { keyId, description: 'x' })
    await keystore.flush()
    const { entries } = await vault.listAuditEntries(vaultSchemas.listAuditEntries.request.parse({}))
    const operations = entries.filter((item) => item.resource === keyId).map((item) => item.operation)
    expect(operations.toSorted()).toEqual(['createKey', 'encrypt', 'recordKeyUse', 'updateKeyDescription'])
    expect(await vault.verifyAudit()).toMatchObject({ intact: true })
    await vault.lock(callerOf('lockVault'))
    await vault.dispose()
  })
})
