import { createDecipheriv, createHash } from 'node:crypto'
import { equalBytes, zero } from '../../../crypto/bytes'
import { hmacSha256 } from '../../../crypto/hmac'
import { foreignArgon2, foreignPbkdf2 } from '../foreign-kdf'
import { unreadable, unsupported, wrongPassword } from '../import-errors'
import { numberAt, parsedObject, textAt, type JsonObject } from '../json-values'
import { base64Of, bytesOf, textOf } from '../text-bytes'

/** The two halves of the key of a file. */
interface ExportKey {
  readonly encryption: Uint8Array
  readonly authentication: Uint8Array
}

const kdfPbkdf2 = 0
const kdfArgon2id = 1
const version13 = 0x13

/**
 * Opens an export that is protected with a password (UTF-8, borrowed). IMPORT_PASSWORD; IMPORT_UNSUPPORTED for an export
 * that only the account opens, and for key derivations out of range; IMPORT_UNREADABLE.
 */
export async function decryptedExport(file: JsonObject, password: Uint8Array): Promise<JsonObject> {
  if (file['passwordProtected'] !== true) {
    throw unsupported('Only the account that made this export can open it. Export again as "Password protected", or without encryption.')
  }
  const key = await keyOf(file, password)
  try {
    if (!opened(textAt(file, 'encKeyValidation_DO_NOT_EDIT'), key)) throw wrongPassword()
    const content = opened(textAt(file, 'data'), key)
    if (!content) throw unreadable()
    const parsed = parsedObject(textOf(content))
    zero(content)
    return parsed
  } finally {
    zero(key.encryption, key.authentication)
  }
}

async function keyOf(file: JsonObject, password: Uint8Array): Promise<ExportKey> {
  const salt = bytesOf(textAt(file, 'salt'))
  const iterations = numberAt(file, 'kdfIterations') ?? Number.NaN
  const kdf = numberAt(file, 'kdfType')
  const master = await derive()
  try {
    return { encryption: expanded(master, 'enc'), authentication: expanded(master, 'mac') }
  } finally {
    zero(master)
  }

  function derive(): Promise<Uint8Array> {
    if (kdf === kdfPbkdf2) return foreignPbkdf2(password, salt, iterations)
    if (kdf !== kdfArgon2id) throw unsupported('The file has a key derivation that is not known.')
    const memoryKib = (numberAt(file, 'kdfMemory') ?? Number.NaN) * 1024
    const lanes = numberAt(file, 'kdfParallelism') ?? Number.NaN
    return foreignArgon2(password, createHash('sha256').update(salt).digest(), { algorithm: 'argon2id', version: version13, memoryKib, passes: iterations, lanes })
  }
}

/** One block of HKDF-Expand. */
function expanded(master: Uint8Array, info: string): Uint8Array {
  return hmacSha256(master, bytesOf(info), Uint8Array.of(1))
}

/** `2.IV|ciphertext|sum`: AES-256-CBC, with HMAC-SHA256 over the first two. Null when the sum is another. IMPORT_UNREADABLE. */
function opened(text: string, { encryption, authentication }: ExportKey): Uint8Array | null {
  const [type, rest = ''] = text.split('.')
  if (type !== '2') throw unreadable()
  const [iv, ciphertext, sum, ...more] = rest.split('|').map(base64Of)
  if (!iv || !ciphertext || !sum || more.length > 0 || iv.length !== 16) throw unreadable()
  if (!equalBytes(sum, hmacSha256(authentication, iv, ciphertext))) return null
  const decipher = createDecipheriv('aes-256-cbc', encryption, iv)
  return Buffer.concat([decipher.update(ciphertext), decipher.final()])
}
