import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { generateSm2, sm2Decrypt } from '../../../src-main/crypto/sm2'
import { ecSpki, toPem } from '../../../src-main/crypto/spki'
import { isKmsError } from '../../../src-shared/errors'
import type { RequestInput } from '../../../src-shared/contract/operations'
import { symmetricKeySpecs } from '../../../src-shared/model/keys'
import { flipped } from '../../support/flipped'
import { bytesOf, openCalls } from '../../support/key-calls'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const rsaSpki = new Uint8Array(rsa.publicKey.export({ format: 'der', type: 'spki' }))
const sm2 = generateSm2()
const rsaWrapping = { publicKeyBlob: rsaSpki, wrappingKeySpec: 'RSA_2048', wrappingAlgorithm: 'RSAES_OAEP_SHA_256' } as const
const sm2Wrapping = { publicKeyBlob: sm2.publicKey, wrappingKeySpec: 'EC_SM2', wrappingAlgorithm: 'SM2PKE' } as const
const openRsa = (wrapped: Uint8Array, oaepHash: string) => new Uint8Array(privateDecrypt({ key: rsa.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, wrapped))
const openSm2 = (wrapped: Uint8Array) => sm2.material.use((scalar) => sm2Decrypt(scalar, wrapped))

async function fieldRefused(promise: Promise<unknown>): Promise<unknown> {
  const error: unknown = await promise.catch((cause: unknown) => cause)
  return isKmsError(error) ? [error.code, error.details.fields?.map(({ field }) => field)] : 'not refused'
}

describe.each(symmetricKeySpecs)('data keys of %s', (keySpec) => {
  it.each([
    [{}, 32],
    [{ keySpec: 'AES_128' }, 16],
    [{ numberOfBytes: 1 }, 1],
    [{ keySpec: 'AES_256', numberOfBytes: 1024 }, 1024],
  ] as const)('%j without plaintext open to %i bytes', async (size, length) => {
    const { call, newKeyOf } = await openCalls()
    const { keyId, keyVersionId } = await newKeyOf(keySpec)
    const made = await call('generateDataKeyWithoutPlaintext', { keyId, ...size, encryptionContext: { a: 'b' } })
    expect(Object.keys(made).sort()).toEqual(['ciphertextBlob', 'keyId', 'keyVersionId'])
    const opened = await call('decrypt', { ciphertextBlob: made.ciphertextBlob, encryptionContext: { a: 'b' } })
    expect([opened.keyVersionId, opened.plaintext.length]).toEqual([keyVersionId, length])
  })

  it('are the same bytes in the blob and for the public key', async () => {
    const { call, newKeyOf, use } = await openCalls()
    const { keyId } = await newKeyOf(keySpec)
    const made = await call('generateAndExportDataKey', { keyId, ...sm2Wrapping, encryptionContext: { a: 'b' } })
    const { plaintext } = await call('decrypt', { ciphertextBlob: made.ciphertextBlob, encryptionContext: { a: 'b' } })
    expect(openSm2(made.exportedDataKey)).toEqual(plaintext)
    const exported = await call('exportDataKey', { ciphertextBlob: made.ciphertextBlob, encryptionContext: { a: 'b' }, ...rsaWrapping })
    expect(openRsa(exported.exportedDataKey, 'sha256')).toEqual(plaintext)
    expect(exported).toMatchObject({ keyId, keyVersionId: made.keyVersionId })
    expect(use.calls.map(({ caller, resource, code }) => [caller.operation, resource, code])).toEqual(
      ['generateAndExportDataKey', 'decrypt', 'exportDataKey'].map((operation) => [operation, keyId, null]),
    )
  })
})

describe('the public key of an export', () => {
  const ask = async (wrapping: Pick<RequestInput<'exportDataKey'>, 'publicKeyBlob' | 'wrappingKeySpec' | 'wrappingAlgorithm'>, numberOfBytes?: number) => {
    const { call, newKeyOf } = await openCalls()
    const { keyId } = await newKeyOf('Aliyun_AES_256')
    return call('generateAndExportDataKey', { keyId, ...wrapping, ...(numberOfBytes === undefined ? {} : { numberOfBytes }) })
  }

  it.each([
    ['PEM text', bytesOf(toPem('PUBLIC KEY', rsaSpki))],
    ['PEM text with CR LF and blank lines', bytesOf(`\r\n${toPem('PUBLIC KEY', rsaSpki).replaceAll('\n', '\r\n')}\r\n`)],
    ['DER', rsaSpki],
  ])('may be %s', async (_name, publicKeyBlob) => {
    const { exportedDataKey } = await ask({ ...rsaWrapping, publicKeyBlob, wrappingAlgorithm: 'RSAES_OAEP_SHA_1' })
    expect(openRsa(exportedDataKey, 'sha1')).toHaveLength(32)
  })

  it.each([
    ['another spec', { ...rsaWrapping, publicKeyBlob: sm2.publicKey }, 'publicKeyBlob'],
    ['a longer RSA key', { ...rsaWrapping, publicKeyBlob: new Uint8Array(generateKeyPairSync('rsa', { modulusLength: 3072 }).publicKey.export({ format: 'der', type: 'spki' })) }, 'publicKeyBlob'],
    ['noise', { ...rsaWrapping, publicKeyBlob: new Uint8Array(300) }, 'publicKeyBlob'],
    ['two PEM keys', { ...rsaWrapping, publicKeyBlob: bytesOf(toPem('PUBLIC KEY', rsaSpki).repeat(2)) }, 'publicKeyBlob'],
    ['a certificate', { ...rsaWrapping, publicKeyBlob: bytesOf(toPem('CERTIFICATE', rsaSpki)) }, 'publicKeyBlob'],
    ['a point beside its curve', { ...sm2Wrapping, publicKeyBlob: ecSpki('SM2', Uint8Array.from({ length: 65 }, (_, at) => (at === 0 ? 4 : 7))) }, 'publicKeyBlob'],
    ['an even modulus', { ...rsaWrapping, publicKeyBlob: flipped(rsaSpki, rsaSpki.length - 6) }, 'publicKeyBlob'],
    ['bytes after the key', { ...sm2Wrapping, publicKeyBlob: new Uint8Array([...sm2.publicKey, 0]) }, 'publicKeyBlob'],
    ['an algorithm of another spec', { ...rsaWrapping, wrappingAlgorithm: 'SM2PKE' }, 'wrappingAlgorithm'],
    ['an RSA algorithm for SM2', { ...sm2Wrapping, wrappingAlgorithm: 'RSAES_OAEP_SHA_256' }, 'wrappingAlgorithm'],
  ] as const)('is refused: %s', async (_name, wrapping, field) => {
    expect(await fieldRefused(ask(wrapping))).toEqual(['INVALID_PARAMETER', [field]])
  })

  it('takes as much as its padding allows', async () => {
    expect(openRsa((await ask(rsaWrapping, 190)).exportedDataKey, 'sha256')).toHaveLength(190)
    expect(await fieldRefused(ask(rsaWrapping, 191))).toEqual(['INVALID_PARAMETER', ['numberOfBytes']])
    expect(openSm2((await ask(sm2Wrapping, 1024)).exportedDataKey)).toHaveLength(1024)
    const { call, newKeyOf } = await openCalls()
    const { keyId } = await newKeyOf('Aliyun_SM4')
    const { ciphertextBlob } = await call('encrypt', { keyId, plaintext: new Uint8Array(191) })
    expect(await fieldRefused(call('exportDataKey', { ciphertextBlob, ...rsaWrapping }))).toEqual(['INVALID_PARAMETER', ['ciphertextBlob']])
  })

  it('gets nothing from a blob that is damaged, of another context or of no key here', async () => {
    const { call, codeFor, newKeyOf } = await openCalls()
    const elsewhere = await openCalls()
    const { keyId } = await newKeyOf('Aliyun_AES_192')
    const foreign = await elsewhere.call('encrypt', { keyId: (await elsewhere.newKeyOf('Aliyun_AES_192')).keyId, plaintext: bytesOf('x') })
    const { ciphertextBlob } = await call('generateDataKeyWithoutPlaintext', { keyId, encryptionContext: { a: 'b' } })
    const exporting = (blob: Uint8Array, encryptionContext?: Record<string, string>) => codeFor('exportDataKey', { ciphertextBlob: blob, encryptionContext, ...rsaWrapping })
    expect(await exporting(flipped(ciphertextBlob, ciphertextBlob.length - 1), { a: 'b' })).toBe('INVALID_CIPHERTEXT')
    expect(await exporting(ciphertextBlob)).toBe('INVALID_CIPHERTEXT')
    expect(await exporting(foreign.ciphertextBlob)).toBe('KEY_NOT_FOUND')
  })
})
