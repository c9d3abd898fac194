import { constants, createPublicKey, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Application } from '../../src-main/compose'
import type { OperationName } from '../../src-shared/contract/catalog'
import type { RequestInput, Response } from '../../src-shared/contract/operations'
import type { StateOperation } from '../../src-shared/model/state-table'
import type { TestClock } from './keystore-fixture'

/** A key that is made for one call, still in the state that it was made in. */
export interface StateKey {
  keyId: string
  keyVersionId: string
  application: Application
  clock: TestClock
  folder: string
  call<N extends OperationName>(operation: N, input: RequestInput<N>): Promise<Response<N>>
}

/** A key that the operation is for, and a request that can only be refused because of its state. */
export interface StateCase<N extends OperationName> {
  key: RequestInput<'createKey'>
  request: (key: StateKey) => RequestInput<N> | Promise<RequestInput<N>>
}

const plaintext = new Uint8Array(16).fill(7)
const digest = new Uint8Array(32).fill(8)
const subject = 'CN=test,O=Keystead,OU=tests,C=DE'
const aes = {}
const hmac = { keySpec: 'HMAC_SHA_256' } as const
const signing = { keySpec: 'EC_P256', exportable: true } as const
const sealing = { keySpec: 'EC_SM2', keyUsage: 'ENCRYPT/DECRYPT' } as const
const external = { origin: 'EXTERNAL' } as const
const ecdsa = { algorithm: 'ECDSA_SHA_256', digest } as const
const mac = { algorithm: 'HMAC_SHA_256', message: plaintext } as const
const sm2 = { algorithm: 'SM2PKE' } as const
const oaep = { wrappingKeySpec: 'RSA_2048', wrappingAlgorithm: 'RSAES_OAEP_SHA_256' } as const
const recipient = () => ({ publicKeyBlob: Uint8Array.from(receiver), ...oaep })
const receiver = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'der' })

const ids = ({ keyId, keyVersionId }: StateKey) => ({ keyId, keyVersionId })
const idOnly = ({ keyId }: StateKey) => ({ keyId })
const copy = (bytes: Uint8Array) => Uint8Array.from(bytes)
const newAlias = () => `alias/state/${randomBytes(8).toString('hex')}`
const blobOf = async ({ keyId, call }: StateKey) => copy((await call('encrypt', { keyId, plaintext: copy(plaintext) })).ciphertextBlob)

