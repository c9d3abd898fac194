import { beforeEach, describe, expect, it } from 'vitest'
import { cryptographySchemas } from '../../../src-shared/contract/cryptography'
import { isKmsError, type ErrorCode } from '../../../src-shared/errors'
import type { KeystoreOperationName } from '../../../src-main/keystore/keystore-operations'
import { flipped } from '../../support/flipped'
import { bytesOf, openCalls, type Calls, type TestKey } from '../../support/key-calls'

let calls: Calls
let keys: { aes: TestKey; recipient: TestKey; signer: TestKey; mac: TestKey }
let blob: Uint8Array
let sealed: Uint8Array
let signature: Uint8Array
let wrapping: { publicKeyBlob: Uint8Array; wrappingKeySpec: 'EC_SM2'; wrappingAlgorithm: 'SM2PKE' }
const digest = new Uint8Array(32)

/** A request that works, for each operation with the field. */
function requests(): Partial<Record<KeystoreOperationName, Record<string, unknown>>> {
  const { aes, recipient, signer, mac } = keys
  const { keyId } = aes
  return {
    encrypt: { keyId, plaintext: bytesOf('x') },
    decrypt: { ciphertextBlob: blob },
    reEncrypt: { ciphertextBlob: blob, destinationKeyId: keyId },
    generateDataKey: { keyId },
    generateDataKeyWithoutPlaintext: { keyId },
    exportDataKey: { ciphertextBlob: blob, ...wrapping },
    generateAndExportDataKey: { keyId, ...wrapping },
    asymmetricEncrypt: { ...recipient, algorithm: 'SM2PKE', plaintext: bytesOf('x') },
    asymmetricDecrypt: { ...recipient, algorithm: 'SM2PKE', ciphertextBlob: sealed },
    asymmetricSign: { ...signer, algorithm: 'ECDSA_SHA_256', digest },
    asymmetricVerify: { ...signer, algorithm: 'ECDSA_SHA_256', digest, value: signature },
    getPublicKey: { ...signer },
    generateMac: { keyId: mac.keyId, algorithm: 'HMAC_SM3', message: bytesOf('x') },
    verifyMac: { keyId: mac.keyId, algorithm: 'HMAC_SM3', message: bytesOf('x'), mac: digest },
  }
}
const operations = Object.entries(cryptographySchemas).flatMap(([name, { request }]) => ('dryRun' in request.shape ? [name as KeystoreOperationName] : []))

async function dryRun(operation: KeystoreOperationName, request: Record<string, unknown> | undefined): Promise<{ code: ErrorCode; reason: ErrorCode | undefined }> {
  const error: unknown = await calls.call(operation, { ...request, dryRun: true } as never).catch((cause: unknown) => cause)
  if (!isKmsError(error)) throw new Error('was expected to be refused', { cause: error })
  return { code: error.code, reason: error.details.reason }
}

beforeEach(async () => {
  calls = await openCalls()
  const { newKeyOf, call } = calls
  keys = {
    aes: await newKeyOf('Aliyun_AES_256'),
    recipient: await newKeyOf('EC_SM2', 'ENCRYPT/DECRYPT'),
    signer: await newKeyOf('EC_P256'),
    mac: await newKeyOf('HMAC_SM3'),
  }
  blob = (await call('encrypt', { keyId: keys.aes.keyId, plaintext: bytesOf('x') })).ciphertextBlob
  sealed = (await call('asymmetricEncrypt', { ...keys.recipient, algorithm: 'SM2PKE', plaintext: bytesOf('x') })).ciphertextBlob
  signature = (await call('asymmetricSign', { ...keys.signer, algorithm: 'ECDSA_SHA_256', digest })).value
  wrapping = { publicKeyBlob: bytesOf((await call('getPublicKey', keys.recipient)).publicKey), wrappingKeySpec: 'EC_SM2', wrappingAlgorithm: 'SM2PKE' }
})

describe('a dry run', () => {
  it('is there for every operation with the field', () => {
    expect(Object.keys(requests()).sort()).toEqual([...operations].sort())
  })

  it.each(operations)('of %s that would work says so, counts nothing and stands in the audit log', async (operation) => {
    const { keystore, records, use, clock } = calls
    await keystore.flush()
    const rows = async () => JSON.stringify(await Promise.all((['key', 'key-usage', 'key-material'] as const).map((kind) => records.list(kind))))
    const [before, uses] = [await rows(), use.calls.length]
    clock.time += 60_000
    expect(await dryRun(operation, requests()[operation])).toEqual({ code: 'DRY_RUN_PASSED', reason: undefined })
    await keystore.flush()
    expect(await rows()).toBe(before)
    expect(use.calls.slice(uses).map(({ caller, code }) => [caller.operation, code])).toEqual(operation === 'getPublicKey' ? [] : [[operation, 'DRY_RUN_PASSED']])
  })

  it.each(operations.filter((operation) => operation !== 'getPublicKey'))('of %s that would be refused says why', async (operation) => {
    for (const { keyId } of Object.values(keys)) await calls.call('disableKey', { keyId })
    expect(await dryRun(operation, requests()[operation])).toEqual({ code: 'DRY_RUN_REFUSED', reason: 'KEY_DISABLED' })
    expect(calls.use.calls.at(-1)).toMatchObject({ caller: { operation }, code: 'DRY_RUN_REFUSED' })
  })

  it('finds what only the work itself shows', async () => {
    const { aes, recipient, signer } = keys
    expect(await dryRun('decrypt', { ciphertextBlob: flipped(blob, blob.length - 1) })).toMatchObject({ reason: 'INVALID_CIPHERTEXT' })
    expect(await dryRun('decrypt', { ciphertextBlob: blob, encryptionContext: { a: 'b' } })).toMatchObject({ reason: 'INVALID_CIPHERTEXT' })
    expect(await dryRun('asymmetricDecrypt', { ...recipient, algorithm: 'SM2PKE', ciphertextBlob: flipped(sealed, 90) })).toMatchObject({ reason: 'INVALID_CIPHERTEXT' })
    expect(await dryRun('asymmetricSign', { ...signer, algorithm: 'ECDSA_SHA_256', digest: bytesOf('short') })).toMatchObject({ reason: 'INVALID_PARAMETER' })
    expect(await dryRun('getPublicKey', { keyId: aes.keyId, keyVersionId: aes.keyVersionId })).toMatchObject({ reason: 'UNSUPPORTED_OPERATION' })
    expect(await dryRun('encrypt', { keyId: 'alias/none', plaintext: bytesOf('x') })).toMatchObject({ reason: 'ALIAS_NOT_FOUND' })
  })

  it('finds a key version that has encrypted too often', async () => {
    const { keyId, keyVersionId } = keys.aes
    calls.keystore.unload()
    calls.records.plant('key-usage', keyVersionId, keyId, bytesOf(JSON.stringify([1, 2 ** 32, null])))
    await calls.keystore.load(calls.records)
    expect(await dryRun('encrypt', requests().encrypt)).toEqual({ code: 'DRY_RUN_REFUSED', reason: 'KEY_USE_EXHAUSTED' })
  })

  it('with false is no dry run', async () => {
    expect(await calls.call('encrypt', { keyId: keys.aes.keyId, plaintext: bytesOf('x'), dryRun: false })).toMatchObject(keys.aes)
  })
})
