import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { verifyEcdsa } from '../../../src-main/crypto/ecdsa'
import { verifyEd25519 } from '../../../src-main/crypto/ed25519'
import { decodePrivateKey } from '../../../src-main/crypto/key-formats/decode-private-key'
import { verifyRsaPss } from '../../../src-main/crypto/rsa-signature'
import { signingDigestOf } from '../../../src-main/crypto/signing-digest'
import { verifySm2 } from '../../../src-main/crypto/sm2'
import { fromPem } from '../../../src-main/crypto/spki'
import type { OperationName } from '../../../src-shared/contract/catalog'
import type { RequestInput } from '../../../src-shared/contract/operations'
import { asymmetricKeySpecs, type AsymmetricKeySpec, type SignatureAlgorithm } from '../../../src-shared/model/keys'
import { codeOf } from '../../support/keystore-fixture'
import { useTemporaryFolder } from '../../support/temporary-folder'
import { useWindowCalls } from '../../support/window-calls'
import { fileNames, passphrase, vector } from '../crypto/key-formats/support'

const at = useTemporaryFolder()
const { call, handleOf } = useWindowCalls(at)
const text = (value: string) => new TextEncoder().encode(value)
const own = (bytes: Uint8Array) => Uint8Array.from(bytes)
const vectorFolder = new URL('../../vectors/key-formats/', import.meta.url)
const newPassphrase = () => text('an export passphrase')

/** Each with the function that has been checked against other programs for that spec. */
const algorithms: Readonly<Record<AsymmetricKeySpec, readonly [SignatureAlgorithm, (spki: Uint8Array, digest: Uint8Array, signature: Uint8Array) => boolean]>> = {
  RSA_2048: ['RSA_PSS_SHA_256', (...parts) => verifyRsaPss(...parts)],
  RSA_3072: ['RSA_PSS_SHA_256', (...parts) => verifyRsaPss(...parts)],
  RSA_4096: ['RSA_PSS_SHA_256', (...parts) => verifyRsaPss(...parts)],
  EC_P256: ['ECDSA_SHA_256', (...parts) => verifyEcdsa('P-256', ...parts)],
  EC_P256K: ['ECDSA_SHA_256', (...parts) => verifyEcdsa('secp256k1', ...parts)],
  EC_P384: ['ECDSA_SHA_384', (...parts) => verifyEcdsa('P-384', ...parts)],
  EC_SM2: ['SM2DSA', verifySm2],
  Ed25519: ['ED25519_SHA_512', verifyEd25519],
}

const messageOf = (promise: Promise<unknown>) => promise.then(() => null, (error: unknown) => (error instanceof Error ? error.message : error))
const load = (content: Uint8Array, more: Partial<RequestInput<'importPrivateKey'>> = {}) => call('importPrivateKey', { content: own(content), ...more })
const versionOf = async (keyId: string) => (await call('listKeyVersions', { keyId })).keyVersions[0]?.keyVersionId ?? ''
const publicKeyOf = async (keyId: string) => fromPem('PUBLIC KEY', (await call('getPublicKey', { keyId, keyVersionId: await versionOf(keyId) })).publicKey)[0]
const keyCount = async () => (await call('listKeys', {})).totalCount
const auditOf = async (operation: OperationName) => (await call('listAuditEntries', { operation, count: 50 })).entries.map(({ resource, result, code }) => ({ resource, result, code }))

/** Signs with the key and verifies with the public key that the vector came with. */
async function signsFor(keyId: string, keySpec: AsymmetricKeySpec, spki: Uint8Array): Promise<boolean> {
  const [algorithm, verify] = algorithms[keySpec]
  const digest = signingDigestOf(algorithm, spki, text('message'))
  const { value } = await call('asymmetricSign', { keyId, keyVersionId: await versionOf(keyId), algorithm, digest: own(digest) })
  return verify(spki, digest, value)
}

async function exported(keyId: string, path: string, more: Partial<RequestInput<'exportPrivateKey'>> = {}): Promise<Uint8Array> {
  const target = handleOf(path, 'target')
  await call('exportPrivateKey', { keyId, keyVersionId: await versionOf(keyId), passphrase: newPassphrase(), target, ...more })
  return own(readFileSync(path))
}

