import { describe, expect, it } from 'vitest'
import { KmsError } from '../../../src-shared/errors'
import { systemCaller } from '../../../src-shared/model/caller'
import { callerOf, codeOf, openKeystore } from '../../support/keystore-fixture'

const day = 86_400_000
const bytes = (text: string) => new TextEncoder().encode(text)
const system = systemCaller('rotateKey')

/** A key that rotates every 30 days. */
async function openRotating(rotationInterval = '30d') {
  const opened = await openKeystore()
  const { keyId } = await opened.newKey({ enableAutomaticRotation: true, rotationInterval })
  const metadata = async () => (await opened.ask('describeKey', { keyId })).keyMetadata
  const versionCount = async () => (await opened.ask('listKeyVersions', { keyId })).totalCount
  const rotations = () => opened.records.audit.filter(({ caller }) => caller.operation === 'rotateKey')
  return { ...opened, keyId, metadata, versionCount, rotations }
}

describe('rotateKey', () => {
  it('makes a new primary version and leaves the policy alone', async () => {
    const { ask, newKey, clock, records } = await openKeystore()
    const before = await newKey()
    clock.time += 1000
    const { keyVersion } = await ask('rotateKey', { keyId: before.keyId })
    expect(keyVersion.creationDate).toBe('2026-09-01T12:00:01Z')
    expect((await ask('describeKey', { keyId: before.keyId })).keyMetadata).toEqual({
      ...before,
      primaryKeyVersion: keyVersion.keyVersionId,
      lastRotationDate: '2026-09-01T12:00:01Z',
    })
    expect(records.audit.at(-1)).toEqual({ caller: callerOf('rotateKey'), resource: before.keyId, code: null })
    expect((await ask('encrypt', { keyId: before.keyId, plaintext: bytes('x') })).keyVersionId).toBe(keyVersion.keyVersionId)
  })

  it('puts off the next automatic rotation', async () => {
    const { ask, clock, keyId, metadata } = await openRotating()
    clock.passDays(10)
    await ask('rotateKey', { keyId })
    expect((await metadata()).nextRotationDate).toBe('2026-10-11T12:00:00Z')
  })

  it('can happen twice at the same time', async () => {
    const { ask, keyId, versionCount } = await openRotating()
    await Promise.all([ask('rotateKey', { keyId }), ask('rotateKey', { keyId })])
    expect(await versionCount()).toBe(3)
  })

  it.each([
    [{ keySpec: 'EC_P256' }, 'UNSUPPORTED_OPERATION'],
    [{ keySpec: 'HMAC_SM3' }, 'UNSUPPORTED_OPERATION'],
    [{ origin: 'EXTERNAL' }, 'KEY_PENDING_IMPORT'],
  ] as const)('is not for a key of %j', async (input, code) => {
    const { ask, newKey } = await openKeystore()
    const { keyId } = await newKey(input)
    expect(await codeOf(ask('rotateKey', { keyId }))).toBe(code)
    expect(await codeOf(ask('updateRotationPolicy', { keyId, enableAutomaticRotation: false }))).toBe(code)
  })

  it('is not for a key with imported material', async () => {
    const { ask, newKey, rewrite } = await openKeystore()
    const { keyId } = await newKey()
    await rewrite(keyId, { origin: 'EXTERNAL' })
    expect(await codeOf(ask('rotateKey', { keyId }))).toBe('UNSUPPORTED_ORIGIN')
    expect(await codeOf(ask('updateRotationPolicy', { keyId, enableAutomaticRotation: true, rotationInterval: '30d' }))).toBe('UNSUPPORTED_ORIGIN')
  })

  it('makes no version when the transaction fails', async () => {
    const { ask, keyId, versionCount, records } = await openRotating()
    records.failNextCommit(new KmsError('NO_SPACE', 'The disk is full.'))
    expect(await codeOf(ask('rotateKey', { keyId }))).toBe('NO_SPACE')
    expect([await versionCount(), (await records.list('key-material')).length]).toEqual([1, 1])
  })
})

