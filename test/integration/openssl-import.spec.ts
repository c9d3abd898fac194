import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCli } from '../support/cli'
import { openKeystore } from '../support/keystore-fixture'
import { useTemporaryFolder } from '../support/temporary-folder'

const at = useTemporaryFolder()
const zeroBlock = new Uint8Array(16)

/** Standard output of openssl; fails with what it says on standard error. */
function openssl(args: readonly string[], input: Uint8Array = new Uint8Array(0)): Buffer {
  const { status, stdout, stderr, error } = spawnSync('openssl', args, { input, env: { PATH: process.env['PATH'] ?? '' } })
  if (error) throw error
  if (status !== 0) throw new Error(stderr.toString('utf8'))
  return stdout
}

/** Wraps the material in the way of the KMS documentation. */
function wrap(publicKeyFile: string, hash: 'sha1' | 'sha256', material: Uint8Array): Uint8Array {
  const options = ['rsa_padding_mode:oaep', `rsa_oaep_md:${hash}`, `rsa_mgf1_md:${hash}`].flatMap((option) => ['-pkeyopt', option])
  return Uint8Array.from(openssl(['pkeyutl', '-encrypt', '-pubin', '-keyform', 'DER', '-inkey', publicKeyFile, ...options], material))
}

/** First three bytes of a zero block under the key, as openssl encrypts it. */
function keyCheckValue(material: Uint8Array): string {
  const hex = Buffer.from(material).toString('hex')
  return openssl(['enc', `-aes-${material.length * 8}-ecb`, '-nopad', '-K', hex], zeroBlock).subarray(0, 3).toString('hex')
}

