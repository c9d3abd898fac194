import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Application } from '../../src-main/compose'
import { decryptAesGcm, encryptAesGcm } from '../../src-main/crypto/aes-gcm'
import { generateEcKey, signEcdsa, verifyEcdsa, type EcdsaCurve } from '../../src-main/crypto/ecdsa'
import { generateEd25519, importEd25519PrivateKey, importEd25519PublicKey, signEd25519, verifyEd25519 } from '../../src-main/crypto/ed25519'
import { randomBytesOf } from '../../src-main/crypto/random'
import { generateRsaKey, importRsaPrivateKey, importRsaPublicKey, type RsaSize } from '../../src-main/crypto/rsa'
import { signRsaPkcs1, signRsaPss, verifyRsaPkcs1, verifyRsaPss } from '../../src-main/crypto/rsa-signature'
import type { SecretBuffer } from '../../src-main/crypto/secret-buffer'
import { generateSm2, signSm2, verifySm2 } from '../../src-main/crypto/sm2'
import { decryptSm4Gcm, encryptSm4Gcm } from '../../src-main/crypto/sm4-gcm'
import type { OperationName } from '../../src-shared/contract/catalog'
import type { RequestInput, Response } from '../../src-shared/contract/operations'
import type { KeySpec, SignatureAlgorithm } from '../../src-shared/model/keys'
import { composeIn, createTestVault } from '../support/composed-application'
import { median, report } from './support'

const roundMs = 150
const rounds = 9
const from = { face: 'cli', client: 'bench' } as const
const base = mkdtempSync(join(tmpdir(), 'keystead-bench-'))
const kib = randomBytesOf(1024)
const context = new Uint8Array(2)
let app: Application

const run = <N extends OperationName>(operation: N, request: RequestInput<N>): Promise<Response<N>> => app.dispatcher.run(operation, request, from)

async function newKey(keySpec: KeySpec): Promise<{ keyId: string; keyVersionId: string }> {
  const { keyId } = (await run('createKey', { keySpec })).keyMetadata
  const [version] = (await run('listKeyVersions', { keyId })).keyVersions
  return { keyId, keyVersionId: version?.keyVersionId ?? '' }
}

/**
 * Calls per second of processor time, one after the other, whatever else the machine does meanwhile. Between them
 * everything else of the process has its turn, such as writing the audit log.
 */
async function rateOf(work: () => unknown): Promise<number> {
  const [started, used] = [performance.now(), process.cpuUsage()]
  let calls = 0
  while (performance.now() - started < roundMs) {
    for (let many = 0; many < 8; many += 1, calls += 1) await work()
    await new Promise(setImmediate)
  }
  const { user, system } = process.cpuUsage(used)
  return (calls * 1e6) / (user + system)
}

/** Ours and the bare primitive in turn, after a round that does not count. */
async function compare(name: string, goal: number, ours: () => Promise<unknown>, bare: () => unknown): Promise<void> {
  const rates: { ours: number; bare: number }[] = []
  for (let round = 0; round <= rounds; round += 1) rates.push({ ours: await rateOf(ours), bare: await rateOf(bare) })
  const counted = rates.slice(1)
  const [a, b, ratio] = [median(counted.map((rate) => rate.ours)), median(counted.map((rate) => rate.bare)), median(counted.map((rate) => rate.ours / rate.bare))]
  report(`${name}: ${a.toFixed(0)}/s; bare primitive ${b.toFixed(0)}/s; ratio ${ratio.toFixed(2)} (goal ${goal.toFixed(1)})`)
}

/** A primitive on a key of its own; the digest is of SHA-256 but for P-384 and Ed25519. */
interface Signer {
  sign(digest: Uint8Array): Uint8Array
  verify(digest: Uint8Array, signature: Uint8Array): boolean
}

async function rsaSigner(bits: RsaSize, algorithm: SignatureAlgorithm): Promise<Signer> {
  const { material, publicKey } = await generateRsaKey(bits)
  const [privateKey, spki] = [material.use(importRsaPrivateKey), importRsaPublicKey(publicKey)]
  const [sign, verify] = algorithm === 'RSA_PSS_SHA_256' ? [signRsaPss, verifyRsaPss] : [signRsaPkcs1, verifyRsaPkcs1]
  return { sign: (digest) => sign(privateKey, digest), verify: (digest, signature) => verify(spki, digest, signature) }
}

function ecSigner(curve: EcdsaCurve): Signer {
  const { material, publicKey } = generateEcKey(curve)
  return withScalar(material, (scalar, digest) => signEcdsa(curve, scalar, digest), (digest, signature) => verifyEcdsa(curve, publicKey, digest, signature))
}

