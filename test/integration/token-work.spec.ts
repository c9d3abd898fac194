import { execFileSync } from 'node:child_process'
import { constants, createHash, createPublicKey, generateKeyPairSync, publicEncrypt, verify, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RequestInput } from '../../src-shared/contract/operations'
import { trialFamilies } from '../../src-shared/model/token-work'
import { pinBytes, tokenServices, type TokenServices } from '../support/token-fixture'
import { SoftHsm, softHsmModule } from '../support/softhsm'

const pin = '123456'
const text = (value: string) => new TextEncoder().encode(value)
let hsm: SoftHsm
let services: TokenServices
let tokenId = ''
let secondId = ''
let moduleId = ''

beforeAll(async () => {
  hsm = new SoftHsm()
  hsm.initToken('first', pin, '12345678')
  hsm.initToken('second', pin, '12345678')
  services = await tokenServices('work')
  moduleId = (await services.addModule(softHsmModule)).moduleId
  const { tokens } = await services.run('listTokens', {})
  tokenId = tokens.find(({ label }) => label === 'first')!.tokenId
  secondId = tokens.find(({ label }) => label === 'second')!.tokenId
  await services.run('logInToToken', { tokenId, pin: pinBytes(pin) })
})

afterAll(async () => {
  await services.close()
  hsm.remove()
})

const at = (name: string) => join(hsm.folder, name)
const tool = (...args: readonly string[]) => hsm.pkcs11Tool('--token-label', 'first', '--login', '--pin', pin, ...args)
const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const generate = async (request: Omit<RequestInput<'generateTokenKey'>, 'tokenId'>) => (await services.run('generateTokenKey', { tokenId, ...request })).objects
const publicKeyOf = async (objectId: string) => createPublicKey((await services.run('getTokenObject', { tokenId, objectId })).publicKeyPem!)
const signed = async (objectId: string, algorithm: RequestInput<'signWithTokenKey'>['algorithm'], message: Uint8Array, messageType: 'RAW' | 'DIGEST' = 'RAW') =>
  (await services.run('signWithTokenKey', { tokenId, objectId, algorithm, message: Uint8Array.from(message), messageType })).signature

