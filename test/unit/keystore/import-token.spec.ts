import { createCipheriv } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { systemCaller } from '../../../src-shared/model/caller'
import { keySpecInfos } from '../../../src-shared/model/key-specs'
import { flipped } from '../../support/flipped'
import { callerOf, codeOf } from '../../support/keystore-fixture'
import { openWithKey, own, some, text } from './import-support'

const hour = 3_600_000

describe('an import token', () => {
  it('ends after 24 hours, and its private key with it', async () => {
    const { ask, clock, keyId, keystore, records, wrapped, relock } = await openWithKey()
    const request = await wrapped(some(32))
    clock.time += 24 * hour - 1
    await ask('rehearseImport', request)
    clock.time += 1
    expect(await codeOf(ask('importKeyMaterial', request))).toBe('EXPIRED_IMPORT_TOKEN')
    const entries = records.audit.length
    await keystore.catchUp()
    expect(records.audit.slice(entries)).toEqual([{ caller: systemCaller('deleteImportToken'), resource: keyId, code: null }])
    expect((await records.list('import-token')).map(({ parentId }) => parentId)).toEqual([null])
    expect(await codeOf(ask('importKeyMaterial', request))).toBe('EXPIRED_IMPORT_TOKEN')
    await relock()
    expect(await codeOf(ask('importKeyMaterial', request))).toBe('EXPIRED_IMPORT_TOKEN')
    expect(await codeOf(ask('importKeyMaterial', { ...request, importToken: flipped(request.importToken, 40) }))).toBe('INVALID_IMPORT_TOKEN')
  })

  it('does not come back when the clock is set back', async () => {
    const { ask, clock, wrapped, relock } = await openWithKey()
    const request = await wrapped(some(32))
    clock.time += 25 * hour
    expect(await codeOf(ask('importKeyMaterial', request))).toBe('EXPIRED_IMPORT_TOKEN')
    clock.time -= 20 * hour
    expect(await codeOf(ask('importKeyMaterial', request))).toBe('EXPIRED_IMPORT_TOKEN')
    clock.time += 20 * hour
    await relock()
    clock.time -= 20 * hour
    await relock()
    expect(await codeOf(ask('importKeyMaterial', request))).toBe('EXPIRED_IMPORT_TOKEN')
  })

  it('lives no longer because the clock was set back before it was made', async () => {
    const { ask, clock, wrapped, relock } = await openWithKey()
    const early = await wrapped(some(32))
    clock.time += 10 * hour
    await wrapped(some(32))
    clock.time -= 1000 * hour
    await relock()
    const { tokenExpireTime } = await ask('getParametersForImport', { keyId: early.keyId, wrappingAlgorithm: 'SM2PKE', wrappingKeySpec: 'EC_SM2' })
    expect(tokenExpireTime).toBe('2026-09-02T22:00:00Z')
  })

  it('is removed at the next call when it has expired, and only then', async () => {
    const { clock, parameters, records } = await openWithKey()
    await parameters()
    clock.time += 20 * hour
    await parameters()
    expect(await records.list('import-token')).toHaveLength(3)
    clock.time += 5 * hour
    await parameters()
    expect(await records.list('import-token')).toHaveLength(3)
  })

  it('is known again after a lock', async () => {
    const { ask, describeIt, relock, wrapped } = await openWithKey()
    const request = await wrapped(some(32), 'RSAES_OAEP_SHA_256')
    await relock()
    await ask('importKeyMaterial', request)
    expect((await describeIt()).keyState).toBe('Enabled')
  })

  it('makes a vault whose row of it is damaged unreadable', async () => {
    const { keyId, keystore, records } = await openWithKey()
    records.plant('import-token', 'f'.repeat(32), keyId, text('no token'))
    expect(await codeOf(keystore.load(records))).toBe('VAULT_DAMAGED')
  })
})

describe('rehearseImport', () => {
  it.each([
    ['Aliyun_AES_128', 'aes-128-ecb'],
    ['Aliyun_AES_192', 'aes-192-ecb'],
    ['Aliyun_AES_256', 'aes-256-ecb'],
  ] as const)('says the key check value of a key of the spec %s', async (keySpec, cipher) => {
    const { ask, wrapped } = await openWithKey(keySpec)
    const material = some(keySpecInfos[keySpec].materialBytes ?? 0)
    const keyCheckValue = createCipheriv(cipher, material, null).update(Buffer.alloc(16)).toString('hex').slice(0, 6)
    expect(await ask('rehearseImport', await wrapped(own(material), 'RSAES_OAEP_SHA_1'))).toEqual({ materialBytes: material.length, keyCheckValue, isReImport: false })
  })

  it('says it of SM4 too', async () => {
    const { ask, wrapped } = await openWithKey('Aliyun_SM4')
    const material = own(Buffer.from('0123456789abcdeffedcba9876543210', 'hex'))
    expect(await ask('rehearseImport', await wrapped(material))).toEqual({ materialBytes: 16, keyCheckValue: '2677f4', isReImport: false })
  })

  it('changes nothing, and is in the audit log', async () => {
    const { ask, describeIt, keyId, load, newKey, records, use, wrapped } = await openWithKey()
    const material = some(32)
    const request = await wrapped(own(material))
    const rows = async () => JSON.stringify([await records.list('key'), await records.list('key-material'), await records.list('import-token'), records.audit])
    const before = await rows()
    await ask('rehearseImport', request)
    expect(await rows()).toBe(before)
    expect((await describeIt()).keyState).toBe('PendingImport')
    expect(use.calls).toEqual([{ caller: callerOf('rehearseImport'), resource: keyId, code: null }])
    await ask('importKeyMaterial', await wrapped(own(material)))
    expect(await ask('rehearseImport', request)).toMatchObject({ isReImport: true })
    expect(await codeOf(ask('rehearseImport', await wrapped(some(32))))).toBe('INVALID_KEY_MATERIAL')
    expect(await codeOf(ask('rehearseImport', await wrapped(some(31))))).toBe('INVALID_KEY_MATERIAL')
    expect(await codeOf(ask('rehearseImport', { ...request, keyId: (await newKey({ origin: 'EXTERNAL' })).keyId }))).toBe('INVALID_IMPORT_TOKEN')
    expect(use.calls.slice(1).map(({ code }) => code)).toEqual([null, 'INVALID_KEY_MATERIAL', 'INVALID_KEY_MATERIAL', 'INVALID_IMPORT_TOKEN'])
    await load(own(material))
  })
})
