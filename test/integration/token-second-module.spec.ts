import { createHash, createPublicKey, randomBytes, verify as nodeVerify } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TokenKeySpec, TokenKeyUse } from '../../src-shared/model/tokens'
import type { MechanismUse, ObjectRef } from '../../src-main/tokens/host/calls'
import { refOf } from '../../src-main/tokens/object-view'
import { ckm, mgf1 } from '../../src-main/tokens/pkcs11'
import { objectView } from '../../src-main/tokens/token-objects'
import { pinBytes, tokenServices, type TokenServices } from '../support/token-fixture'
import { SoftHsm, softHsmModule } from '../support/softhsm'
import { NssDatabase } from '../support/nss'

let services: TokenServices
let hsm: SoftHsm
let nss: NssDatabase
const pin = 'user-pin-1'

beforeAll(async () => {
  hsm = new SoftHsm()
  nss = new NssDatabase()
  services = await tokenServices('second-module')
})

afterAll(async () => {
  await services.close()
  hsm.remove()
  nss.remove()
})

const withoutParameters = (mechanism: number): MechanismUse => ({ mechanism, parameters: { kind: 'none' } })
const bytes = (mechanism: number, length: number): MechanismUse => ({ mechanism, parameters: { kind: 'bytes', bytes: new Uint8Array(length).fill(7) } })
const gcm: MechanismUse = { mechanism: ckm.aesGcm, parameters: { kind: 'gcm', iv: new Uint8Array(12).fill(1), associatedData: new Uint8Array([1, 2]), tagBits: 128 } }
const oaep = (hashMechanism: number): MechanismUse => ({ mechanism: ckm.rsaPkcsOaep, parameters: { kind: 'oaep', hashMechanism, mgf: mgf1[hashMechanism]! } })
const pss: MechanismUse = { mechanism: ckm.rsaPkcsPss, parameters: { kind: 'pss', hashMechanism: ckm.sha256, mgf: mgf1[ckm.sha256]!, saltBytes: 32 } }

/** What each module does: null, or the code of its refusal. */
const secretCiphers: [name: string, MechanismUse, softHsm: string | null, nss: string | null][] = [
  ['AES-GCM', gcm, null, null],
  ['AES-CBC with padding', bytes(ckm.aesCbcPad, 16), null, null],
  ['AES-CBC with an initialisation vector of a wrong length', bytes(ckm.aesCbcPad, 5), 'TOKEN_MECHANISM_UNSUPPORTED', 'TOKEN_MECHANISM_UNSUPPORTED'],
]
const rsaCiphers: typeof secretCiphers = [
  ['RSA-OAEP with SHA-1', oaep(ckm.sha1), null, null],
  ['RSA-OAEP with SHA-256', oaep(ckm.sha256), 'TOKEN_MECHANISM_UNSUPPORTED', null],
]

