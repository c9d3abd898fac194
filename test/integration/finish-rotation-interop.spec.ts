import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { AlgorithmSuiteIdentifier, buildClient, CommitmentPolicy, MultiKeyringNode, RawAesKeyringNode, RawAesWrappingSuiteIdentifier } from '@aws-crypto/client-node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseHeader } from '../../src-main/files/codec/header'
import { RotationFixture } from '../support/rotation-fixture'
import { bytesOfLength } from '../unit/files/support'

const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
const unsigned = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY
const signed = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY_ECDSA_P384
const context = { purpose: 'tax', 'a-b': 'ü 漢字' }
let fixture: RotationFixture

beforeEach(async () => {
  fixture = await RotationFixture.create()
})
afterEach(() => fixture.remove())

/** What a user of the official SDK makes of a version of our key, whose bytes stand in its row after the version byte. */
async function keyringOf(keyVersionId: string): Promise<RawAesKeyringNode> {
  const row = await fixture.records.read('key-material', keyVersionId)
  const wrappingSuite = RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING
  const unencryptedMasterKey = new Uint8Array(Uint8Array.from(row ?? []).slice(1).buffer)
  return new RawAesKeyringNode({ keyNamespace: 'keystead', keyName: `${fixture.keyId}/${keyVersionId}`, unencryptedMasterKey, wrappingSuite, utf8Sorting: true })
}

const newest = async () => keyringOf((await fixture.versionIds()).at(-1) ?? '')

describe('files of the official SDK, re-encrypted by finish-rotation', () => {
  const cases = [unsigned, signed].flatMap((suiteId) => [0, 1, 4095, 4096, 4097, 8192, 100_000].map((size) => ({ suiteId, size })))

  it.each(cases)('in suite $suiteId with $size bytes are opened by the SDK with the new version', async ({ suiteId, size }) => {
    const path = fixture.path('file.esdk')
    // The SDK ends whole frames with an empty one, which stays.
    await writeFile(path, (await encrypt(await newest(), bytesOfLength(size), { suiteId, frameLength: 4096, encryptionContext: context })).result)
    expect(await fixture.find(path)).toEqual({ found: 1, added: 1, unreadable: 0 })
    await fixture.rotate()
    expect((await fixture.finish()).job).toMatchObject({ state: 'done', filesDone: 1 })
    const renewed = await fixture.read('file.esdk')
    expect(parseHeader(renewed)?.suite.id).toBe(0x0478)
    const { plaintext, messageHeader } = await decrypt(await newest(), Buffer.from(renewed))
    expect(Buffer.compare(plaintext, bytesOfLength(size))).toBe(0)
    expect({ ...messageHeader.encryptionContext }).toEqual(context)
    expect(messageHeader.frameLength).toBe(4096)
    expect(messageHeader.encryptedDataKeys).toHaveLength(1)
    expect(Buffer.compare(await fixture.content(path), bytesOfLength(size))).toBe(0)
  })

  it('with a changed signature, or with a recipient more, are left as they are', async () => {
    const path = fixture.path('file.esdk')
    const wrappingSuite = RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING
    const unencryptedMasterKey = new Uint8Array(Uint8Array.from(randomBytes(32)).buffer)
    const somebody = new RawAesKeyringNode({ keyNamespace: 'somebody', keyName: 'else', unencryptedMasterKey, wrappingSuite, utf8Sorting: true })
    const both = new MultiKeyringNode({ generator: await newest(), children: [somebody] })
    const shared = (await encrypt(both, bytesOfLength(5000), { suiteId: unsigned, frameLength: 1024 })).result
    const changed = (await encrypt(await newest(), bytesOfLength(5000), { suiteId: signed, frameLength: 1024 })).result
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
    await fixture.rotate()
    for (const [bytes, code] of [
      [shared, 'FILE_OTHER_RECIPIENTS'],
      [changed, 'FILE_TAMPERED'],
    ] as const) {
      await writeFile(path, bytes)
      await fixture.find(path)
      expect((await fixture.finish()).job).toMatchObject({ state: 'failed', code })
      expect(Buffer.compare(await fixture.read('file.esdk'), bytes)).toBe(0)
      expect(await fixture.names()).toEqual(['file.esdk'])
    }
    expect((await decrypt(somebody, shared)).plaintext).toHaveLength(5000)
  })
})
