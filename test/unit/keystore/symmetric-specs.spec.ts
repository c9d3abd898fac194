import { createDecipheriv } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { blobAlgorithmOf, encodeBlobHeader, parseBlob } from '../../../src-main/keystore/ciphertext-blob'
import { blobAssociatedData } from '../../../src-main/keystore/context-encoding'
import { isKmsError } from '../../../src-shared/errors'
import { limits } from '../../../src-shared/model/limits'
import { symmetricKeySpecs } from '../../../src-shared/model/keys'
import { flipped } from '../../support/flipped'
import { bytesOf, openCalls } from '../../support/key-calls'

const context = { purpose: 'test', 环境: 'ü' }

describe.each(symmetricKeySpecs)('a key of %s', (keySpec) => {
  it.each([1, 16, 1000, limits.plaintextBytes])('gives back %i bytes, under its own algorithm id', async (length) => {
    const { call, newKeyOf } = await openCalls()
    const { keyId, keyVersionId } = await newKeyOf(keySpec)
    const plaintext = new Uint8Array(length).map((_, at) => at * 7)
    const { ciphertextBlob } = await call('encrypt', { keyId, plaintext, encryptionContext: context })
    expect(parseBlob(ciphertextBlob)).toMatchObject({ keyId, keyVersionId, algorithm: blobAlgorithmOf[keySpec] })
    expect(await call('decrypt', { ciphertextBlob, encryptionContext: context })).toEqual({ keyId, keyVersionId, plaintext })
  })

  it('answers every flipped bit, another context and another algorithm with one code and one text', async () => {
    const { call, newKeyOf } = await openCalls()
    const { keyId, keyVersionId } = await newKeyOf(keySpec)
    const { ciphertextBlob } = await call('encrypt', { keyId, plaintext: bytesOf('a secret'), encryptionContext: context })
    const header = encodeBlobHeader({ keyId, keyVersionId, algorithm: blobAlgorithmOf[keySpec] })
    const refusals = new Set<string>()
    const decrypt = async (blob: Uint8Array, encryptionContext: Record<string, string>) => {
      const error: unknown = await call('decrypt', { ciphertextBlob: blob, encryptionContext }).catch((cause: unknown) => cause)
      refusals.add(isKmsError(error) ? `${error.code} ${error.message} ${JSON.stringify(error.details)}` : 'not refused')
    }
    for (let at = 0; at < ciphertextBlob.length; at++) await decrypt(flipped(ciphertextBlob, at, at % 8), context)
    for (const algorithm of new Set([1, 2, 3, 4, 5].filter((id) => id !== blobAlgorithmOf[keySpec]))) {
      await decrypt(Buffer.concat([encodeBlobHeader({ keyId, keyVersionId, algorithm }), ciphertextBlob.subarray(header.length)]), context)
    }
    await decrypt(ciphertextBlob, { ...context, purpose: 'Test' })
    await decrypt(ciphertextBlob, {})
    expect([...refusals]).toEqual([expect.stringMatching(/^INVALID_CIPHERTEXT .* \{\}$/)])
  })

  it('has material of its length in one row, and no public key', async () => {
    const { records, newKeyOf } = await openCalls()
    const { keyVersionId } = await newKeyOf(keySpec)
    const [row] = await records.list('key-material')
    expect([row?.id, row?.bytes.length]).toEqual([keyVersionId, 1 + { Aliyun_AES_256: 32, Aliyun_AES_192: 24, Aliyun_AES_128: 16, Aliyun_SM4: 16 }[keySpec]])
    expect(await records.list('public-key')).toEqual([])
  })
})

it.each(['Aliyun_AES_256', 'Aliyun_AES_192', 'Aliyun_AES_128'] as const)('the blobs of %s are opened by the runtime alone', async (keySpec) => {
  const { call, newKeyOf, records } = await openCalls()
  const { keyId, keyVersionId } = await newKeyOf(keySpec)
  const { ciphertextBlob } = await call('encrypt', { keyId, plaintext: bytesOf('plain'), encryptionContext: context })
  const blob = parseBlob(ciphertextBlob)
  const material = ((await records.read('key-material', keyVersionId)) ?? new Uint8Array(0)).subarray(1)
  if (!blob) throw new Error('no blob')
  const decipher = createDecipheriv(`aes-${(material.length * 8) as 128 | 192 | 256}-gcm`, material, blob.nonce)
  decipher.setAAD(blobAssociatedData(blob.header, context))
  decipher.setAuthTag(blob.tag)
  expect(Buffer.concat([decipher.update(blob.ciphertext), decipher.final()]).toString()).toBe('plain')
})

