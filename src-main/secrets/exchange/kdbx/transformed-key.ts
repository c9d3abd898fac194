import { createCipheriv, createHash } from 'node:crypto'
import { zero } from '../../../crypto/bytes'
import { foreignArgon2, outOfRange } from '../foreign-kdf'
import { unreadable, unsupported } from '../import-errors'
import { kdfIds, type VariantDictionary } from './header'

const saltBytes = 32
/** Some ten seconds. */
const mostAesRounds = 500_000_000
const zerosAtOnce = new Uint8Array(64 * 1024)
const blockBytes = 16

/** The key that a password (UTF-8, borrowed) becomes by the key derivation of a file, for the caller to zero. IMPORT_UNSUPPORTED, IMPORT_UNREADABLE. */
export async function transformedKey(password: Uint8Array, kdf: VariantDictionary): Promise<Uint8Array> {
  const composite = createHash('sha256').update(createHash('sha256').update(password).digest()).digest()
  try {
    return await derive(composite, kdf)
  } finally {
    zero(composite)
  }
}

async function derive(composite: Uint8Array, kdf: VariantDictionary): Promise<Uint8Array> {
  const salt = bytesOf(kdf, 'S')
  const id = Buffer.from(bytesOf(kdf, '$UUID')).toString('hex')
  if (salt.length !== saltBytes) throw unreadable()
  if (id === kdfIds.aes) return aesRounds(composite, salt, numberOf(kdf, 'R'))
  const algorithm = id === kdfIds.argon2d ? 'argon2d' : id === kdfIds.argon2id ? 'argon2id' : null
  if (algorithm === null) throw unsupported('The file has a key derivation that is not known.')
  if (kdf.has('K') || kdf.has('A')) throw unsupported('The key derivation of the file has a secret or data of its own, which is not read.')
  const memoryBytes = numberOf(kdf, 'M')
  return foreignArgon2(composite, salt, { algorithm, version: numberOf(kdf, 'V'), memoryKib: Math.floor(memoryBytes / 1024), passes: numberOf(kdf, 'I'), lanes: numberOf(kdf, 'P') })
}

/** Both halves encrypted over and over with AES-256. */
function aesRounds(composite: Uint8Array, key: Uint8Array, rounds: number): Uint8Array {
  if (rounds < 1 || rounds > mostAesRounds) throw outOfRange()
  const halves = [0, blockBytes].map((start) => encryptedOver(composite.subarray(start, start + blockBytes), key, rounds))
  const hash = createHash('sha256')
  for (const half of halves) hash.update(half)
  zero(...halves)
  return hash.digest()
}

/** CBC over zeros with the block in front encrypts the block again with each block of zeros. */
function encryptedOver(block: Uint8Array, key: Uint8Array, rounds: number): Uint8Array {
  const cipher = createCipheriv('aes-256-cbc', key, block).setAutoPadding(false)
  let last: Uint8Array = block
  for (let left = rounds * blockBytes; left > 0; left -= zerosAtOnce.length) {
    const out = cipher.update(zerosAtOnce.subarray(0, Math.min(left, zerosAtOnce.length)))
    last = out.subarray(out.length - blockBytes)
  }
  return Uint8Array.from(last)
}

function bytesOf(kdf: VariantDictionary, name: string): Uint8Array {
  const value = kdf.get(name)
  if (!(value instanceof Uint8Array)) throw unreadable()
  return value
}

/** Beyond the safe integers is out of every range. */
function numberOf(kdf: VariantDictionary, name: string): number {
  const value = kdf.get(name)
  if (typeof value !== 'bigint') throw unreadable()
  return Number(value)
}