describe.each(['SoftHSM', 'NSS'] as const)('the token of %s', (name) => {
  const isNss = name === 'NSS'
  let tokenId = ''

  async function make(keySpec: TokenKeySpec, uses: TokenKeyUse[]) {
    const { objects } = await services.run('generateTokenKey', { tokenId, keySpec, label: keySpec.toLowerCase(), uses })
    return objects.map(({ objectId }) => objectId)
  }
  async function refsOf(keySpec: TokenKeySpec, uses: TokenKeyUse[]): Promise<[first: ObjectRef, second: ObjectRef, pem: string | null]> {
    const [first, second = first] = await make(keySpec, uses)
    const ref = async (objectId: string) => refOf(await objectView(services.application.tokens, { tokenId, objectId }))
    const { publicKeyPem } = await services.run('getTokenObject', { tokenId, objectId: first! })
    return [await ref(first!), await ref(second!), publicKeyPem]
  }
  const use = (how: MechanismUse, key: ObjectRef, data: Uint8Array) => ({ ...how, key, data, contextPin: null })
  const call = {
    sign: (...args: Parameters<typeof use>) => services.application.tokens.call(tokenId, 'sign', use(...args)),
    verify: (signature: Uint8Array, ...args: Parameters<typeof use>) => services.application.tokens.call(tokenId, 'verify', { ...use(...args), signature }),
    encrypt: (...args: Parameters<typeof use>) => services.application.tokens.call(tokenId, 'encrypt', use(...args)),
    decrypt: (...args: Parameters<typeof use>) => services.application.tokens.call(tokenId, 'decrypt', use(...args)),
  }

  it('is found and gets its PIN', async () => {
    if (isNss) {
      tokenId = (await nss.add(services)).tokenId
      const { token } = await services.run('setTokenUserPin', { tokenId, newPin: pinBytes(pin) })
      expect(token).toMatchObject({ userPin: 'ok', isSoftware: true, label: 'NSS Certificate DB' })
    } else {
      const { moduleId } = await services.addModule(softHsmModule)
      const own = (await services.run('listTokens', {})).tokens.filter((token) => token.moduleId === moduleId)
      const { token } = await services.run('initToken', { tokenId: own[0]!.tokenId, label: 'soft', soPin: pinBytes('so-pin-12'), userPin: pinBytes(pin) })
      tokenId = token.tokenId
    }
    await expect(services.run('logInToToken', { tokenId, pin: pinBytes('not it') })).rejects.toMatchObject({ code: 'TOKEN_PIN_WRONG' })
    expect((await services.run('logInToToken', { tokenId, pin: pinBytes(pin) })).token).toMatchObject({ login: 'user' })
  })

  it.each(secretCiphers)('encrypts with %s', async (_, how, softHsm, nss) => {
    const [key] = await refsOf('AES_256', ['encrypt', 'decrypt'])
    const refusal = isNss ? nss : softHsm
    const data = randomBytes(37)
    const encrypted = call.encrypt(how, key, data)
    if (refusal) return expect(encrypted).rejects.toMatchObject({ code: refusal })
    const ciphertext = await encrypted
    expect(Buffer.from(await call.decrypt(how, key, ciphertext)).equals(data)).toBe(true)
    ciphertext[0]! ^= 1
    if (how === gcm) await expect(call.decrypt(how, key, ciphertext)).rejects.toMatchObject({ code: 'TOKEN_CIPHERTEXT_REFUSED' })
  })

  it.each(rsaCiphers)('encrypts with %s', async (_, how, softHsm, nss) => {
    const [privateKey, publicKey] = await refsOf('RSA_2048', ['encrypt', 'decrypt'])
    const refusal = isNss ? nss : softHsm
    const data = randomBytes(32)
    const encrypted = call.encrypt(how, publicKey, data)
    if (refusal) return expect(encrypted).rejects.toMatchObject({ code: refusal })
    expect(Buffer.from(await call.decrypt(how, privateKey, await encrypted)).equals(data)).toBe(true)
  })

  it('signs with RSA as others verify it', async () => {
    const [privateKey, publicKey, pem] = await refsOf('RSA_2048', ['sign', 'verify'])
    const message = randomBytes(100)
    const signature = await call.sign(withoutParameters(ckm.sha256RsaPkcs), privateKey, message)
    expect(nodeVerify('sha256', message, pem!, signature)).toBe(true)
    expect(await call.verify(signature, withoutParameters(ckm.sha256RsaPkcs), publicKey, message)).toEqual({ isValid: true })
    signature[5]! ^= 1
    expect(await call.verify(signature, withoutParameters(ckm.sha256RsaPkcs), publicKey, message)).toEqual({ isValid: false })
    const digest = createHash('sha256').update(message).digest()
    const salted = await call.sign(pss, privateKey, digest)
    expect(nodeVerify('sha256', message, { key: pem!, padding: 6, saltLength: 32 }, salted)).toBe(true)
    expect(await call.verify(salted, pss, publicKey, digest)).toEqual({ isValid: true })
  })

  it.each([['EC_P256', 'sha256'], ['EC_P384', 'sha384'], ['EC_P521', 'sha512']] as const)('signs with %s as others verify it', async (keySpec, hash) => {
    const [privateKey, publicKey, pem] = await refsOf(keySpec, ['sign', 'verify'])
    const message = randomBytes(100)
    const digest = createHash(hash).update(message).digest()
    const signature = await call.sign(withoutParameters(ckm.ecdsa), privateKey, digest)
    expect(nodeVerify(hash, message, { key: createPublicKey(pem!), dsaEncoding: 'ieee-p1363' }, signature)).toBe(true)
    expect(await call.verify(signature, withoutParameters(ckm.ecdsa), publicKey, digest)).toEqual({ isValid: true })
    signature[9]! ^= 1
    expect(await call.verify(signature, withoutParameters(ckm.ecdsa), publicKey, digest)).toEqual({ isValid: false })
  })

  it('authenticates with HMAC', async () => {
    const [key] = await refsOf('GENERIC_256', ['sign', 'verify'])
    const message = randomBytes(50)
    const mac = await call.sign(withoutParameters(ckm.sha256Hmac), key, message)
    expect(mac).toHaveLength(32)
    expect(await call.verify(mac, withoutParameters(ckm.sha256Hmac), key, message)).toEqual({ isValid: true })
    expect(await call.verify(mac.slice(1), withoutParameters(ckm.sha256Hmac), key, message)).toEqual({ isValid: false })
  })

  it.each([['EC_P256K', null, 'TOKEN_TEMPLATE_REFUSED'], ['ED25519', null, 'TOKEN_TEMPLATE_REFUSED']] as const)('makes a key of the kind %s or says clearly that it cannot', async (keySpec, softHsm, nss) => {
    const made = make(keySpec, ['sign', 'verify'])
    const refusal = isNss ? nss : softHsm
    if (refusal) await expect(made).rejects.toMatchObject({ code: refusal })
    else expect(await made).toHaveLength(2)
  })

  it('refuses what a key is not for', async () => {
    const [key] = await refsOf('AES_256', ['encrypt'])
    await expect(call.decrypt(gcm, key, new Uint8Array(40))).rejects.toMatchObject({ code: isNss ? 'TOKEN_MECHANISM_UNSUPPORTED' : 'TOKEN_KEY_USE_REFUSED' })
    expect(await call.encrypt(gcm, key, new Uint8Array(5))).toHaveLength(21)
  })

  it('lists, renames and deletes, and forgets the login', async () => {
    const { objects } = await services.run('listTokenObjects', { tokenId, classes: ['secret-key'], search: 'aes_256' })
    const { object } = await services.run('renameTokenObject', { tokenId, objectId: objects[0]!.objectId, label: 'ключ' })
    expect(object).toMatchObject({ label: 'ключ', kind: 'AES-256', isSensitive: true, isExtractable: false })
    expect(await services.run('deleteTokenObjects', { tokenId, objectIds: [object.objectId] })).toEqual({ deleted: 1 })
    await services.run('logOutOfToken', { tokenId })
    await expect(make('AES_256', ['encrypt'])).rejects.toMatchObject({ code: 'TOKEN_LOGIN_NEEDED' })
    await services.run('changeTokenPin', { tokenId, pin: pinBytes(pin), newPin: pinBytes('another pin') })
    expect((await services.run('logInToToken', { tokenId, pin: pinBytes('another pin') })).token).toMatchObject({ login: 'user' })
  })
})