function sm2Signer(): Signer {
  const { material, publicKey } = generateSm2()
  return withScalar(material, signSm2, (digest, signature) => verifySm2(publicKey, digest, signature))
}

function ed25519Signer(): Signer {
  const { material, publicKey } = generateEd25519()
  const [privateKey, spki] = [material.use(importEd25519PrivateKey), importEd25519PublicKey(publicKey)]
  return { sign: (message) => signEd25519(privateKey, message), verify: (message, signature) => verifyEd25519(spki, message, signature) }
}

function withScalar(material: SecretBuffer, sign: (scalar: Uint8Array, digest: Uint8Array) => Uint8Array, verify: Signer['verify']): Signer {
  return { sign: (digest) => material.use((scalar) => sign(scalar, digest)), verify }
}

const signers: [KeySpec, SignatureAlgorithm, string, () => Signer | Promise<Signer>][] = [
  ['RSA_2048', 'RSA_PSS_SHA_256', 'sha256', () => rsaSigner(2048, 'RSA_PSS_SHA_256')],
  ['RSA_2048', 'RSA_PKCS1_SHA_256', 'sha256', () => rsaSigner(2048, 'RSA_PKCS1_SHA_256')],
  ['RSA_3072', 'RSA_PSS_SHA_256', 'sha256', () => rsaSigner(3072, 'RSA_PSS_SHA_256')],
  ['RSA_4096', 'RSA_PSS_SHA_256', 'sha256', () => rsaSigner(4096, 'RSA_PSS_SHA_256')],
  ['EC_P256', 'ECDSA_SHA_256', 'sha256', () => ecSigner('P-256')],
  ['EC_P256K', 'ECDSA_SHA_256', 'sha256', () => ecSigner('secp256k1')],
  ['EC_P384', 'ECDSA_SHA_384', 'sha384', () => ecSigner('P-384')],
  ['EC_SM2', 'SM2DSA', 'sha256', sm2Signer],
  ['Ed25519', 'ED25519_SHA_512', 'sha512', ed25519Signer],
]

describe('operations per second through the dispatch, against the bare primitive', () => {
  beforeAll(async () => {
    app = await composeIn(base)
    await createTestVault(app)
  })

  afterAll(async () => {
    await app.dispose()
    rmSync(base, { recursive: true, force: true })
  })

  it.each([
    ['Aliyun_AES_256', 32, encryptAesGcm, decryptAesGcm],
    ['Aliyun_SM4', 16, encryptSm4Gcm, decryptSm4Gcm],
  ] as const)('encrypt, decrypt and data keys of %s', async (keySpec, keyBytes, encrypt, decrypt) => {
    const { keyId } = await newKey(keySpec)
    const key = randomBytesOf(keyBytes)
    const blob = (await run('encrypt', { keyId, plaintext: kib.slice() })).ciphertextBlob
    const iv = randomBytesOf(12)
    const sealed = encrypt(key, iv, kib, context)
    await compare(`encrypt 1 KiB ${keySpec}`, 0.5, () => run('encrypt', { keyId, plaintext: kib.slice() }), () => encrypt(key, randomBytesOf(12), kib.slice(), context))
    await compare(`decrypt 1 KiB ${keySpec}`, 0.5, () => run('decrypt', { ciphertextBlob: blob.slice() }), () => decrypt(key, iv, sealed.ciphertext.slice(), sealed.tag, context))
    await compare(`generateDataKey ${keySpec}`, 0.5, () => run('generateDataKey', { keyId }), () => encrypt(key, randomBytesOf(12), randomBytesOf(32), context))
  })

  it.each(signers)('sign and verify with %s, %s', async (keySpec, algorithm, hash, makeBare) => {
    const version = await newKey(keySpec)
    const bare = await makeBare()
    const digest = new Uint8Array(createHash(hash).update('message').digest())
    const signing = () => ({ ...version, algorithm, digest: digest.slice() })
    const { value } = await run('asymmetricSign', signing())
    const bareValue = bare.sign(digest)
    expect([(await run('asymmetricVerify', { ...signing(), value: value.slice() })).value, bare.verify(digest, bareValue)]).toEqual([true, true])
    await compare(`sign ${keySpec} ${algorithm}`, 0.9, () => run('asymmetricSign', signing()), () => bare.sign(digest.slice()))
    await compare(`verify ${keySpec} ${algorithm}`, 0.9, () => run('asymmetricVerify', { ...signing(), value: value.slice() }), () => bare.verify(digest.slice(), bareValue.slice()))
  })
})
