import { constants, createPrivateKey, randomBytes } from 'node:crypto'
import {
  buildClient,
  CommitmentPolicy,
  AlgorithmSuiteIdentifier,
  KeyringNode,
  MultiKeyringNode,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
  RawRsaKeyringNode,
} from '@aws-crypto/client-node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { concatBytes } from '../../src-main/crypto/bytes'
import { parseHeader } from '../../src-main/files/codec/header'
import { openFileHeader } from '../../src-main/files/crypt-file'
import { readMessage } from '../../src-main/files/codec/message-reader'
import { openCalls } from '../support/key-calls'
import { InThreadWorkers } from '../unit/files/in-thread-workers'
import { JobsFixture } from '../unit/files/jobs-support'
import { bytesOfLength, caller, chunksOf, codeOf, keyId, keyVersionId, withByte } from '../unit/files/support'

const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
const unsigned = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY
const signed = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY_ECDSA_P384
const sizes = [0, 1, 4095, 4096, 4097, 8192, 100_000]
const MiB = 1024 * 1024
let fixture: JobsFixture

/** Memory of its own: the SDK refuses views of Node's shared pool. */
const ownMemory = (bytes: Uint8Array) => new Uint8Array(Uint8Array.from(bytes).buffer)

function rawAes(keyNamespace: string, keyName: string, bytes: Uint8Array): KeyringNode {
  const wrappingSuite = RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING
  return new RawAesKeyringNode({ keyNamespace, keyName, unencryptedMasterKey: ownMemory(bytes), wrappingSuite, utf8Sorting: true })
}

/** What a user of the official SDK would make for the key of the fixture. */
const ourKeyring = () => rawAes('keystead', `${keyId}/${keyVersionId}`, fixture.keys.bytes)

beforeEach(async () => {
  fixture = await JobsFixture.create({ workers: new InThreadWorkers() })
})
afterEach(() => fixture.remove())

describe('files of Keystead', () => {
  it.each([0, 1, MiB - 1, MiB, MiB + 1, 2 * MiB, 3 * MiB + 77])('of %i bytes are opened by the official SDK', async (size) => {
    const context = { purpose: 'tax', year: '2026', 'a-b': 'ü 漢字' }
    await fixture.encrypt([await fixture.write('a.bin', bytesOfLength(size))], { context })
    const { plaintext, messageHeader } = await decrypt(ourKeyring(), Buffer.from(await fixture.read('a.bin.keystead')))
    expect(Buffer.compare(plaintext, bytesOfLength(size))).toBe(0)
    expect({ ...messageHeader.encryptionContext }).toEqual(context)
  })

  it('without a context are opened, changed ones and those of another key are not', async () => {
    await fixture.encrypt([await fixture.write('a.bin', 'hello')])
    const bytes = await fixture.read('a.bin.keystead')
    expect((await decrypt(ourKeyring(), Buffer.from(bytes))).plaintext.toString()).toBe('hello')
    await expect(decrypt(ourKeyring(), Buffer.from(withByte(bytes, bytes.length - 1, (byte) => byte ^ 1)))).rejects.toThrow()
    await expect(decrypt(rawAes('keystead', `${keyId}/${keyVersionId}`, randomBytes(32)), Buffer.from(bytes))).rejects.toThrow()
  })
})