describe('importPrivateKey', () => {
  const names = readdirSync(vectorFolder).filter((name) => !/^unsupported|\.crt\.pem$|\.spki\.der$|^no-key|^empty|\.(md|sh)$/.test(name))
  const specOf = (file: string) => asymmetricKeySpecs.find((spec) => file.startsWith(`${fileNames[spec]}.`))

  it.each(names.flatMap((name) => (specOf(name) ? [[name, specOf(name) as AsymmetricKeySpec] as const] : [])))('makes a key of %s (%s) that signs', async (name, keySpec) => {
    const { keyMetadata, certificateIds } = await load(vector(name), { passphrase: own(passphrase) })
    expect(keyMetadata).toMatchObject({ keySpec, keyUsage: 'SIGN/VERIFY', origin: 'EXTERNAL', keyState: 'Enabled', exportable: false, materialExpireTime: '' })
    expect(certificateIds).toHaveLength(name.endsWith('.p12') ? 1 : 0)
    const spki = vector(`${fileNames[keySpec]}.spki.der`)
    expect(await publicKeyOf(keyMetadata.keyId)).toEqual(spki)
    expect(await signsFor(keyMetadata.keyId, keySpec, spki)).toBe(true)
  })

  it('makes the same key of every OpenSSH file with it', async () => {
    const files = names.filter((name) => name.startsWith('ed25519_ssh'))
    const publicKeys = await Promise.all(files.map(async (name) => publicKeyOf((await load(vector(name), { passphrase: own(passphrase) })).keyMetadata.keyId)))
    expect(new Set(publicKeys.map((key) => Buffer.from(key ?? []).toString('hex'))).size).toBe(1)
    expect(publicKeys).toHaveLength(3)
  })

  it('reads a chosen file, and keeps what was chosen', async () => {
    writeFileSync(at('key.pem'), vector('rsa_2048.pem'))
    const file = handleOf(at('key.pem'), 'source')
    const { keyMetadata } = await call('importPrivateKey', { file, keyUsage: 'ENCRYPT/DECRYPT', description: 'from elsewhere', exportable: true })
    expect(keyMetadata).toMatchObject({ keySpec: 'RSA_2048', keyUsage: 'ENCRYPT/DECRYPT', description: 'from elsewhere', exportable: true })
    expect(await auditOf('importPrivateKey')).toEqual([{ resource: keyMetadata.keyId, result: 'ok', code: null }])
    expect(readFileSync(at('key.pem'))).toEqual(Buffer.from(vector('rsa_2048.pem')))
  })

  it('is a key over a lock, with one version for life', async () => {
    const { keyId } = (await load(vector('ec_sm2.pem'))).keyMetadata
    await call('lockVault', {})
    await call('unlockVault', { passphrase: text('correct horse battery staple') })
    expect(await signsFor(keyId, 'EC_SM2', vector('ec_sm2.spki.der'))).toBe(true)
    expect(await codeOf(call('createKeyVersion', { keyId }))).toBe('UNSUPPORTED_ORIGIN')
    expect(await codeOf(call('deleteKeyMaterial', { keyId }))).toBe('UNSUPPORTED_ORIGIN')
    expect(await codeOf(call('getParametersForImport', { keyId, wrappingAlgorithm: 'SM2PKE', wrappingKeySpec: 'EC_SM2' }))).toBe('UNSUPPORTED_ORIGIN')
  })

  it('opens a PKCS#12 file with an empty passphrase without asking for one', async () => {
    expect((await load(vector('empty-passphrase.p12'))).keyMetadata.keyState).toBe('Enabled')
    expect(await codeOf(load(vector('empty-passphrase.p12'), { passphrase: text('another') }))).toBe('KEY_FILE_PASSPHRASE')
  })

  it.each([
    ['text', text('no key at all'), 'KEY_FILE_UNREADABLE', 'no private key in a known format was found'],
    ['a public key', vector('ec_p256.spki.der'), 'KEY_FILE_UNREADABLE', 'no private key in a known format was found'],
    ['a certificate', vector('rsa_2048.crt.pem'), 'KEY_FILE_UNREADABLE', 'no private key in a known format was found'],
    ['an RSA key of 1024 bits', vector('unsupported.rsa_1024.pem'), 'KEY_FILE_UNSUPPORTED', ''],
    ['a P-521 key', vector('unsupported.ec_p521.pem'), 'KEY_FILE_UNSUPPORTED', ''],
    ['an X25519 key', vector('unsupported.x25519.pem'), 'KEY_FILE_UNSUPPORTED', ''],
    ['a key without its passphrase', vector('rsa_2048.pbes2-aes256-sha256.pem'), 'KEY_FILE_PASSPHRASE', 'its passphrase is needed'],
    ['an OpenSSH key without its passphrase', vector('ec_p256.openssh-aes256-ctr.pem'), 'KEY_FILE_PASSPHRASE', 'its passphrase is needed'],
    ['a PKCS#12 file without its passphrase', vector('rsa_2048.p12'), 'KEY_FILE_PASSPHRASE', 'its passphrase is needed'],
  ])('refuses %s', async (_, content, code, phrase) => {
    const refusal = load(content)
    expect(await codeOf(refusal)).toBe(code)
    expect(await messageOf(refusal)).toMatch(new RegExp(`^The private key was not imported: .*${phrase}.*\\.$`))
    expect(await keyCount()).toBe(0)
    expect(await auditOf('importPrivateKey')).toEqual([{ resource: '', result: 'refused', code }])
  })

  it('tells a wrong passphrase from one that is missing', async () => {
    const refusal = load(vector('ec_sm2.pbes2-aes256-sha256.pem'), { passphrase: text('wrong') })
    expect(await codeOf(refusal)).toBe('KEY_FILE_PASSPHRASE')
    expect(await messageOf(refusal)).toContain('the passphrase does not open the private key')
  })

  it('refuses a key whose parts do not belong together', async () => {
    const der = own(vector('ec_p256.pkcs8.der'))
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1
    const refusal = load(der)
    expect(await codeOf(refusal)).toBe('KEY_FILE_UNREADABLE')
    expect(await messageOf(refusal)).toContain('do not belong together')
  })

  it.each([
    ['neither file nor content', () => ({})],
    ['both', () => ({ file: handleOf(at('key.pem'), 'source'), content: text('x') })],
    ['a usage that the spec has not', () => ({ content: own(vector('ec_p256.pem')), keyUsage: 'ENCRYPT/DECRYPT' as const })],
  ])('refuses %s', async (_, input) => {
    expect(await codeOf(call('importPrivateKey', input()))).toBe('INVALID_PARAMETER')
    expect(await keyCount()).toBe(0)
  })

  it('refuses files that it cannot or will not read', async () => {
    mkdirSync(at('folder'))
    writeFileSync(at('large.pem'), Buffer.alloc(1024 * 1024 + 1))
    const open = (name: string) => codeOf(call('importPrivateKey', { file: handleOf(at(name), 'source') }))
    expect(await open('missing.pem')).toBe('FILE_NOT_FOUND')
    expect(await open('folder')).toBe('FILE_NOT_REGULAR')
    expect(await open('large.pem')).toBe('FILE_TOO_LARGE')
    expect(await codeOf(call('importPrivateKey', { file: `h-${'0'.repeat(32)}` }))).toBe('HANDLE_INVALID')
  })
})

