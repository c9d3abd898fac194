import type { tokenKeySchemas } from '../../../src-shared/contract/token-keys'
import { trialFamilies } from '../../../src-shared/model/token-work'
import type { FakeOperations } from './state'
import type { FakeToken } from './token-world'
import { refuse } from './refuse'

type Names = Extract<keyof FakeOperations, keyof typeof tokenKeySchemas>

/** Signatures and ciphertexts of the fake token: the bytes turned round, with a mark before them. */
const mark = Uint8Array.of(0x6b, 0x73)
const sealed = (bytes: Uint8Array) => Uint8Array.of(...mark, ...bytes.toReversed())
const opened = (bytes: Uint8Array) => (bytes[0] === mark[0] && bytes[1] === mark[1] ? bytes.slice(2).toReversed() : refuse('TOKEN_CIPHERTEXT_REFUSED'))
const signed = sealed
const pem = (label: string) => `-----BEGIN ${label}-----\nMAA=\n-----END ${label}-----\n`

/** What the fake token does with its keys. */
export function tokenKeyOperations(world: FakeToken): Pick<FakeOperations, Names> {
  const pair = { objectClass: 'private-key', keyType: 'EC', kind: 'P-256' } as const
  const certificate = { objectClass: 'certificate', keyType: null, kind: '', subject: 'CN=localhost', notAfter: '2027-03-14T09:26:53.000Z' } as const
  return {
    async listTokenKeyAlgorithms({ objectId }) {
      const isSecret = world.known(objectId).objectClass === 'secret-key'
      const [ciphers, wraps] = isSecret ? [['AES_GCM', 'AES_CBC_PAD'], ['AES_KEY_WRAP_PAD']] : [[], []]
      const signatures = isSecret ? [] : ['ECDSA_SHA_256']
      return { sign: signatures, verify: signatures, encrypt: ciphers, decrypt: ciphers, wrap: wraps, unwrap: wraps }
    },
    importTokenKey: async ({ label, uses }) => ({ objects: [world.add({ ...pair, label, uses, isLocal: false }), world.add({ ...pair, objectClass: 'public-key', label, uses, isSensitive: null, isExtractable: null })] }),
    importTokenSecret: async ({ label, uses, keyType }) => ({ objects: [world.add({ label, uses, keyType, isLocal: false })], keyCheckValue: keyType === 'AES' ? '08d7b4' : null }),
    importTokenCertificate: async ({ label }) => ({ objects: [world.add({ ...certificate, uses: [], label: label ?? 'localhost' })] }),
    importTokenData: async ({ label, application }) => ({ objects: [world.add({ objectClass: 'data', keyType: null, kind: '', uses: [], label, application: application ?? '' })] }),
    async exportTokenObject({ objectId, target }) {
      const { objectClass, isSensitive, isExtractable } = world.known(objectId)
      if (isExtractable === false) return refuse('TOKEN_KEY_NOT_EXTRACTABLE', { exportBarrier: 'not-extractable' })
      if (isSensitive === true) return refuse('TOKEN_KEY_NOT_EXTRACTABLE', { exportBarrier: 'sensitive' })
      return { content: target === undefined ? new TextEncoder().encode(pem(objectClass === 'certificate' ? 'CERTIFICATE' : 'PUBLIC KEY')) : null }
    },
    async wrapTokenKey({ objectId }) {
      if (world.known(objectId).isExtractable === false) return refuse('TOKEN_KEY_NOT_EXTRACTABLE', { exportBarrier: 'not-extractable' })
      return { wrapped: Uint8Array.from({ length: 40 }, (_, index) => index) }
    },
    unwrapTokenKey: async ({ label, uses, keyType }) => ({ objects: [world.add({ label, uses, keyType, isLocal: false })] }),
    copyTokenKey: async ({ objectId }) => ({ objects: [world.known(objectId)] }),
    signWithTokenKey: async ({ message }) => ({ signature: signed(message) }),
    verifyWithTokenKey: async ({ message, signature }) => ({ isValid: String(signature) === String(signed(message)) }),
    encryptWithTokenKey: async ({ plaintext }) => ({ ciphertext: sealed(plaintext) }),
    decryptWithTokenKey: async ({ ciphertext }) => ({ plaintext: opened(ciphertext) }),
    tokenRandom: async ({ length }) => ({ random: Uint8Array.from({ length }, (_, index) => (index * 37) % 256) }),
    tokenDigest: async () => ({ digest: new Uint8Array(32).fill(0xd1) }),
    createTokenCsr: async () => ({ csr: pem('CERTIFICATE REQUEST') }),
    createTokenCertificate: async ({ objectId, isStored = true }) => ({ certificate: pem('CERTIFICATE'), objects: isStored ? [world.add({ ...certificate, uses: [], label: world.known(objectId).label })] : [] }),
    getTokenSshKey: async ({ comment = '' }) => ({ line: `ecdsa-sha2-nistp256 AAAA ${comment}`.trim(), fingerprint: `SHA256:${'A'.repeat(43)}` }),
    examineTokenModule: async ({ tokenId }) => ({
      file: 'ok',
      fileProblem: null,
      sha256: 'ab'.repeat(32),
      info: { cryptokiVersion: '2.40', manufacturer: 'SoftHSM', description: 'Implementation of PKCS11', libraryVersion: '2.6' },
      problem: null,
      slots: 2,
      tokens: [world.token],
      trials: tokenId === undefined ? [] : trialFamilies.map((family) => (family === 'rsa-oaep-sha256' ? { family, outcome: 'refuses', ckr: 'CKR_ARGUMENTS_BAD' } : { family, outcome: 'works', ckr: null })),
      quirks: tokenId === undefined ? [] : ['login-before-search', 'oaep-sha1-only', 'wrap-pad-210a'],
    }),
    rehearseTokenKey: async ({ label, uses }) => ({ outcome: 'made', code: null, ckr: null, objects: [{ ...world.objects[0], label, uses }], problems: [] }),
    resolveTokenUri: async ({ uri }) => (uri.startsWith('pkcs11:') ? { token: world.token, object: uri.includes('object=') ? (world.objects[0] ?? null) : null } : refuse('INVALID_PARAMETER', { fields: [{ field: 'uri', problem: 'must be a PKCS#11 URI' }] })),
  }
}