describe('signatures', () => {
  it('of RSA are what others verify, for messages and digests, in both paddings', async () => {
    const [key] = await generate({ keySpec: 'RSA_2048', label: 'rsa', idHex: '01', uses: ['sign', 'verify', 'decrypt', 'encrypt'] })
    const publicKey = await publicKeyOf(key!.objectId)
    for (const hash of ['256', '384', '512'] as const) {
      const digest = createHash(`sha${hash}`).update('message').digest()
      for (const pss of [false, true]) {
        const algorithm = `RSA_${pss ? 'PSS' : 'PKCS1'}_SHA_${hash}` as const
        const options = pss ? { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: Number(hash) / 8 } : publicKey
        const signature = await signed(key!.objectId, algorithm, text('message'))
        expect(verify(`sha${hash}`, text('message'), options, signature)).toBe(true)
        expect(verify(`sha${hash}`, text('message'), options, await signed(key!.objectId, algorithm, digest, 'DIGEST'))).toBe(true)
        const request = { tokenId, objectId: key!.objectId, algorithm }
        expect(await services.run('verifyWithTokenKey', { ...request, message: text('message'), signature: Uint8Array.from(signature) })).toEqual({ isValid: true })
        expect(await services.run('verifyWithTokenKey', { ...request, message: text('another'), signature })).toEqual({ isValid: false })
      }
    }
    await expect(signed(key!.objectId, 'ECDSA_SHA_256', text('message'))).rejects.toMatchObject({ code: 'TOKEN_MECHANISM_UNSUPPORTED' })
    await expect(signed(key!.objectId, 'RSA_PSS_SHA_256', text('short'), 'DIGEST')).rejects.toMatchObject({ code: 'INVALID_PARAMETER' })
  })

  it('of curves are DER that openssl verifies', async () => {
    for (const [keySpec, hash, index] of [['EC_P256', '256', 1], ['EC_P256', '512', 2], ['EC_P384', '384', 3], ['EC_P521', '512', 4], ['EC_P256K', '256', 5]] as const) {
      const [key] = await generate({ keySpec, label: `curve ${index}`, idHex: `e${index}`, uses: ['sign', 'verify'] })
      const signature = await signed(key!.objectId, `ECDSA_SHA_${hash}`, text('message'))
      expect(verify(`sha${hash}`, text('message'), await publicKeyOf(key!.objectId), signature)).toBe(true)
      const request = { tokenId, objectId: key!.objectId, algorithm: `ECDSA_SHA_${hash}` as const, message: text('message') }
      expect(await services.run('verifyWithTokenKey', { ...request, signature })).toEqual({ isValid: true })
      expect(await services.run('verifyWithTokenKey', { ...request, message: text('message'), signature: Uint8Array.of(0x30, 0) })).toEqual({ isValid: false })
    }
    const { objects } = await services.run('listTokenObjects', { tokenId, search: 'curve 3', classes: ['private-key'] })
    expect(await services.run('listTokenKeyAlgorithms', { tokenId, objectId: objects[0]!.objectId })).toEqual({ sign: ['ECDSA_SHA_384', 'ECDSA_SHA_256', 'ECDSA_SHA_512'], verify: ['ECDSA_SHA_384', 'ECDSA_SHA_256', 'ECDSA_SHA_512'], encrypt: [], decrypt: [], wrap: [], unwrap: [] })
  })

  it('of Ed25519 and HMAC take messages alone', async () => {
    const [ed] = await generate({ keySpec: 'ED25519', label: 'ed', idHex: 'ed', uses: ['sign', 'verify'] })
    expect(verify(null, text('message'), await publicKeyOf(ed!.objectId), await signed(ed!.objectId, 'ED25519', text('message')))).toBe(true)
    const value = Uint8Array.from({ length: 32 }, (_, index) => index)
    const { objects } = await services.run('importTokenSecret', { tokenId, keyType: 'GENERIC', value: Uint8Array.from(value), label: 'mac', uses: ['sign', 'verify'] })
    const expected = execFileSync('openssl', ['dgst', '-sha256', '-mac', 'HMAC', '-macopt', `hexkey:${Buffer.from(value).toString('hex')}`, '-binary'], { input: 'message' })
    expect(Buffer.from(await signed(objects[0]!.objectId, 'HMAC_SHA_256', text('message')))).toEqual(expected)
    await expect(signed(objects[0]!.objectId, 'HMAC_SHA_256', new Uint8Array(32), 'DIGEST')).rejects.toMatchObject({ code: 'INVALID_PARAMETER' })
  })
})

