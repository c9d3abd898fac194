import { constants, createHash, createPublicKey, privateDecrypt, publicEncrypt, randomBytes, verify } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { fromPem } from '../../../src-main/crypto/spki'
import { sm2Digest, sm2Encrypt } from '../../../src-main/crypto/sm2'
import { isKmsError } from '../../../src-shared/errors'
import { digestBytes, keySpecInfos } from '../../../src-shared/model/key-specs'
import { asymmetricKeySpecs, type AsymmetricKeySpec, type EncryptionAlgorithm, type SignatureAlgorithm } from '../../../src-shared/model/keys'
import { flipped } from '../../support/flipped'
import { bytesOf, openCalls, type Calls, type TestKey } from '../../support/key-calls'

const message = bytesOf('the message that is signed')
const signing = asymmetricKeySpecs.flatMap((keySpec) => keySpecInfos[keySpec].signatures.map((algorithm) => [keySpec, algorithm] as const))
const encrypting = asymmetricKeySpecs.flatMap((keySpec) =>
  keySpecInfos[keySpec].encryption.map(({ algorithm, maxPlaintextBytes }) => [keySpec, algorithm, maxPlaintextBytes] as const),
)

let calls: Calls
const signers = new Map<AsymmetricKeySpec, TestKey>()
const recipients = new Map<AsymmetricKeySpec, TestKey>()

/** One key of each spec and usage: RSA keys take their time. */
beforeAll(async () => {
  calls = await openCalls()
  for (const keySpec of asymmetricKeySpecs) {
    signers.set(keySpec, await calls.newKeyOf(keySpec, 'SIGN/VERIFY'))
    if (keySpecInfos[keySpec].encryption.length > 0) recipients.set(keySpec, await calls.newKeyOf(keySpec, 'ENCRYPT/DECRYPT'))
  }
}, 120_000)

function keyOf(keys: Map<AsymmetricKeySpec, TestKey>, keySpec: AsymmetricKeySpec): TestKey {
  const key = keys.get(keySpec)
  if (!key) throw new Error('no such key')
  return key
}

async function spkiOf(key: TestKey): Promise<Uint8Array> {
  const [spki] = fromPem('PUBLIC KEY', (await calls.call('getPublicKey', key)).publicKey)
  return spki ?? new Uint8Array(0)
}

/** What a caller hashes for the algorithm. */
async function digestFor(key: TestKey, algorithm: SignatureAlgorithm): Promise<Uint8Array> {
  if (algorithm === 'SM2DSA') return sm2Digest(await spkiOf(key), message)
  const length = digestBytes[algorithm]
  if (length === null) return message
  return createHash(({ 32: 'sha256', 48: 'sha384', 64: 'sha512' } as Record<number, string>)[length] ?? '').update(message).digest()
}

describe.each(signing)('%s with %s', (keySpec, algorithm) => {
  const key = () => keyOf(signers, keySpec)

  it('signs a digest that it verifies, and nothing else', async () => {
    const digest = await digestFor(key(), algorithm)
    const { value, ...ids } = await calls.call('asymmetricSign', { ...key(), algorithm, digest })
    expect(ids).toEqual(key())
    const verifies = async (candidate: Uint8Array, over = digest) => (await calls.call('asymmetricVerify', { ...key(), algorithm, digest: over, value: candidate })).value
    expect(await verifies(value)).toBe(true)
    expect(await verifies(value, flipped(digest, 3))).toBe(false)
    for (const at of [0, 5, value.length >> 1, value.length - 1]) expect(await verifies(flipped(value, at, at % 8))).toBe(false)
    for (const other of [value.subarray(1), value.subarray(0, -1), Buffer.concat([value, Buffer.of(0)]), Uint8Array.of(0), new Uint8Array(1024)]) expect(await verifies(other)).toBe(false)
  })

  it('takes a digest of its own length only', async () => {
    const length = digestBytes[algorithm]
    for (const wrong of [1, 20, 31, 33, 47, 63, 65].filter(() => length !== null)) {
      expect(await calls.codeFor('asymmetricSign', { ...key(), algorithm, digest: new Uint8Array(wrong) })).toBe('INVALID_PARAMETER')
      expect(await calls.codeFor('asymmetricVerify', { ...key(), algorithm, digest: new Uint8Array(wrong), value: new Uint8Array(64) })).toBe('INVALID_PARAMETER')
    }
  })

  it('refuses the algorithms of other specs', async () => {
    const others = (Object.keys(digestBytes) as SignatureAlgorithm[]).filter((other) => !keySpecInfos[keySpec].signatures.includes(other))
    for (const other of others) {
      const error: unknown = await calls.call('asymmetricSign', { ...key(), algorithm: other, digest: new Uint8Array(32) }).catch((cause: unknown) => cause)
      expect(isKmsError(error, 'INVALID_PARAMETER') && error.details.fields?.map(({ field }) => field)).toEqual(['algorithm'])
    }
  })
})

