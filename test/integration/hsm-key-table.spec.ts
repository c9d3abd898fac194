import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAsymmetric, keySpecInfos } from '../../src-shared/model/key-specs'
import { keySpecs, type KeySpec, type KeyUsage } from '../../src-shared/model/keys'
import { bundleForNode } from '../support/bundle'
import { createTestVault, testPassphrase } from '../support/composed-application'
import { useCertificates, useDecryption, useMac, useSignatures, useSymmetric } from '../support/hsm-key-uses'
import { bytesOf } from '../support/key-calls'
import { TestClock } from '../support/keystore-fixture'
import { NssDatabase } from '../support/nss'
import { SoftHsm, softHsmModule } from '../support/softhsm'
import { pinBytes, tokenServices, type TokenServices } from '../support/token-fixture'

/** Every operation of the KMS with master keys on tokens of two modules of different origin. */
const pin = 'user-pin-1'
const clock = new TestClock()
const hsm = new SoftHsm()
const nss = new NssDatabase()
let services: TokenServices
let vaultKeyId: string

beforeAll(async () => {
  hsm.initToken('Archive', pin, '12345678')
  const workerUrl = pathToFileURL(await bundleForNode('src-main/files/worker.ts', 'hsm-key-table-file-worker'))
  services = await tokenServices('hsm-key-table', { clock, workerUrl })
  await createTestVault(services.application)
  vaultKeyId = (await run('createKey', {})).keyMetadata.keyId
}, 120_000)

afterAll(async () => {
  await services.close()
  hsm.remove()
  nss.remove()
})

/** Dispatch zeroes the bytes of a request that are secret, so it gets copies. */
const run: TokenServices['run'] = (operation, request) => services.run(operation, structuredClone(request))

/** What no token can be, and what these cannot. */
const modules: { name: 'SoftHSM' | 'NSS'; impossible: readonly KeySpec[] }[] = [
  { name: 'SoftHSM', impossible: ['Aliyun_SM4', 'EC_SM2', 'HMAC_SM3'] },
  { name: 'NSS', impossible: ['Aliyun_SM4', 'EC_SM2', 'HMAC_SM3', 'EC_P256K', 'Ed25519', 'HMAC_SHA_384', 'HMAC_SHA_512'] },
]

