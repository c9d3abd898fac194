import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { CertificateStatus } from '../../../src-shared/contract/certificates'
import { digestBytes, keySpecInfos } from '../../../src-shared/model/key-specs'
import { asymmetricKeySpecs, type KeySpec, type SignatureAlgorithm } from '../../../src-shared/model/keys'
import { flipped } from '../../support/flipped'
import { bytesOf, openCalls, type Calls, type TestKey } from '../../support/key-calls'

const subject = 'CN=example.org'
const message = bytesOf('a message to sign')
const sealing = ['RSA_2048', 'RSA_3072', 'RSA_4096', 'EC_SM2'] as const
const encryption = sealing.flatMap((keySpec) => keySpecInfos[keySpec].encryption.map(({ algorithm }) => [keySpec, algorithm] as const))
const signing = asymmetricKeySpecs.flatMap((keySpec) => keySpecInfos[keySpec].signatures.map((algorithm) => [keySpec, algorithm] as const))

let calls: Calls
const certificates = new Map<string, TestKey & { certificateId: string }>()

/** A certificate with a key of that kind, the same one for every test. */
function of(keySpec: KeySpec, usage: 'SIGN/VERIFY' | 'ENCRYPT/DECRYPT' = 'SIGN/VERIFY') {
  const found = certificates.get(`${keySpec} ${usage}`)
  if (!found) throw new Error('no such key')
  return found
}

beforeAll(async () => {
  calls = await openCalls()
  for (const keySpec of asymmetricKeySpecs) {
    for (const usage of ['SIGN/VERIFY', 'ENCRYPT/DECRYPT'] as const) {
      if (!keySpecInfos[keySpec].usages.includes(usage)) continue
      const key = await calls.newKeyOf(keySpec, usage)
      const { certificateId } = await calls.call('createSelfSignedCertificate', { keyId: key.keyId, subject })
      certificates.set(`${keySpec} ${usage}`, { ...key, certificateId })
    }
  }
}, 120_000)

/** What a signer would be given in place of the message; null where only the vault can make it. */
function digestOf(algorithm: SignatureAlgorithm): Uint8Array | null {
  if (algorithm === 'SM2DSA') return null
  if (algorithm === 'ED25519_SHA_512') return message
  const hash = { 32: 'sha256', 48: 'sha384', 64: 'sha512' }[digestBytes[algorithm] ?? 32] ?? ''
  return Uint8Array.from(createHash(hash).update(message).digest())
}

describe.each(signing)('a certificate of %s with %s', (keySpec, algorithm) => {
  it('signs and verifies messages', async () => {
    const { certificateId, keyId, keyVersionId } = of(keySpec)
    const { call } = calls
    const { signatureValue } = await call('certificatePrivateKeySign', { certificateId, algorithm, message })
    const verified = async (text: Uint8Array, signature: Uint8Array) =>
      (await call('certificatePublicKeyVerify', { certificateId, algorithm, message: text, signatureValue: signature })).signatureValid
    expect(await verified(message, signatureValue)).toBe(true)
    expect(await verified(flipped(message, 0), signatureValue)).toBe(false)
    expect(await verified(message, flipped(signatureValue, -1))).toBe(false)
    const digest = digestOf(algorithm)
    if (digest) expect((await call('asymmetricVerify', { keyId, keyVersionId, algorithm, digest, value: signatureValue })).value).toBe(true)
  })

  it('signs and verifies digests', async () => {
    const { certificateId } = of(keySpec)
    const digest = digestOf(algorithm) ?? new Uint8Array(32).fill(9)
    const request = { certificateId, algorithm, message: digest, messageType: 'DIGEST' } as const
    const { signatureValue } = await calls.call('certificatePrivateKeySign', request)
    expect(await calls.call('certificatePublicKeyVerify', { ...request, signatureValue })).toEqual({ certificateId, signatureValid: true })
    if (algorithm === 'ED25519_SHA_512') return
    for (const wrong of [digest.subarray(1), new Uint8Array(digest.length + 1)]) {
      expect(await calls.codeFor('certificatePrivateKeySign', { ...request, message: wrong })).toBe('INVALID_PARAMETER')
      expect(await calls.codeFor('certificatePublicKeyVerify', { ...request, message: wrong, signatureValue })).toBe('INVALID_PARAMETER')
    }
  })
})

