import { beforeAll, describe, expect, it } from 'vitest'
import { cryptographySchemas } from '../../../src-shared/contract/cryptography'
import { keySpecInfos } from '../../../src-shared/model/key-specs'
import { keySpecs, type KeySpec, type KeyUsage } from '../../../src-shared/model/keys'
import { stateTable, type StateOperation } from '../../../src-shared/model/state-table'
import { bytesOf, openCalls, type Calls, type TestKey } from '../../support/key-calls'

/** Each operation with a request that is well-formed for every key; the algorithm is the key's own where it has one. */
const attempts = {
  encrypt: ({ keyId }) => calls.codeFor('encrypt', { keyId, plaintext: bytesOf('x') }),
  generateDataKey: ({ keyId }) => calls.codeFor('generateDataKey', { keyId }),
  generateDataKeyWithoutPlaintext: ({ keyId }) => calls.codeFor('generateDataKeyWithoutPlaintext', { keyId }),
  generateAndExportDataKey: ({ keyId }) =>
    calls.codeFor('generateAndExportDataKey', { keyId, publicKeyBlob: wrappingKey, wrappingKeySpec: 'EC_SM2', wrappingAlgorithm: 'SM2PKE' }),
  reEncrypt: ({ keyId }) => calls.codeFor('reEncrypt', { ciphertextBlob: someBlob, destinationKeyId: keyId }),
  asymmetricEncrypt: ({ keySpec, ...key }) => calls.codeFor('asymmetricEncrypt', { ...key, algorithm: encryptionOf(keySpec), plaintext: bytesOf('x') }),
  asymmetricDecrypt: ({ keySpec, ...key }) => calls.codeFor('asymmetricDecrypt', { ...key, algorithm: encryptionOf(keySpec), ciphertextBlob: bytesOf('x') }),
  asymmetricSign: ({ keyId, keyVersionId }) => calls.codeFor('asymmetricSign', { keyId, keyVersionId, algorithm: 'ECDSA_SHA_256', digest: new Uint8Array(32) }),
  asymmetricVerify: ({ keyId, keyVersionId }) => calls.codeFor('asymmetricVerify', { keyId, keyVersionId, algorithm: 'ECDSA_SHA_256', digest: new Uint8Array(32), value: Uint8Array.of(1) }),
  generateMac: ({ keyId }) => calls.codeFor('generateMac', { keyId, algorithm: 'HMAC_SHA_256', message: bytesOf('x') }),
  verifyMac: ({ keyId }) => calls.codeFor('verifyMac', { keyId, algorithm: 'HMAC_SHA_256', message: bytesOf('x'), mac: new Uint8Array(32) }),
} satisfies Partial<Record<StateOperation, (key: TestKey & { keySpec: KeySpec }) => Promise<string>>>
type Attempt = keyof typeof attempts

const families: Record<Attempt, 'symmetric' | 'asymmetric' | 'mac'> = {
  encrypt: 'symmetric',
  generateDataKey: 'symmetric',
  generateDataKeyWithoutPlaintext: 'symmetric',
  generateAndExportDataKey: 'symmetric',
  reEncrypt: 'symmetric',
  asymmetricEncrypt: 'asymmetric',
  asymmetricDecrypt: 'asymmetric',
  asymmetricSign: 'asymmetric',
  asymmetricVerify: 'asymmetric',
  generateMac: 'mac',
  verifyMac: 'mac',
}

let calls: Calls
let someBlob: Uint8Array
let wrappingKey: Uint8Array
const keys = new Map<string, TestKey & { keySpec: KeySpec }>()
const kinds = keySpecs.flatMap((keySpec) => keySpecInfos[keySpec].usages.map((usage) => [keySpec, usage] as const))

function encryptionOf(keySpec: KeySpec) {
  return keySpecInfos[keySpec].encryption[0]?.algorithm ?? 'RSAES_OAEP_SHA_256'
}

beforeAll(async () => {
  calls = await openCalls()
  for (const [keySpec, usage] of kinds) keys.set(`${keySpec} ${usage}`, { keySpec, ...(await calls.newKeyOf(keySpec, usage)) })
  const { keyId } = await calls.newKeyOf('Aliyun_AES_256')
  someBlob = (await calls.call('encrypt', { keyId, plaintext: bytesOf('x') })).ciphertextBlob
  const wrapping = await calls.newKeyOf('EC_SM2', 'ENCRYPT/DECRYPT')
  wrappingKey = bytesOf((await calls.call('getPublicKey', wrapping)).publicKey)
}, 120_000)

