import { describe, expect, it } from 'vitest'
import { specOfPublicKey } from '../../../src-main/crypto/spki'
import { importTokenBytes, isImportToken } from '../../../src-main/keystore/import-token'
import { KmsError } from '../../../src-shared/errors'
import { keySpecInfos } from '../../../src-shared/model/key-specs'
import { symmetricKeySpecs } from '../../../src-shared/model/keys'
import { flipped } from '../../support/flipped'
import { callerOf, codeOf } from '../../support/keystore-fixture'
import { MemoryRecords } from '../../support/memory-records'
import { openWithKey, own, some, specOf, text } from './import-support'

const hour = 3_600_000
const algorithms = ['RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1', 'SM2PKE'] as const
const messageOf = (promise: Promise<unknown>) => promise.then(() => null, (error: unknown) => (error instanceof KmsError ? error.message : error))

describe('getParametersForImport', () => {
  it.each(algorithms)('gives for %s a token and a public key that are new at each call', async (algorithm) => {
    const { keyId, parameters, records } = await openWithKey()
    const first = await parameters(algorithm)
    const second = await parameters(algorithm)
    expect(first).toMatchObject({ keyId, tokenExpireTime: '2026-09-02T12:00:00Z' })
    expect(specOfPublicKey(first.publicKey)).toBe(specOf(algorithm))
    expect(isImportToken(first.importToken)).toBe(true)
    expect(first.importToken).toHaveLength(importTokenBytes)
    expect(second.importToken).not.toEqual(first.importToken)
    expect(second.publicKey).not.toEqual(first.publicKey)
    expect(records.audit.slice(-2)).toEqual(Array.from({ length: 2 }, () => ({ caller: callerOf('getParametersForImport'), resource: keyId, code: null })))
  })

  it('refuses PKCS#1 v1.5 and says why', async () => {
    const { parameters, records, use, keyId } = await openWithKey()
    const refusal = parameters('RSAES_PKCS1_V1_5')
    expect(await codeOf(refusal)).toBe('UNSUPPORTED_WRAPPING_ALGORITHM')
    expect(await messageOf(refusal)).toMatch(/^RSAES_PKCS1_V1_5 is refused: .*padding.*Use RSAES_OAEP_SHA_256\.$/)
    expect(await records.list('import-token')).toEqual([])
    expect(use.calls).toEqual([{ caller: callerOf('getParametersForImport'), resource: keyId, code: 'UNSUPPORTED_WRAPPING_ALGORITHM' }])
  })

  it.each([
    ['RSAES_OAEP_SHA_256', 'EC_SM2'],
    ['RSAES_OAEP_SHA_1', 'EC_SM2'],
    ['SM2PKE', 'RSA_2048'],
  ] as const)('refuses %s with %s', async (wrappingAlgorithm, wrappingKeySpec) => {
    const { ask, keyId } = await openWithKey()
    expect(await codeOf(ask('getParametersForImport', { keyId, wrappingAlgorithm, wrappingKeySpec }))).toBe('INVALID_PARAMETER')
  })

  it('is for keys of origin EXTERNAL only, as is everything about their material', async () => {
    const { ask, newKey, parameters, wrapped } = await openWithKey()
    for (const keySpec of ['Aliyun_AES_256', 'EC_P256'] as const) {
      const { keyId } = await newKey({ keySpec })
      expect(await codeOf(parameters('SM2PKE', keyId))).toBe('UNSUPPORTED_ORIGIN')
      expect(await codeOf(ask('deleteKeyMaterial', { keyId }))).toBe('UNSUPPORTED_ORIGIN')
      expect(await codeOf(ask('importKeyMaterial', { ...(await wrapped(some(32))), keyId }))).toBe('UNSUPPORTED_ORIGIN')
      expect(await codeOf(ask('rehearseImport', { ...(await wrapped(some(32))), keyId }))).toBe('UNSUPPORTED_ORIGIN')
    }
  })

  it('leaves nothing behind when the vault cannot be written', async () => {
    const { parameters, records, load, describeIt } = await openWithKey()
    records.failNextCommit(new KmsError('NO_SPACE', 'full'))
    expect(await codeOf(parameters())).toBe('NO_SPACE')
    expect(await records.list('import-token')).toEqual([])
    await load(some(32))
    expect((await describeIt()).keyState).toBe('Enabled')
  })
})

