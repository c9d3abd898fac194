import { createHash } from 'node:crypto'
import { hash, HASHSIZE } from 'bcrypt-pbkdf'
import { concatBytes, copyBytes, ownBytes, u32, zero } from '../bytes'
import { giveWay } from './give-way'

/**
 * OpenBSD's bcrypt_pbkdf with some milliseconds between two turns of this thread; the library has it in one piece.
 * `length` bytes in memory of their own, for the caller to zero. Passphrase and salt are not empty.
 */
export async function bcryptKdf(passphrase: Uint8Array, salt: Uint8Array, rounds: number, length: number): Promise<Uint8Array> {
  const derived = ownBytes(length)
  const hashedPassphrase = sha512(passphrase)
  // The blocks are spread over the key: byte 0 of each block, then byte 1 of each, and so on.
  const blocks = Math.ceil(length / HASHSIZE)
  for (let block = 0; block < blocks; block++) {
    const sum = await blockOf(hashedPassphrase, concatBytes(salt, u32(block + 1)), rounds)
    for (let at = 0; at * blocks + block < length; at++) derived[at * blocks + block] = sum[at] ?? 0
    zero(sum)
  }
  zero(hashedPassphrase)
  return derived
}

async function blockOf(hashedPassphrase: Uint8Array, countedSalt: Uint8Array, rounds: number): Promise<Uint8Array> {
  const sum = ownBytes(HASHSIZE)
  const latest = ownBytes(HASHSIZE)
  for (let round = 0; round < rounds; round++) {
    const salt = sha512(round === 0 ? countedSalt : latest)
    hash(hashedPassphrase, salt, latest)
    for (let at = 0; at < HASHSIZE; at++) sum[at] = (sum[at] ?? 0) ^ (latest[at] ?? 0)
    zero(salt)
    await giveWay()
  }
  zero(latest)
  return sum
}

function sha512(bytes: Uint8Array): Uint8Array {
  const digest = createHash('sha512').update(bytes).digest()
  const own = copyBytes(digest)
  digest.fill(0)
  return own
}
