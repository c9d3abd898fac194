import { describe, expect, it } from 'vitest'
import { asymmetricKeySpecs } from '../../../../src-shared/model/keys'
import { utf8 } from '../../../../src-main/crypto/bytes'
import { decodePrivateKey } from '../../../../src-main/crypto/key-formats/decode-private-key'
import { fileNames, materialOf, passphrase, pemVector, refusalOf, vector } from './support'

const specOf = (file: string) => asymmetricKeySpecs.find((spec) => file.startsWith(`${fileNames[spec]}.`))

describe.each(asymmetricKeySpecs)('the key of %s', (keySpec) => {
  const name = fileNames[keySpec]

  it('is read from PKCS#8, PEM and DER, with its public key', async () => {
    const [pem, der] = [await decodePrivateKey(vector(`${name}.pem`), null), await decodePrivateKey(pemVector(`${name}.pem`), null)]
    expect([pem.keySpec, pem.format, der.keySpec, der.format]).toEqual([keySpec, 'PKCS8', keySpec, 'PKCS8'])
    expect([pem.publicKey, der.publicKey]).toEqual([vector(`${name}.spki.der`), vector(`${name}.spki.der`)])
    expect(materialOf(der)).toEqual(materialOf(pem))
  })

  it('is not read when its public part is that of another key', async () => {
    const der = pemVector(`${name}.pem`)
    // The last byte of an EC key is the end of its point; an RSA key ends with a CRT coefficient; Ed25519 carries no public part.
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1
    if (keySpec !== 'Ed25519') expect(await refusalOf(der)).toBe('inconsistent')
  })
})

const files = [
  ['rsa_2048.pbes2-aes256-sha256.pem', 'ENCRYPTED_PKCS8'],
  ['rsa_3072.pbes2-aes128-sha1.pem', 'ENCRYPTED_PKCS8'],
  ['ec_p384.pbes2-aes192-sha512.der', 'ENCRYPTED_PKCS8'],
  ['ec_p256k.pbes2-des3.pem', 'ENCRYPTED_PKCS8'],
  ['ec_sm2.pbes2-aes256-sha256.pem', 'ENCRYPTED_PKCS8'],
  ['ed25519.pbe-sha1-3des.pem', 'ENCRYPTED_PKCS8'],
  ['ec_p256.pbe-sha1-2des.pem', 'ENCRYPTED_PKCS8'],
  ['rsa_2048.pkcs1.pem', 'PKCS1'],
  ['rsa_2048.pkcs1.der', 'PKCS1'],
  ['rsa_2048.proc-type-aes256.pem', 'PKCS1'],
  ['rsa_3072.proc-type-des3.pem', 'PKCS1'],
  ['ec_p256k.sec1.pem', 'SEC1'],
  ['ec_p256.sec1.der', 'SEC1'],
  ['ec_sm2.sec1.pem', 'SEC1'],
  ['ec_p384.proc-type-aes128.pem', 'SEC1'],
  ['rsa_2048.openssh-none.pem', 'OPENSSH'],
  ['rsa_2048.openssh-aes256-ctr.pem', 'OPENSSH'],
  ['ec_p256.openssh-none.pem', 'OPENSSH'],
  ['ec_p256.openssh-aes256-ctr.pem', 'OPENSSH'],
  ['ec_p384.openssh-none.pem', 'OPENSSH'],
  ['ec_p384.openssh-aes256-ctr.pem', 'OPENSSH'],
  ['rsa_2048.p12', 'PKCS12'],
  ['rsa_2048.legacy.p12', 'PKCS12'],
  ['ec_p256.p12', 'PKCS12'],
  ['ec_p256.rc2-128.p12', 'PKCS12'],
  ['ec_p256k.p12', 'PKCS12'],
  ['rsa_2048.jwk', 'JWK'],
  ['ec_p256.jwk', 'JWK'],
  ['ec_p384.jwk', 'JWK'],
  ['ec_p256k.jwk', 'JWK'],
  ['ed25519.jwk', 'JWK'],
] as const
const encrypted = files.map(([file]) => file).filter((file) => /pbe|proc-type|aes256-ctr|p12/.test(file))

