import { describe, expect, it } from 'vitest'
import { asymmetricKeySpecs } from '../../../../src-shared/model/keys'
import { utf8 } from '../../../../src-main/crypto/bytes'
import { decodePrivateKey } from '../../../../src-main/crypto/key-formats/decode-private-key'
import { encodeEncryptedPkcs8, encodePkcs8 } from '../../../../src-main/crypto/key-formats/encode-private-key'
import { encodePkcs12 } from '../../../../src-main/crypto/key-formats/encode-pkcs12'
import { flipped } from '../../../support/flipped'
import { fileNames, materialOf, passphrase, pemVector, refusalOf, vector } from './support'

const keyOf = (spec: (typeof asymmetricKeySpecs)[number]) => decodePrivateKey(vector(`${fileNames[spec]}.pem`), null)

describe.each(asymmetricKeySpecs)('a key of %s', (keySpec) => {
  it('is written as the PKCS#8 that OpenSSL writes', async () => {
    const { material } = await keyOf(keySpec)
    expect(encodePkcs8(keySpec, material).use((bytes) => Uint8Array.from(bytes))).toEqual(pemVector(`${fileNames[keySpec]}.pem`))
    expect(material.isDestroyed).toBe(false)
  })

  it('comes back from encrypted PKCS#8', async () => {
    const key = await keyOf(keySpec)
    const encoded = await encodeEncryptedPkcs8(keySpec, key.material, passphrase)
    const back = await decodePrivateKey(encoded, passphrase)
    expect([back.keySpec, back.format, back.publicKey]).toEqual([keySpec, 'ENCRYPTED_PKCS8', key.publicKey])
    expect(materialOf(back)).toEqual(materialOf(key))
    expect(await refusalOf(encoded)).toBe('passphrase-needed')
    expect(await refusalOf(encoded, utf8('wrong'))).toBe('passphrase-wrong')
  })

  it('comes back from PKCS#12 with its certificates', async () => {
    const key = await keyOf(keySpec)
    const certificates = [pemVector('ec_p256.crt.pem'), pemVector('rsa_2048.crt.pem')]
    const encoded = await encodePkcs12(keySpec, key.material, certificates, passphrase, 'a name 名')
    const back = await decodePrivateKey(encoded, passphrase)
    expect([back.keySpec, back.format, back.publicKey, back.certificates]).toEqual([keySpec, 'PKCS12', key.publicKey, certificates])
    expect(materialOf(back)).toEqual(materialOf(key))
    expect(await refusalOf(encoded, utf8('wrong'))).toBe('passphrase-wrong')
  })
})

describe('PKCS#12', () => {
  it('is written without certificates too', async () => {
    const { material } = await keyOf('EC_P256')
    const back = await decodePrivateKey(await encodePkcs12('EC_P256', material, [], passphrase, 'name'), passphrase)
    expect([back.keySpec, back.certificates]).toEqual(['EC_P256', []])
  })

  it('is not opened after any byte of its content has changed', async () => {
    const { material } = await keyOf('EC_P256')
    const encoded = await encodePkcs12('EC_P256', material, [], passphrase, 'name')
    const contentStart = 40
    for (let at = contentStart; at < encoded.length; at += 7) {
      expect(await refusalOf(flipped(encoded, at), passphrase)).not.toBeNull()
    }
  })

  it('is not written with a passphrase that is empty or not UTF-8', async () => {
    const { material } = await keyOf('EC_P256')
    for (const wrong of [utf8(''), Uint8Array.of(0xff)]) await expect(encodePkcs12('EC_P256', material, [], wrong, 'name')).rejects.toThrow(RangeError)
  })
})

describe('encryption', () => {
  it('takes a new salt and IV each time', async () => {
    const { material } = await keyOf('Ed25519')
    const [one, other] = [await encodeEncryptedPkcs8('Ed25519', material, passphrase), await encodeEncryptedPkcs8('Ed25519', material, passphrase)]
    expect(one).not.toEqual(other)
  })

  it('takes no empty passphrase', async () => {
    const { material } = await keyOf('Ed25519')
    await expect(encodeEncryptedPkcs8('Ed25519', material, utf8(''))).rejects.toThrow(RangeError)
  })
})
