import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { eddsa } from '@noble/curves/abstract/edwards.js'
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { concatBytes, copyBytes, utf8, zero } from './bytes'
import { randomBytesOf } from './random'
import { numberBytes, numberOf } from './scalar'
import { SecretBuffer } from './secret-buffer'
import { ed25519KeyOf, ed25519Spki } from './spki'

/** Private: the 32-byte seed; public: SPKI DER. Reading one takes longer than using it: import it to use it often. */
export type Ed25519Key = KeyObject | Uint8Array

const seedBytes = 32
const digestBytes = 64
const signatureBytes = 64

/** PKCS#8 DER (RFC 8410) of a private key up to its seed. */
const pkcs8Start = Uint8Array.from(Buffer.from('302e020100300506032b657004220420', 'hex'))

/** dom2(1, '') of RFC 8032: what tells Ed25519ph from Ed25519. */
const phDomain = concatBytes(utf8('SigEd25519 no Ed25519 collisions'), Uint8Array.of(1, 0))

const { Fn, BASE } = ed25519.Point

/** Verifies only: its sign() would leave copies of the private key behind. */
const ed25519ph = eddsa(ed25519.Point, sha512, { domain: (data: Uint8Array) => concatBytes(phDomain, data), zip215: false })

/** A new key pair: the seed (32 bytes) and the public key as SPKI. */
export function generateEd25519(): { material: SecretBuffer; publicKey: Uint8Array } {
  const seed = randomBytesOf(seedBytes)
  const publicKey = ed25519PublicKeyOf(seed)
  return { material: SecretBuffer.take(seed), publicKey }
}

/** The runtime's form of a private key, which it zeroes when it is collected. RangeError when the seed has not 32 bytes. */
export function importEd25519PrivateKey(seed: Uint8Array): KeyObject {
  checkSeed(seed)
  const pkcs8 = concatBytes(pkcs8Start, seed)
  const key = createPrivateKey({ key: Buffer.from(pkcs8.buffer), format: 'der', type: 'pkcs8' })
  zero(pkcs8)
  return key
}

/** The runtime's form of a public key. RangeError when `publicKey` is no SPKI of an Ed25519 key. */
export function importEd25519PublicKey(publicKey: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.from(ed25519Spki(ed25519KeyOf(publicKey))), format: 'der', type: 'spki' })
}

/** The public key (SPKI) of a seed, without a key of the runtime that would live on. RangeError when it has not 32 bytes. */
export function ed25519PublicKeyOf(seed: Uint8Array): Uint8Array {
  const { secret, prefix } = expand(seed)
  zero(prefix)
  return ed25519Spki(BASE.multiply(secret).toBytes())
}

/** Ed25519 (RFC 8032 5.1.6) over the message itself: 64 bytes. RangeError as importEd25519PrivateKey. */
export function signEd25519(seed: Ed25519Key, message: Uint8Array): Uint8Array {
  return copyBytes(sign(null, message, seed instanceof Uint8Array ? importEd25519PrivateKey(seed) : seed))
}

/** Whether the signature fits the message and the public key. RangeError as importEd25519PublicKey. */
export function verifyEd25519(publicKey: Ed25519Key, message: Uint8Array, signature: Uint8Array): boolean {
  const key = publicKey instanceof Uint8Array ? importEd25519PublicKey(publicKey) : publicKey
  return verify(null, message, key, signature)
}

/**
 * Ed25519ph (RFC 8032 5.1) with an empty context over a ready SHA-512 digest: 64 bytes. RangeError when the seed has not
 * 32 bytes or the digest not 64. The runtime has no Ed25519ph.
 */
export function signEd25519ph(seed: Uint8Array, digest: Uint8Array): Uint8Array {
  checkDigest(digest)
  const { secret, prefix } = expand(seed)
  const publicKey = BASE.multiply(secret).toBytes()
  const nonceHash = hash(phDomain, prefix, digest)
  const nonce = Fn.create(littleEndian(nonceHash))
  zero(prefix, nonceHash)
  const point = BASE.multiply(nonce).toBytes()
  const challenge = Fn.create(littleEndian(hash(phDomain, point, publicKey, digest)))
  const proof = numberBytes(Fn.add(nonce, Fn.mul(challenge, secret)), seedBytes).reverse()
  return concatBytes(point, proof)
}

/** As verifyEd25519, for a digest that signEd25519ph takes. */
export function verifyEd25519ph(publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  checkDigest(digest)
  const key = ed25519KeyOf(publicKey)
  return signature.length === signatureBytes && ed25519ph.verify(signature, digest, key)
}

/**
 * RFC 8032 5.1.5: the number of the hash's first half with its lowest three and its highest bit cleared and the one below
 * set, and the second half, for the caller to zero. RangeError when the seed has not 32 bytes.
 */
function expand(seed: Uint8Array): { secret: bigint; prefix: Uint8Array } {
  checkSeed(seed)
  const hashed = hash(seed)
  const prefix = copyBytes(hashed.subarray(seedBytes))
  hashed[0] = (hashed[0] ?? 0) & 0xf8
  hashed[31] = ((hashed[31] ?? 0) & 0x7f) | 0x40
  const secret = Fn.create(littleEndian(hashed.subarray(0, seedBytes)))
  zero(hashed)
  return { secret, prefix }
}

function littleEndian(bytes: Uint8Array): bigint {
  const reversed = copyBytes(bytes).reverse()
  const number = numberOf(reversed)
  zero(reversed)
  return number
}

/** SHA-512 over the parts, in memory of its own. */
function hash(...parts: readonly Uint8Array[]): Uint8Array {
  const sha = createHash('sha512')
  for (const part of parts) sha.update(part)
  const digest = sha.digest()
  const own = copyBytes(digest)
  zero(digest)
  return own
}

function checkSeed(seed: Uint8Array): void {
  if (seed.length !== seedBytes) throw new RangeError('an Ed25519 seed has 32 bytes')
}

function checkDigest(digest: Uint8Array): void {
  if (digest.length !== digestBytes) throw new RangeError('a SHA-512 digest has 64 bytes')
}