describe('exportPrivateKey', () => {
  it.each(asymmetricKeySpecs)('writes a key of the spec %s so that it can be imported again', async (keySpec) => {
    const { keyId } = (await load(vector(`${fileNames[keySpec]}.pem`), { exportable: true })).keyMetadata
    const pem = await exported(keyId, at('out.pem'))
    expect(Buffer.from(pem).toString()).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/)
    expect(statSync(at('out.pem')).mode & 0o777).toBe(0o600)
    const decoded = await decodePrivateKey(pem, newPassphrase())
    expect([decoded.keySpec, decoded.format, decoded.publicKey]).toEqual([keySpec, 'ENCRYPTED_PKCS8', vector(`${fileNames[keySpec]}.spki.der`)])
    const again = await load(pem, { passphrase: newPassphrase() })
    expect(await signsFor(again.keyMetadata.keyId, keySpec, vector(`${fileNames[keySpec]}.spki.der`))).toBe(true)
    expect(await auditOf('exportPrivateKey')).toEqual([{ resource: keyId, result: 'ok', code: null }])
  })

  it('writes keys that were made here and may leave', async () => {
    const { keyId } = (await call('createKey', { keySpec: 'EC_P256K', exportable: true })).keyMetadata
    const { keySpec, publicKey } = await decodePrivateKey(await exported(keyId, at('out.pem')), newPassphrase())
    expect([keySpec, publicKey]).toEqual(['EC_P256K', await publicKeyOf(keyId)])
  })

  it('is readable by the runtime', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const content = privateKey.export({ format: 'pem', type: 'pkcs8' })
    const { keyId } = (await load(text(content.toString()), { exportable: true })).keyMetadata
    expect(await publicKeyOf(keyId)).toEqual(own(publicKey.export({ format: 'der', type: 'spki' })))
  })

  it('refuses keys that were not made exportable', async () => {
    const { keyId } = (await load(vector('ec_p256.pem'))).keyMetadata
    const made = (await call('createKey', { keySpec: 'EC_P256' })).keyMetadata.keyId
    const symmetric = (await call('createKey', {})).keyMetadata.keyId
    for (const refused of [keyId, made, symmetric]) {
      expect(await codeOf(exported(refused, at('out.pem')))).toBe('KEY_NOT_EXPORTABLE')
      expect(existsSync(at('out.pem'))).toBe(false)
    }
    expect(await auditOf('exportPrivateKey')).toEqual([symmetric, made, keyId].map((resource) => ({ resource, result: 'refused', code: 'KEY_NOT_EXPORTABLE' })))
  })

  it('refuses weak passphrases, unknown versions, disabled keys and places that cannot be written', async () => {
    const { keyId } = (await load(vector('ec_p256.pem'), { exportable: true })).keyMetadata
    expect(await codeOf(exported(keyId, at('out.pem'), { passphrase: text('seven..') }))).toBe('PASSPHRASE_TOO_WEAK')
    expect(await codeOf(exported(keyId, at('out.pem'), { keyVersionId: `${keyId}-unknown` }))).toBe('KEY_VERSION_NOT_FOUND')
    expect(await codeOf(exported(keyId, at('nowhere/out.pem')))).toBe('TARGET_NOT_WRITABLE')
    expect(await codeOf(exported(keyId, at('out.pem'), { target: handleOf(at('out.pem'), 'source') }))).toBe('HANDLE_INVALID')
    await call('disableKey', { keyId })
    expect(await codeOf(exported(keyId, at('out.pem')))).toBe('KEY_DISABLED')
    expect(readdirSync(at()).filter((name) => name.includes('out'))).toEqual([])
  })
})