describe('encryption', () => {
  it('with AES is what openssl opens, the IV before the ciphertext', async () => {
    const value = Uint8Array.from({ length: 32 }, (_, index) => index)
    const { objects, keyCheckValue } = await services.run('importTokenSecret', { tokenId, keyType: 'AES', value: Uint8Array.from(value), label: 'aes', idHex: 'ae', uses: ['encrypt', 'decrypt'] })
    expect(keyCheckValue).toBe(execFileSync('openssl', ['enc', '-aes-256-ecb', '-K', Buffer.from(value).toString('hex'), '-nopad'], { input: Buffer.alloc(16) }).toString('hex', 0, 3))
    const objectId = objects[0]!.objectId
    for (const [algorithm, name] of [['AES_CBC_PAD', 'cbc'], ['AES_CTR', 'ctr']] as const) {
      const { ciphertext } = await services.run('encryptWithTokenKey', { tokenId, objectId, algorithm, plaintext: text('plain text of some length') })
      const [iv, body] = [Buffer.from(ciphertext.subarray(0, 16)).toString('hex'), ciphertext.subarray(16)]
      expect(execFileSync('openssl', ['enc', `-aes-256-${name}`, '-d', '-K', Buffer.from(value).toString('hex'), '-iv', iv], { input: body }).toString()).toBe('plain text of some length')
      expect(Buffer.from((await services.run('decryptWithTokenKey', { tokenId, objectId, algorithm, ciphertext })).plaintext).toString()).toBe('plain text of some length')
    }
    const request = { tokenId, objectId, algorithm: 'AES_GCM' as const }
    const { ciphertext } = await services.run('encryptWithTokenKey', { ...request, plaintext: text('plain'), associatedData: text('context') })
    expect(ciphertext).toHaveLength(12 + 5 + 16)
    expect(Buffer.from((await services.run('decryptWithTokenKey', { ...request, ciphertext: Uint8Array.from(ciphertext), associatedData: text('context') })).plaintext).toString()).toBe('plain')
    await expect(services.run('decryptWithTokenKey', { ...request, ciphertext: Uint8Array.from(ciphertext), associatedData: text('another') })).rejects.toMatchObject({ code: 'TOKEN_CIPHERTEXT_REFUSED', details: {} })
    await expect(services.run('decryptWithTokenKey', { ...request, ciphertext: new Uint8Array(10) })).rejects.toMatchObject({ code: 'TOKEN_CIPHERTEXT_REFUSED' })
    await expect(services.run('encryptWithTokenKey', { tokenId, objectId, algorithm: 'AES_CTR', plaintext: text('plain'), associatedData: text('context') })).rejects.toMatchObject({ code: 'INVALID_PARAMETER' })
    // The session goes on after the refusals.
    expect((await services.run('tokenRandom', { tokenId, length: 16 })).random).toHaveLength(16)
  })

  it('under RSA-OAEP opens with SHA-1 on the token, and with SHA-256 by taking the padding off here', async () => {
    const { objects } = await services.run('listTokenObjects', { tokenId, search: 'rsa', classes: ['private-key'] })
    const objectId = objects[0]!.objectId
    const key = await publicKeyOf(objectId)
    for (const [algorithm, oaepHash] of [['RSA_OAEP_SHA_1', 'sha1'], ['RSA_OAEP_SHA_256', 'sha256'], ['RSA_OAEP_SHA_256', 'sha256']] as const) {
      const ciphertext = Uint8Array.from(publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, text('secret')))
      expect(Buffer.from((await services.run('decryptWithTokenKey', { tokenId, objectId, algorithm, ciphertext: Uint8Array.from(ciphertext) })).plaintext).toString()).toBe('secret')
      ciphertext[20]! ^= 1
      await expect(services.run('decryptWithTokenKey', { tokenId, objectId, algorithm, ciphertext })).rejects.toMatchObject({ code: 'TOKEN_CIPHERTEXT_REFUSED', details: {} })
      const own = await services.run('encryptWithTokenKey', { tokenId, objectId, algorithm, plaintext: text('back') })
      expect(Buffer.from((await services.run('decryptWithTokenKey', { tokenId, objectId, algorithm, ciphertext: own.ciphertext })).plaintext).toString()).toBe('back')
    }
  })

  it('makes digests and random bytes', async () => {
    const { digest } = await services.run('tokenDigest', { tokenId, algorithm: 'SHA_384', data: text('abc') })
    expect(Buffer.from(digest)).toEqual(createHash('sha384').update('abc').digest())
  })
})

