import { constants, hash as digestOf, privateEncrypt, publicDecrypt, type KeyObject } from 'node:crypto'
import { concatBytes, copyBytes, equalBytes, u32 } from './bytes'
import { randomBytesOf } from './random'
import { modulusBytes, privateKeyOf, publicKeyOf, type RsaKey } from './rsa'

/**
 * RSA signatures (RFC 8017) over a ready SHA-256 digest, which the runtime would hash once more: it does the arithmetic,
 * the encodings are made here. RangeError for another digest than 32 bytes and for what is no RSA key.
 */

const digestBytes = 32

/** Salt of the signatures made here, as long as the digest. */
export const pssSaltBytes = 32

/** DER of DigestInfo for SHA-256 (RFC 8017 9.2, note 1) up to the digest. */
const digestInfoStart = Uint8Array.from(Buffer.from('3031300d060960864801650304020105000420', 'hex'))
const pssTrailer = 0xbc

/** RSASSA-PKCS1-v1_5: as long as the modulus. */
export function signRsaPkcs1(material: RsaKey, digest: Uint8Array): Uint8Array {
  const key = privateKeyOf(material)
  return rawPrivate(key, pkcs1Encoding(modulusBytes(key), digest))
}

/** Whether it is the one encoding of the digest: nothing inside the signature is parsed. */
export function verifyRsaPkcs1(publicKey: RsaKey, digest: Uint8Array, signature: Uint8Array): boolean {
  const key = publicKeyOf(publicKey)
  const expected = pkcs1Encoding(modulusBytes(key), digest)
  const encoded = rawPublic(key, signature)
  return encoded !== null && equalBytes(encoded, expected)
}

/** RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a random salt of pssSaltBytes: as long as the modulus. */
export function signRsaPss(material: RsaKey, digest: Uint8Array): Uint8Array {
  const key = privateKeyOf(material)
  const salt = randomBytesOf(pssSaltBytes)
  const hash = pssHash(digest, salt)
  const block = pssBlock(modulusBytes(key) - digestBytes - 1, salt)
  return rawPrivate(key, concatBytes(masked(block, hash), hash, Uint8Array.of(pssTrailer)))
}

/** Whether the signature fits, with a salt of exactly `saltBytes`. */
export function verifyRsaPss(publicKey: RsaKey, digest: Uint8Array, signature: Uint8Array, saltBytes: number = pssSaltBytes): boolean {
  const key = publicKeyOf(publicKey)
  checkDigest(digest)
  const encoded = rawPublic(key, signature)
  if (encoded === null || encoded.at(-1) !== pssTrailer || (encoded[0] ?? 0) > 0x7f) return false
  const blockLength = encoded.length - digestBytes - 1
  const hash = encoded.subarray(blockLength, -1)
  const block = masked(encoded.subarray(0, blockLength), hash)
  const salt = block.subarray(blockLength - saltBytes)
  return equalBytes(block, pssBlock(blockLength, salt)) && equalBytes(hash, pssHash(digest, salt))
}

/** EMSA-PKCS1-v1_5: 00 01 FF .. FF 00 ‖ DigestInfo. */
function pkcs1Encoding(length: number, digest: Uint8Array): Uint8Array {
  const info = digestInfo(digest)
  return concatBytes(Uint8Array.of(0, 1), new Uint8Array(length - 3 - info.length).fill(0xff), Uint8Array.of(0), info)
}

/** DigestInfo of a SHA-256 digest, DER: what a device pads and signs. RangeError for another length. */
export function digestInfo(digest: Uint8Array): Uint8Array {
  checkDigest(digest)
  return concatBytes(digestInfoStart, digest)
}

/** M' of EMSA-PSS, hashed: eight zero bytes ‖ digest ‖ salt. */
function pssHash(digest: Uint8Array, salt: Uint8Array): Uint8Array {
  checkDigest(digest)
  return sha256(new Uint8Array(8), digest, salt)
}

/** DB of EMSA-PSS: zeros ‖ 01 ‖ salt. */
function pssBlock(length: number, salt: Uint8Array): Uint8Array {
  const block = new Uint8Array(length)
  block[length - salt.length - 1] = 1
  block.set(salt, length - salt.length)
  return block
}

/** The block under the mask of MGF1 (RFC 8017 B.2.1) with SHA-256, without the first bit; taking it off is the same. */
function masked(block: Uint8Array, seed: Uint8Array): Uint8Array {
  const result = new Uint8Array(block.length)
  for (let start = 0; start < block.length; start += digestBytes) {
    const mask = sha256(seed, u32(start / digestBytes))
    const end = Math.min(start + digestBytes, block.length)
    for (let at = start; at < end; at++) result[at] = (block[at] ?? 0) ^ (mask[at - start] ?? 0)
  }
  return withoutTopBit(result)
}

/** In one call, which takes half the time of a hash object. */
function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return digestOf('sha256', concatBytes(...parts), 'buffer')
}

/** The encoding has one bit less than the modulus, whose size is a multiple of 8: the first bit is left out. */
function withoutTopBit(bytes: Uint8Array): Uint8Array {
  bytes[0] = (bytes[0] ?? 0) & 0x7f
  return bytes
}

function rawPrivate(key: KeyObject, encoded: Uint8Array): Uint8Array {
  return copyBytes(privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded))
}

/** Null when the signature has not the length of the modulus or is no number below it. */
function rawPublic(key: KeyObject, signature: Uint8Array): Uint8Array | null {
  if (signature.length !== modulusBytes(key)) return null
  try {
    return copyBytes(publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature))
  } catch {
    return null
  }
}

function checkDigest(digest: Uint8Array): void {
  if (digest.length !== digestBytes) throw new RangeError('a SHA-256 digest has 32 bytes')
}