describe('a retired version', () => {
  it('decrypts, re-encrypts and exports no more; later ones do', async () => {
    const { call, codeFor, newKeyOf, versionsOf } = await openCalls()
    const { keyId } = await newKeyOf('Aliyun_AES_256')
    const before = await call('encrypt', { keyId, plaintext: bytesOf('old') })
    await call('rotateKey', { keyId })
    const after = await call('encrypt', { keyId, plaintext: bytesOf('new') })
    expect((await call('decrypt', { ciphertextBlob: before.ciphertextBlob })).plaintext).toEqual(bytesOf('old'))
    await call('setMinimumDecryptionVersion', { keyId, keyVersionId: versionsOf(keyId)[1] ?? '' })
    expect(await codeFor('decrypt', { ciphertextBlob: before.ciphertextBlob })).toBe('KEY_VERSION_RETIRED')
    expect(await codeFor('reEncrypt', { ciphertextBlob: before.ciphertextBlob, destinationKeyId: keyId })).toBe('KEY_VERSION_RETIRED')
    expect((await call('decrypt', { ciphertextBlob: after.ciphertextBlob })).plaintext).toEqual(bytesOf('new'))
  })
})

describe('batches', () => {
  it('answer item by item, in order, each with its own context', async () => {
    const { call, newKeyOf, use } = await openCalls()
    const { keyId, keyVersionId } = await newKeyOf('Aliyun_SM4')
    const items = Array.from({ length: 5 }, (_, at) => ({ plaintext: bytesOf(`item ${at}`), encryptionContext: { at: String(at) } }))
    const sealed = await call('encryptBatch', { keyId, items })
    expect(sealed).toMatchObject({ keyId, items: items.map(() => ({ keyVersionId })) })
    const blobs = sealed.items.map(({ ciphertextBlob }) => ciphertextBlob ?? new Uint8Array(1))
    const opened = await call('decryptBatch', {
      items: [
        { ciphertextBlob: blobs[0] ?? blobsMissing(), encryptionContext: { at: '0' } },
        { ciphertextBlob: blobs[1] ?? blobsMissing(), encryptionContext: { at: '0' } },
        { ciphertextBlob: flipped(blobs[2] ?? blobsMissing(), 110), encryptionContext: { at: '2' } },
        { ciphertextBlob: Uint8Array.of(1) },
        { ciphertextBlob: blobs[4] ?? blobsMissing(), encryptionContext: { at: '4' } },
      ],
    })
    const refusal = { code: 'INVALID_CIPHERTEXT', message: expect.stringContaining('CiphertextBlob') }
    expect(opened.items).toEqual([
      { keyId, keyVersionId, plaintext: bytesOf('item 0') },
      refusal,
      refusal,
      refusal,
      { keyId, keyVersionId, plaintext: bytesOf('item 4') },
    ])
    expect(use.calls.map(({ caller, code }) => [caller.operation, code])).toEqual([
      ...items.map(() => ['encryptBatch', null]),
      ['decryptBatch', null],
      ['decryptBatch', 'INVALID_CIPHERTEXT'],
      ['decryptBatch', 'INVALID_CIPHERTEXT'],
      ['decryptBatch', null],
    ])
  })

  it('are refused as a whole for what is wrong with the key, and item by item when a key of theirs is', async () => {
    const { call, codeFor, newKeyOf } = await openCalls()
    const { keyId } = await newKeyOf('Aliyun_AES_256')
    const other = await newKeyOf('Aliyun_AES_128')
    const items = [{ plaintext: bytesOf('x') }]
    const blobs = await Promise.all([keyId, other.keyId].map(async (id) => (await call('encrypt', { keyId: id, plaintext: bytesOf(id) })).ciphertextBlob))
    await call('disableKey', { keyId })
    expect(await codeFor('encryptBatch', { keyId, items })).toBe('KEY_DISABLED')
    expect(await codeFor('encryptBatch', { keyId: 'alias/none', items })).toBe('ALIAS_NOT_FOUND')
    const { items: answers } = await call('decryptBatch', { items: blobs.map((ciphertextBlob) => ({ ciphertextBlob })) })
    expect(answers).toMatchObject([{ code: 'KEY_DISABLED' }, { keyId: other.keyId, plaintext: bytesOf(other.keyId) }])
  })

  it('end when the vault locks in the middle', async () => {
    const { codeFor, newKeyOf, keystore } = await openCalls()
    const { keyId } = await newKeyOf('Aliyun_AES_256')
    const call = codeFor('encryptBatch', { keyId, items: Array.from({ length: 50 }, () => ({ plaintext: bytesOf('x') })) })
    keystore.unload()
    expect(await call).toBe('VAULT_LOCKED')
  })
})

function blobsMissing(): never {
  throw new Error('no blob')
}