/** The runtime hashes the message itself, which shows that the digest was not hashed again. */
it.each([
  ['RSA_2048', 'RSA_PKCS1_SHA_256', 'sha256', { padding: constants.RSA_PKCS1_PADDING }],
  ['RSA_3072', 'RSA_PSS_SHA_256', 'sha256', { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }],
  ['RSA_4096', 'RSA_PSS_SHA_256', 'sha256', { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }],
  ['EC_P256', 'ECDSA_SHA_256', 'sha256', { dsaEncoding: 'der' }],
  ['EC_P384', 'ECDSA_SHA_384', 'sha384', { dsaEncoding: 'der' }],
  ['Ed25519', 'ED25519_SHA_512', null, {}],
] as const)('a signature of %s with %s verifies in the runtime', async (keySpec, algorithm, hash, options) => {
  const key = keyOf(signers, keySpec)
  const { value } = await calls.call('asymmetricSign', { ...key, algorithm, digest: await digestFor(key, algorithm) })
  const publicKey = createPublicKey((await calls.call('getPublicKey', key)).publicKey)
  expect(verify(hash, message, { key: publicKey, ...options }, value)).toBe(true)
})

describe.each(encrypting)('%s with %s', (keySpec, algorithm, maxPlaintextBytes) => {
  const key = () => keyOf(recipients, keySpec)
  const encrypt = (plaintext: Uint8Array) => calls.call('asymmetricEncrypt', { ...key(), algorithm, plaintext })

  it.each([1, 32, maxPlaintextBytes])('gives back %i bytes', async (length) => {
    const plaintext = new Uint8Array(randomBytes(length))
    const { ciphertextBlob, ...ids } = await encrypt(plaintext)
    expect(ids).toEqual(key())
    expect(await calls.call('asymmetricDecrypt', { ...key(), algorithm, ciphertextBlob })).toEqual({ ...key(), plaintext })
  })

  it('takes no byte more', async () => {
    const error: unknown = await encrypt(new Uint8Array(Math.min(maxPlaintextBytes + 1, 6047))).catch((cause: unknown) => cause)
    expect(isKmsError(error) ? error.details.fields?.map(({ field }) => field) : 'no limit but the contract').toEqual(algorithm === 'SM2PKE' ? 'no limit but the contract' : ['plaintext'])
  })

  it('answers every kind of damage with one code and one text', async () => {
    const { ciphertextBlob } = await encrypt(bytesOf('secret'))
    const others = (Object.keys({ RSAES_OAEP_SHA_256: 1, RSAES_OAEP_SHA_1: 1 }) as EncryptionAlgorithm[]).filter((other) => algorithm !== 'SM2PKE' && other !== algorithm)
    const damaged = [0, 1, 40, 80, ciphertextBlob.length - 1].map((at) => [flipped(ciphertextBlob, at, 1), algorithm] as const)
    const refusals = new Set<string>()
    for (const [blob, used] of [
      ...damaged,
      [ciphertextBlob.subarray(1), algorithm] as const,
      [Buffer.concat([ciphertextBlob, Buffer.of(0)]), algorithm] as const,
      [Uint8Array.of(0), algorithm] as const,
      [new Uint8Array(6144), algorithm] as const,
      ...others.map((other) => [ciphertextBlob, other] as const),
    ]) {
      const error: unknown = await calls.call('asymmetricDecrypt', { ...key(), algorithm: used, ciphertextBlob: blob }).catch((cause: unknown) => cause)
      refusals.add(isKmsError(error) ? `${error.code} ${error.message}` : 'not refused')
    }
    expect([...refusals]).toEqual([expect.stringMatching(/^INVALID_CIPHERTEXT /)])
  })

  it('refuses the algorithms of other specs', async () => {
    const other = algorithm === 'SM2PKE' ? 'RSAES_OAEP_SHA_256' : 'SM2PKE'
    expect(await calls.codeFor('asymmetricEncrypt', { ...key(), algorithm: other, plaintext: bytesOf('x') })).toBe('INVALID_PARAMETER')
    expect(await calls.codeFor('asymmetricDecrypt', { ...key(), algorithm: other, ciphertextBlob: new Uint8Array(256) })).toBe('INVALID_PARAMETER')
  })
})