describe('updateRotationPolicy', () => {
  it('switches on, changes, off, and remembers the period', async () => {
    const { ask, newKey } = await openKeystore()
    const { keyId } = await newKey()
    const set = async (enableAutomaticRotation: boolean, rotationInterval?: string) => {
      await ask('updateRotationPolicy', { keyId, enableAutomaticRotation, ...(rotationInterval === undefined ? {} : { rotationInterval }) })
      const { automaticRotation, rotationInterval: interval, nextRotationDate } = (await ask('describeKey', { keyId })).keyMetadata
      return [automaticRotation, interval, nextRotationDate]
    }
    expect(await set(true, '7d')).toEqual(['Enabled', '604800s', '2026-09-08T12:00:00Z'])
    expect(await set(true, '17520h')).toEqual(['Enabled', '63072000s', '2028-08-31T12:00:00Z'])
    expect(await set(false)).toEqual(['Disabled', undefined, undefined])
    expect((await ask('getKeyDetails', { keyId })).rotationIntervalSeconds).toBe(63_072_000)
    expect(await set(true)).toEqual(['Enabled', '63072000s', '2028-08-31T12:00:00Z'])
  })

  it.each([
    [undefined, 'MISSING_PARAMETER'],
    ['604799s', 'INVALID_PARAMETER'],
    ['6d', 'INVALID_PARAMETER'],
    ['0', 'INVALID_PARAMETER'],
    ['731d', 'INVALID_PARAMETER'],
    ['999999999d', 'INVALID_PARAMETER'],
  ])('refuses the period %j: %s', async (rotationInterval, code) => {
    const { ask, newKey } = await openKeystore()
    const { keyId } = await newKey()
    const refusal = ask('updateRotationPolicy', { keyId, enableAutomaticRotation: true, ...(rotationInterval === undefined ? {} : { rotationInterval }) })
    expect(await refusal.catch((error: unknown) => error)).toMatchObject({ code, details: { fields: [{ field: 'rotationInterval' }] } })
    expect((await ask('describeKey', { keyId })).keyMetadata.automaticRotation).toBe('Disabled')
  })

  it('rotates at once when the shorter period is over already', async () => {
    const { ask, clock, keyId, versionCount, metadata, records } = await openRotating('365d')
    clock.passDays(40)
    await ask('updateRotationPolicy', { keyId, enableAutomaticRotation: true, rotationInterval: '30d' })
    expect(await versionCount()).toBe(2)
    expect(records.audit.slice(-2).map(({ caller }) => caller)).toEqual([callerOf('updateRotationPolicy'), system])
    expect((await metadata()).nextRotationDate).toBe('2026-11-10T12:00:00Z')
  })
})

