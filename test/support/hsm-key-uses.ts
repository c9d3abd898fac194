import { constants, createHash, generateKeyPairSync, privateDecrypt, verify } from 'node:crypto'
import { expect } from 'vitest'
import { digestBytes, keySpecInfos, macBytes } from '../../src-shared/model/key-specs'
import type { KeySpec, MacAlgorithm, SignatureAlgorithm } from '../../src-shared/model/keys'
import { limits } from '../../src-shared/model/limits'
import { bytesOf } from './key-calls'
import type { TokenServices } from './token-fixture'

type Run = TokenServices['run']

/** A machine that gets data keys; its private key is of Node. */
const machine = generateKeyPairSync('rsa', { modulusLength: 2048 })
const wrapping = {
  publicKeyBlob: new Uint8Array(machine.publicKey.export({ type: 'spki', format: 'der' })),
  wrappingKeySpec: 'RSA_2048',
  wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
} as const
const unwrapped = (exported: Uint8Array) => new Uint8Array(privateDecrypt({ key: machine.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, exported))

/** All that a symmetric master key does. */
export async function useSymmetric(run: Run, keyId: string): Promise<void> {
  const encryptionContext = { purpose: 'test' }
  for (const plaintext of [bytesOf('x'), new Uint8Array(limits.plaintextBytes).fill(5)]) {
    const { ciphertextBlob } = await run('encrypt', { keyId, plaintext, encryptionContext })
    expect((await run('decrypt', { ciphertextBlob, encryptionContext })).plaintext).toEqual(plaintext)
    await expect(run('decrypt', { ciphertextBlob })).rejects.toMatchObject({ code: 'INVALID_CIPHERTEXT' })
    const broken = ciphertextBlob.map((byte, at) => (at === ciphertextBlob.length - 1 ? byte ^ 1 : byte))
    await expect(run('decrypt', { ciphertextBlob: broken, encryptionContext })).rejects.toMatchObject({ code: 'INVALID_CIPHERTEXT' })
    const renewed = await run('reEncrypt', { ciphertextBlob, sourceEncryptionContext: encryptionContext, destinationKeyId: keyId })
    expect((await run('decrypt', { ciphertextBlob: renewed.ciphertextBlob })).plaintext).toEqual(plaintext)
  }
  const batch = await run('encryptBatch', { keyId, items: [{ plaintext: bytesOf('one') }, { plaintext: bytesOf('two') }] })
  const opened = await run('decryptBatch', { items: batch.items.map(({ ciphertextBlob = new Uint8Array(1) }) => ({ ciphertextBlob })) })
  expect(opened.items.map(({ plaintext }) => plaintext && new TextDecoder().decode(plaintext))).toEqual(['one', 'two'])
  await useDataKeys(run, keyId)
}

async function useDataKeys(run: Run, keyId: string): Promise<void> {
  const plaintextOf = async (ciphertextBlob: Uint8Array) => (await run('decrypt', { ciphertextBlob })).plaintext
  for (const [size, bytes] of [[{ keySpec: 'AES_128' }, 16], [{ numberOfBytes: limits.dataKeyBytes }, limits.dataKeyBytes]] as const) {
    const { plaintext, ciphertextBlob } = await run('generateDataKey', { keyId, ...size })
    expect(plaintext).toHaveLength(bytes)
    expect(await plaintextOf(ciphertextBlob)).toEqual(plaintext)
  }
  const silent = await run('generateDataKeyWithoutPlaintext', { keyId })
  expect(await plaintextOf(silent.ciphertextBlob)).toHaveLength(32)
  const { exportedDataKey } = await run('exportDataKey', { ciphertextBlob: silent.ciphertextBlob, ...wrapping })
  expect(unwrapped(exportedDataKey)).toEqual(await plaintextOf(silent.ciphertextBlob))
  const both = await run('generateAndExportDataKey', { keyId, keySpec: 'AES_256', ...wrapping })
  expect(unwrapped(both.exportedDataKey)).toEqual(await plaintextOf(both.ciphertextBlob))
}

export async function useMac(run: Run, keyId: string, algorithm: MacAlgorithm): Promise<void> {
  const message = bytesOf('a message')
  const { mac } = await run('generateMac', { keyId, algorithm, message })
  expect(mac).toHaveLength(macBytes[algorithm])
  expect((await run('verifyMac', { keyId, algorithm, message, mac })).value).toBe(true)
  expect((await run('verifyMac', { keyId, algorithm, message: bytesOf('another'), mac })).value).toBe(false)
}

/** Encryption with the public key, which is in the vault, and decryption on the token; and what becomes of the plaintext. */
export async function useDecryption(run: Run, keyId: string, keyVersionId: string, keySpec: KeySpec, destinationKeyId: string): Promise<void> {
  for (const { algorithm, maxPlaintextBytes, maxCiphertextBytes } of keySpecInfos[keySpec].encryption) {
    const version = { keyId, keyVersionId, algorithm }
    for (const plaintext of [bytesOf('x'), new Uint8Array(maxPlaintextBytes).fill(7)]) {
      const { ciphertextBlob } = await run('asymmetricEncrypt', { ...version, plaintext })
      expect((await run('asymmetricDecrypt', { ...version, ciphertextBlob })).plaintext).toEqual(plaintext)
      const moved = await run('reEncrypt', { ciphertextBlob, sourceKeyId: keyId, sourceKeyVersionId: keyVersionId, sourceEncryptionAlgorithm: algorithm, destinationKeyId })
      expect((await run('decrypt', { ciphertextBlob: moved.ciphertextBlob })).plaintext).toEqual(plaintext)
    }
    for (const ciphertextBlob of [new Uint8Array(maxCiphertextBytes).fill(3), new Uint8Array(maxCiphertextBytes).fill(0xff), new Uint8Array(maxCiphertextBytes - 1).fill(3)]) {
      await expect(run('asymmetricDecrypt', { ...version, ciphertextBlob })).rejects.toMatchObject({ code: 'INVALID_CIPHERTEXT' })
    }
  }
}

const hashes: Partial<Record<SignatureAlgorithm, string>> = { RSA_PSS_SHA_256: 'sha256', RSA_PKCS1_SHA_256: 'sha256', ECDSA_SHA_256: 'sha256', ECDSA_SHA_384: 'sha384' }

/** Signatures of the token, checked by the keystore and by Node. */
export async function useSignatures(run: Run, keyId: string, keyVersionId: string, keySpec: KeySpec): Promise<void> {
  const message = bytesOf('a message')
  const { publicKey } = await run('getPublicKey', { keyId, keyVersionId })
  for (const algorithm of keySpecInfos[keySpec].signatures) {
    const version = { keyId, keyVersionId, algorithm }
    const hash = hashes[algorithm]
    const digest = hash ? new Uint8Array(createHash(hash).update(message).digest()) : message
    // The standard knows no prehash by the caller.
    if (algorithm === 'ED25519_PH_SHA_512') {
      await expect(run('asymmetricSign', { ...version, digest: new Uint8Array(64) })).rejects.toMatchObject({ code: 'UNSUPPORTED_OPERATION' })
      continue
    }
    const { value } = await run('asymmetricSign', { ...version, digest })
    expect((await run('asymmetricVerify', { ...version, digest, value })).value).toBe(true)
    expect((await run('asymmetricVerify', { ...version, digest: digest.map((byte) => byte ^ 1), value })).value).toBe(false)
    const key = algorithm === 'RSA_PSS_SHA_256' ? { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : publicKey
    expect(verify(hash ?? null, message, key, value)).toBe(true)
    if (digestBytes[algorithm] !== null) await expect(run('asymmetricSign', { ...version, digest: digest.slice(1) })).rejects.toMatchObject({ code: 'INVALID_PARAMETER' })
  }
}

/** What a certificate does with its key: the request and a certificate of the key's own are signed by it. */
export async function useCertificates(run: Run, keyId: string, keySpec: KeySpec): Promise<void> {
  const subject = 'CN=token.example'
  const { csr, certificateId } = await run('createCertificate', { keyId, subject })
  expect(csr).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----/)
  const own = await run('createSelfSignedCertificate', { keyId, subject })
  expect(own.certificate).toMatch(/^-----BEGIN CERTIFICATE-----/)
  await run('uploadCertificate', { certificateId, certificate: own.certificate })
  const { keyUsage } = (await run('describeKey', { keyId })).keyMetadata
  if (keyUsage === 'SIGN/VERIFY') {
    const algorithm = keySpecInfos[keySpec].signatures[0]!
    const message = bytesOf('a message')
    const { signatureValue } = await run('certificatePrivateKeySign', { certificateId, algorithm, message })
    expect((await run('certificatePublicKeyVerify', { certificateId, algorithm, message, signatureValue })).signatureValid).toBe(true)
  } else {
    const plaintext = bytesOf('a plaintext')
    const algorithm = keySpecInfos[keySpec].encryption[0]!.algorithm
    const { ciphertextBlob } = await run('certificatePublicKeyEncrypt', { certificateId, algorithm, plaintext })
    expect((await run('certificatePrivateKeyDecrypt', { certificateId, algorithm, ciphertextBlob })).plaintext).toEqual(plaintext)
  }
}
