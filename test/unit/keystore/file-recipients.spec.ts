import { constants, createPrivateKey, privateDecrypt, publicEncrypt } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { SecretBuffer } from '../../../src-main/crypto/secret-buffer'
import { sm2Decrypt } from '../../../src-main/crypto/sm2'
import { recipientKindOf } from '../../../src-main/keystore/file-entry'
import type { EncryptedDataKey } from '../../../src-main/keystore/file-keys'
import type { KeySpec } from '../../../src-shared/model/keys'
import { callerOf, codeOf } from '../../support/keystore-fixture'
import { flipped } from '../../support/flipped'
import { openCalls, type Calls, type TestKey } from '../../support/key-calls'

const specs = ['Aliyun_AES_256', 'Aliyun_AES_192', 'Aliyun_AES_128', 'Aliyun_SM4', 'RSA_2048', 'RSA_3072', 'EC_SM2'] as const
const namespaces = { 'keystead-aes': 'keystead', 'keystead-rsa': 'keystead', 'keystead-sm4': 'keystead-sm4', 'keystead-sm2': 'keystead-sm2' }
const context = { purpose: 'test', zeta: 'ü' }
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
const bytesOf = (buffer: SecretBuffer) => buffer.use((bytes) => bytes.slice())

let calls: Calls
const keys = new Map<KeySpec, TestKey>()
beforeAll(async () => {
  calls = await openCalls()
  for (const keySpec of specs) keys.set(keySpec, await calls.newKeyOf(keySpec, 'ENCRYPT/DECRYPT'))
}, 60_000)

async function wrapFor(keySpec: KeySpec) {
  const key = keys.get(keySpec)
  if (!key) throw new Error('no such key')
  const dataKey = SecretBuffer.random(32)
  const { fileKeys } = calls.keystore
  const entry = await fileKeys.wrapDataKey(callerOf('encryptFiles'), key.keyId, dataKey, context)
  const unwrap = (candidate: EncryptedDataKey, given = context) => fileKeys.unwrapDataKey(callerOf('decryptFiles'), [candidate], given)
  const material = ((await calls.records.read('key-material', key.keyVersionId)) ?? new Uint8Array(0)).subarray(1)
  return { ...key, fileKeys, dataKey, entry, unwrap, material, kind: recipientKindOf(keySpec) }
}

describe.each(specs)('a file for a key of %s', (keySpec) => {
  it('names key and version in the header and opens again', async () => {
    const { keyId, keyVersionId, fileKeys, dataKey, entry, unwrap, kind } = await wrapFor(keySpec)
    const opened = await unwrap(entry)
    expect([opened?.keyId, opened?.keyVersionId, opened && dataKey.equals(bytesOf(opened.dataKey))]).toEqual([keyId, keyVersionId, true])
    expect([fileKeys.describeEntry(entry), fileKeys.recipientKind(entry), fileKeys.canOpen(keyId, keyVersionId)]).toEqual([{ keyId, keyVersionId }, kind, true])
    expect(text(entry.providerId)).toBe(namespaces[kind])
    expect(text(entry.providerInfo).startsWith(`${keyId}/${keyVersionId}`)).toBe(true)
    expect(fileKeys.resolveForEncryption(keyId)).toEqual({ keyId, keyVersionId })
  })

  it('is FILE_TAMPERED with any part of its entry changed', async () => {
    const { entry, unwrap } = await wrapFor(keySpec)
    const damaged = [0, 1, entry.ciphertext.length >> 1, entry.ciphertext.length - 1].map((at) => ({ ...entry, ciphertext: flipped(entry.ciphertext, at) }))
    for (const candidate of [...damaged, { ...entry, ciphertext: entry.ciphertext.subarray(1) }, { ...entry, ciphertext: new Uint8Array(0) }]) {
      expect(await codeOf(unwrap(candidate))).toBe('FILE_TAMPERED')
    }
  })

  it('says why its key does not open it now', async () => {
    const { keyId, keyVersionId, fileKeys, entry, unwrap } = await wrapFor(keySpec)
    await calls.call('disableKey', { keyId })
    expect([await codeOf(unwrap(entry)), fileKeys.canOpen(keyId, keyVersionId)]).toEqual(['KEY_DISABLED', false])
    expect(await codeOf((async () => fileKeys.resolveForEncryption(keyId))())).toBe('KEY_DISABLED')
    await calls.call('enableKey', { keyId })
  })
})