describe.each(encryption)('a certificate of %s with %s', (keySpec, algorithm) => {
  it('encrypts and decrypts', async () => {
    const { certificateId, ...key } = of(keySpec, 'ENCRYPT/DECRYPT')
    const { ciphertextBlob } = await calls.call('certificatePublicKeyEncrypt', { certificateId, algorithm, plaintext: message })
    expect(await calls.call('certificatePrivateKeyDecrypt', { certificateId, algorithm, ciphertextBlob })).toEqual({ certificateId, plaintext: message })
    expect((await calls.call('asymmetricDecrypt', { ...key, algorithm, ciphertextBlob })).plaintext).toEqual(message)
    const damaged = { certificateId, algorithm, ciphertextBlob: flipped(ciphertextBlob, -1) }
    expect(await calls.codeFor('certificatePrivateKeyDecrypt', damaged)).toBe('INVALID_CIPHERTEXT')
  })
})

describe('the key of a certificate', () => {
  it.each(sealing)('does what its usage says: %s', async (keySpec) => {
    const [signer, sealer] = [of(keySpec).certificateId, of(keySpec, 'ENCRYPT/DECRYPT').certificateId]
    const signature = { algorithm: keySpecInfos[keySpec].signatures[0] ?? 'SM2DSA', message, signatureValue: Uint8Array.of(1) }
    const cipher = keySpecInfos[keySpec].encryption[0]?.algorithm ?? 'SM2PKE'
    const { signatureValue, ...unsigned } = signature
    expect(await calls.codeFor('certificatePrivateKeySign', { certificateId: sealer, ...unsigned })).toBe('UNSUPPORTED_OPERATION')
    expect(await calls.codeFor('certificatePublicKeyVerify', { certificateId: sealer, ...unsigned, signatureValue })).toBe('UNSUPPORTED_OPERATION')
    expect(await calls.codeFor('certificatePublicKeyEncrypt', { certificateId: signer, algorithm: cipher, plaintext: message })).toBe('UNSUPPORTED_OPERATION')
    expect(await calls.codeFor('certificatePrivateKeyDecrypt', { certificateId: signer, algorithm: cipher, ciphertextBlob: message })).toBe('UNSUPPORTED_OPERATION')
  })

  it('takes the algorithms of its spec', async () => {
    const [{ certificateId }, rsa] = [of('EC_P256'), of('RSA_2048', 'ENCRYPT/DECRYPT').certificateId]
    expect(await calls.codeFor('certificatePrivateKeySign', { certificateId, algorithm: 'SM2DSA', message })).toBe('INVALID_PARAMETER')
    expect(await calls.codeFor('certificatePublicKeyEncrypt', { certificateId: rsa, algorithm: 'SM2PKE', plaintext: message })).toBe('INVALID_PARAMETER')
    const long = new Uint8Array(191)
    expect(await calls.codeFor('certificatePublicKeyEncrypt', { certificateId: rsa, algorithm: 'RSAES_OAEP_SHA_256', plaintext: long })).toBe('INVALID_PARAMETER')
  })

  it.each([
    ['Disabled', 'KEY_DISABLED'],
    ['PendingDeletion', 'KEY_PENDING_DELETION'],
  ] as const)('must not be %s', async (keyState, code) => {
    const { call, codeFor, newKeyOf, rewrite } = await openCalls()
    for (const [keySpec, usage] of [['EC_P256', 'SIGN/VERIFY'], ['EC_SM2', 'ENCRYPT/DECRYPT']] as const) {
      const { keyId } = await newKeyOf(keySpec, usage)
      const { certificateId } = await call('createSelfSignedCertificate', { keyId, subject })
      await rewrite(keyId, { keyState, deletesAt: keyState === 'PendingDeletion' ? Date.UTC(2027, 0, 1) : null })
      const signature = { certificateId, algorithm: 'ECDSA_SHA_256', message } as const
      const codes = [
        codeFor('certificatePrivateKeySign', signature),
        codeFor('certificatePublicKeyVerify', { ...signature, signatureValue: message }),
        codeFor('certificatePublicKeyEncrypt', { certificateId, algorithm: 'SM2PKE', plaintext: message }),
        codeFor('certificatePrivateKeyDecrypt', { certificateId, algorithm: 'SM2PKE', ciphertextBlob: message }),
      ]
      expect(await Promise.all(codes)).toEqual([code, code, code, code])
    }
  })

  it('is noted as used, and every refusal once', async () => {
    const { call, codeFor, use } = await openCalls()
    const { certificateId } = await call('createSelfSignedCertificate', { keySpec: 'EC_P256', subject })
    const { keyId } = await call('describeCertificate', { certificateId })
    await call('certificatePrivateKeySign', { certificateId, algorithm: 'ECDSA_SHA_256', message })
    await codeFor('certificatePrivateKeySign', { certificateId, algorithm: 'SM2DSA', message })
    await call('updateCertificateStatus', { certificateId, status: 'INACTIVE' })
    await codeFor('certificatePrivateKeySign', { certificateId, algorithm: 'ECDSA_SHA_256', message })
    expect(use.calls.map(({ resource, code }) => [resource, code])).toEqual([
      [keyId, null],
      [keyId, 'INVALID_PARAMETER'],
      [keyId, 'CERTIFICATE_INACTIVE'],
    ])
  })
})

