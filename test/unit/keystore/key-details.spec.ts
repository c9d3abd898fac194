import { describe, expect, it } from 'vitest'
import { codeOf, openKeystore } from '../../support/keystore-fixture'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('getKeyDetails', () => {
  it('has everything of a symmetric key', async () => {
    const { ask, newKey, clock, records, relock } = await openKeystore()
    const { keyId, primaryKeyVersion } = await newKey({ tags: [{ TagKey: 'env', TagValue: 'prod' }], enableAutomaticRotation: true, rotationInterval: '90d' })
    await ask('createAlias', { aliasName: 'alias/app', keyId })
    const { ciphertextBlob } = await ask('encrypt', { keyId, plaintext: bytes('x') })
    await ask('keepCiphertext', { name: 'token', ciphertextBlob })
    clock.time += 60_000
    const { keyVersion } = await ask('rotateKey', { keyId })
    for (let count = 0; count < 3; count++) await ask('encrypt', { keyId, plaintext: bytes('y') })
    records.plant('rotation-run', keyId, null, bytes('run'))
    await relock()
    const { keyMetadata } = await ask('describeKey', { keyId })
    expect(await ask('getKeyDetails', { keyId: 'alias/app' })).toEqual({
      keyMetadata,
      aliases: ['app'],
      tags: [{ key: 'env', value: 'prod' }],
      versions: [
        {
          keyVersionId: primaryKeyVersion,
          creationDate: '2026-09-01T12:00:00Z',
          isPrimary: false,
          isRetired: false,
          encryptions: 1,
          isNearlyExhausted: false,
          lastUseDate: '2026-09-01T12:00:00Z',
          uses: 1,
        },
        {
          keyVersionId: keyVersion.keyVersionId,
          creationDate: '2026-09-01T12:01:00Z',
          isPrimary: true,
          isRetired: false,
          encryptions: 3,
          isNearlyExhausted: false,
          lastUseDate: '2026-09-01T12:01:00Z',
          uses: 0,
        },
      ],
      lastUseDate: '2026-09-01T12:01:00Z',
      nextVersionDate: null,
      rotationIntervalSeconds: 7_776_000,
      hasUnfinishedRotation: true,
      certificateIds: [],
      wasImported: false,
    })
  })

  it('says when the next version of an asymmetric key may be made', async () => {
    const { ask, newKey, clock } = await openKeystore()
    const { keyId } = await newKey({ keySpec: 'EC_P256' })
    const next = async () => (await ask('getKeyDetails', { keyId })).nextVersionDate
    expect(await next()).toBe('2026-09-08T12:00:00Z')
    clock.passDays(7)
    expect(await next()).toBeNull()
    expect((await ask('getKeyDetails', { keyId })).versions).toMatchObject([{ isPrimary: false, encryptions: 0, lastUseDate: null }])
  })

  it('names the certificates of the key, newest first', async () => {
    const { ask, newKey } = await openKeystore()
    const { keyId } = await newKey({ keySpec: 'EC_P256' })
    const subject = 'CN=test,O=Keystead,OU=tests,C=DE'
    const made: string[] = []
    for (let count = 0; count < 2; count++) made.unshift((await ask('createCertificate', { keyId, subject })).certificateId)
    await ask('createCertificate', { keySpec: 'EC_P256', subject })
    expect((await ask('getKeyDetails', { keyId })).certificateIds).toEqual(made)
  })

  it('warns of a version that has encrypted very often', async () => {
    const { ask, newKey, records, keystore } = await openKeystore()
    const { keyId, primaryKeyVersion = '' } = await newKey()
    records.plant('key-usage', primaryKeyVersion, keyId, bytes(`[1,${2 ** 31},null]`))
    await keystore.load(records)
    expect((await ask('getKeyDetails', { keyId })).versions).toMatchObject([{ encryptions: 2 ** 31, isNearlyExhausted: true }])
  })

  it('knows no other key', async () => {
    const { ask } = await openKeystore()
    expect(await codeOf(ask('getKeyDetails', { keyId: 'key-unknownunknownunknown' }))).toBe('KEY_NOT_FOUND')
    expect(await codeOf(ask('previewKeyDeletion', { keyId: 'alias/none' }))).toBe('ALIAS_NOT_FOUND')
  })
})

describe('previewKeyDeletion', () => {
  it('counts what would become unreadable and names the newest', async () => {
    const { ask, newKey, clock } = await openKeystore()
    const { keyId } = await newKey()
    await ask('createAlias', { aliasName: 'alias/app', keyId })
    expect(await ask('previewKeyDeletion', { keyId })).toEqual({ files: 0, ciphertexts: 0, certificates: 0, secrets: 0, aliases: ['app'], lastUseDate: null, examples: [] })
    for (let count = 0; count < 12; count++) {
      clock.time += 1000
      const { ciphertextBlob } = await ask('encrypt', { keyId, plaintext: bytes('x') })
      await ask('keepCiphertext', { name: `token ${count}`, ciphertextBlob })
    }
    expect(await ask('previewKeyDeletion', { keyId })).toEqual({
      files: 0,
      ciphertexts: 12,
      certificates: 0,
      secrets: 0,
      aliases: ['app'],
      lastUseDate: '2026-09-01T12:00:12Z',
      examples: Array.from({ length: 10 }, (_, index) => `token ${11 - index}`),
    })
  })
})