describe('importKeyMaterial', () => {
  it.each(algorithms.flatMap((algorithm) => symmetricKeySpecs.map((keySpec) => [algorithm, keySpec] as const)))('takes what %s wrapped for a key of the spec %s', async (algorithm, keySpec) => {
    const { ask, describeIt, keyId, records, relock, wrapped } = await openWithKey(keySpec)
    const material = some(keySpecInfos[keySpec].materialBytes ?? 0)
    const request = await wrapped(material, algorithm)
    const entries = records.audit.length
    expect(await ask('importKeyMaterial', request)).toEqual({})
    expect(records.audit.slice(entries)).toEqual([{ caller: callerOf('importKeyMaterial'), resource: keyId, code: null }])
    expect(await describeIt()).toMatchObject({ keyState: 'Enabled', origin: 'EXTERNAL', materialExpireTime: '' })
    const [row] = await records.list('key-material')
    expect(row?.bytes.subarray(1)).toEqual(material)
    const { ciphertextBlob } = await ask('encrypt', { keyId, plaintext: text('imported') })
    await relock()
    expect((await ask('decrypt', { ciphertextBlob })).plaintext).toEqual(text('imported'))
  })

  it.each([
    ['Aliyun_AES_256', [16, 24, 31, 33, 1]],
    ['Aliyun_AES_128', [32, 15, 17]],
    ['Aliyun_SM4', [32, 15, 17]],
  ] as const)('refuses material of another length for %s with one text', async (keySpec, lengths) => {
    const { ask, describeIt, wrapped } = await openWithKey(keySpec)
    const right = keySpecInfos[keySpec].materialBytes ?? 0
    const damaged = await wrapped(some(right), 'RSAES_OAEP_SHA_256')
    const refusals = new Set([
      await messageOf(ask('importKeyMaterial', { ...damaged, encryptedKeyMaterial: flipped(damaged.encryptedKeyMaterial, 100) })),
      await messageOf(ask('importKeyMaterial', { ...damaged, encryptedKeyMaterial: some(255) })),
      await messageOf(ask('importKeyMaterial', { ...damaged, encryptedKeyMaterial: (await wrapped(some(right), 'SM2PKE')).encryptedKeyMaterial })),
    ])
    for (const length of lengths) {
      const request = await wrapped(some(length))
      expect(await codeOf(ask('importKeyMaterial', request))).toBe('INVALID_KEY_MATERIAL')
      refusals.add(await messageOf(ask('importKeyMaterial', request)))
    }
    expect([...refusals]).toEqual([expect.stringContaining('not wrapped for this import token') as string])
    expect((await describeIt()).keyState).toBe('PendingImport')
  })

  it('takes one token more than once', async () => {
    const { ask, keyId, wrapped } = await openWithKey()
    const request = await wrapped(some(32))
    await ask('importKeyMaterial', request)
    await ask('deleteKeyMaterial', { keyId })
    expect(await ask('importKeyMaterial', request)).toEqual({})
  })

  it('opens only what was wrapped for the key pair of the token', async () => {
    const { ask, parameters, wrapped } = await openWithKey()
    const { encryptedKeyMaterial, keyId } = await wrapped(some(32))
    const { importToken } = await parameters()
    expect(await codeOf(ask('importKeyMaterial', { keyId, importToken, encryptedKeyMaterial }))).toBe('INVALID_KEY_MATERIAL')
  })

  it('refuses every token that is not of this key and vault', async () => {
    const { ask, keyId, newKey, wrapped } = await openWithKey()
    const other = (await newKey({ origin: 'EXTERNAL' })).keyId
    const ofOther = await wrapped(some(32), 'SM2PKE', other)
    const elsewhere = await openWithKey('Aliyun_AES_256', new MemoryRecords('5b1f2a34-0000-4000-8000-00000000beef'))
    const request = await wrapped(some(32))
    const foreign = (await elsewhere.wrapped(some(32))).importToken
    const { importToken } = request
    const changed = Array.from({ length: importToken.length }, (_, index) => flipped(importToken, index))
    for (const wrong of [ofOther.importToken, foreign, ...changed, importToken.subarray(1), Uint8Array.of(...importToken, 0), text('token'), some(importTokenBytes)]) {
      expect(await codeOf(ask('importKeyMaterial', { ...request, importToken: own(wrong) }))).toBe('INVALID_IMPORT_TOKEN')
    }
    expect(await codeOf(ask('importKeyMaterial', { ...ofOther, keyId }))).toBe('INVALID_IMPORT_TOKEN')
    expect(await ask('importKeyMaterial', request)).toEqual({})
  })

  it('refuses any token while the vault has given none', async () => {
    const { importToken, encryptedKeyMaterial } = await (await openWithKey()).wrapped(some(32))
    const { ask, keyId } = await openWithKey()
    expect(await codeOf(ask('importKeyMaterial', { keyId, importToken, encryptedKeyMaterial }))).toBe('INVALID_IMPORT_TOKEN')
  })

  it('leaves a disabled key disabled', async () => {
    const { ask, describeIt, keyId, load } = await openWithKey()
    const material = some(32)
    await load(own(material))
    await ask('disableKey', { keyId })
    await load(own(material), { keyMaterialExpireUnix: 2_000_000_000 })
    expect(await describeIt()).toMatchObject({ keyState: 'Disabled', materialExpireTime: '2033-05-18T03:33:20Z' })
    await ask('deleteKeyMaterial', { keyId })
    expect((await describeIt()).keyState).toBe('PendingImport')
    await load(own(material))
    expect((await describeIt()).keyState).toBe('Enabled')
  })

  it('gives two incompatible keys for the same bytes', async () => {
    const { ask, keyId, load, newKey, wrapped, records } = await openWithKey()
    const material = some(32)
    const other = (await newKey({ origin: 'EXTERNAL' })).keyId
    await load(own(material))
    await ask('importKeyMaterial', await wrapped(own(material), 'SM2PKE', other))
    const { ciphertextBlob, keyVersionId } = await ask('encrypt', { keyId, plaintext: text('of the first') })
    expect((await ask('decrypt', { ciphertextBlob: own(ciphertextBlob) })).keyId).toBe(keyId)
    // The same blob, as if the other key had made it.
    const suffix = (versionId = '') => versionId.slice(versionId.lastIndexOf('-') + 1)
    const { primaryKeyVersion } = (await ask('describeKey', { keyId: other })).keyMetadata
    const renamed = Buffer.from(ciphertextBlob).toString('latin1').replace(keyId, other).replace(suffix(keyVersionId), suffix(primaryKeyVersion))
    expect(renamed).toContain(other)
    expect(await codeOf(ask('decrypt', { ciphertextBlob: own(Buffer.from(renamed, 'latin1')) }))).toBe('INVALID_CIPHERTEXT')
    const keyRows = (await records.list('key')).map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()) as unknown[])
    const fingerprints = keyRows.map((row) => JSON.stringify(row.at(-1)))
    expect(new Set(fingerprints).size).toBe(2)
    expect(fingerprints.join()).not.toContain(Buffer.from(material).toString('base64').slice(0, 16))
  })

  it('leaves nothing half when the vault cannot be written', async () => {
    const { ask, describeIt, records, wrapped, relock } = await openWithKey()
    const request = await wrapped(some(32))
    records.failNextCommit(new KmsError('NO_SPACE', 'full'))
    expect(await codeOf(ask('importKeyMaterial', request))).toBe('NO_SPACE')
    for (const again of [async () => undefined, relock]) {
      await again()
      expect(await records.list('key-material')).toEqual([])
      expect((await describeIt()).keyState).toBe('PendingImport')
    }
    // Nothing has fixed the material yet.
    await ask('importKeyMaterial', await wrapped(some(32)))
    expect((await describeIt()).keyState).toBe('Enabled')
  })

  it('does one import after the other', async () => {
    const { ask, describeIt, wrapped } = await openWithKey()
    const [first, second] = [await wrapped(some(32)), await wrapped(some(32))]
    const answers = await Promise.allSettled([ask('importKeyMaterial', first), ask('importKeyMaterial', second)])
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect((await describeIt()).keyState).toBe('Enabled')
  })
})

