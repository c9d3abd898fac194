import { describe, expect, it } from 'vitest'
import type { KeyVersionRecord } from '../../../src-main/keystore/key-record'
import { callerOf, codeOf, openKeystore } from '../../support/keystore-fixture'

const day = 86_400_000
const bytes = (text: string) => new TextEncoder().encode(text)

describe('createKeyVersion', () => {
  it.each(['EC_P256', 'RSA_2048', 'EC_SM2'] as const)('adds a version with its own key pair to a key of the spec %s', async (keySpec) => {
    const { ask, newKey, clock, records, relock } = await openKeystore()
    const { keyId } = await newKey({ keySpec })
    clock.passDays(7)
    const { keyVersion } = await ask('createKeyVersion', { keyId })
    expect(keyVersion).toEqual({ keyId, keyVersionId: keyVersion.keyVersionId, creationDate: '2026-09-08T12:00:00Z' })
    expect(records.audit.at(-1)).toEqual({ caller: callerOf('createKeyVersion'), resource: keyId, code: null })
    await relock()
    const { keyVersions, totalCount } = await ask('listKeyVersions', { keyId })
    expect([totalCount, keyVersions.at(-1)]).toEqual([2, keyVersion])
    const pems = await Promise.all(keyVersions.map(({ keyVersionId }) => ask('getPublicKey', { keyId, keyVersionId })))
    expect(new Set(pems.map(({ publicKey }) => publicKey)).size).toBe(2)
  })

  it('makes one each seven days', async () => {
    const { ask, newKey, clock, use } = await openKeystore()
    const { keyId } = await newKey({ keySpec: 'Ed25519' })
    clock.time += 7 * day - 1
    expect(await codeOf(ask('createKeyVersion', { keyId }))).toBe('LIMIT_EXCEEDED')
    expect(use.calls).toEqual([{ caller: callerOf('createKeyVersion'), resource: keyId, code: 'LIMIT_EXCEEDED' }])
    clock.time += 1
    const answers = await Promise.allSettled([ask('createKeyVersion', { keyId }), ask('createKeyVersion', { keyId })])
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('stops at fifty', async () => {
    const { ask, newKey, clock, rewrite } = await openKeystore()
    const { keyId } = await newKey({ keySpec: 'EC_P256' })
    const older: KeyVersionRecord[] = Array.from({ length: 49 }, (_, index) => ({ keyVersionId: `${keyId}-version${10 + index}`, createdAt: clock.time - index }))
    await rewrite(keyId, { versions: older, primaryVersionId: `${keyId}-version10` })
    clock.passDays(7)
    await ask('createKeyVersion', { keyId })
    clock.passDays(7)
    expect(await codeOf(ask('createKeyVersion', { keyId }))).toBe('LIMIT_EXCEEDED')
    expect((await ask('listKeyVersions', { keyId })).totalCount).toBe(50)
  })

  it.each([
    [{}, 'UNSUPPORTED_OPERATION'],
    [{ keySpec: 'HMAC_SHA_256' }, 'UNSUPPORTED_OPERATION'],
  ] as const)('is not for a key of %j', async (input, code) => {
    const { ask, newKey, clock } = await openKeystore()
    const { keyId } = await newKey(input)
    clock.passDays(30)
    expect(await codeOf(ask('createKeyVersion', { keyId }))).toBe(code)
  })

  it('is not for a key pair from outside', async () => {
    const { ask, newKey, clock, rewrite } = await openKeystore()
    const { keyId } = await newKey({ keySpec: 'EC_P256' })
    await rewrite(keyId, { origin: 'EXTERNAL' })
    clock.passDays(30)
    expect(await codeOf(ask('createKeyVersion', { keyId }))).toBe('UNSUPPORTED_ORIGIN')
  })
})

describe('versions', () => {
  it('are described and paged, oldest first', async () => {
    const { ask, newKey, clock } = await openKeystore()
    const { keyId, primaryKeyVersion = '' } = await newKey()
    const made = [{ keyId, keyVersionId: primaryKeyVersion, creationDate: '2026-09-01T12:00:00Z' }]
    for (let count = 0; count < 4; count++) {
      clock.time += 1000
      made.push((await ask('rotateKey', { keyId })).keyVersion)
    }
    await ask('createAlias', { aliasName: 'alias/a', keyId })
    expect(await ask('listKeyVersions', { keyId: 'alias/a', pageNumber: 2, pageSize: 2 })).toEqual({ totalCount: 5, pageNumber: 2, pageSize: 2, keyVersions: made.slice(2, 4) })
    expect((await ask('listKeyVersions', { keyId, pageSize: 0 })).keyVersions).toEqual([])
    for (const keyVersion of made) expect(await ask('describeKeyVersion', { keyId, keyVersionId: keyVersion.keyVersionId })).toEqual({ keyVersion })
  })

  it('of another key are not found', async () => {
    const { ask, newKey } = await openKeystore()
    const [one, two] = [await newKey(), await newKey()]
    expect(await codeOf(ask('describeKeyVersion', { keyId: one.keyId, keyVersionId: two.primaryKeyVersion ?? '' }))).toBe('KEY_VERSION_NOT_FOUND')
    expect(await codeOf(ask('setMinimumDecryptionVersion', { keyId: one.keyId, keyVersionId: two.primaryKeyVersion ?? '' }))).toBe('KEY_VERSION_NOT_FOUND')
  })
})

describe('setMinimumDecryptionVersion', () => {
  it('retires older versions, destroys nothing, and takes them back', async () => {
    const { ask, newKey, relock } = await openKeystore()
    const { keyId } = await newKey()
    const blobs: Uint8Array[] = []
    for (let count = 0; count < 3; count++) {
      blobs.push((await ask('encrypt', { keyId, plaintext: bytes('x') })).ciphertextBlob)
      await ask('rotateKey', { keyId })
    }
    const { keyVersions } = await ask('listKeyVersions', { keyId })
    const opened = () => Promise.all(blobs.map((ciphertextBlob) => ask('decrypt', { ciphertextBlob }).then(() => 'ok', (error: { code: string }) => error.code)))
    await ask('setMinimumDecryptionVersion', { keyId, keyVersionId: keyVersions[2]?.keyVersionId ?? '' })
    await relock()
    expect(await opened()).toEqual(['KEY_VERSION_RETIRED', 'KEY_VERSION_RETIRED', 'ok'])
    expect((await ask('getKeyDetails', { keyId })).versions.map(({ isRetired, isPrimary }) => [isRetired, isPrimary])).toEqual([
      [true, false],
      [true, false],
      [false, false],
      [false, true],
    ])
    await ask('setMinimumDecryptionVersion', { keyId })
    expect(await opened()).toEqual(['ok', 'ok', 'ok'])
  })

  it('may be the primary version, and never a newer one', async () => {
    const { ask, newKey, rewrite } = await openKeystore()
    const { keyId, primaryKeyVersion: first = '' } = await newKey()
    const { keyVersion } = await ask('rotateKey', { keyId })
    await ask('setMinimumDecryptionVersion', { keyId, keyVersionId: keyVersion.keyVersionId })
    await rewrite(keyId, { primaryVersionId: first })
    expect(await codeOf(ask('setMinimumDecryptionVersion', { keyId, keyVersionId: keyVersion.keyVersionId }))).toBe('INVALID_PARAMETER')
  })

  it('is for symmetric keys', async () => {
    const { ask, newKey } = await openKeystore()
    const { keyId } = await newKey({ keySpec: 'EC_P256' })
    expect(await codeOf(ask('setMinimumDecryptionVersion', { keyId }))).toBe('UNSUPPORTED_OPERATION')
  })
})
