import { describe, expect, it } from 'vitest'
import { SecretBuffer } from '../../../src-main/crypto/secret-buffer'
import { decodeTokenRow, encodeTokenRow } from '../../../src-main/keystore/token/token-row'
import { KmsError } from '../../../src-shared/errors'
import type { RequestInput } from '../../../src-shared/contract/operations'
import { FakeTokens } from '../../support/fake-tokens'
import { bytesOf } from '../../support/key-calls'
import { callerOf, codeOf, openKeystore } from '../../support/keystore-fixture'

async function openWithToken() {
  const tokens = new FakeTokens()
  const opened = await openKeystore(undefined, { tokens })
  const newTokenKey = (input: RequestInput<'createKey'> = {}) => opened.newKey({ protectionLevel: 'HSM', dKMSInstanceId: tokens.tokenId, ...input })
  return { ...opened, tokens, newTokenKey }
}

describe('a key on a token', () => {
  it('leaves nothing in the vault but the way to it', async () => {
    const { newTokenKey, tokens, records } = await openWithToken()
    const { keyId, primaryKeyVersion, protectionLevel, origin } = await newTokenKey()
    expect([protectionLevel, origin]).toEqual(['HSM', 'Aliyun_KMS'])
    const [row] = await records.list('key-material')
    expect([row?.id, row?.parentId]).toEqual([primaryKeyVersion, keyId])
    expect(decodeTokenRow(row?.bytes ?? null).token).toEqual(tokens.identity)
    expect([...tokens.objects.values()]).toMatchObject([{ label: `keystead:${keyId}`, keySpec: 'Aliyun_AES_256', keyUsage: 'ENCRYPT/DECRYPT' }])
    expect([...tokens.objects.keys()]).toEqual([Buffer.from(decodeTokenRow(row?.bytes ?? null).ckaId).toString('hex')])
  })

  it('names its token as the KMS instance, by which keys are listed and others are made', async () => {
    const { newTokenKey, newKey, tokens, records, ask, relock } = await openWithToken()
    const { keyId, dKMSInstanceId } = await newTokenKey()
    expect(dKMSInstanceId).toBe(tokens.instanceId)
    const inVault = await newKey()
    const beside = await newTokenKey({ dKMSInstanceId })
    await relock()
    expect((await ask('describeKey', { keyId })).keyMetadata.dKMSInstanceId).toBe(dKMSInstanceId)
    const keysOf = async (instance: string) => (await ask('listKeys', { filters: [{ Key: 'DKMSInstanceId', Values: [instance] }] })).keys.map((key) => key.keyId)
    expect(await keysOf(dKMSInstanceId)).toEqual([keyId, beside.keyId])
    expect(await keysOf(records.vaultId)).toEqual([inVault.keyId])
  })

  it('encrypts, and is found again after a lock', async () => {
    const { newTokenKey, ask, relock } = await openWithToken()
    const { keyId } = await newTokenKey()
    const { ciphertextBlob } = await ask('encrypt', { keyId, plaintext: bytesOf('text') })
    await relock()
    expect((await ask('decrypt', { ciphertextBlob })).plaintext).toEqual(bytesOf('text'))
  })

  it('is taken off the token again when it cannot be written down', async () => {
    const { newTokenKey, tokens, records, ask } = await openWithToken()
    const { keyId } = await newTokenKey()
    records.failNextCommit(new KmsError('VAULT_WRITE_FAILED', 'The vault cannot be written.'))
    expect(await codeOf(newTokenKey())).toBe('VAULT_WRITE_FAILED')
    expect(tokens.objects.size).toBe(1)
    records.failNextCommit(new KmsError('VAULT_WRITE_FAILED', 'The vault cannot be written.'))
    expect(await codeOf(ask('rotateKey', { keyId }))).toBe('VAULT_WRITE_FAILED')
    expect(tokens.objects.size).toBe(1)
  })

  it.each([
    [{ origin: 'EXTERNAL' }, 'UNSUPPORTED_PROTECTION_LEVEL'],
    [{ keySpec: 'EC_SM2' }, 'UNSUPPORTED_PROTECTION_LEVEL'],
    [{ keySpec: 'EC_P256', exportable: true }, 'INVALID_PARAMETER'],
    [{ protectionLevel: 'SOFTWARE' }, 'INVALID_PARAMETER'],
    [{ dKMSInstanceId: 't-000000000000000000000002' }, 'TOKEN_NOT_FOUND'],
  ] satisfies [RequestInput<'createKey'>, string][])('is refused for %j with %s before anything is made', async (input, code) => {
    const { newTokenKey, tokens, records } = await openWithToken()
    expect(await codeOf(newTokenKey(input))).toBe(code)
    expect([tokens.objects.size, records.audit]).toEqual([0, []])
  })

  it('is not made where no token is named', async () => {
    const { newKey, records } = await openWithToken()
    for (const instance of [{}, { dKMSInstanceId: records.vaultId }]) expect(await codeOf(newKey({ protectionLevel: 'HSM', ...instance }))).toBe('UNSUPPORTED_PROTECTION_LEVEL')
  })

  it('gets new versions on the same token, by itself only while that is there', async () => {
    const { newTokenKey, tokens, keystore, clock, ask } = await openWithToken()
    const { keyId } = await newTokenKey({ enableAutomaticRotation: true, rotationInterval: '7d' })
    tokens.availability = 'absent'
    clock.passDays(8)
    await keystore.catchUp()
    expect((await ask('listKeyVersions', { keyId })).totalCount).toBe(1)
    tokens.availability = 'ready'
    await keystore.catchUp()
    expect((await ask('listKeyVersions', { keyId })).totalCount).toBe(2)
    expect(tokens.objects.size).toBe(2)
  })

  it('is deleted from the token first, and waits for it when it must', async () => {
    const { newTokenKey, tokens, keystore, clock, ask, records } = await openWithToken()
    const { keyId } = await newTokenKey()
    await ask('scheduleKeyDeletion', { keyId, pendingWindowInDays: 7 })
    clock.passDays(8)
    tokens.availability = 'login-needed'
    await keystore.catchUp()
    expect((await ask('describeKey', { keyId })).keyMetadata.keyState).toBe('PendingDeletion')
    expect(await codeOf(ask('cancelKeyDeletion', { keyId }))).toBe('STATE_MODIFIED_FAILED')
    tokens.availability = 'ready'
    records.failNextCommit(new KmsError('VAULT_WRITE_FAILED', 'The vault cannot be written.'))
    await keystore.catchUp()
    expect(tokens.objects.size).toBe(0)
    expect((await ask('describeKey', { keyId })).keyMetadata.keyState).toBe('PendingDeletion')
    await keystore.catchUp()
    expect(await codeOf(ask('describeKey', { keyId }))).toBe('KEY_NOT_FOUND')
    expect(await records.list('key-material')).toEqual([])
  })

  it('says where it is, whether it can be used, and which token is missed', async () => {
    const { newTokenKey, newKey, tokens, ask } = await openWithToken()
    const { keyId } = await newTokenKey()
    const token = { label: 'Archive', serial: '0001', product: 'Acme Stick', isSoftware: false }
    expect(await ask('getKeyPlace', { keyId })).toEqual({ place: 'token', token, availability: 'ready' })
    expect(await ask('getKeyPlace', { keyId: (await newKey()).keyId })).toEqual({ place: 'vault', token: null, availability: 'ready' })
    tokens.availability = 'absent'
    expect(await ask('getKeyPlace', { keyId })).toEqual({ place: 'token', token, availability: 'absent' })
    await expect(ask('encrypt', { keyId, plaintext: bytesOf('x') })).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND', details: { tokenLabel: 'Archive' } })
    expect((await ask('getKeyDetails', { keyId })).keyMetadata.keyId).toBe(keyId)
  })

  it('opens files, another recipient does when the token is away, and if none can the token is named', async () => {
    const { newTokenKey, newKey, tokens, keystore } = await openWithToken()
    const dataKey = SecretBuffer.random(32)
    const [onToken, here] = [await newTokenKey(), await newKey()]
    const caller = callerOf('encryptFiles')
    const entries = await Promise.all([onToken, here].map(({ keyId }) => keystore.fileKeys.wrapDataKey(caller, keyId, dataKey, {})))
    expect(await keystore.fileKeys.unwrapDataKey(caller, entries, {})).toMatchObject({ keyId: onToken.keyId })
    tokens.availability = 'absent'
    expect(await keystore.fileKeys.unwrapDataKey(caller, entries, {})).toMatchObject({ keyId: here.keyId })
    await expect(keystore.fileKeys.unwrapDataKey(caller, entries.slice(0, 1), {})).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND', details: { tokenLabel: 'Archive' } })
  })
})