describe('material of a key for life', () => {
  it('is that of the first import, also after it was deleted and after it has expired', async () => {
    const { ask, clock, describeIt, keyId, load, relock } = await openWithKey()
    const material = some(32)
    const nowUnix = Math.floor(clock.time / 1000)
    const refuseOther = async () => {
      const refusal = load(some(32))
      expect(await codeOf(refusal)).toBe('INVALID_KEY_MATERIAL')
      expect(await messageOf(refusal)).toContain('imported first')
      expect(await codeOf(load(some(16)))).toBe('INVALID_KEY_MATERIAL')
    }
    await load(own(material), { keyMaterialExpireUnix: nowUnix + 3600 })
    const { ciphertextBlob } = await ask('encrypt', { keyId, plaintext: text('kept') })
    await refuseOther()
    await ask('deleteKeyMaterial', { keyId })
    expect(await describeIt()).toMatchObject({ keyState: 'PendingImport', materialExpireTime: '' })
    expect(await codeOf(ask('decrypt', { ciphertextBlob: own(ciphertextBlob) }))).toBe('KEY_PENDING_IMPORT')
    await refuseOther()
    await relock()
    await refuseOther()
    await load(own(material), { keyMaterialExpireUnix: nowUnix + 3600 })
    clock.time += 2 * hour
    await refuseOther()
    await relock()
    await refuseOther()
    await load(own(material))
    expect(await describeIt()).toMatchObject({ keyState: 'Enabled', materialExpireTime: '' })
    expect((await ask('decrypt', { ciphertextBlob })).plaintext).toEqual(text('kept'))
  })

  it('is set to expire, and never again, by each import', async () => {
    const { ask, clock, describeIt, keyId, load, keystore } = await openWithKey()
    const material = some(32)
    const nowUnix = Math.floor(clock.time / 1000)
    await load(own(material), { keyMaterialExpireUnix: nowUnix + 60 })
    expect((await describeIt()).materialExpireTime).toBe('2026-09-01T12:01:00Z')
    await load(own(material), { keyMaterialExpireUnix: 0 })
    expect((await describeIt()).materialExpireTime).toBe('')
    await load(own(material), { keyMaterialExpireUnix: nowUnix + 60 })
    clock.time += 60_000
    expect(await codeOf(ask('encrypt', { keyId, plaintext: text('late') }))).toBe('KEY_PENDING_IMPORT')
    await load(own(material), { keyMaterialExpireUnix: nowUnix + 600 })
    await keystore.catchUp()
    expect(await describeIt()).toMatchObject({ keyState: 'Enabled', materialExpireTime: '2026-09-01T12:10:00Z' })
  })

  it.each([
    ['a moment ago', (unix: number) => unix - 1],
    ['now', (unix: number) => unix],
    ['in 1970', () => 1],
    ['given in milliseconds', (unix: number) => unix * 1000],
    ['as late as a number can be', () => Number.MAX_SAFE_INTEGER],
  ])('does not expire %s', async (_, time) => {
    const { clock, describeIt, load } = await openWithKey()
    expect(await codeOf(load(some(32), { keyMaterialExpireUnix: time(Math.floor(clock.time / 1000)) }))).toBe('INVALID_PARAMETER')
    expect((await describeIt()).keyState).toBe('PendingImport')
  })

  it('goes from a key whose deletion is pending, and nothing comes in its place', async () => {
    const { ask, describeIt, keyId, load, records, wrapped } = await openWithKey()
    const request = await wrapped(some(32))
    await load(some(32))
    await ask('scheduleKeyDeletion', { keyId, pendingWindowInDays: 7 })
    const before = await describeIt()
    expect(await ask('deleteKeyMaterial', { keyId })).toEqual({})
    expect(await describeIt()).toEqual(before)
    expect(await records.list('key-material')).toEqual([])
    expect(await codeOf(ask('importKeyMaterial', request))).toBe('STATE_MODIFIED_FAILED')
    expect(await codeOf(ask('rehearseImport', request))).toBe('STATE_MODIFIED_FAILED')
    await ask('cancelKeyDeletion', { keyId })
    expect((await describeIt()).keyState).toBe('PendingImport')
  })
})
