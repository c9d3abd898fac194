import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleForNode } from '../support/bundle'
import { createTestVault } from '../support/composed-application'
import { TestClock } from '../support/keystore-fixture'
import { pinBytes, tokenServices, type TokenServices } from '../support/token-fixture'
import { SoftHsm, softHsmModule } from '../support/softhsm'
import { bytesOf } from '../support/key-calls'
import type { KeySpec } from '../../src-shared/model/keys'

const pin = '1234'
const clock = new TestClock()
let hsm: SoftHsm
let services: TokenServices
let tokenId: string
let otherTokenId: string

beforeAll(async () => {
  hsm = new SoftHsm()
  // Two tokens of one label: keys are found by the serial number.
  hsm.initToken('Archive', pin, '12345678')
  hsm.initToken('Archive', pin, '12345678')
  const workerUrl = pathToFileURL(await bundleForNode('src-main/files/worker.ts', 'hsm-keys-file-worker'))
  services = await tokenServices('hsm-keys', { clock, workerUrl })
  await createTestVault(services.application)
  await services.addModule(softHsmModule)
  const { tokens } = await services.run('listTokens', {})
  const ids = tokens.filter(({ isInitialized }) => isInitialized).map((token) => token.tokenId)
  tokenId = ids[0] ?? ''
  otherTokenId = ids[1] ?? ''
}, 120_000)

afterAll(async () => {
  await services.close()
  hsm.remove()
})

/** Dispatch zeroes the bytes of a request that are secret, so it gets copies. */
const run: TokenServices['run'] = (operation, request) => services.run(operation, structuredClone(request))
const logIn = () => run('logInToToken', { tokenId, pin: pinBytes(pin) })
const newKey = async (keySpec: KeySpec) =>
  (await run('createKey', { keySpec, protectionLevel: 'HSM', dKMSInstanceId: tokenId })).keyMetadata

/** What another program sees of the keys of a master key, both tokens. */
function objectsOf(keyId: string): string[] {
  return [0, 1].flatMap((slot) => {
    const listed = hsm.pkcs11Tool('--login', '--pin', pin, '--slot-index', String(slot), '--list-objects')
    return listed.split(/\n(?=\S)/).filter((object) => object.includes(`keystead:${keyId}`))
  })
}

describe('a master key on a token', () => {
  it('is not made before somebody has logged in to the token that is meant', async () => {
    await expect(newKey('Aliyun_AES_256')).rejects.toMatchObject({ code: 'TOKEN_LOGIN_NEEDED', details: { tokenLabel: 'Archive' } })
    await logIn()
    expect(otherTokenId).not.toBe(tokenId)
    expect((await run('listKeys', {})).totalCount).toBe(0)
  })

  it('is made there alone, and cannot leave', async () => {
    const { keyId, protectionLevel, dKMSInstanceId } = await newKey('Aliyun_AES_256')
    expect(protectionLevel).toBe('HSM')
    const beside = (await run('createKey', { protectionLevel: 'HSM', dKMSInstanceId })).keyMetadata
    expect(beside.dKMSInstanceId).toBe(dKMSInstanceId)
    expect((await run('listKeys', { filters: [{ Key: 'DKMSInstanceId', Values: [dKMSInstanceId] }] })).keys.map((key) => key.keyId)).toEqual([keyId, beside.keyId])
    const [object, ...others] = objectsOf(keyId)
    expect(others).toEqual([])
    expect(object).toMatch(/Secret Key Object; AES length 32/)
    expect(object).toMatch(/Access:\s+sensitive, always sensitive, never extractable, local/)
    expect(object).toMatch(/ID:\s+[0-9a-f]{32}/)
    expect(await run('getKeyPlace', { keyId })).toMatchObject({ place: 'token', token: { label: 'Archive', product: 'SoftHSM', isSoftware: true }, availability: 'ready' })
  })
})

