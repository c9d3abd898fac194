import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto'
import kdbxweb from 'kdbxweb'
import type { KdbxCipher } from './header'

/** A key stream that goes on from value to value. */
export interface InnerStream {
  /** Encrypts or decrypts the next bytes in place. */
  apply(bytes: Uint8Array): void
}

const salsaNonce = Uint8Array.of(0xe8, 0x30, 0x09, 0x4b, 0x97, 0x20, 0x5d, 0x2a)
/** How protected values are enciphered once more within the file: Salsa20 or ChaCha20. */
export const innerStreamIds = { salsa20: 2, chacha20: 3 } as const

/** The key stream of the values; null for a stream that is not known. ChaCha20 is not in every runtime's own cryptography. */
export function innerStream(id: number, key: Uint8Array): InnerStream | null {
  if (id === innerStreamIds.salsa20) return streamOf(new kdbxweb.Salsa20(sha256(key), salsaNonce))
  if (id !== innerStreamIds.chacha20) return null
  const hash = createHash('sha512').update(key).digest()
  return streamOf(new kdbxweb.ChaCha20(Uint8Array.from(hash.subarray(0, 32)), Uint8Array.from(hash.subarray(32, 44))))
}

/** Throws when the padding is wrong. */
export function decryptWith(cipher: KdbxCipher, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  if (cipher === 'chacha20') return new kdbxweb.ChaCha20(Uint8Array.from(key), Uint8Array.from(iv)).encrypt(data)
  const decipher = createDecipheriv('aes-256-cbc', key, iv)
  return Buffer.concat([decipher.update(data), decipher.final()])
}

/** AES-256-CBC. */
export function encryptAes(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  return Buffer.concat([cipher.update(data), cipher.final()])
}

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return hashOf('sha256', parts)
}

export function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  return hashOf('sha512', parts)
}

/** The sum of a block, whose key depends on its number; the header has the number of all ones. */
export function blockSum(baseKey: Uint8Array, number: bigint, ...parts: readonly Uint8Array[]): Uint8Array {
  const index = new Uint8Array(8)
  new DataView(index.buffer).setBigUint64(0, number, true)
  const mac = createHmac('sha256', sha512(index, baseKey))
  if (number !== headerNumber) mac.update(index)
  for (const part of parts) mac.update(part)
  return new Uint8Array(mac.digest())
}

/** In place of the number of a block. */
export const headerNumber = 0xffff_ffff_ffff_ffffn

function hashOf(algorithm: 'sha256' | 'sha512', parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash(algorithm)
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

function streamOf(generator: { getBytes(length: number): Uint8Array }): InnerStream {
  return {
    apply(bytes) {
      const mask = generator.getBytes(bytes.length)
      for (let at = 0; at < bytes.length; at++) bytes[at] = (bytes[at] ?? 0) ^ (mask[at] ?? 0)
    },
  }
}