describe('files of the official SDK', () => {
  const suites: [string, AlgorithmSuiteIdentifier][] = [
    ['0478', unsigned],
    ['0578', signed],
  ]

  it.each(suites)('in suite %s are decrypted as files and as streams', async (_name, suiteId) => {
    for (const size of sizes) {
      const plaintext = bytesOfLength(size)
      const { result } = await encrypt(ourKeyring(), plaintext, { suiteId, frameLength: 4096, encryptionContext: { purpose: 'tax', 'a-b': 'x' } })
      await fixture.write('foreign', result)
      const { files } = await fixture.decrypt([fixture.path('foreign')], { onCollision: 'replace' })
      expect(files.map(({ code }) => code)).toEqual([null])
      expect(Buffer.compare(await fixture.read('foreign.decrypted'), plaintext)).toBe(0)
      const parts: Uint8Array[] = []
      for await (const part of readMessage(chunksOf(result, 1000), (header) => openFileHeader(caller, fixture.keys, header))) parts.push(part.slice())
      expect(Buffer.compare(concatBytes(...parts), plaintext)).toBe(0)
      expect(await fixture.inspect(fixture.path('foreign'))).toMatchObject({ plaintextBytes: size, isAuthenticated: true, frameLength: 4096 })
    }
  })

  it('with several recipients are decrypted by the one that is ours', async () => {
    const first = rawAes('somebody', 'else', randomBytes(32))
    const keyring = new MultiKeyringNode({ generator: first, children: [rawAes('keystead', 'not/ours', randomBytes(32)), ourKeyring()] })
    const { result } = await encrypt(keyring, bytesOfLength(5000), { suiteId: unsigned, frameLength: 1024 })
    expect(parseHeader(result)?.entries).toHaveLength(3)
    await fixture.write('foreign', result)
    expect((await fixture.decrypt([fixture.path('foreign')])).job).toMatchObject({ state: 'done' })
    expect(Buffer.compare(await fixture.read('foreign.decrypted'), bytesOfLength(5000))).toBe(0)
    const { recipients } = await fixture.inspect(fixture.path('foreign'))
    expect(recipients.map(({ kind, provider, canOpen }) => [kind, provider, canOpen])).toEqual([
      ['foreign', 'somebody', false],
      ['foreign', 'keystead', false],
      ['keystead-aes', 'keystead', true],
    ])
  })

  it('for other keys only are FILE_KEY_UNAVAILABLE', async () => {
    const { result } = await encrypt(rawAes('somebody', 'else', randomBytes(32)), bytesOfLength(10), { suiteId: unsigned })
    await fixture.write('foreign', result)
    expect((await fixture.decrypt([fixture.path('foreign')])).job).toMatchObject({ state: 'failed', code: 'FILE_KEY_UNAVAILABLE' })
  })

  it('that are signed are refused with any byte of the end changed, cut or extended', async () => {
    const { result } = await encrypt(ourKeyring(), bytesOfLength(100), { suiteId: signed, frameLength: 64 })
    const codeFor = async (bytes: Uint8Array) => {
      await fixture.write('foreign', bytes)
      const { files } = await fixture.decrypt([fixture.path('foreign')])
      expect(await fixture.names()).toEqual(['foreign'])
      return files[0]?.code
    }
    const streamCode = (bytes: Uint8Array) =>
      codeOf(async () => {
        for await (const part of readMessage(chunksOf(bytes), (header) => openFileHeader(caller, fixture.keys, header))) expect(part.length).toBeLessThanOrEqual(64)
      })
    for (let offset = result.length - 110; offset < result.length; offset++) {
      const changed = withByte(result, offset, (byte) => byte ^ 1)
      expect(['FILE_TAMPERED', 'FILE_TRUNCATED']).toContain(await codeFor(changed))
      expect(['FILE_TAMPERED', 'FILE_TRUNCATED']).toContain(await streamCode(changed))
    }
    for (const cut of [1, 50, 102, 103, 104, 105, 110]) {
      expect([cut, await codeFor(result.subarray(0, -cut))]).toEqual([cut, 'FILE_TRUNCATED'])
      expect([cut, await streamCode(result.subarray(0, -cut))]).toEqual([cut, 'FILE_TRUNCATED'])
    }
    expect(await codeFor(Buffer.concat([result, Buffer.alloc(1)]))).toBe('FILE_TAMPERED')
    expect(await streamCode(Buffer.concat([result, Buffer.alloc(1)]))).toBe('FILE_TAMPERED')
  })
})

