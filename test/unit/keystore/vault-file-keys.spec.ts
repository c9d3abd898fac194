import { createDecipheriv } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { SecretBuffer } from '../../../src-main/crypto/secret-buffer'
import type { EncryptedDataKey } from '../../../src-main/keystore/file-keys'
import type { EncryptionContext } from '../../../src-shared/model/encryption-context'
import { KmsError } from '../../../src-shared/errors'
import { callerOf, codeOf, openKeystore } from '../../support/keystore-fixture'

const encryptCaller = callerOf('encryptFiles')
const decryptCaller = callerOf('decryptFiles')

async function openWithKey() {
  const opened = await openKeystore()
  const { keyId, primaryKeyVersion } = await opened.newKey()
  const { fileKeys } = opened.keystore
  const dataKey = SecretBuffer.random(32)
  const wrap = (context: EncryptionContext = {}) => fileKeys.wrapDataKey(encryptCaller, keyId, dataKey, context)
  const unwrap = (entries: EncryptedDataKey[], context: EncryptionContext = {}) => fileKeys.unwrapDataKey(decryptCaller, entries, context)
  return { ...opened, fileKeys, keyId, keyVersionId: primaryKeyVersion ?? '', dataKey, wrap, unwrap }
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
const bytesOf = (buffer: SecretBuffer) => buffer.use((bytes) => bytes.slice())

describe('wrapped data keys', () => {
  it.each<EncryptionContext>([{}, { purpose: 'test', zeta: 'ü' }])('open again under the context %j', async (context) => {
    const { wrap, unwrap, dataKey, keyId, keyVersionId, use } = await openWithKey()
    const opened = await unwrap([await wrap(context)], context)
    expect(opened).toMatchObject({ keyId, keyVersionId })
    expect(opened && dataKey.equals(bytesOf(opened.dataKey))).toBe(true)
    expect(dataKey.isDestroyed).toBe(false)
    expect(use.calls).toEqual([
      { caller: encryptCaller, resource: keyId, code: null },
      { caller: decryptCaller, resource: keyId, code: null },
    ])
  })

  it('have the layout of a raw AES keyring', async () => {
    const { wrap, records, dataKey, keyId, keyVersionId } = await openWithKey()
    const entry = await wrap({ b: '2', a: '1' })
    const name = `${keyId}/${keyVersionId}`
    expect(text(entry.providerId)).toBe('keystead')
    expect(text(entry.providerInfo.subarray(0, name.length))).toBe(name)
    expect(Buffer.from(entry.providerInfo.subarray(name.length, -12)).toString('hex')).toBe('000000800000000c')
    expect(entry.ciphertext).toHaveLength(48)
    const material = (await records.read('key-material', keyVersionId)) ?? new Uint8Array(0)
    const decipher = createDecipheriv('aes-256-gcm', material.subarray(1), entry.providerInfo.subarray(-12))
    decipher.setAAD(Buffer.from('0002000161000131000162000132', 'hex'))
    decipher.setAuthTag(entry.ciphertext.subarray(32))
    const opened = Buffer.concat([decipher.update(entry.ciphertext.subarray(0, 32)), decipher.final()])
    expect(dataKey.equals(opened)).toBe(true)
  })

  it('use no associated data for an empty context', async () => {
    const { wrap, records, dataKey, keyVersionId } = await openWithKey()
    const entry = await wrap()
    const material = (await records.read('key-material', keyVersionId)) ?? new Uint8Array(0)
    const decipher = createDecipheriv('aes-256-gcm', material.subarray(1), entry.providerInfo.subarray(-12))
    decipher.setAuthTag(entry.ciphertext.subarray(32))
    const opened = Buffer.concat([decipher.update(entry.ciphertext.subarray(0, 32)), decipher.final()])
    expect(dataKey.equals(opened)).toBe(true)
  })

  it('are not ciphertext blobs, nor the other way round', async () => {
    const { keystore, wrap, unwrap, keyId } = await openWithKey()
    const entry = await wrap()
    const { ciphertextBlob } = await keystore.run('encrypt', callerOf('encrypt'), { keyId, plaintext: new Uint8Array(32) })
    const asBlob = Buffer.concat([ciphertextBlob.subarray(0, -60), entry.providerInfo.subarray(-12), entry.ciphertext])
    expect(asBlob).toHaveLength(ciphertextBlob.length)
    expect(await codeOf(keystore.run('decrypt', callerOf('decrypt'), { ciphertextBlob: asBlob }))).toBe('INVALID_CIPHERTEXT')
    const iv = ciphertextBlob.subarray(-60, -48)
    const asEntry = { ...entry, providerInfo: Buffer.concat([entry.providerInfo.subarray(0, -12), iv]), ciphertext: ciphertextBlob.subarray(-48) }
    expect(await codeOf(unwrap([asEntry]))).toBe('FILE_TAMPERED')
  })

  it('count as encryptions of the key', async () => {
    const { keystore, wrap, records } = await openWithKey()
    await wrap()
    await wrap()
    await keystore.flush()
    const rows = await records.list('key-usage')
    expect(rows.map((row) => JSON.parse(new TextDecoder().decode(row.bytes)))).toMatchObject([[1, 2, expect.any(Number)]])
  })

  it('must have 32 bytes', async () => {
    const { fileKeys, keyId } = await openWithKey()
    await expect(fileKeys.wrapDataKey(encryptCaller, keyId, SecretBuffer.random(16), {})).rejects.toThrow(RangeError)
  })
})

describe('unwrapDataKey', () => {
  it('passes over entries that are not ours and takes the first that is', async () => {
    const { wrap, unwrap, keyId } = await openWithKey()
    const ours = await wrap()
    const foreign = { ...ours, providerId: new TextEncoder().encode('aws-raw') }
    expect(await unwrap([foreign, ours])).toMatchObject({ keyId })
    expect(await unwrap([foreign])).toBeNull()
    expect(await unwrap([])).toBeNull()
  })

  it('knows no keys of another vault', async () => {
    const [here, there] = [await openWithKey(), await openWithKey()]
    expect(await here.unwrap([await there.wrap()])).toBeNull()
    expect(here.use.calls).toEqual([])
  })

  it('tries the next entry of ours when one does not open', async () => {
    const { wrap, unwrap, newKey, fileKeys, dataKey } = await openWithKey()
    const broken = await wrap()
    broken.ciphertext.fill(0)
    const other = await newKey()
    const good = await fileKeys.wrapDataKey(encryptCaller, other.keyId, dataKey, {})
    expect(await unwrap([broken, good])).toMatchObject({ keyId: other.keyId })
  })

  it.each([
    ['another context', (entry) => entry, { a: 'b' }],
    ['a flipped bit', (entry) => ({ ...entry, ciphertext: entry.ciphertext.map((byte, at) => (at === 47 ? byte ^ 1 : byte)) }), {}],
    ['another nonce', (entry) => ({ ...entry, providerInfo: entry.providerInfo.map((byte, at, all) => (at === all.length - 1 ? byte ^ 1 : byte)) }), {}],
    ['a short ciphertext', (entry) => ({ ...entry, ciphertext: entry.ciphertext.slice(1) }), {}],
  ] satisfies [string, (entry: EncryptedDataKey) => EncryptedDataKey, EncryptionContext][])('says FILE_TAMPERED for %s and audits it', async (_name, edit, context) => {
    const { wrap, unwrap, keyId, use } = await openWithKey()
    const entry = edit(await wrap())
    expect(await codeOf(unwrap([entry], context))).toBe('FILE_TAMPERED')
    expect(use.calls.at(-1)).toEqual({ caller: decryptCaller, resource: keyId, code: 'FILE_TAMPERED' })
  })

  it.each([
    ['Disabled', 'KEY_DISABLED'],
    ['PendingDeletion', 'KEY_PENDING_DELETION'],
    ['PendingImport', 'KEY_PENDING_IMPORT'],
  ] as const)('says why when all keys that fit are %s, and uses another key when there is one', async (keyState, code) => {
    const { wrap, unwrap, fileKeys, newKey, rewrite, dataKey, keyId, keyVersionId, use } = await openWithKey()
    const other = await newKey()
    const entries = [await wrap(), await fileKeys.wrapDataKey(encryptCaller, other.keyId, dataKey, {})]
    await rewrite(keyId, { keyState })
    expect(await codeOf(unwrap(entries.slice(0, 1)))).toBe(code)
    expect(use.calls.at(-1)).toEqual({ caller: decryptCaller, resource: keyId, code })
    expect(fileKeys.canOpen(keyId, keyVersionId)).toBe(false)
    expect(await unwrap(entries)).toMatchObject({ keyId: other.keyId })
  })
})

describe('resolveForEncryption', () => {
  it('takes id, ARN and alias', async () => {
    const { keystore, fileKeys, keyId, keyVersionId } = await openWithKey()
    await keystore.run('createAlias', callerOf('createAlias'), { aliasName: 'alias/files', keyId })
    const { arn } = (await keystore.run('describeKey', callerOf('describeKey'), { keyId })).keyMetadata
    for (const reference of [keyId, arn, 'alias/files']) expect(fileKeys.resolveForEncryption(reference)).toEqual({ keyId, keyVersionId })
  })

  it('refuses what cannot encrypt', async () => {
    const { fileKeys, rewrite, wrap, keyId, use } = await openWithKey()
    const codeFor = (reference: string) => codeOf((async () => fileKeys.resolveForEncryption(reference))())
    expect([await codeFor('key-unknownunknownunknown'), await codeFor('alias/none')]).toEqual(['KEY_NOT_FOUND', 'ALIAS_NOT_FOUND'])
    await rewrite(keyId, { keyUsage: 'SIGN/VERIFY' })
    expect(await codeFor(keyId)).toBe('UNSUPPORTED_OPERATION')
    await rewrite(keyId, { keyUsage: 'ENCRYPT/DECRYPT', keyState: 'Disabled' })
    expect([await codeFor(keyId), await codeOf(wrap())]).toEqual(['KEY_DISABLED', 'KEY_DISABLED'])
    expect(use.calls).toEqual([{ caller: encryptCaller, resource: keyId, code: 'KEY_DISABLED' }])
  })
})

describe('entries without a vault', () => {
  it('names key and version of ours only', async () => {
    const { keystore, wrap, fileKeys, keyId, keyVersionId } = await openWithKey()
    const entry = await wrap()
    keystore.unload()
    const renamed = (name: string) => ({ ...entry, providerInfo: Buffer.concat([Buffer.from(name), entry.providerInfo.subarray(-20)]) })
    const otherLengths = entry.providerInfo.slice()
    otherLengths[otherLengths.length - 17] = 0x60
    expect(fileKeys.describeEntry(entry)).toEqual({ keyId, keyVersionId })
    expect(fileKeys.describeEntry({ ...entry, providerId: Buffer.from('keystead-sm5') })).toBeNull()
    expect(fileKeys.describeEntry({ ...entry, providerInfo: otherLengths })).toBeNull()
    expect(fileKeys.describeEntry({ ...entry, providerInfo: entry.providerInfo.subarray(0, 10) })).toBeNull()
    for (const name of ['', 'my key', keyId, `${keyId}/`, `${keyId}/other`, `${keyId}/${keyVersionId}/x`]) expect(fileKeys.describeEntry(renamed(name))).toBeNull()
    expect(fileKeys.canOpen(keyId, keyVersionId)).toBeNull()
    expect(await codeOf(wrap())).toBe('VAULT_LOCKED')
    await expect(fileKeys.unwrapDataKey(decryptCaller, [entry], {})).rejects.toBeInstanceOf(KmsError)
  })

  it('says which versions can open', async () => {
    const { fileKeys, keyId, keyVersionId } = await openWithKey()
    expect([fileKeys.canOpen(keyId, keyVersionId), fileKeys.canOpen(keyId, `${keyId}-other00000`), fileKeys.canOpen('key-x', 'y')]).toEqual([true, false, false])
  })
})
