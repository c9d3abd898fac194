import { createCipheriv, pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import type { AsymmetricKeySpec } from '../../../src-shared/model/keys'
import { concatBytes, zero } from '../bytes'
import { randomBytesOf } from '../random'
import { SecretBuffer } from '../secret-buffer'
import { ecPointOf } from '../spki'
import { ecOid, ed25519Oid } from './curve-parts'
import { curves, type Curve } from './curves'
import { bits, explicit, nullValue, octets, oid, sequence, smallInteger, writeDer, type DerNode } from './der'
import { pbes2Oid, pbkdf2Oid } from './pbe'

/** OWASP's figure for PBKDF2-HMAC-SHA256. */
const iterations = 600_000
const saltBytes = 16
const keyBytes = 32
const ivBytes = 16
const aes256CbcOid = '2.16.840.1.101.3.4.1.42'
const hmacSha256Oid = '1.2.840.113549.2.9'
const derive = promisify(pbkdf2)

/** PKCS#8 (RFC 5208), DER, of the material of a key; EC keys carry their public part (RFC 5915). The caller destroys it. */
export function encodePkcs8(keySpec: AsymmetricKeySpec, material: SecretBuffer): SecretBuffer {
  return material.use((bytes) => {
    const curve = curves.find((known) => known.keySpec === keySpec)
    if (curve !== undefined) return SecretBuffer.take(writeDer(ecPkcs8(curve, bytes)))
    if (keySpec === 'Ed25519') return SecretBuffer.take(writeDer(sequence(smallInteger(0), sequence(oid(ed25519Oid)), octets(octets(bytes)))))
    return material.clone()
  })
}

/**
 * EncryptedPrivateKeyInfo (RFC 5958), DER: PBES2 with PBKDF2-HMAC-SHA256, 600,000 iterations, and AES-256-CBC. The
 * passphrase is UTF-8; RangeError when it is empty.
 */
export async function encodeEncryptedPkcs8(keySpec: AsymmetricKeySpec, material: SecretBuffer, passphrase: Uint8Array): Promise<Uint8Array> {
  const pkcs8 = encodePkcs8(keySpec, material)
  try {
    return writeDer(await encryptPkcs8(pkcs8, passphrase))
  } finally {
    pkcs8.destroy()
  }
}

/** The node of encodeEncryptedPkcs8, for a bag of PKCS#12. */
export async function encryptPkcs8(pkcs8: SecretBuffer, passphrase: Uint8Array): Promise<DerNode> {
  if (passphrase.length === 0) throw new RangeError('a private key is not encrypted with an empty passphrase')
  const salt = randomBytesOf(saltBytes)
  const iv = randomBytesOf(ivBytes)
  const key = await derive(passphrase, salt, iterations, keyBytes, 'sha256')
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const ciphertext = pkcs8.use((bytes) => concatBytes(cipher.update(bytes), cipher.final()))
  zero(key)
  const derivation = sequence(oid(pbkdf2Oid), sequence(octets(salt), smallInteger(iterations), sequence(oid(hmacSha256Oid), nullValue)))
  const encryption = sequence(oid(aes256CbcOid), octets(iv))
  return sequence(sequence(oid(pbes2Oid), sequence(derivation, encryption)), octets(ciphertext))
}

function ecPkcs8(curve: Curve, scalar: Uint8Array): DerNode {
  const point = ecPointOf(curve.publicKeyOf(scalar))
  const key = sequence(smallInteger(1), octets(scalar), explicit(1, bits(point)))
  return sequence(smallInteger(0), sequence(oid(ecOid), oid(curve.oid)), octets(key))
}