describe('automatic rotation', () => {
  it('comes when it is due, not before, once for each period', async () => {
    const { keystore, clock, keyId, versionCount, rotations, metadata } = await openRotating()
    clock.time += 30 * day - 1
    await keystore.catchUp()
    expect(await versionCount()).toBe(1)
    clock.time += 1
    await keystore.catchUp()
    await keystore.catchUp()
    expect(await versionCount()).toBe(2)
    expect(rotations()).toEqual([{ caller: system, resource: keyId, code: null }])
    expect(await metadata()).toMatchObject({ lastRotationDate: '2026-10-01T12:00:00Z', nextRotationDate: '2026-10-31T12:00:00Z' })
  })

  it('makes one version after years under lock', async () => {
    const { clock, versionCount, relock, metadata } = await openRotating()
    clock.passDays(1000)
    await relock()
    expect(await versionCount()).toBe(2)
    await relock()
    expect(await versionCount()).toBe(2)
    expect((await metadata()).lastRotationDate).toBe('2029-05-28T12:00:00Z')
  })

  it.each(['disabled', 'pending deletion'])('waits while the key is %s, and goes on afterwards', async (state) => {
    const { ask, keystore, clock, keyId, versionCount, metadata } = await openRotating()
    await (state === 'disabled' ? ask('disableKey', { keyId }) : ask('scheduleKeyDeletion', { keyId, pendingWindowInDays: 60 }))
    clock.passDays(40)
    await keystore.catchUp()
    expect([await versionCount(), await metadata()]).toMatchObject([1, { automaticRotation: 'Suspended', rotationInterval: '2592000s', nextRotationDate: '2026-10-01T12:00:00Z' }])
    await ask(state === 'disabled' ? 'enableKey' : 'cancelKeyDeletion', { keyId })
    await keystore.catchUp()
    expect([await versionCount(), await metadata()]).toMatchObject([2, { automaticRotation: 'Enabled', nextRotationDate: '2026-11-10T12:00:00Z' }])
  })

  it('keeps sixty generations readable', async () => {
    const { ask, clock, keyId, versionCount, relock } = await openRotating()
    const blobs: Uint8Array[] = []
    const seal = async (generation: number) => {
      const { ciphertextBlob } = await ask('encrypt', { keyId, plaintext: bytes(`generation ${generation}`), encryptionContext: { generation: String(generation) } })
      blobs.push(ciphertextBlob)
    }
    for (let generation = 0; generation < 60; generation++) {
      await seal(generation)
      clock.passDays(30)
      await relock()
    }
    await seal(60)
    expect(await versionCount()).toBe(61)
    for (const [generation, ciphertextBlob] of blobs.entries()) {
      const { plaintext } = await ask('decrypt', { ciphertextBlob, encryptionContext: { generation: String(generation) } })
      expect(new TextDecoder().decode(plaintext)).toBe(`generation ${generation}`)
    }
    const used = await Promise.all(blobs.map((ciphertextBlob, generation) => ask('decrypt', { ciphertextBlob, encryptionContext: { generation: String(generation) } })))
    expect(new Set(used.map(({ keyVersionId }) => keyVersionId)).size).toBe(61)
  })

  it('goes on with the other keys when one cannot rotate, and tries again', async () => {
    const { keystore, clock, records, newKey, ask, versionCount } = await openRotating()
    const other = (await newKey({ enableAutomaticRotation: true, rotationInterval: '30d' })).keyId
    clock.passDays(30)
    records.failNextCommit(new KmsError('INTERNAL', 'a bug'))
    await keystore.catchUp()
    const counts = async () => [await versionCount(), (await ask('listKeyVersions', { keyId: other })).totalCount]
    expect(await counts()).toEqual([1, 2])
    await keystore.catchUp()
    expect(await counts()).toEqual([2, 2])
  })

  it('ends quietly when the vault is locked', async () => {
    const { keystore, clock, records } = await openRotating()
    clock.passDays(30)
    records.isLocked = true
    await keystore.catchUp()
    keystore.unload()
    await keystore.catchUp()
  })
})

describe('a clock that is set back', () => {
  it('makes no key rotate twice', async () => {
    const { keystore, clock, versionCount, metadata, relock } = await openRotating()
    clock.passDays(30)
    await keystore.catchUp()
    clock.passDays(-400)
    for (const wait of [0, 30, 60]) {
      clock.passDays(wait)
      await relock()
      expect(await versionCount()).toBe(2)
    }
    expect((await metadata()).nextRotationDate).toBe('2026-10-31T12:00:00Z')
    clock.passDays(340)
    await relock()
    expect(await versionCount()).toBe(3)
  })

  it('stands still for what is made and used meanwhile, also after a lock', async () => {
    const { ask, clock, newKey, keyId, relock } = await openRotating()
    clock.passDays(3)
    await ask('encrypt', { keyId, plaintext: bytes('x') })
    await relock()
    clock.passDays(-20)
    expect((await newKey()).creationDate).toBe('2026-09-04T12:00:00Z')
    await ask('encrypt', { keyId, plaintext: bytes('x') })
    await relock()
    expect((await ask('getKeyDetails', { keyId })).lastUseDate).toBe('2026-09-04T12:00:00Z')
    clock.passDays(21)
    expect((await newKey()).creationDate).toBe('2026-09-05T12:00:00Z')
  })
})