/** What an operation answers to a key in good state; INVALID_* come from the request, which fits only some keys. */
function expected(operation: Attempt, keySpec: KeySpec, usage: KeyUsage): RegExp {
  if (keySpecInfos[keySpec].family !== families[operation]) return /^UNSUPPORTED_OPERATION$/
  if (operation === 'asymmetricSign' || operation === 'asymmetricVerify') {
    if (usage !== 'SIGN/VERIFY') return /^UNSUPPORTED_OPERATION$/
    return keySpecInfos[keySpec].signatures.includes('ECDSA_SHA_256') ? /^ok$/ : /^INVALID_PARAMETER$/
  }
  if (operation === 'generateMac' || operation === 'verifyMac') return keySpec === 'HMAC_SHA_256' ? /^ok$/ : /^INVALID_PARAMETER$/
  if (usage !== 'ENCRYPT/DECRYPT') return /^UNSUPPORTED_OPERATION$/
  return operation === 'asymmetricDecrypt' ? /^INVALID_CIPHERTEXT$/ : /^ok$/
}

async function outcome(attempt: Promise<string>): Promise<string> {
  return attempt.catch((error: unknown) => {
    if (error instanceof Error && error.message === 'was expected to be refused') return 'ok'
    throw error
  })
}

describe.each(kinds)('a key of %s for %s', (keySpec, usage) => {
  it.each(Object.keys(attempts) as Attempt[])('answers %s as its spec and usage say', async (operation) => {
    const key = keys.get(`${keySpec} ${usage}`)
    if (!key) throw new Error('no such key')
    expect(await outcome(attempts[operation](key))).toMatch(expected(operation, keySpec, usage))
  })

  it.each(['Disabled', 'PendingDeletion', 'PendingImport'] as const)('is refused by its state before all else while it is %s', async (keyState) => {
    const { keyId } = keys.get(`${keySpec} ${usage}`) ?? { keyId: '' }
    await calls.rewrite(keyId, { keyState })
    try {
      const key = keys.get(`${keySpec} ${usage}`)
      for (const operation of Object.keys(attempts) as Attempt[]) expect([operation, key && (await outcome(attempts[operation](key)))]).toEqual([operation, stateTable[operation][keyState]])
    } finally {
      await calls.rewrite(keyId, { keyState: 'Enabled' })
    }
  })
})

describe('requests', () => {
  const sizes: [string, Record<string, unknown>][] = [
    ['encrypt', { keyId: 'k', plaintext: new Uint8Array(6145) }],
    ['decrypt', { ciphertextBlob: new Uint8Array(8193) }],
    ['encryptBatch', { keyId: 'k', items: [] }],
    ['encryptBatch', { keyId: 'k', items: Array.from({ length: 101 }, () => ({ plaintext: Uint8Array.of(1) })) }],
    ['decryptBatch', { items: [{ ciphertextBlob: new Uint8Array(0) }] }],
    ['generateDataKeyWithoutPlaintext', { keyId: 'k', numberOfBytes: 1025 }],
    ['exportDataKey', { ciphertextBlob: Uint8Array.of(1), publicKeyBlob: Uint8Array.of(1), wrappingKeySpec: 'RSA_4096', wrappingAlgorithm: 'SM2PKE' }],
    ['asymmetricEncrypt', { keyId: 'k', keyVersionId: 'v', algorithm: 'RSAES_PKCS1_V1_5', plaintext: Uint8Array.of(1) }],
    ['asymmetricDecrypt', { keyId: 'k', keyVersionId: 'v', algorithm: 'SM2PKE', ciphertextBlob: new Uint8Array(6145) }],
    ['asymmetricSign', { keyId: 'k', keyVersionId: '', algorithm: 'SM2DSA', digest: Uint8Array.of(1) }],
    ['asymmetricVerify', { keyId: 'k', keyVersionId: 'v', algorithm: 'SM2DSA', digest: Uint8Array.of(1), value: new Uint8Array(1025) }],
    ['generateMac', { keyId: 'k', algorithm: 'HMAC_SHA_256', message: new Uint8Array(4097) }],
    ['verifyMac', { keyId: 'k', algorithm: 'HMAC_SHA_256', message: Uint8Array.of(1), mac: new Uint8Array(65) }],
    ['verifyMac', { keyId: 'k', algorithm: 'HMAC_MD5', message: Uint8Array.of(1), mac: new Uint8Array(16) }],
    ['getPublicKey', { keyId: 'k' }],
    ['getRandomPassword', { passwordLength: 7 }],
    ['reEncrypt', { ciphertextBlob: Uint8Array.of(1), destinationKeyId: 'k', extra: 1 }],
  ]
  it.each(sizes)('of %s that are too large, too small or of another form are refused by the contract: %o', (operation, request) => {
    expect(cryptographySchemas[operation as keyof typeof cryptographySchemas].request.safeParse(request).success).toBe(false)
  })
})