describe('what needs the token', () => {
  it('is refused before it is begun, for keys that encrypt there', async () => {
    const { newTokenKey, newKey, tokens, keystore } = await openWithToken()
    const [onToken, rsa, here] = [await newTokenKey(), await newTokenKey({ keySpec: 'RSA_2048', keyUsage: 'ENCRYPT/DECRYPT' }), await newKey()]
    const { fileKeys } = keystore
    await fileKeys.requireToken(onToken.keyId)
    for (const [availability, code] of [['absent', 'TOKEN_NOT_FOUND'], ['unreachable', 'TOKEN_NOT_FOUND'], ['login-needed', 'TOKEN_LOGIN_NEEDED']] as const) {
      tokens.availability = availability
      await expect(fileKeys.requireToken(onToken.keyId)).rejects.toMatchObject({ code, details: { tokenLabel: 'Archive', tokenSerial: '0001' } })
    }
    // A public key is in the vault.
    for (const { keyId } of [rsa, here]) await fileKeys.requireToken(keyId)
  })

  it('is done later where it is due: a policy is set without the token, and the rotation follows', async () => {
    const { newTokenKey, tokens, keystore, ask, clock } = await openWithToken()
    const { keyId } = await newTokenKey()
    clock.passDays(30)
    tokens.availability = 'absent'
    await ask('updateRotationPolicy', { keyId, enableAutomaticRotation: true, rotationInterval: '7d' })
    expect((await ask('getKeyDetails', { keyId })).versions).toHaveLength(1)
    tokens.availability = 'ready'
    await keystore.catchUp()
    expect((await ask('getKeyDetails', { keyId })).versions).toHaveLength(2)
  })
})

describe('the row of a key on a token', () => {
  const ref = { token: { manufacturer: 'A', model: '', serial: 'ü', label: 'L' }, ckaId: Uint8Array.of(7, 8) }
  const row = encodeTokenRow(ref)

  it('is read as it was written', () => {
    expect(Buffer.from(row).toString('hex')).toBe('02' + '000141' + '0000' + '0002c3bc' + '00014c' + '00020708')
    expect(decodeTokenRow(row)).toEqual(ref)
  })

  it.each([
    ['that is missing', null],
    ['of software material', Uint8Array.of(1, ...row.subarray(1))],
    ['that is cut', row.subarray(0, -1)],
    ['that is cut within a length', row.subarray(0, 2)],
    ['that is longer', Uint8Array.of(...row, 0, 0)],
    ['without CKA_ID', Uint8Array.of(...row.subarray(0, -4), 0, 0)],
    ['that is no text', Uint8Array.of(2, 0, 1, 0xff, ...row.subarray(4))],
  ])('%s is refused', (_name, bytes) => {
    expect(() => decodeTokenRow(bytes)).toThrow(expect.objectContaining({ code: 'VAULT_DAMAGED' }))
  })
})
