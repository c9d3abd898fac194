import { describe, expect, it } from 'vitest'
import { isKmsError } from '../../../src-shared/errors'
import { symmetricKeySpecs } from '../../../src-shared/model/keys'
import { flipped } from '../../support/flipped'
import { bytesOf, openCalls, type Calls } from '../../support/key-calls'

const plaintext = bytesOf('moved')

const lastUses = ({ use }: Calls, count: number) => use.calls.slice(-count).map(({ caller, resource, code }) => [caller.operation, resource, code])

describe('reEncrypt', () => {
  it.each(symmetricKeySpecs)('moves a blob from AES-256 to %s and to another context, with both keys in the audit log', async (keySpec) => {
    const calls = await openCalls()
    const [from, to] = [await calls.newKeyOf('Aliyun_AES_256'), await calls.newKeyOf(keySpec)]
    await calls.call('createAlias', { aliasName: 'alias/destination', keyId: to.keyId })
    const { ciphertextBlob } = await calls.call('encrypt', { keyId: from.keyId, plaintext, encryptionContext: { old: '1' } })
    const moved = await calls.call('reEncrypt', {
      ciphertextBlob,
      sourceEncryptionContext: { old: '1' },
      destinationKeyId: 'alias/destination',
      destinationEncryptionContext: { new: '2' },
    })
    expect(moved).toEqual({ ...to, ciphertextBlob: expect.any(Uint8Array) })
    expect(lastUses(calls, 2)).toEqual([
      ['reEncrypt', from.keyId, null],
      ['reEncrypt', to.keyId, null],
    ])
    expect((await calls.call('decrypt', { ciphertextBlob: moved.ciphertextBlob, encryptionContext: { new: '2' } })).plaintext).toEqual(plaintext)
  })

  it('moves a blob to the primary version of its own key, with one entry in the audit log', async () => {
    const calls = await openCalls()
    const { keyId } = await calls.newKeyOf('Aliyun_SM4')
    const { ciphertextBlob } = await calls.call('encrypt', { keyId, plaintext })
    await calls.call('rotateKey', { keyId })
    const before = calls.use.calls.length
    const moved = await calls.call('reEncrypt', { ciphertextBlob, destinationKeyId: keyId })
    expect(moved.keyVersionId).toBe(calls.versionsOf(keyId)[1])
    expect(calls.use.calls.length - before).toBe(1)
  })

  it.each([
    ['RSA_2048', 'RSAES_OAEP_SHA_256'],
    ['RSA_2048', 'RSAES_OAEP_SHA_1'],
    ['EC_SM2', 'SM2PKE'],
  ] as const)('converts ciphertext for the public key of %s with %s', async (keySpec, algorithm) => {
    const calls = await openCalls()
    const [from, to] = [await calls.newKeyOf(keySpec, 'ENCRYPT/DECRYPT'), await calls.newKeyOf('Aliyun_AES_128')]
    const { ciphertextBlob } = await calls.call('asymmetricEncrypt', { ...from, algorithm, plaintext })
    const source = { sourceKeyId: from.keyId, sourceKeyVersionId: from.keyVersionId, sourceEncryptionAlgorithm: algorithm }
    const moved = await calls.call('reEncrypt', { ciphertextBlob, ...source, destinationKeyId: to.keyId })
    expect((await calls.call('decrypt', { ciphertextBlob: moved.ciphertextBlob })).plaintext).toEqual(plaintext)
    expect(lastUses(calls, 3)[0]).toEqual(['reEncrypt', from.keyId, null])
    expect(await calls.codeFor('reEncrypt', { ciphertextBlob: flipped(ciphertextBlob, 70), ...source, destinationKeyId: to.keyId })).toBe('INVALID_CIPHERTEXT')
    expect(lastUses(calls, 1)).toEqual([['reEncrypt', from.keyId, 'INVALID_CIPHERTEXT']])
    expect(await calls.codeFor('reEncrypt', { ciphertextBlob, ...source, sourceEncryptionContext: { a: 'b' }, destinationKeyId: to.keyId })).toBe('INVALID_PARAMETER')
    expect(await calls.codeFor('reEncrypt', { ciphertextBlob, ...source, sourceKeyVersionId: 'none', destinationKeyId: to.keyId })).toBe('KEY_VERSION_NOT_FOUND')
  })

  it('asks for all three fields of an asymmetric source', async () => {
    const calls = await openCalls()
    const { keyId } = await calls.newKeyOf('Aliyun_AES_256')
    const fields = { sourceKeyId: keyId, sourceKeyVersionId: 'v', sourceEncryptionAlgorithm: 'SM2PKE' } as const
    for (const field of Object.keys(fields)) {
      const rest = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== field))
      const error: unknown = await calls.call('reEncrypt', { ciphertextBlob: Uint8Array.of(1), ...rest, destinationKeyId: keyId }).catch((cause: unknown) => cause)
      expect(isKmsError(error, 'MISSING_PARAMETER') && error.details.fields).toEqual([{ field, problem: 'is missing' }])
    }
    const wrongSpec = { ciphertextBlob: Uint8Array.of(1), ...fields, destinationKeyId: keyId }
    expect(await calls.codeFor('reEncrypt', wrongSpec)).toBe('UNSUPPORTED_OPERATION')
  })

  it('names the key that refused in the audit log', async () => {
    const calls = await openCalls()
    const [from, to] = [await calls.newKeyOf('Aliyun_AES_256'), await calls.newKeyOf('Aliyun_AES_256')]
    const signer = await calls.newKeyOf('EC_P256')
    const { ciphertextBlob } = await calls.call('encrypt', { keyId: from.keyId, plaintext, encryptionContext: { a: 'b' } })
    const move = (destinationKeyId: string) => calls.codeFor('reEncrypt', { ciphertextBlob, sourceEncryptionContext: { a: 'b' }, destinationKeyId })
    expect(await move(signer.keyId)).toBe('UNSUPPORTED_OPERATION')
    expect(lastUses(calls, 1)).toEqual([['reEncrypt', signer.keyId, 'UNSUPPORTED_OPERATION']])
    await calls.call('disableKey', { keyId: to.keyId })
    expect(await move(to.keyId)).toBe('KEY_DISABLED')
    expect(lastUses(calls, 1)).toEqual([['reEncrypt', to.keyId, 'KEY_DISABLED']])
    await calls.call('enableKey', { keyId: to.keyId })
    expect(await calls.codeFor('reEncrypt', { ciphertextBlob, destinationKeyId: to.keyId })).toBe('INVALID_CIPHERTEXT')
    expect(lastUses(calls, 1)).toEqual([['reEncrypt', from.keyId, 'INVALID_CIPHERTEXT']])
    await calls.call('disableKey', { keyId: from.keyId })
    expect(await move(to.keyId)).toBe('KEY_DISABLED')
    expect(lastUses(calls, 1)).toEqual([['reEncrypt', from.keyId, 'KEY_DISABLED']])
    expect(await move('alias/none')).toBe('ALIAS_NOT_FOUND')
  })
})
