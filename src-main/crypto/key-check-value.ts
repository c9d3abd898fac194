import { createCipheriv } from 'node:crypto'
import { ownBytes, zero } from './bytes'
import { sm4Engine } from './sm4/engine'
import { loadIv, loadKey } from './sm4/gcm'
import { ivBytes, layout, strideBytes, vectorBytes } from './sm4/layout'

const checkBytes = 3

/** The block ciphers of symmetric keys; AES by the length of its key. */
export type BlockCipher = 'AES' | 'SM4'

/**
 * The key check value (ANSI X9.24): the first 3 bytes of a block of zeros encrypted with the key, as 6 hexadecimal
 * digits. It is for comparing with the one that the maker of the key wrote down, and not for keeping: GCM has the whole
 * block as its hash key. RangeError for a key of another length.
 */
export function keyCheckValue(cipher: BlockCipher, key: Uint8Array): string {
  const block = cipher === 'SM4' ? sm4ZeroBlock(key) : aesZeroBlock(key)
  const value = checkValueOf(block)
  zero(block)
  return value
}

/** The key check value when the block of zeros was encrypted elsewhere. */
export function checkValueOf(encryptedZeros: Uint8Array): string {
  return Buffer.from(encryptedZeros.buffer, encryptedZeros.byteOffset, checkBytes).toString('hex')
}

function aesZeroBlock(key: Uint8Array): Uint8Array {
  if (![16, 24, 32].includes(key.length)) throw new RangeError('AES takes a key of 16, 24 or 32 bytes')
  const cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null)
  cipher.setAutoPadding(false)
  return cipher.update(ownBytes(vectorBytes))
}

/** Block 0 of the key stream of an IV of zeros. */
function sm4ZeroBlock(key: Uint8Array): Uint8Array {
  if (key.length !== vectorBytes) throw new RangeError('SM4 takes a key of 16 bytes')
  const engine = sm4Engine()
  const { memory } = engine
  try {
    loadKey(engine, key)
    loadIv(engine, ownBytes(ivBytes))
    engine.counterMode(0, 0, strideBytes)
    return memory.slice(layout.output, layout.output + vectorBytes)
  } finally {
    memory.fill(0, layout.key, layout.end)
  }
}
