import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { copyBytes } from '../../src-main/crypto/bytes'
import { encodePkcs8 } from '../../src-main/crypto/key-formats/encode-private-key'
import { SecretBuffer } from '../../src-main/crypto/secret-buffer'
import { sm2Digest } from '../../src-main/crypto/sm2'
import { fromPem } from '../../src-main/crypto/spki'
import { sm2CipherDer } from '../../src-main/keystore/sm2-cipher-der'
import type { KeySpec, SignatureAlgorithm } from '../../src-shared/model/keys'
import { bytesOf, openCalls } from '../support/key-calls'
import { useTemporaryFolder } from '../support/temporary-folder'

const inFolder = useTemporaryFolder()
const message = bytesOf('what openssl checks')

function openssl(...args: string[]): { status: number | null; output: Uint8Array } {
  const { status, stdout, error } = spawnSync('openssl', args, { env: { PATH: process.env['PATH'] ?? '' } })
  if (error) throw error
  return { status, output: new Uint8Array(stdout) }
}

function write(name: string, content: Uint8Array | string): string {
  writeFileSync(inFolder(name), content)
  return inFolder(name)
}

const overDigest = (hash: string) => ['-pkeyopt', `digest:${hash}`]
const pss = ['-pkeyopt', 'rsa_padding_mode:pss', '-pkeyopt', 'rsa_pss_saltlen:32', ...overDigest('sha256')]
/** OpenSSL makes the digest of Ed25519 and SM2 itself; SM2 with the default id (GB/T 35276). */
const signatures: [KeySpec, SignatureAlgorithm, 'sha256' | 'sha384' | null, string[]][] = [
  ['RSA_2048', 'RSA_PKCS1_SHA_256', 'sha256', overDigest('sha256')],
  ['RSA_2048', 'RSA_PSS_SHA_256', 'sha256', pss],
  ['RSA_3072', 'RSA_PSS_SHA_256', 'sha256', pss],
  ['RSA_4096', 'RSA_PKCS1_SHA_256', 'sha256', overDigest('sha256')],
  ['EC_P256', 'ECDSA_SHA_256', 'sha256', []],
  ['EC_P256K', 'ECDSA_SHA_256', 'sha256', []],
  ['EC_P384', 'ECDSA_SHA_384', 'sha384', []],
  ['Ed25519', 'ED25519_SHA_512', null, ['-rawin']],
  ['EC_SM2', 'SM2DSA', null, ['-rawin', '-digest', 'sm3', '-pkeyopt', 'distid:1234567812345678']],
]

describe('openssl', () => {
  it.each(signatures)('reads the public key and verifies the signatures of %s with %s', async (keySpec, algorithm, hash, options) => {
    const { call, newKeyOf } = await openCalls()
    const key = await newKeyOf(keySpec, 'SIGN/VERIFY')
    const { publicKey } = await call('getPublicKey', key)
    const pem = write('public.pem', publicKey)
    const [spki = new Uint8Array(0)] = fromPem('PUBLIC KEY', publicKey)
    expect(openssl('pkey', '-pubin', '-in', pem, '-outform', 'DER').output).toEqual(spki)
    const digest = hash ? new Uint8Array(createHash(hash).update(message).digest()) : message
    const { value } = await call('asymmetricSign', { ...key, algorithm, digest: algorithm === 'SM2DSA' ? sm2Digest(spki, message) : digest })
    const verify = (content: Uint8Array) => openssl('pkeyutl', '-verify', '-pubin', '-inkey', pem, '-in', write('content', content), '-sigfile', write('signature', value), ...options).status
    expect([verify(digest), verify(digest.map((byte, at) => (at === 0 ? byte ^ 1 : byte)))]).toEqual([0, 1])
  })

  it.each([
    ['RSA_2048', 'RSAES_OAEP_SHA_256', 'sha256'],
    ['RSA_3072', 'RSAES_OAEP_SHA_1', 'sha1'],
    ['RSA_4096', 'RSAES_OAEP_SHA_256', 'sha256'],
    ['EC_SM2', 'SM2PKE', null],
  ] as const)('encrypts for %s with %s, and decrypts what was encrypted for it', async (keySpec, algorithm, hash) => {
    const { call, newKeyOf, records } = await openCalls()
    const key = await newKeyOf(keySpec, 'ENCRYPT/DECRYPT')
    const pem = write('public.pem', (await call('getPublicKey', key)).publicKey)
    const options = hash ? ['-pkeyopt', 'rsa_padding_mode:oaep', '-pkeyopt', `rsa_oaep_md:${hash}`, '-pkeyopt', `rsa_mgf1_md:${hash}`] : ['-pkeyopt', 'digest:sm3']
    const ciphertextBlob = openssl('pkeyutl', '-encrypt', '-pubin', '-inkey', pem, '-in', write('plain', message), ...options).output
    expect((await call('asymmetricDecrypt', { ...key, algorithm, ciphertextBlob })).plaintext).toEqual(message)
    const own = (await call('asymmetricEncrypt', { ...key, algorithm, plaintext: message })).ciphertextBlob
    const material = SecretBuffer.take(((await records.read('key-material', key.keyVersionId)) ?? new Uint8Array(0)).subarray(1))
    const sealed = write('sealed', hash ? own : sm2CipherDer(own))
    const opened = openssl('pkeyutl', '-decrypt', '-keyform', 'DER', '-inkey', write('private.der', encodePkcs8(keySpec, material).use(copyBytes)), '-in', sealed, ...options)
    expect(opened.output).toEqual(message)
  })
})