describe.each(modules)('a master key on a token of $name', ({ name, impossible }) => {
  let moduleId: string
  let tokenId: string
  const logIn = () => run('logInToToken', { tokenId, pin: pinBytes(pin) })

  async function newKey(keySpec: KeySpec, keyUsage?: KeyUsage): Promise<string> {
    return (await run('createKey', { keySpec, protectionLevel: 'HSM', dKMSInstanceId: tokenId, ...(keyUsage && { keyUsage }) })).keyMetadata.keyId
  }

  async function versionsOf(keyId: string): Promise<string[]> {
    return (await run('listKeyVersions', { keyId, pageSize: 10 })).keyVersions.map(({ keyVersionId }) => keyVersionId)
  }

  /** Labels of the objects that are on the token now. */
  async function objects(): Promise<string[]> {
    const labels: string[] = []
    for (let offset = 0; ; offset = labels.length) {
      const page = await run('listTokenObjects', { tokenId, offset, count: 100, refresh: offset === 0 })
      labels.push(...page.objects.map(({ label }) => label))
      if (page.objects.length === 0) return labels.toSorted()
    }
  }

  const objectsOf = async (keyId: string) => (await objects()).filter((label) => label === `keystead:${keyId}`)

  /** A refusal that leaves token and vault as they are. */
  async function expectRefusal(work: () => Promise<unknown>, expected: object): Promise<void> {
    const before = [await objects(), (await run('listKeys', {})).totalCount]
    await expect(work()).rejects.toMatchObject(expected)
    expect([await objects(), (await run('listKeys', {})).totalCount]).toEqual(before)
  }

  it('is not made before somebody has logged in', async () => {
    if (name === 'NSS') {
      ;({ moduleId, tokenId } = await nss.add(services))
      await run('setTokenUserPin', { tokenId, newPin: pinBytes(pin) })
    } else {
      moduleId = (await services.addModule(softHsmModule)).moduleId
      tokenId = (await run('listTokens', {})).tokens.find((token) => token.moduleId === moduleId && token.isInitialized)!.tokenId
    }
    await expect(newKey('Aliyun_AES_256')).rejects.toMatchObject({ code: 'TOKEN_LOGIN_NEEDED' })
    await logIn()
    expect(await objects()).toEqual([])
  })

  const possible = keySpecs.filter((keySpec) => !impossible.includes(keySpec))
  it.each(possible.flatMap((keySpec) => keySpecInfos[keySpec].usages.map((usage) => [keySpec, usage] as const)))('of %s does all that %s asks', async (keySpec, usage) => {
    const keyId = await newKey(keySpec, usage)
    expect(await objectsOf(keyId)).toHaveLength(isAsymmetric(keySpec) ? 2 : 1)
    const [keyVersionId = ''] = await versionsOf(keyId)
    const { mac, family } = keySpecInfos[keySpec]
    if (family === 'symmetric') await useSymmetric(run, keyId)
    if (mac) await useMac(run, keyId, mac)
    if (family === 'asymmetric') {
      if (usage === 'SIGN/VERIFY') await useSignatures(run, keyId, keyVersionId, keySpec)
      else await useDecryption(run, keyId, keyVersionId, keySpec, vaultKeyId)
      await useCertificates(run, keyId, keySpec)
    }
  }, 120_000)

  it.each(impossible.flatMap((keySpec) => keySpecInfos[keySpec].usages.map((usage) => [keySpec, usage] as const)))('is refused for %s with %s, and nothing is touched', async (keySpec, usage) => {
    await expectRefusal(() => newKey(keySpec, usage), { code: 'UNSUPPORTED_PROTECTION_LEVEL' })
  })

  it.each([
    [{ origin: 'EXTERNAL' }, 'UNSUPPORTED_PROTECTION_LEVEL'],
    [{ keySpec: 'EC_P256', exportable: true }, 'INVALID_PARAMETER'],
    [{ keySpec: 'EC_P256', keyUsage: 'ENCRYPT/DECRYPT' }, 'INVALID_PARAMETER'],
    [{ protectionLevel: 'SOFTWARE' }, 'INVALID_PARAMETER'],
    [{ dKMSInstanceId: 't-000000000000000000000000' }, 'TOKEN_NOT_FOUND'],
  ] as const)('is refused for %j with %s, and nothing is touched', async (request, code) => {
    await expectRefusal(() => run('createKey', { protectionLevel: 'HSM', dKMSInstanceId: tokenId, ...request }), { code })
  })

  it('takes no material from outside and gives none away', async () => {
    const [secret, pair] = [await newKey('Aliyun_AES_256'), await newKey('EC_P256')]
    const [keyVersionId = ''] = await versionsOf(pair)
    const target = () => services.application.handles.issue(join(services.folder, `${name}.out`), 'target')
    const passphrase = bytesOf('correct horse battery staple')
    const { certificateId } = await run('createSelfSignedCertificate', { keyId: pair, subject: 'CN=token.example' })
    const refusals: [() => Promise<unknown>, string][] = [
      [() => run('getParametersForImport', { keyId: secret, wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_2048' }), 'UNSUPPORTED_ORIGIN'],
      [() => run('importKeyMaterial', { keyId: secret, encryptedKeyMaterial: new Uint8Array(256), importToken: new Uint8Array(64) }), 'UNSUPPORTED_ORIGIN'],
      [() => run('deleteKeyMaterial', { keyId: secret }), 'UNSUPPORTED_ORIGIN'],
      [() => run('exportPrivateKey', { keyId: pair, keyVersionId, passphrase, target: target() }), 'KEY_NOT_EXPORTABLE'],
      [() => run('exportCertificate', { certificateId, passphrase, target: target() }), 'KEY_NOT_EXPORTABLE'],
      [() => run('asymmetricDecrypt', { keyId: pair, keyVersionId, algorithm: 'RSAES_OAEP_SHA_256', ciphertextBlob: new Uint8Array(256) }), 'UNSUPPORTED_OPERATION'],
      [() => run('generateMac', { keyId: secret, algorithm: 'HMAC_SHA_256', message: bytesOf('x') }), 'UNSUPPORTED_OPERATION'],
      [() => run('encrypt', { keyId: pair, plaintext: bytesOf('x') }), 'UNSUPPORTED_OPERATION'],
      [() => run('rotateKey', { keyId: pair }), 'UNSUPPORTED_OPERATION'],
      [() => run('createKeyVersion', { keyId: secret }), 'UNSUPPORTED_OPERATION'],
      [() => run('createKeyVersion', { keyId: pair }), 'LIMIT_EXCEEDED'],
    ]
    for (const [work, code] of refusals) await expectRefusal(work, { code })
    await expect(run('encrypt', { keyId: secret, plaintext: bytesOf('x'), dryRun: true })).rejects.toMatchObject({ code: 'DRY_RUN_PASSED' })
  })

  it('is used by its state and its names', async () => {
    const keyId = await newKey('Aliyun_AES_256')
    const aliasName = `alias/${name}`
    await run('createAlias', { aliasName, keyId })
    const { ciphertextBlob } = await run('encrypt', { keyId: aliasName, plaintext: bytesOf('x') })
    await run('disableKey', { keyId })
    const uses = [() => run('encrypt', { keyId, plaintext: bytesOf('x') }), () => run('decrypt', { ciphertextBlob }), () => run('rotateKey', { keyId }), () => run('generateDataKey', { keyId })]
    for (const use of uses) await expectRefusal(use, { code: 'KEY_DISABLED' })
    await run('enableKey', { keyId })
    expect((await run('decrypt', { ciphertextBlob })).keyId).toBe(keyId)
    await run('updateAlias', { aliasName, keyId: vaultKeyId })
    expect((await run('encrypt', { keyId: aliasName, plaintext: bytesOf('x') })).keyId).toBe(vaultKeyId)
    await run('deleteAlias', { aliasName })
    await run('tagResource', { keyId, tags: [{ TagKey: 'place', TagValue: name }] })
    await run('updateKeyDescription', { keyId, description: 'on a token' })
    const filters = [{ Key: 'ProtectionLevel', Values: ['HSM'] }, { Key: 'TagValue', Values: [name] }] as const
    expect((await run('listKeys', { filters: structuredClone(filters) as never })).keys.map((key) => key.keyId)).toEqual([keyId])
    expect(await run('getKeyPlace', { keyId })).toMatchObject({ place: 'token', token: { isSoftware: true }, availability: 'ready' })
  })

  it('gets new versions there, and the old ones go on', async () => {
    const [keyId, pair] = [await newKey('Aliyun_AES_256'), await newKey('EC_P256')]
    const { ciphertextBlob: old } = await run('encrypt', { keyId, plaintext: bytesOf('old') })
    const { keyVersion } = await run('rotateKey', { keyId })
    const { ciphertextBlob } = await run('encrypt', { keyId, plaintext: bytesOf('new') })
    expect((await run('decrypt', { ciphertextBlob })).keyVersionId).toBe(keyVersion.keyVersionId)
    const [first = ''] = await versionsOf(keyId)
    expect(await run('decrypt', { ciphertextBlob: old })).toEqual({ keyId, keyVersionId: first, plaintext: bytesOf('old') })
    await run('setMinimumDecryptionVersion', { keyId, keyVersionId: keyVersion.keyVersionId })
    await expect(run('decrypt', { ciphertextBlob: old })).rejects.toMatchObject({ code: 'KEY_VERSION_RETIRED' })
    await run('setMinimumDecryptionVersion', { keyId })
    await run('updateRotationPolicy', { keyId, enableAutomaticRotation: true, rotationInterval: '7d' })
    clock.passDays(8)
    await services.application.keystore.catchUp()
    expect([await versionsOf(keyId), await objectsOf(keyId)].map(({ length }) => length)).toEqual([3, 3])
    await run('updateRotationPolicy', { keyId, enableAutomaticRotation: false })
    await run('createKeyVersion', { keyId: pair })
    const [one = '', two = ''] = await versionsOf(pair)
    expect(await objectsOf(pair)).toHaveLength(4)
    const signing = { keyId: pair, algorithm: 'ECDSA_SHA_256', digest: new Uint8Array(32).fill(9) } as const
    const { value } = await run('asymmetricSign', { ...signing, keyVersionId: two })
    expect((await run('asymmetricVerify', { ...signing, keyVersionId: two, value })).value).toBe(true)
    expect((await run('asymmetricVerify', { ...signing, keyVersionId: one, value })).value).toBe(false)
    await useSignatures(run, pair, one, 'EC_P256')
  })

  it('protects secrets and files, and is found again by a new process of the module and after a lock of the vault', async () => {
    const keyId = await newKey('Aliyun_AES_256')
    const secretName = `db-${name}`
    await run('createSecret', { secretName, secretData: bytesOf('a value'), versionId: 'v1', encryptionKeyId: keyId })
    await run('putSecretValue', { secretName, secretData: bytesOf('another'), versionId: 'v2' })
    const file = join(services.folder, `report-${name}.txt`)
    writeFileSync(file, 'a report')
    const crypt = async (operation: 'encryptFiles' | 'decryptFiles', path: string) => {
      const sources = [services.application.handles.issue(path, 'source')]
      const { job } = operation === 'encryptFiles' ? await run(operation, { sources, keyId }) : await run(operation, { sources })
      await services.application.files.waitFor(job.jobId)
      return (await run('listJobFiles', { jobId: job.jobId, offset: 0, count: 10 })).files[0]
    }
    expect(await crypt('encryptFiles', file)).toMatchObject({ state: 'done' })
    renameSync(file, `${file}.original`)
    await services.application.tokens.stopModule(moduleId)
    await expect(run('getSecretValue', { secretName })).rejects.toMatchObject({ code: 'TOKEN_LOGIN_NEEDED' })
    expect(await run('getKeyPlace', { keyId })).toMatchObject({ availability: 'login-needed' })
    await logIn()
    expect((await run('getSecretValue', { secretName })).secretData).toEqual(bytesOf('another'))
    await run('lockVault', {})
    await run('unlockVault', { passphrase: testPassphrase() })
    expect(await crypt('decryptFiles', `${file}.keystead`)).toMatchObject({ state: 'failed', code: 'TOKEN_LOGIN_NEEDED' })
    await logIn()
    expect(await crypt('decryptFiles', `${file}.keystead`)).toMatchObject({ state: 'done' })
    expect(readFileSync(file, 'utf8')).toBe('a report')
    await run('rotateKey', { keyId })
    const { job } = await run('finishRotation', { keyId })
    expect(await services.application.files.waitFor(job.jobId)).toMatchObject({ state: 'done' })
    expect((await run('getSecretValue', { secretName, versionId: 'v1' })).secretData).toEqual(bytesOf('a value'))
  })

  it('is destroyed on the token when its days are over, and not before', async () => {
    const [doomed, saved] = [await newKey('RSA_2048', 'ENCRYPT/DECRYPT'), await newKey('Aliyun_AES_256')]
    const { ciphertextBlob } = await run('encrypt', { keyId: saved, plaintext: bytesOf('x') })
    for (const keyId of [doomed, saved]) await run('scheduleKeyDeletion', { keyId, pendingWindowInDays: 7 })
    await expectRefusal(() => run('decrypt', { ciphertextBlob }), { code: 'KEY_PENDING_DELETION' })
    clock.passDays(6)
    await services.application.keystore.catchUp()
    expect(await objectsOf(doomed)).toHaveLength(2)
    await run('cancelKeyDeletion', { keyId: saved })
    clock.passDays(2)
    await services.application.keystore.catchUp()
    await expect(run('describeKey', { keyId: doomed })).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' })
    expect([await objectsOf(doomed), await objectsOf(saved)].map(({ length }) => length)).toEqual([0, 1])
    expect((await run('decrypt', { ciphertextBlob })).plaintext).toEqual(bytesOf('x'))
  })
})
