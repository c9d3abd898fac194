import { describe, expect, it } from 'vitest'
import { generateEcKey } from '../../../../src-main/crypto/ecdsa'
import { decodePrivateKey } from '../../../../src-main/crypto/key-formats/decode-private-key'
import { encodePkcs12 } from '../../../../src-main/crypto/key-formats/encode-pkcs12'
import { encodeEncryptedPkcs8, encodePkcs8 } from '../../../../src-main/crypto/key-formats/encode-private-key'
import type { SecretBuffer } from '../../../../src-main/crypto/secret-buffer'
import { copiesOf, turned } from '../../../support/process-memory'
import { passphrase, vector } from './support'

/** Memory that was freed comes back at once from Electron's allocator, where the product runs; plain Node's gives no such order. */
const isElectron = 'electron' in process.versions

/** Each key once: what a test has looked for may lie about for the next. */
const files = ['ec_p256.pbe-sha1-2des.pem', 'ec_p256k.p12', 'ec_p384.openssh-aes256-ctr.pem', 'rsa_3072.proc-type-des3.pem']

/** Part of the secret; of RSA a part of the private exponent. */
const needleOf = (material: SecretBuffer) => material.use((bytes) => turned(bytes.length > 64 ? bytes.subarray(500, 532) : bytes))

describe('a private key', () => {
  it('is found while it is there', () => {
    const { material } = generateEcKey('P-256')
    expect(copiesOf(needleOf(material))).toBeGreaterThan(1)
    material.destroy()
  })

  if (isElectron) {
    it.each(files)('leaves no copy behind after it was read from %s', async (file) => {
      const { material } = await decodePrivateKey(vector(file), passphrase)
      const needle = needleOf(material)
      material.destroy()
      expect(copiesOf(needle)).toBe(1)
    })

    it('leaves no copy behind after it was written and read', async () => {
      const { material } = generateEcKey('P-256')
      const needle = needleOf(material)
      encodePkcs8('EC_P256', material).destroy()
      const encrypted = await encodeEncryptedPkcs8('EC_P256', material, passphrase)
      const pkcs12 = await encodePkcs12('EC_P256', material, [], passphrase, 'name')
      material.destroy()
      for (const bytes of [encrypted, pkcs12]) (await decodePrivateKey(bytes, passphrase)).material.destroy()
      expect(copiesOf(needle)).toBe(1)
    })
  }
})
