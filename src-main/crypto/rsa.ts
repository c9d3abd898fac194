import { constants, createPrivateKey, createPublicKey, generateKeyPair, privateDecrypt, publicEncrypt, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { overwriteFreed } from './aes-gcm'
import { copyBytes, zero } from './bytes'
import { SecretBuffer } from './secret-buffer'

/** Sizes of the modulus in bits. */
export const rsaSizes = [2048, 3072, 4096] as const
export type RsaSize = (typeof rsaSizes)[number]

/** The hash of OAEP and of its mask generation: never two different ones. */
export type OaepHash = 'sha1' | 'sha256'

/** Private: PKCS#8 DER; public: SPKI DER. Reading one takes longer than a public operation: import it to use it often. */
export type RsaKey = KeyObject | Uint8Array

const hashBytes: Readonly<Record<OaepHash, number>> = { sha1: 20, sha256: 32 }
const generatePair = promisify(generateKeyPair)

/** A new key pair with the public exponent 65537, made on a thread of the pool: PKCS#8 DER and SPKI DER. */
export async function generateRsaKey(bits: RsaSize): Promise<{ material: SecretBuffer; publicKey: Uint8Array }> {
  const { privateKey, publicKey } = await generatePair('rsa', {
    modulusLength: bits,
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
    publicKeyEncoding: { format: 'der', type: 'spki' },
  })
  return { material: SecretBuffer.take(privateKey), publicKey: copyBytes(publicKey) }
}

/**
 * The runtime's form of a private key, which it zeroes when it is collected. RangeError when `material` is no PKCS#8 DER
 * of an RSA key of one of the sizes. Does not look whether its numbers belong together: keys from outside are checked
 * where they are read.
 */
export function importRsaPrivateKey(material: Uint8Array): KeyObject {
  return checked(() => createPrivateKey({ key: view(material), format: 'der', type: 'pkcs8' }))
}

/** The runtime's form of a public key. RangeError when `publicKey` is no SPKI DER of an RSA key of one of the sizes. */
export function importRsaPublicKey(publicKey: Uint8Array): KeyObject {
  return checked(() => createPublicKey({ key: view(publicKey), format: 'der', type: 'spki' }))
}

/** Size of the modulus in bits; RangeError as importRsaPublicKey. */
export function rsaBits(publicKey: RsaKey): RsaSize {
  const { modulusLength } = publicKeyOf(publicKey).asymmetricKeyDetails ?? {}
  const size = rsaSizes.find((bits) => bits === modulusLength)
  if (!size) throw notRsa()
  return size
}

/** The key that the runtime takes; RangeError as importRsaPrivateKey. */
export function privateKeyOf(key: RsaKey): KeyObject {
  return key instanceof Uint8Array ? importRsaPrivateKey(key) : key
}

/** The key that the runtime takes; RangeError as importRsaPublicKey. */
export function publicKeyOf(key: RsaKey): KeyObject {
  return key instanceof Uint8Array ? importRsaPublicKey(key) : key
}

/** Longest plaintext for a key of `bits`, in bytes (RFC 8017 7.1.1): 190 for 2048 bits and SHA-256. */
export function oaepMaxBytes(bits: RsaSize, hash: OaepHash): number {
  return bits / 8 - 2 * hashBytes[hash] - 2
}

/** RSAES-OAEP (RFC 8017), as long as the modulus. RangeError for a plaintext above oaepMaxBytes. The KMS has no label. */
export function rsaOaepEncrypt(publicKey: RsaKey, plaintext: Uint8Array, hash: OaepHash): Uint8Array {
  const key = publicKeyOf(publicKey)
  if (plaintext.length > oaepMaxBytes(rsaBits(key), hash)) throw new RangeError('the plaintext is too long for the key')
  return copyBytes(publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash }, plaintext))
}

/**
 * The plaintext in memory of its own, for the caller to zero; null for every failure, without a distinction. RangeError
 * as importRsaPrivateKey. PKCS#1 v1.5 is not offered: the answers to its padding give plaintexts away.
 */
export function rsaOaepDecrypt(material: RsaKey, ciphertext: Uint8Array, hash: OaepHash, label?: Uint8Array): Uint8Array | null {
  const key = privateKeyOf(material)
  if (ciphertext.length !== modulusBytes(key)) return null
  const options = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash, ...(label?.length ? { oaepLabel: label } : {}) }
  try {
    const buffer = privateDecrypt(options, ciphertext)
    // The runtime decrypts into a buffer as long as the modulus, as a decipher does into one of a byte more than its input.
    overwriteFreed(modulusBytes(key) - 1)
    const plaintext = copyBytes(buffer)
    zero(buffer)
    return plaintext
  } catch {
    return null
  }
}

/** Length of ciphertexts and signatures. */
export function modulusBytes(key: KeyObject): number {
  return (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8
}

function checked(read: () => KeyObject): KeyObject {
  const key = tried(read)
  if (key?.asymmetricKeyType !== 'rsa' || !rsaSizes.some((bits) => bits === key.asymmetricKeyDetails?.modulusLength)) throw notRsa()
  return key
}

function tried(read: () => KeyObject): KeyObject | null {
  try {
    return read()
  } catch {
    return null
  }
}

function notRsa(): RangeError {
  return new RangeError('not an RSA key of 2048, 3072 or 4096 bits')
}

/** The same memory as a Buffer, which the runtime's types ask for. */
function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