describe('what goes into a token, and out', () => {
  it('private keys and certificates of files, which others then see and use', async () => {
    openssl('ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', at('ca.key'))
    openssl('req', '-x509', '-key', at('ca.key'), '-subj', '/CN=CA', '-days', '2', '-out', at('ca.pem'))
    for (const [type, options] of [['rsa', { modulusLength: 2048 }], ['ec', { namedCurve: 'P-384' }], ['ed25519', {}]] as const) {
      const { privateKey, publicKey } = generateKeyPairSync(type as 'rsa', options as { modulusLength: number })
      const content = text(privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'file passphrase' }) as string)
      const idHex = `77${Buffer.from(type).toString('hex')}`
      const { objects } = await services.run('importTokenKey', { tokenId, content, passphrase: text('file passphrase'), label: `imported ${type}`, idHex, uses: ['sign', 'verify'] })
      expect(objects).toMatchObject([{ objectClass: 'private-key', isLocal: false, isSensitive: true, isExtractable: false }, { objectClass: 'public-key' }])
      const objectId = objects[0]!.objectId
      const { csr } = await services.run('createTokenCsr', { tokenId, objectId, subject: 'CN=www.example', subjectAlternativeNames: ['www.example'] })
      writeFileSync(at('request.pem'), csr)
      openssl('req', '-in', at('request.pem'), '-verify', '-noout')
      openssl('x509', '-req', '-in', at('request.pem'), '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-days', '1', '-out', at('issued.pem'))
      const issued = readFileSync(at('issued.pem'))
      const { objects: certificates } = await services.run('importTokenCertificate', { tokenId, content: Uint8Array.from(issued) })
      expect(certificates).toMatchObject([{ objectClass: 'certificate', label: `imported ${type}`, idHex, subject: 'CN=www.example' }])
      const { content: exported } = await services.run('exportTokenObject', { tokenId, objectId: certificates[0]!.objectId })
      expect(new X509Certificate(exported!).publicKey.equals(publicKey)).toBe(true)
      expect(tool('--list-objects', '--type', 'cert')).toContain(`imported ${type}`)
      const own = await services.run('createTokenCertificate', { tokenId, objectId, subject: 'CN=own', isCa: true, isStored: false })
      writeFileSync(at('own.pem'), own.certificate)
      expect(openssl('verify', '-CAfile', at('own.pem'), at('own.pem'))).toContain('OK')
      const { line, fingerprint } = await services.run('getTokenSshKey', { tokenId, objectId, comment: 'me@here' })
      writeFileSync(at('id.pub'), `${line}\n`)
      expect(execFileSync('ssh-keygen', ['-l', '-f', at('id.pub')], { encoding: 'utf8' })).toContain(`${fingerprint} me@here`)
    }
    await expect(services.run('importTokenKey', { tokenId, content: text('no key'), label: 'x', uses: ['sign'] })).rejects.toMatchObject({ code: 'KEY_FILE_UNREADABLE' })
    await expect(services.run('importTokenCertificate', { tokenId, content: text('no certificate') })).rejects.toMatchObject({ code: 'CERTIFICATE_INVALID' })
  })

  it('a request and a certificate of a P-521 key, a kind that the vault does not have', async () => {
    const [key] = await generate({ keySpec: 'EC_P521', label: 'longest', idHex: '0521', uses: ['sign', 'verify'] })
    const request = { tokenId, objectId: key!.objectId, subject: 'CN=www.example', subjectAlternativeNames: ['www.example'] }
    writeFileSync(at('long.csr'), (await services.run('createTokenCsr', request)).csr)
    openssl('req', '-in', at('long.csr'), '-verify', '-noout')
    expect(openssl('req', '-in', at('long.csr'), '-noout', '-text')).toMatch(/ecdsa-with-SHA512[\s\S]*secp521r1|secp521r1[\s\S]*ecdsa-with-SHA512/)
    const { certificate, objects } = await services.run('createTokenCertificate', { ...request, isCa: false })
    expect(objects).toMatchObject([{ objectClass: 'certificate', label: 'longest', idHex: '0521', subject: 'CN=www.example' }])
    writeFileSync(at('long.pem'), certificate)
    expect(openssl('verify', '-check_ss_sig', '-CAfile', at('long.pem'), at('long.pem'))).toContain('OK')
    expect(new X509Certificate(certificate).publicKey.equals(await publicKeyOf(key!.objectId))).toBe(true)
  })

  it('a signature of the imported key that pkcs11-tool makes as well, and a key of its own that is used here', async () => {
    writeFileSync(at('message'), 'message')
    tool('--sign', '--mechanism', 'SHA256-RSA-PKCS', '--id', '77727361', '--input-file', at('message'), '--output-file', at('signature'))
    const [key] = (await services.run('listTokenObjects', { tokenId, search: 'imported rsa', classes: ['private-key'] })).objects
    expect(Buffer.from(await signed(key!.objectId, 'RSA_PKCS1_SHA_256', text('message')))).toEqual(readFileSync(at('signature')))
    tool('--keypairgen', '--key-type', 'EC:prime256v1', '--id', 'f1', '--label', 'made elsewhere', '--usage-sign')
    const { objects } = await services.run('listTokenObjects', { tokenId, search: 'made elsewhere', classes: ['private-key'], refresh: true })
    expect(verify('sha256', text('message'), await publicKeyOf(objects[0]!.objectId), await signed(objects[0]!.objectId, 'ECDSA_SHA_256', text('message')))).toBe(true)
  })

  it('data and readable secrets, and says what keeps the others', async () => {
    const { objects: data } = await services.run('importTokenData', { tokenId, content: text('some data'), label: 'note', application: 'tests' })
    expect(data).toMatchObject([{ objectClass: 'data', label: 'note', application: 'tests', isPrivate: true }])
    const exported = (objectId: string, target?: string) => services.run('exportTokenObject', { tokenId, objectId, ...(target && { target: services.application.handles.issue(target, 'target') }) })
    expect(Buffer.from((await exported(data[0]!.objectId)).content!).toString()).toBe('some data')
    tool('--read-object', '--type', 'data', '--label', 'note', '--output-file', at('note'))
    expect(readFileSync(at('note'), 'utf8')).toBe('some data')
    const secret = (more: object) => services.run('importTokenSecret', { tokenId, keyType: 'AES', value: new Uint8Array(16).fill(7), label: `secret ${Object.keys(more).join()}`, uses: ['encrypt'], ...more })
    const [readable] = (await secret({ isSensitive: false, isExtractable: true })).objects
    expect(await exported(readable!.objectId, at('key.bin'))).toEqual({ content: null })
    expect(readFileSync(at('key.bin'))).toEqual(Buffer.alloc(16, 7))
    await expect(exported((await secret({ isExtractable: true })).objects[0]!.objectId)).rejects.toMatchObject({ code: 'TOKEN_KEY_NOT_EXTRACTABLE', details: { exportBarrier: 'sensitive' } })
    await expect(exported((await secret({})).objects[0]!.objectId)).rejects.toMatchObject({ code: 'TOKEN_KEY_NOT_EXTRACTABLE', details: { exportBarrier: 'not-extractable' } })
  })
})