async function wrappedMaterial({ keyId, call }: StateKey): Promise<RequestInput<'importKeyMaterial'>> {
  const { importToken, publicKey } = await call('getParametersForImport', { keyId, wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_2048' })
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' })
  const wrapped = publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, randomBytes(32))
  return { keyId, importToken: copy(importToken), encryptedKeyMaterial: copy(wrapped) }
}

async function aliasOf({ keyId, call }: StateKey): Promise<string> {
  const aliasName = newAlias()
  await call('createAlias', { aliasName, keyId })
  return aliasName
}

/** One for each row of the state table; a missing one does not compile. */
export const stateCases: { [N in StateOperation]: StateCase<N> } = {
  encrypt: { key: aes, request: ({ keyId }) => ({ keyId, plaintext: copy(plaintext) }) },
  decrypt: { key: aes, request: async (key) => ({ ciphertextBlob: await blobOf(key) }) },
  generateDataKey: { key: aes, request: idOnly },
  generateDataKeyWithoutPlaintext: { key: aes, request: idOnly },
  exportDataKey: { key: aes, request: async (key) => ({ ciphertextBlob: await blobOf(key), ...recipient() }) },
  generateAndExportDataKey: { key: aes, request: ({ keyId }) => ({ keyId, ...recipient() }) },
  reEncrypt: {
    key: aes,
    request: async (key) => ({ ciphertextBlob: await blobOf(key), destinationKeyId: (await key.call('createKey', {})).keyMetadata.keyId }),
  },
  asymmetricEncrypt: { key: sealing, request: (key) => ({ ...ids(key), ...sm2, plaintext: copy(plaintext) }) },
  asymmetricDecrypt: {
    key: sealing,
    request: async (key) => {
      const { ciphertextBlob } = await key.call('asymmetricEncrypt', { ...ids(key), ...sm2, plaintext: copy(plaintext) })
      return { ...ids(key), ...sm2, ciphertextBlob: copy(ciphertextBlob) }
    },
  },
  asymmetricSign: { key: signing, request: (key) => ({ ...ids(key), ...ecdsa, digest: copy(digest) }) },
  asymmetricVerify: {
    key: signing,
    request: async (key) => {
      const { value } = await key.call('asymmetricSign', { ...ids(key), ...ecdsa, digest: copy(digest) })
      return { ...ids(key), ...ecdsa, digest: copy(digest), value: copy(value) }
    },
  },
  generateMac: { key: hmac, request: ({ keyId }) => ({ keyId, ...mac, message: copy(plaintext) }) },
  verifyMac: {
    key: hmac,
    request: async ({ keyId, call }) => {
      const { mac: value } = await call('generateMac', { keyId, ...mac, message: copy(plaintext) })
      return { keyId, ...mac, message: copy(plaintext), mac: copy(value) }
    },
  },
  createKeyVersion: {
    key: signing,
    request: ({ keyId, clock }) => {
      clock.passDays(7)
      return { keyId }
    },
  },
  rotateKey: { key: aes, request: idOnly },
  finishRotation: { key: aes, request: idOnly },
  exportPrivateKey: {
    key: signing,
    request: (key) => ({
      ...ids(key),
      passphrase: new TextEncoder().encode('correct horse battery staple'),
      target: key.application.handles.issue(join(key.folder, `${key.keyId}.pem`), 'target'),
    }),
  },
  createCertificate: { key: signing, request: (key) => ({ ...ids(key), subject }) },
  createSelfSignedCertificate: { key: signing, request: (key) => ({ ...ids(key), subject }) },
  updateRotationPolicy: { key: aes, request: ({ keyId }) => ({ keyId, enableAutomaticRotation: true, rotationInterval: '30d' }) },
  enableKey: { key: aes, request: idOnly },
  disableKey: { key: aes, request: idOnly },
  scheduleKeyDeletion: { key: aes, request: ({ keyId }) => ({ keyId, pendingWindowInDays: 30 }) },
  cancelKeyDeletion: { key: aes, request: idOnly },
  createAlias: { key: aes, request: ({ keyId }) => ({ keyId, aliasName: newAlias() }) },
  updateAlias: {
    key: aes,
    request: async (key) => {
      const { keyMetadata } = await key.call('createKey', {})
      return { aliasName: await aliasOf({ ...key, keyId: keyMetadata.keyId }), keyId: key.keyId }
    },
  },
  deleteAlias: { key: aes, request: async (key) => ({ aliasName: await aliasOf(key) }) },
  listAliases: { key: aes, request: () => ({}) },
  listAliasesByKeyId: { key: aes, request: idOnly },
  listKeys: { key: aes, request: () => ({}) },
  describeKey: { key: aes, request: idOnly },
  listResourceTags: { key: aes, request: idOnly },
  describeKeyVersion: { key: aes, request: ids },
  listKeyVersions: { key: aes, request: idOnly },
  getPublicKey: { key: signing, request: ids },
  updateKeyDescription: { key: aes, request: ({ keyId }) => ({ keyId, description: 'x' }) },
  setKeyPolicy: {
    key: aes,
    request: async ({ keyId, call }) => ({ keyId, policy: (await call('getKeyPolicy', { keyId })).policy }),
  },
  getKeyPolicy: { key: aes, request: idOnly },
  setMinimumDecryptionVersion: { key: aes, request: ids },
  tagResource: { key: aes, request: ({ keyId }) => ({ keyId, tags: [{ TagKey: 'a', TagValue: 'b' }] }) },
  untagResource: { key: aes, request: ({ keyId }) => ({ keyId, tagKeys: ['a'] }) },
  getParametersForImport: {
    key: external,
    request: ({ keyId }) => ({ keyId, wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_2048' }),
  },
  deleteKeyMaterial: { key: external, request: idOnly },
  importKeyMaterial: { key: external, request: wrappedMaterial },
  setDeletionProtection: { key: aes, request: ({ keyId }) => ({ keyId, enableDeletionProtection: true }) },
}