describe('asymmetric ciphertext of others', () => {
  it.each([
    ['RSA_2048', 'RSAES_OAEP_SHA_256', 'sha256'],
    ['RSA_4096', 'RSAES_OAEP_SHA_1', 'sha1'],
  ] as const)('made by the runtime for %s with %s opens', async (keySpec, algorithm, oaepHash) => {
    const key = keyOf(recipients, keySpec)
    const publicKey = (await calls.call('getPublicKey', key)).publicKey
    const ciphertextBlob = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, bytesOf('from outside'))
    expect((await calls.call('asymmetricDecrypt', { ...key, algorithm, ciphertextBlob })).plaintext).toEqual(bytesOf('from outside'))
  })

  it('made with its own private key, from the vault, opens in the runtime', async () => {
    const key = keyOf(recipients, 'RSA_2048')
    const { ciphertextBlob } = await calls.call('asymmetricEncrypt', { ...key, algorithm: 'RSAES_OAEP_SHA_256', plaintext: bytesOf('to outside') })
    const pkcs8 = Buffer.from(((await calls.records.read('key-material', key.keyVersionId)) ?? new Uint8Array(0)).subarray(1))
    const options = { key: pkcs8, format: 'der', type: 'pkcs8', padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' } as const
    expect(privateDecrypt(options, ciphertextBlob).toString()).toBe('to outside')
  })

  it('of SM2 opens from its public key alone', async () => {
    const key = keyOf(recipients, 'EC_SM2')
    const ciphertextBlob = sm2Encrypt(await spkiOf(key), bytesOf('国密'))
    expect((await calls.call('asymmetricDecrypt', { ...key, algorithm: 'SM2PKE', ciphertextBlob })).plaintext).toEqual(bytesOf('国密'))
  })
})