describe('the same key in other formats', () => {
  it.each(files)('%s', async (file, format) => {
    const keySpec = specOf(file)
    const name = file.slice(0, file.indexOf('.'))
    const key = await decodePrivateKey(vector(file), passphrase)
    expect([key.keySpec, key.format]).toEqual([keySpec, format])
    expect(key.publicKey).toEqual(vector(`${name}.spki.der`))
    expect(materialOf(key)).toEqual(materialOf(await decodePrivateKey(vector(`${name}.pem`), null)))
  })

  it('of OpenSSH, plain and under both ciphers, Ed25519', async () => {
    const plain = await decodePrivateKey(vector('ed25519_ssh.openssh-none.pem'), null)
    expect([plain.keySpec, plain.format, plain.material.length]).toEqual(['Ed25519', 'OPENSSH', 32])
    for (const cipher of ['aes256-ctr', 'aes256-cbc']) {
      const key = await decodePrivateKey(vector(`ed25519_ssh.openssh-${cipher}.pem`), passphrase)
      expect(materialOf(key)).toEqual(materialOf(plain))
      expect(key.publicKey).toEqual(plain.publicKey)
    }
  })

  it('of PKCS#12 comes with its certificate', async () => {
    for (const name of ['rsa_2048', 'ec_p256', 'ec_p256k']) {
      const key = await decodePrivateKey(vector(`${name}.p12`), passphrase)
      expect(key.certificates).toEqual([pemVector(`${name}.crt.pem`)])
    }
  })

  it('of PKCS#12 is read with an empty passphrase that was given', async () => {
    expect((await decodePrivateKey(vector('empty-passphrase.p12'), utf8(''))).keySpec).toBe('EC_P256')
    expect(await refusalOf(vector('empty-passphrase.p12'))).toBe('passphrase-needed')
  })
})

describe('passphrases', () => {
  it.each(encrypted)('of %s: needed, and the right one', async (file) => {
    expect(await refusalOf(vector(file))).toBe('passphrase-needed')
    for (const wrong of ['Correct horse 电池', '']) expect(await refusalOf(vector(file), utf8(wrong))).toBe('passphrase-wrong')
  })

  it('are ignored where none is needed', async () => {
    expect((await decodePrivateKey(vector('ec_p256.pem'), utf8('any'))).keySpec).toBe('EC_P256')
  })

  it('that are not UTF-8 do not open PKCS#12', async () => {
    expect(await refusalOf(vector('ec_p256.p12'), Uint8Array.of(0xc3, 0x28))).toBe('passphrase-wrong')
  })
})

describe('what is refused', () => {
  it.each([
    'rsa_1024.pem',
    'rsa_3_primes.pem',
    'rsa_pss.pem',
    'ec_p521.pem',
    'ec_explicit.pem',
    'ed448.pem',
    'x25519.pem',
    'scrypt.pem',
    'pbe-md5-des.pem',
    'proc-type-camellia.pem',
    'openssh-aes256-gcm.pem',
    'openssh-ec_p521.pem',
  ])('as not supported: %s', async (file) => {
    expect(await refusalOf(vector(`unsupported.${file}`), passphrase)).toBe('unsupported')
  })

  it.each([
    ['nothing', () => new Uint8Array()],
    ['text', () => utf8('hello')],
    ['a certificate', () => vector('rsa_2048.crt.pem')],
    ['a public key', () => vector('rsa_2048.spki.der')],
    ['PKCS#12 without a key', () => vector('no-key.p12')],
    ['more than 1 MiB', () => new Uint8Array(1024 * 1024 + 1)],
    ['bytes behind the key', () => Uint8Array.from([...vector('ec_p256.pkcs8.der'), 0])],
    ['a block without an end', () => vector('ec_p256.pem').subarray(0, 120)],
    ['a public JWK', () => utf8('{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}')],
    ['JSON that is no JWK', () => utf8('{"__proto__":{"kty":"EC"},"constructor":1}')],
    ['broken JSON', () => utf8('{"kty":"RSA"')],
  ])('as no key: %s', async (_name, bytes) => {
    expect(['not-a-key', 'inconsistent']).toContain(await refusalOf(bytes(), passphrase))
  })

  it('repeats nothing of what was read', async () => {
    const error: unknown = await decodePrivateKey(utf8('{"kty":"RSA","d":"canary-7f3a91"'), null).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Error)
    expect(String(error)).not.toContain('canary')
    expect((error as Error).cause).toBeUndefined()
  })
})