describe('material that openssl made and wrapped', () => {
  it.each([
    ['RSAES_OAEP_SHA_256', 'sha256', 'Aliyun_AES_256', 32],
    ['RSAES_OAEP_SHA_1', 'sha1', 'Aliyun_AES_256', 32],
    ['RSAES_OAEP_SHA_256', 'sha256', 'Aliyun_AES_192', 24],
    ['RSAES_OAEP_SHA_1', 'sha1', 'Aliyun_AES_128', 16],
  ] as const)('is imported with %s (%s) as %s', async (wrappingAlgorithm, hash, keySpec, length) => {
    const { ask, keyId } = await withKey(keySpec)
    const material = Uint8Array.from(openssl(['rand', String(length)]))
    const { importToken, publicKey } = await ask('getParametersForImport', { keyId, wrappingAlgorithm, wrappingKeySpec: 'RSA_2048' })
    writeFileSync(at('wrapping.der'), publicKey)
    const request = { keyId, importToken, encryptedKeyMaterial: wrap(at('wrapping.der'), hash, material) }
    const rehearsed = await ask('rehearseImport', request)
    expect(rehearsed).toEqual({ materialBytes: length, keyCheckValue: keyCheckValue(material), isReImport: false })
    await ask('importKeyMaterial', request)
    expect(await ask('rehearseImport', request)).toEqual({ ...rehearsed, isReImport: true })
    const { ciphertextBlob } = await ask('encrypt', { keyId, plaintext: new Uint8Array([1, 2, 3]) })
    expect((await ask('decrypt', { ciphertextBlob })).plaintext).toEqual(new Uint8Array([1, 2, 3]))
  })

  it('is not taken when it was wrapped with the other hash', async () => {
    const { ask, keyId } = await withKey('Aliyun_AES_256')
    const { importToken, publicKey } = await ask('getParametersForImport', { keyId, wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_2048' })
    writeFileSync(at('wrapping.der'), publicKey)
    const encryptedKeyMaterial = wrap(at('wrapping.der'), 'sha1', openssl(['rand', '32']))
    await expect(ask('importKeyMaterial', { keyId, importToken, encryptedKeyMaterial })).rejects.toMatchObject({ code: 'INVALID_KEY_MATERIAL' })
  })
})

async function withKey(keySpec: 'Aliyun_AES_256' | 'Aliyun_AES_192' | 'Aliyun_AES_128') {
  const { ask, newKey } = await openKeystore()
  return { ask, keyId: (await newKey({ origin: 'EXTERNAL', keySpec })).keyId }
}

describe('the command line', () => {
  const base = mkdtempSync(join(tmpdir(), 'keystead-import-'))
  const file = (name: string) => join(base, name)
  const vaultArguments = ['--vault', file('vault'), '--passphrase-file', file('passphrase')]
  const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64')
  const exportPassphrase = 'a passphrase for the file'

  /** Parameters go to standard input, where no list of processes shows a passphrase. */
  async function call<Answer extends object>(operation: string, parameters: object): Promise<Answer> {
    const input = Buffer.from(JSON.stringify(parameters))
    const { code, stdout, stderr } = await runCli([...vaultArguments, 'call', operation, '-'], { cwd: base, input })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return JSON.parse(stdout.toString()) as Answer
  }

  beforeAll(async () => {
    writeFileSync(file('passphrase'), 'a passphrase for the command line\n', { mode: 0o600 })
    expect(await runCli([...vaultArguments, 'init', '--kdf-target-ms', '1', '--recovery-kit', file('kit.txt')], { cwd: base })).toMatchObject({ code: 0, stderr: '' })
  }, 60_000)

  afterAll(() => rmSync(base, { recursive: true, force: true }))

  it('imports key material', async () => {
    const { KeyMetadata } = await call<{ KeyMetadata: { KeyId: string; KeyState: string } }>('CreateKey', { Origin: 'EXTERNAL' })
    const { KeyId } = KeyMetadata
    const parameters = { KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' }
    const { PublicKey, ImportToken } = await call<{ PublicKey: string; ImportToken: string }>('GetParametersForImport', parameters)
    writeFileSync(file('wrapping.der'), Buffer.from(PublicKey, 'base64'))
    const material = openssl(['rand', '32'])
    const request = { KeyId, ImportToken, EncryptedKeyMaterial: base64(wrap(file('wrapping.der'), 'sha256', material)) }
    expect(await call('RehearseImport', request)).toMatchObject({ KeyCheckValue: keyCheckValue(material), IsReImport: false })
    await call('ImportKeyMaterial', { ...request, KeyMaterialExpireUnix: '4102444800' })
    expect(await call('DescribeKey', { KeyId })).toMatchObject({ KeyMetadata: { KeyState: 'Enabled', MaterialExpireTime: '2100-01-01T00:00:00Z' } })
    await call('DeleteKeyMaterial', { KeyId })
    expect(await call('DescribeKey', { KeyId })).toMatchObject({ KeyMetadata: { KeyState: 'PendingImport' } })
  }, 60_000)

  it('imports a private key of openssl and exports it so that openssl reads it', async () => {
    writeFileSync(file('key.pem'), openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1', '-aes256', '-pass', 'pass:of openssl']))
    const { KeyMetadata } = await call<{ KeyMetadata: { KeyId: string } }>('ImportPrivateKey', { File: 'key.pem', Passphrase: base64('of openssl'), Exportable: true })
    expect(KeyMetadata).toMatchObject({ KeySpec: 'EC_P256K', Origin: 'EXTERNAL', KeyState: 'Enabled', Exportable: true })
    const { KeyId } = KeyMetadata
    const { KeyVersions } = await call<{ KeyVersions: { KeyVersion: { KeyVersionId: string }[] } }>('ListKeyVersions', { KeyId })
    const KeyVersionId = KeyVersions.KeyVersion[0]?.KeyVersionId
    expect(await call('ExportPrivateKey', { KeyId, KeyVersionId, Passphrase: base64(exportPassphrase), Target: 'out.pem' })).toEqual({ RequestId: expect.any(String) as string })
    expect(statSync(file('out.pem')).mode & 0o777).toBe(0o600)
    const publicKeyOf = (name: string, phrase: string) => openssl(['pkey', '-in', file(name), '-passin', `pass:${phrase}`, '-pubout']).toString()
    expect(publicKeyOf('out.pem', exportPassphrase)).toBe(publicKeyOf('key.pem', 'of openssl'))
    expect(readFileSync(file('out.pem'), 'utf8')).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/)
  }, 60_000)
})
