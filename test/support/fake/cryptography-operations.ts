import { keyFor, findKey } from './key-views'
import type { FakeKey, FakeOperations, FakeState } from './state'
import { refuse } from './refuse'

type CryptographyName =
  | 'encryptBatch' | 'decryptBatch' | 'reEncrypt' | 'generateDataKeyWithoutPlaintext' | 'exportDataKey' | 'generateAndExportDataKey' | 'asymmetricEncrypt'
  | 'asymmetricDecrypt' | 'asymmetricSign' | 'asymmetricVerify' | 'getPublicKey' | 'generateMac' | 'verifyMac' | 'getRandomPassword' | 'digestForSigning'

/** Bytes that look like a result of `length` and depend on the input. */
function scrambled(input: Uint8Array, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (input[index % input.length] ?? 0) * 31 + index * 17 + 5)
}

const samePublicKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEWfBdIvKOtTr0OJs4fSzZaSH5ZG2K
oVhDsOe2Ce1sNsyGYsMm0sLW6bB4TzCXMH2zO6xxGnZqL7SHHNvYoBIPDQ==
-----END PUBLIC KEY-----
`

/** Cryptographic calls of the fake main: shapes and refusals are right, the bytes are not. */
export function cryptographyOperations(state: FakeState): Pick<FakeOperations, CryptographyName> {
  const primaryOf = (key: FakeKey) => ({ keyId: key.row.keyId, keyVersionId: key.versions.at(-1)?.keyVersionId ?? '' })
  const named = (key: FakeKey, keyVersionId: string) =>
    key.versions.some((version) => version.keyVersionId === keyVersionId) ? { keyId: key.row.keyId, keyVersionId } : refuse('KEY_VERSION_NOT_FOUND')
  const signatureBytes = (key: FakeKey) => (key.row.keySpec.startsWith('RSA') ? 256 : 71)
  const first = () => state.keys.find(({ row }) => row.keyState === 'Enabled') ?? refuse('INVALID_CIPHERTEXT')
  return {
    encryptBatch: async ({ keyId, items }) => ({
      keyId: keyFor(state, 'encrypt', keyId).row.keyId,
      items: items.map(({ plaintext }) => ({ keyVersionId: primaryOf(findKey(state, keyId)).keyVersionId, ciphertextBlob: plaintext.toReversed() })),
    }),
    decryptBatch: async ({ items }) => ({ items: items.map(({ ciphertextBlob }) => ({ ...primaryOf(first()), plaintext: ciphertextBlob.toReversed() })) }),
    reEncrypt: async ({ ciphertextBlob, destinationKeyId }) => ({ ...primaryOf(keyFor(state, 'reEncrypt', destinationKeyId)), ciphertextBlob }),
    generateDataKeyWithoutPlaintext: async ({ keyId, numberOfBytes = 32 }) => ({
      ...primaryOf(keyFor(state, 'generateDataKeyWithoutPlaintext', keyId)), ciphertextBlob: scrambled(Uint8Array.of(9, 8, 7), numberOfBytes + 92),
    }),
    exportDataKey: async ({ ciphertextBlob }) => ({ ...primaryOf(first()), exportedDataKey: scrambled(ciphertextBlob, 256) }),
    generateAndExportDataKey: async ({ keyId }) => ({
      ...primaryOf(keyFor(state, 'generateAndExportDataKey', keyId)), ciphertextBlob: scrambled(Uint8Array.of(1, 2, 3), 124), exportedDataKey: scrambled(Uint8Array.of(3, 2, 1), 256),
    }),
    asymmetricEncrypt: async ({ keyId, keyVersionId, plaintext }) => ({
      ...named(keyFor(state, 'asymmetricEncrypt', keyId), keyVersionId), ciphertextBlob: plaintext.toReversed(),
    }),
    asymmetricDecrypt: async ({ keyId, keyVersionId, ciphertextBlob }) => ({
      ...named(keyFor(state, 'asymmetricDecrypt', keyId), keyVersionId), plaintext: ciphertextBlob.toReversed(),
    }),
    async asymmetricSign({ keyId, keyVersionId, digest }) {
      const key = keyFor(state, 'asymmetricSign', keyId)
      return { ...named(key, keyVersionId), value: scrambled(digest, signatureBytes(key)) }
    },
    async asymmetricVerify({ keyId, keyVersionId, digest, value }) {
      const key = keyFor(state, 'asymmetricVerify', keyId)
      const expected = scrambled(digest, signatureBytes(key))
      return { ...named(key, keyVersionId), value: expected.length === value.length && expected.every((byte, index) => byte === value[index]) }
    },
    getPublicKey: async ({ keyId, keyVersionId }) => ({ ...named(findKey(state, keyId), keyVersionId), publicKey: samePublicKey }),
    generateMac: async ({ keyId, message }) => ({ ...primaryOf(keyFor(state, 'generateMac', keyId)), mac: scrambled(message, 32) }),
    async verifyMac({ keyId, message, mac }) {
      const expected = scrambled(message, 32)
      return { ...primaryOf(keyFor(state, 'verifyMac', keyId)), value: mac.length === 32 && expected.every((byte, index) => byte === mac[index]) }
    },
    getRandomPassword: async ({ passwordLength = 32 }) => ({ randomPassword: 'kV7$pQ2!xM9#rT4@wL8%zN3^bH6&cJ5*'.repeat(4).slice(0, passwordLength) }),
    digestForSigning: async ({ message, file }) => ({ digest: scrambled(message ?? Uint8Array.of(1), 32), fileName: file === undefined ? null : 'contract.pdf', sizeBytes: message?.length ?? 48_213 }),
  }
}