describe('the status of a certificate', () => {
  const inactive = 'CERTIFICATE_INACTIVE'
  const outcomes: [CertificateStatus, Record<'sign' | 'verify' | 'encrypt' | 'decrypt', string>][] = [
    ['PENDING', { sign: inactive, verify: inactive, encrypt: inactive, decrypt: inactive }],
    ['ACTIVE', { sign: 'ok', verify: 'ok', encrypt: 'ok', decrypt: 'ok' }],
    ['INACTIVE', { sign: inactive, verify: 'ok', encrypt: 'ok', decrypt: inactive }],
    ['REVOKED', { sign: inactive, verify: 'ok', encrypt: inactive, decrypt: inactive }],
  ]

  it.each(outcomes)('%s allows what it should', async (status, expected) => {
    const { call, codeFor, newKeyOf } = await openCalls()
    const outcome = async (attempt: Promise<string>) => attempt.catch((error: Error) => (error.message === 'was expected to be refused' ? 'ok' : error.message))
    const made = async (usage: 'SIGN/VERIFY' | 'ENCRYPT/DECRYPT') => {
      const { keyId, keyVersionId } = await newKeyOf('EC_SM2', usage)
      const { certificateId } = await call(status === 'PENDING' ? 'createCertificate' : 'createSelfSignedCertificate', { keyId, subject })
      if (status !== 'PENDING') await call('updateCertificateStatus', { certificateId, status })
      return { keyId, keyVersionId, certificateId }
    }
    const [signer, sealer] = [await made('SIGN/VERIFY'), await made('ENCRYPT/DECRYPT')]
    const version = { keyId: sealer.keyId, keyVersionId: sealer.keyVersionId }
    const { ciphertextBlob } = await call('asymmetricEncrypt', { ...version, algorithm: 'SM2PKE', plaintext: message })
    const signature = { certificateId: signer.certificateId, algorithm: 'SM2DSA', message } as const
    const cipher = { certificateId: sealer.certificateId, algorithm: 'SM2PKE' } as const
    expect({
      sign: await outcome(codeFor('certificatePrivateKeySign', signature)),
      verify: await outcome(codeFor('certificatePublicKeyVerify', { ...signature, signatureValue: message })),
      encrypt: await outcome(codeFor('certificatePublicKeyEncrypt', { ...cipher, plaintext: message })),
      decrypt: await outcome(codeFor('certificatePrivateKeyDecrypt', { ...cipher, ciphertextBlob })),
    }).toEqual(expected)
  })

  it('changes to and fro until it is revoked', async () => {
    const { call, codeFor, relock } = await openCalls()
    const { certificateId, certificate } = await call('createSelfSignedCertificate', { keySpec: 'Ed25519', subject })
    for (const status of ['INACTIVE', 'ACTIVE', 'ACTIVE', 'INACTIVE', 'REVOKED', 'REVOKED'] as const) {
      await call('updateCertificateStatus', { certificateId, status })
      await relock()
      expect((await call('describeCertificate', { certificateId })).status).toBe(status)
    }
    for (const status of ['ACTIVE', 'INACTIVE'] as const) {
      expect(await codeFor('updateCertificateStatus', { certificateId, status })).toBe(inactive)
    }
    expect(await codeFor('uploadCertificate', { certificateId, certificate })).toBe(inactive)
    await call('deleteCertificate', { certificateId })
  })

  it('takes DISABLE for INACTIVE', async () => {
    const { call } = await openCalls()
    const { certificateId } = await call('createSelfSignedCertificate', { keySpec: 'Ed25519', subject })
    await call('updateCertificateStatus', { certificateId, status: 'DISABLE' })
    expect((await call('describeCertificate', { certificateId })).status).toBe('INACTIVE')
  })

  it('is none without a certificate', async () => {
    const { call, codeFor } = await openCalls()
    const { certificateId } = await call('createCertificate', { keySpec: 'EC_P256', subject })
    for (const status of ['ACTIVE', 'INACTIVE', 'REVOKED'] as const) {
      expect(await codeFor('updateCertificateStatus', { certificateId, status })).toBe(inactive)
    }
    expect(await codeFor('updateCertificateStatus', { certificateId: 'none', status: 'ACTIVE' })).toBe('CERTIFICATE_NOT_FOUND')
  })
})