describe('versions and usages', () => {
  it('a version that is not of the key is not found, with any operation', async () => {
    const [signer, other] = [keyOf(signers, 'EC_P256'), keyOf(signers, 'EC_P256K')]
    const recipient = keyOf(recipients, 'EC_SM2')
    const digest = new Uint8Array(32)
    const algorithm = 'ECDSA_SHA_256'
    for (const keyVersionId of [other.keyVersionId, 'x', `${signer.keyId}-aaaaaaaaaa`]) {
      expect(await calls.codeFor('asymmetricSign', { keyId: signer.keyId, keyVersionId, algorithm, digest })).toBe('KEY_VERSION_NOT_FOUND')
      expect(await calls.codeFor('asymmetricVerify', { keyId: signer.keyId, keyVersionId, algorithm, digest, value: digest })).toBe('KEY_VERSION_NOT_FOUND')
      expect(await calls.codeFor('getPublicKey', { keyId: signer.keyId, keyVersionId })).toBe('KEY_VERSION_NOT_FOUND')
      expect(await calls.codeFor('asymmetricEncrypt', { keyId: recipient.keyId, keyVersionId, algorithm: 'SM2PKE', plaintext: digest })).toBe('KEY_VERSION_NOT_FOUND')
      expect(await calls.codeFor('asymmetricDecrypt', { keyId: recipient.keyId, keyVersionId, algorithm: 'SM2PKE', ciphertextBlob: digest })).toBe('KEY_VERSION_NOT_FOUND')
    }
  })

  it('the usage is fixed: no signature by an encrypting key, no encryption by a signing one', async () => {
    for (const keySpec of ['RSA_2048', 'EC_SM2'] as const) {
      const [signer, recipient] = [keyOf(signers, keySpec), keyOf(recipients, keySpec)]
      const [algorithm] = keySpecInfos[keySpec].signatures
      const encryption = keySpecInfos[keySpec].encryption[0]?.algorithm ?? 'SM2PKE'
      expect(await calls.codeFor('asymmetricSign', { ...recipient, algorithm: algorithm ?? 'SM2DSA', digest: new Uint8Array(32) })).toBe('UNSUPPORTED_OPERATION')
      expect(await calls.codeFor('asymmetricVerify', { ...recipient, algorithm: algorithm ?? 'SM2DSA', digest: new Uint8Array(32), value: Uint8Array.of(1) })).toBe('UNSUPPORTED_OPERATION')
      expect(await calls.codeFor('asymmetricEncrypt', { ...signer, algorithm: encryption, plaintext: bytesOf('x') })).toBe('UNSUPPORTED_OPERATION')
      expect(await calls.codeFor('asymmetricDecrypt', { ...signer, algorithm: encryption, ciphertextBlob: bytesOf('x') })).toBe('UNSUPPORTED_OPERATION')
    }
  })

  it('each version decrypts for itself', async () => {
    const { call, codeFor, newKeyOf, versionsOf, clock } = await openCalls()
    const { keyId, keyVersionId: first } = await newKeyOf('EC_SM2', 'ENCRYPT/DECRYPT')
    clock.time += 8 * 86_400_000
    await call('createKeyVersion', { keyId })
    const second = versionsOf(keyId)[1] ?? ''
    const sealed = await call('asymmetricEncrypt', { keyId, keyVersionId: first, algorithm: 'SM2PKE', plaintext: bytesOf('old') })
    const open = (keyVersionId: string) => ({ keyId, keyVersionId, algorithm: 'SM2PKE', ciphertextBlob: sealed.ciphertextBlob }) as const
    expect((await call('asymmetricDecrypt', open(first))).plaintext).toEqual(bytesOf('old'))
    expect(await codeFor('asymmetricDecrypt', open(second))).toBe('INVALID_CIPHERTEXT')
  })

  it('takes an alias, and audits the key that it names', async () => {
    const key = keyOf(signers, 'Ed25519')
    await calls.call('createAlias', { keyId: key.keyId, aliasName: 'alias/signer' })
    const { value, keyId } = await calls.call('asymmetricSign', { ...key, keyId: 'alias/signer', algorithm: 'ED25519_SHA_512', digest: message })
    expect(keyId).toBe(key.keyId)
    expect((await calls.call('asymmetricVerify', { ...key, keyId: 'alias/signer', algorithm: 'ED25519_SHA_512', digest: message, value })).value).toBe(true)
    expect(calls.use.calls.slice(-2).map(({ caller, resource, code }) => [caller.operation, resource, code])).toEqual([
      ['asymmetricSign', keyId, null],
      ['asymmetricVerify', keyId, null],
    ])
  })

  it('gives the public key in every state of the key, and uses it in none but Enabled', async () => {
    const { call, codeFor, newKeyOf, rewrite } = await openCalls()
    const key = await newKeyOf('EC_P256')
    const { publicKey } = await call('getPublicKey', key)
    expect(publicKey).toMatch(/^-----BEGIN PUBLIC KEY-----\n[\s\S]+\n-----END PUBLIC KEY-----\n$/)
    const request = { ...key, algorithm: 'ECDSA_SHA_256', digest: new Uint8Array(32) } as const
    for (const [keyState, code] of [['Disabled', 'KEY_DISABLED'], ['PendingDeletion', 'KEY_PENDING_DELETION'], ['PendingImport', 'KEY_PENDING_IMPORT']] as const) {
      await rewrite(key.keyId, { keyState })
      expect((await call('getPublicKey', key)).publicKey).toBe(publicKey)
      expect([await codeFor('asymmetricSign', request), await codeFor('asymmetricVerify', { ...request, value: new Uint8Array(70) })]).toEqual([code, code])
    }
  })

  it.each([
    ['missing', null],
    ['of another spec', Uint8Array.of(0x30, 0x00)],
  ])('says VAULT_DAMAGED when the public key is %s', async (_name, row) => {
    const { codeFor, newKeyOf, records } = await openCalls()
    const key = await newKeyOf('EC_P256')
    if (row) records.plant('public-key', key.keyVersionId, key.keyId, row)
    else await records.mutate({ face: 'cli', client: 'test', operation: 'test' }, key.keyId, (tx) => tx.remove('public-key', key.keyVersionId))
    expect(await codeFor('getPublicKey', key)).toBe('VAULT_DAMAGED')
  })
})
