import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { ecPublicKeyOf, generateEcKey, signEcdsa } from '../../../src-main/crypto/ecdsa'
import { ed25519PublicKeyOf, generateEd25519, signEd25519, signEd25519ph } from '../../../src-main/crypto/ed25519'
import { randomBytesOf } from '../../../src-main/crypto/random'
import { generateRsaKey, rsaOaepDecrypt, rsaOaepEncrypt } from '../../../src-main/crypto/rsa'
import { signRsaPss } from '../../../src-main/crypto/rsa-signature'
import type { SecretBuffer } from '../../../src-main/crypto/secret-buffer'
import { copiesOf, turned } from '../../support/process-memory'

/** 32 bytes from the middle of a key, which may be all of it, turned around. */
function needleOf(material: SecretBuffer): Uint8Array {
  const start = Math.floor(material.length / 2) - 16
  return material.use((bytes) => turned(bytes.subarray(start, start + 32)))
}

/** Has the engine collect what nothing refers to, keys of the runtime among it. */
async function collect(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  gc()
  await setImmediate()
  gc()
}

const digest = randomBytesOf(32)
/** Memory that was freed comes back at once from Electron's allocator, where the product runs; plain Node's gives no such order. */
const isElectron = 'electron' in process.versions

describe('private keys', () => {
  it('are found while they are there', () => {
    const { material } = generateEcKey('P-256')
    expect(copiesOf(needleOf(material))).toBeGreaterThan(1)
    material.destroy()
  })

  if (isElectron) {
    it.each(['P-256', 'P-384', 'secp256k1'] as const)('of %s leave no copy behind', (curve) => {
      const { material } = generateEcKey(curve)
      const needle = needleOf(material)
      material.use((scalar) => signEcdsa(curve, scalar, randomBytesOf(scalar.length)))
      material.use((scalar) => ecPublicKeyOf(curve, scalar))
      material.destroy()
      expect(copiesOf(needle)).toBe(1)
    })

    it('of Ed25519ph leave no copy behind', () => {
      const { material } = generateEd25519()
      const needle = needleOf(material)
      material.use((seed) => signEd25519ph(seed, randomBytesOf(64)))
      material.use((seed) => ed25519PublicKeyOf(seed))
      material.destroy()
      expect(copiesOf(needle)).toBe(1)
    })

    it("of Ed25519 leave no copy behind once the runtime's key is collected", async () => {
      const { material } = generateEd25519()
      const needle = needleOf(material)
      material.use((seed) => signEd25519(seed, digest))
      material.destroy()
      await collect()
      expect(copiesOf(needle)).toBe(1)
    })

    it('of RSA leave no copy of their encoding behind', async () => {
      const { material } = await generateRsaKey(2048)
      const needle = needleOf(material)
      material.use((der) => signRsaPss(der, digest))
      material.destroy()
      expect(copiesOf(needle)).toBe(1)
    })

    it.each([24, 33, 64, 65, 100, 190])('leave no copy of what OAEP encrypts and decrypts behind (%i bytes)', async (length) => {
      const { material, publicKey } = await generateRsaKey(2048)
      const plaintext = randomBytesOf(length)
      const needle = turned(plaintext.subarray(-24))
      const ciphertext = rsaOaepEncrypt(publicKey, plaintext, 'sha256')
      const opened = material.use((der) => rsaOaepDecrypt(der, ciphertext, 'sha256'))
      expect(opened).toHaveLength(length)
      plaintext.fill(0)
      opened?.fill(0)
      material.destroy()
      expect(copiesOf(needle)).toBe(1)
    })
  }
})