describe('while its token is away', () => {
  const file = () => join(services.folder, 'report.txt')
  let keyId: string
  let ciphertextBlob: Uint8Array
  let doomedId: string

  /** Takes the tokens out; the module is another process then, as after a restart. */
  async function setAway(isAway: boolean): Promise<void> {
    hsm.setAway(isAway)
    const [module] = (await run('listTokenModules', {})).modules
    await services.application.tokens.stopModule(module?.moduleId ?? '')
  }

  async function crypt(operation: 'encryptFiles' | 'decryptFiles', path: string) {
    const sources = [services.application.handles.issue(path, 'source')]
    const { job } = operation === 'encryptFiles' ? await run(operation, { sources, keyId }) : await run(operation, { sources })
    await services.application.files.waitFor(job.jobId)
    return (await run('listJobFiles', { jobId: job.jobId, offset: 0, count: 10 })).files[0]
  }

  beforeAll(async () => {
    keyId = (await newKey('Aliyun_AES_256')).keyId
    ;({ ciphertextBlob } = await run('encrypt', { keyId, plaintext: bytesOf('old') }))
    await run('rotateKey', { keyId })
    await run('createSecret', { secretName: 'db', secretData: bytesOf('a value'), versionId: 'v1', encryptionKeyId: keyId })
    writeFileSync(file(), 'a report')
    expect(await crypt('encryptFiles', file())).toMatchObject({ state: 'done' })
    doomedId = (await newKey('EC_P256')).keyId
    await run('scheduleKeyDeletion', { keyId: doomedId, pendingWindowInDays: 7 })
  }, 120_000)

  it('the key says so and does nothing, and everything else goes on', async () => {
    expect(objectsOf(keyId)).toHaveLength(2)
    await setAway(true)
    expect(await run('getKeyPlace', { keyId })).toMatchObject({ availability: 'absent', token: { label: 'Archive' } })
    const refusal = { code: 'TOKEN_NOT_FOUND', details: { tokenLabel: 'Archive' } }
    for (const use of [() => run('encrypt', { keyId, plaintext: bytesOf('x') }), () => run('decrypt', { ciphertextBlob }), () => run('rotateKey', { keyId }), () => run('getSecretValue', { secretName: 'db' })]) {
      await expect(use()).rejects.toMatchObject(refusal)
    }
    expect(await crypt('decryptFiles', `${file()}.keystead`)).toMatchObject({ state: 'failed', code: 'TOKEN_NOT_FOUND', tokenLabel: 'Archive' })
    await expect(crypt('encryptFiles', file())).rejects.toMatchObject(refusal)
    await expect(run('finishRotation', { keyId })).rejects.toMatchObject(refusal)
    expect((await run('previewFinishRotation', { keyId })).isUnfinished).toBe(false)
    const other = (await run('createKey', {})).keyMetadata.keyId
    expect((await run('encrypt', { keyId: other, plaintext: bytesOf('x') })).keyId).toBe(other)
    expect((await run('getKeyDetails', { keyId })).versions).toHaveLength(2)
  })

  it('rotations and deletions wait for it', async () => {
    await run('updateRotationPolicy', { keyId, enableAutomaticRotation: true, rotationInterval: '7d' })
    clock.passDays(8)
    await services.application.keystore.catchUp()
    expect((await run('describeKey', { keyId: doomedId })).keyMetadata.keyState).toBe('PendingDeletion')
    expect((await run('listKeyVersions', { keyId })).totalCount).toBe(2)
  })

  it('nothing is lost: with the token back, and after a login, all is done', async () => {
    await setAway(false)
    const refusal = { code: 'TOKEN_LOGIN_NEEDED', details: { tokenLabel: 'Archive' } }
    await expect(run('decrypt', { ciphertextBlob })).rejects.toMatchObject(refusal)
    expect(await crypt('decryptFiles', `${file()}.keystead`)).toMatchObject({ state: 'failed', code: refusal.code, tokenLabel: 'Archive' })
    await services.application.keystore.catchUp()
    expect(await run('getKeyPlace', { keyId: doomedId })).toMatchObject({ availability: 'login-needed' })
    expect(objectsOf(doomedId)).toHaveLength(2)
    await logIn()
    await services.application.keystore.catchUp()
    await expect(run('describeKey', { keyId: doomedId })).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' })
    expect(objectsOf(doomedId)).toEqual([])
    expect((await run('listKeyVersions', { keyId })).totalCount).toBe(3)
    expect(objectsOf(keyId)).toHaveLength(3)
    expect(new TextDecoder().decode((await run('decrypt', { ciphertextBlob })).plaintext)).toBe('old')
    expect(new TextDecoder().decode((await run('getSecretValue', { secretName: 'db' })).secretData)).toBe('a value')
    renameSync(file(), `${file()}.original`)
    // The jobs of before go on; the first one has the name then.
    const missed = (await run('listJobs', {})).jobs.filter(({ missedTokens }) => missedTokens).toReversed()
    expect(missed.map(({ missedTokens }) => missedTokens)).toEqual([[{ label: 'Archive', serial: expect.any(String) as string }], [{ label: 'Archive', serial: expect.any(String) as string }]])
    for (const [index, outcome] of [{ state: 'done', code: null }, { state: 'failed', code: 'TARGET_EXISTS' }].entries()) {
      const { job } = await run('resumeJob', { jobId: missed[index]?.jobId ?? '' })
      expect(await services.application.files.waitFor(job.jobId)).toMatchObject(outcome)
    }
    expect(readFileSync(file(), 'utf8')).toBe('a report')
  })
})
