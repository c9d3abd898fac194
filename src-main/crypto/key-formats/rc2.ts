import rc2 from 'node-forge/lib/rc2.js'
import util from 'node-forge/lib/util.js'
import { ownBytes } from '../bytes'
import { withoutPadding } from './ciphers'

const blockBytes = 8

/**
 * RC2-CBC (RFC 2268) with as many effective bits as the key has, for PKCS#12 files of old programs: the runtime has it
 * no longer. In memory of its own, for the caller to zero; null when length or padding does not fit. node-forge keeps
 * bytes in strings: they stay in the engine's memory until they are collected.
 */
export function decryptRc2(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array | null {
  if (ciphertext.length === 0 || ciphertext.length % blockBytes !== 0) return null
  const cipher = rc2.createDecryptionCipher(util.createBuffer(binary(key)), key.length * 8)
  cipher.start(binary(iv))
  cipher.update(util.createBuffer(binary(ciphertext)))
  cipher.finish(() => true)
  const padded = ownBytes(cipher.output.length())
  for (let at = 0; at < padded.length; at++) padded[at] = cipher.output.at(at)
  const plaintext = withoutPadding(padded, blockBytes)
  padded.fill(0)
  return plaintext
}

function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}