describe('the forms of entries', () => {
  it('of RSA are those of a raw RSA keyring: the name alone, OAEP with SHA-256', async () => {
    const { keyId, keyVersionId, dataKey, entry, unwrap, material } = await wrapFor('RSA_2048')
    expect(text(entry.providerInfo)).toBe(`${keyId}/${keyVersionId}`)
    const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
    const opened = privateDecrypt({ key: createPrivateKey({ key: Buffer.from(material), format: 'der', type: 'pkcs8' }), ...oaep }, entry.ciphertext)
    expect(dataKey.equals(opened)).toBe(true)
    const key = (await calls.call('getPublicKey', { keyId, keyVersionId })).publicKey
    const made = publicEncrypt({ key, ...oaep }, Buffer.alloc(32, 7))
    expect((await unwrap({ ...entry, ciphertext: made }))?.dataKey.equals(Buffer.alloc(32, 7))).toBe(true)
    expect(await codeOf(unwrap({ ...entry, ciphertext: publicEncrypt({ key, ...oaep }, Buffer.alloc(16, 7)) }))).toBe('FILE_TAMPERED')
    expect(await codeOf(unwrap({ ...entry, ciphertext: publicEncrypt({ key, ...oaep, oaepHash: 'sha1' }, Buffer.alloc(32, 7)) }))).toBe('FILE_TAMPERED')
  })

  it('of SM2 are GM/T 0009, in DER', async () => {
    const { dataKey, entry, material } = await wrapFor('EC_SM2')
    expect([entry.ciphertext[0], entry.ciphertext.length > 135]).toEqual([0x30, true])
    const opened = sm2Decrypt(material, entry.ciphertext)
    expect(opened && dataKey.equals(opened)).toBe(true)
  })

  it('are one kind per key: another is not tried', async () => {
    const rsa = await wrapFor('RSA_2048')
    const aes = await wrapFor('Aliyun_AES_256')
    const sm4 = await wrapFor('Aliyun_SM4')
    const renamed = (entry: EncryptedDataKey, name: string) => ({ ...entry, providerInfo: Buffer.concat([Buffer.from(name), entry.providerInfo.subarray(-20)]) })
    expect(await codeOf(aes.unwrap(renamed(sm4.entry, `${aes.keyId}/${aes.keyVersionId}`)))).toBe('FILE_TAMPERED')
    expect(await codeOf(aes.unwrap({ ...aes.entry, providerId: Buffer.from('keystead-sm4') }))).toBe('FILE_TAMPERED')
    expect(await codeOf(aes.unwrap({ ...rsa.entry, providerInfo: Buffer.from(`${aes.keyId}/${aes.keyVersionId}`) }))).toBe('FILE_TAMPERED')
    expect(await aes.unwrap({ ...aes.entry, providerId: Buffer.from('keystead-sm2') })).toBeNull()
    expect(rsa.fileKeys.recipientKind({ ...rsa.entry, providerId: Buffer.from('somebody') })).toBe('foreign')
  })

  it('bind the context where the key is symmetric; the header binds it for all', async () => {
    for (const keySpec of specs) {
      const { unwrap, entry } = await wrapFor(keySpec)
      const opened = await unwrap(entry, { ...context, zeta: 'u' }).catch(() => null)
      expect([keySpec, opened !== null]).toEqual([keySpec, keySpec.startsWith('RSA') || keySpec === 'EC_SM2'])
    }
  })
})

describe('versions', () => {
  it('of an asymmetric key: the newest encrypts, the older ones still open', async () => {
    const { call, newKeyOf, versionsOf, keystore, clock } = await openCalls()
    const { keyId, keyVersionId } = await newKeyOf('EC_SM2', 'ENCRYPT/DECRYPT')
    const wrap = (dataKey: SecretBuffer) => keystore.fileKeys.wrapDataKey(callerOf('encryptFiles'), keyId, dataKey, {})
    const before = await wrap(SecretBuffer.random(32))
    clock.time += 8 * 86_400_000
    await call('createKeyVersion', { keyId })
    const after = await wrap(SecretBuffer.random(32))
    const opened = [await keystore.fileKeys.unwrapDataKey(callerOf('decryptFiles'), [before], {}), await keystore.fileKeys.unwrapDataKey(callerOf('decryptFiles'), [after], {})]
    expect(opened.map((file) => file?.keyVersionId)).toEqual([keyVersionId, versionsOf(keyId)[1]])
  })

  it('that are retired open no file', async () => {
    const { call, newKeyOf, versionsOf, keystore } = await openCalls()
    const { keyId, keyVersionId } = await newKeyOf('Aliyun_SM4')
    const entry = await keystore.fileKeys.wrapDataKey(callerOf('encryptFiles'), keyId, SecretBuffer.random(32), {})
    await call('rotateKey', { keyId })
    await call('setMinimumDecryptionVersion', { keyId, keyVersionId: versionsOf(keyId)[1] ?? '' })
    expect(await codeOf(keystore.fileKeys.unwrapDataKey(callerOf('decryptFiles'), [entry], {}))).toBe('KEY_VERSION_RETIRED')
    expect(keystore.fileKeys.canOpen(keyId, keyVersionId)).toBe(false)
  })

  it.each(['EC_P256', 'Ed25519', 'HMAC_SHA_256'] as const)('of %s encrypt no files', async (keySpec) => {
    const { newKeyOf, keystore } = await openCalls()
    const { keyId } = await newKeyOf(keySpec)
    expect(await codeOf((async () => keystore.fileKeys.resolveForEncryption(keyId))())).toBe('UNSUPPORTED_OPERATION')
    expect(await codeOf(keystore.fileKeys.wrapDataKey(callerOf('encryptFiles'), keyId, SecretBuffer.random(32), {}))).toBe('UNSUPPORTED_OPERATION')
  })
})