describe('keys from token to token', () => {
  it('are wrapped on one and unwrapped on another under a key that both hold', async () => {
    const shared = (to: string) => services.run('importTokenSecret', { tokenId: to, keyType: 'AES', value: new Uint8Array(32).fill(9), label: 'shared', uses: ['wrap', 'unwrap'], ...(to === secondId && { userPin: pinBytes(pin) }) })
    const [here, there] = [(await shared(tokenId)).objects[0]!, (await shared(secondId)).objects[0]!]
    const [key] = await generate({ keySpec: 'RSA_2048', label: 'to be moved', idHex: 'aa', uses: ['sign', 'verify'], isExtractable: true })
    const { wrapped } = await services.run('wrapTokenKey', { tokenId, objectId: key!.objectId, wrappingObjectId: here.objectId, algorithm: 'AES_KEY_WRAP_PAD' })
    const { objects } = await services.run('unwrapTokenKey', { tokenId: secondId, unwrappingObjectId: there.objectId, algorithm: 'AES_KEY_WRAP_PAD', wrapped: Uint8Array.from(wrapped), keyType: 'RSA', label: 'moved', uses: ['sign', 'verify'] })
    expect(objects).toMatchObject([{ objectClass: 'private-key', isExtractable: false }, { objectClass: 'public-key' }])
    const { signature } = await services.run('signWithTokenKey', { tokenId: secondId, objectId: objects[0]!.objectId, algorithm: 'RSA_PSS_SHA_256', message: text('message') })
    expect(verify('sha256', text('message'), { key: await publicKeyOf(key!.objectId), padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, signature)).toBe(true)
    wrapped[3]! ^= 1
    await expect(services.run('unwrapTokenKey', { tokenId: secondId, unwrappingObjectId: there.objectId, algorithm: 'AES_KEY_WRAP_PAD', wrapped, keyType: 'RSA', label: 'x', uses: ['sign'] })).rejects.toBeInstanceOf(Error)
    const [fixed] = (await services.run('listTokenObjects', { tokenId, search: 'aes', classes: ['secret-key'] })).objects
    await expect(services.run('wrapTokenKey', { tokenId, objectId: fixed!.objectId, wrappingObjectId: here.objectId, algorithm: 'AES_KEY_WRAP_PAD' })).rejects.toMatchObject({ code: 'TOKEN_KEY_NOT_EXTRACTABLE', details: { exportBarrier: 'not-extractable' } })
  })

  it('are copied under keys that are made for the way and leave nothing behind', async () => {
    for (const [keySpec, algorithm] of [['EC_P256', 'ECDSA_SHA_256'], ['GENERIC_256', 'HMAC_SHA_256']] as const) {
      const [key] = await generate({ keySpec, label: `copied ${keySpec}`, uses: ['sign', 'verify'], isExtractable: true })
      const { objects } = await services.run('copyTokenKey', { tokenId, objectId: key!.objectId, targetTokenId: secondId, targetUserPin: pinBytes(pin) })
      expect(objects[0]).toMatchObject({ label: `copied ${keySpec}`, idHex: key!.idHex, isExtractable: false, isSensitive: true })
      const { signature } = await services.run('signWithTokenKey', { tokenId: secondId, objectId: objects[0]!.objectId, algorithm, message: text('message') })
      expect(await services.run('verifyWithTokenKey', { tokenId, objectId: key!.objectId, algorithm, message: text('message'), signature })).toEqual({ isValid: true })
    }
    const { objects } = await services.run('listTokenObjects', { tokenId: secondId, search: 'temporary', refresh: true })
    expect(objects).toEqual([])
  })
})

describe('a module', () => {
  it('is examined by what it does, not by what it lists', async () => {
    const { trials, quirks, info, file } = await services.run('examineTokenModule', { moduleId, tokenId })
    expect(Object.fromEntries(trials.map(({ family, outcome }) => [family, outcome]))).toEqual({
      ...Object.fromEntries(trialFamilies.map((family) => [family, 'works'])),
      'rsa-oaep-sha256': 'refuses',
    })
    expect(trials.find(({ family }) => family === 'rsa-oaep-sha256')?.ckr).toBe('CKR_ARGUMENTS_BAD')
    expect(quirks).toEqual(['blank-so-shown-locked', 'login-before-search', 'oaep-sha1-only', 'lists-what-it-refuses', 'wrap-pad-210a'])
    expect({ info, file }).toMatchObject({ file: 'ok', info: { cryptokiVersion: '2.40', manufacturer: 'SoftHSM' } })
    // What was found is remembered, as long as the file is this one.
    expect((await services.run('listTokenModules', {})).modules).toMatchObject([{ moduleId, examination: { quirks } }])
  })

  it('rehearses a key on a token of its own that is gone afterwards', async () => {
    const before = await services.run('listTokens', {})
    const made = await services.run('rehearseTokenKey', { tokenId, keySpec: 'EC_P256', label: 'rehearsed', uses: ['sign', 'verify'] })
    expect(made).toMatchObject({ outcome: 'made', code: null, problems: [], objects: [{ objectClass: 'private-key', label: 'rehearsed', isSensitive: true, wasNeverExtractable: true, uses: ['sign'] }, { objectClass: 'public-key' }] })
    const refused = await services.run('rehearseTokenKey', { tokenId, keySpec: 'EC_P256', label: 'rehearsed', uses: ['encrypt'] })
    expect(refused).toMatchObject({ outcome: 'refused', code: 'TOKEN_TEMPLATE_REFUSED', problems: [{ problem: 'use-not-possible', isFatal: true }] })
    expect(await services.run('listTokens', {})).toEqual(before)
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('keystead-rehearsal-'))).toEqual([])
  })

  it('and what is on its tokens are found by URI', async () => {
    const [key] = (await services.run('listTokenObjects', { tokenId, search: 'imported rsa', classes: ['private-key'] })).objects
    const { uri } = await services.run('getTokenObject', { tokenId, objectId: key!.objectId })
    expect(await services.run('resolveTokenUri', { uri })).toMatchObject({ token: { tokenId }, object: { objectId: key!.objectId } })
    expect(await services.run('resolveTokenUri', { uri: 'pkcs11:token=second;library-manufacturer=SoftHSM' })).toMatchObject({ token: { tokenId: secondId }, object: null })
    const refusal = (value: string) => services.run('resolveTokenUri', { uri: value }).catch((error: { code: string }) => error.code)
    expect(await refusal('pkcs11:token=third')).toBe('TOKEN_NOT_FOUND')
    expect(await refusal('pkcs11:model=SoftHSM%20v2')).toBe('TOKEN_AMBIGUOUS')
    expect(await refusal('pkcs11:token=first;object=imported%20rsa')).toBe('TOKEN_AMBIGUOUS')
    expect(await refusal('pkcs11:token=first;object=none')).toBe('TOKEN_OBJECT_NOT_FOUND')
    expect(await refusal('pkcs11:token=first;colour=red')).toBe('INVALID_PARAMETER')
    expect(await refusal('http://example')).toBe('INVALID_PARAMETER')
  })

  it('asks each time for the PIN of a key that wants it', async () => {
    const [key] = await generate({ keySpec: 'EC_P256', label: 'each time', uses: ['sign', 'verify'], asksEachTime: true })
    const request = { tokenId, objectId: key!.objectId, algorithm: 'ECDSA_SHA_256' as const }
    await expect(services.run('signWithTokenKey', { ...request, message: text('message') })).rejects.toMatchObject({ code: 'TOKEN_PIN_NEEDED_AGAIN' })
    await expect(services.run('signWithTokenKey', { ...request, message: text('message'), contextPin: pinBytes('0000') })).rejects.toMatchObject({ code: 'TOKEN_PIN_WRONG' })
    expect((await services.run('signWithTokenKey', { ...request, message: text('message'), contextPin: pinBytes(pin) })).signature.length).toBeGreaterThan(60)
  })
})