describe('RSA keys', () => {
  /** A vault with an RSA key, and the keyring that a user of the official SDK would make for it. */
  async function withRsaKey(keySpec: 'RSA_2048' | 'RSA_4096') {
    const { call, newKeyOf, keystore, records } = await openCalls()
    const key = await newKeyOf(keySpec, 'ENCRYPT/DECRYPT')
    const jobs = await JobsFixture.create({ workers: new InThreadWorkers(), keys: keystore.fileKeys })
    const { publicKey } = await call('getPublicKey', key)
    const pkcs8 = Buffer.from(((await records.read('key-material', key.keyVersionId)) ?? new Uint8Array(0)).subarray(1))
    const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' }).toString()
    const keyringOf = (oaepHash: 'sha1' | 'sha256', name = `${key.keyId}/${key.keyVersionId}`) =>
      new RawRsaKeyringNode({ keyName: name, keyNamespace: 'keystead', rsaKey: { publicKey, privateKey }, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash })
    return { jobs, key, keyringOf }
  }

  it.each(['RSA_2048', 'RSA_4096'] as const)('of %s: a file of Keystead is opened by the official SDK', async (keySpec) => {
    const { jobs, key, keyringOf } = await withRsaKey(keySpec)
    const source = jobs.handles.issue(await jobs.write('a.bin', bytesOfLength(MiB + 9)), 'source')
    const { job } = await jobs.jobs.encryptFiles(caller, { sources: [source], onCollision: 'refuse', keyId: key.keyId, encryptionContext: { purpose: 'tax' } })
    expect((await jobs.finish(job)).job).toMatchObject({ state: 'done' })
    const { plaintext, messageHeader } = await decrypt(keyringOf('sha256'), Buffer.from(await jobs.read('a.bin.keystead')))
    expect(Buffer.compare(plaintext, bytesOfLength(MiB + 9))).toBe(0)
    expect({ ...messageHeader.encryptionContext }).toEqual({ purpose: 'tax' })
    await expect(decrypt(keyringOf('sha1'), Buffer.from(await jobs.read('a.bin.keystead')))).rejects.toThrow()
    await jobs.remove()
  })

  it('decrypt files of the official SDK, made with the public key', async () => {
    const { jobs, key, keyringOf } = await withRsaKey('RSA_2048')
    const codeFor = async (keyring: RawRsaKeyringNode) => {
      const { result } = await encrypt(keyring, bytesOfLength(5000), { suiteId: signed, frameLength: 1024, encryptionContext: { purpose: 'tax' } })
      await jobs.write('foreign', result)
      return (await jobs.decrypt([jobs.path('foreign')], { onCollision: 'replace' })).files[0]?.code
    }
    expect(await codeFor(keyringOf('sha256'))).toBeNull()
    expect(Buffer.compare(await jobs.read('foreign.decrypted'), bytesOfLength(5000))).toBe(0)
    const { recipients, isAuthenticated } = await jobs.inspect(jobs.path('foreign'))
    expect([recipients, isAuthenticated]).toEqual([[{ kind: 'keystead-rsa', provider: 'keystead', name: `${key.keyId}/${key.keyVersionId}`, ...key, canOpen: true }], true])
    expect(await codeFor(keyringOf('sha1'))).toBe('FILE_TAMPERED')
    expect(await codeFor(keyringOf('sha256', 'somebody/else'))).toBe('FILE_KEY_UNAVAILABLE')
    await jobs.remove()
  })
})

describe('what the official SDK accepts and Keystead does not', () => {
  it('is something after the end of an unsigned message', async () => {
    const { result } = await encrypt(ourKeyring(), bytesOfLength(10), { suiteId: unsigned })
    const longer = Buffer.concat([result, Buffer.from('garbage')])
    expect((await decrypt(ourKeyring(), longer)).plaintext).toHaveLength(10)
    await fixture.write('foreign', longer)
    expect((await fixture.decrypt([fixture.path('foreign')])).job).toMatchObject({ state: 'failed', code: 'FILE_TAMPERED' })
  })
})
