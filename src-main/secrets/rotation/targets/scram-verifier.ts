import { createHash, createHmac, pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { zero } from '../../../crypto/bytes'
import { randomBytesOf } from '../../../crypto/random'

const iterations = 4096
const saltBytes = 16
const hashBytes = 32
const derive = promisify(pbkdf2)

/**
 * What PostgreSQL stores of a password: `SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey` (RFC 5803). Made here, as
 * libpq's PQencryptPasswordConn does, so that the password is in no statement and in no log of the server.
 */
export async function scramVerifier(password: string, salt: Uint8Array = randomBytesOf(saltBytes)): Promise<string> {
  const salted = await derive(saslPrep(password), salt, iterations, hashBytes, 'sha256')
  const keyOf = (name: string) => createHmac('sha256', salted).update(name).digest()
  const stored = createHash('sha256').update(keyOf('Client Key')).digest('base64')
  const server = keyOf('Server Key').toString('base64')
  zero(salted)
  return `SCRAM-SHA-256$${iterations}:${Buffer.from(salt).toString('base64')}$${stored}:${server}`
}

/** The mappings of SASLprep (RFC 4013) that PostgreSQL and its clients agree on. */
function saslPrep(password: string): string {
  const spaces = /[\u00A0\u1680\u2000-\u200B\u202F\u205F\u3000]/g
  const nothing = /\u00AD|\u034F|\u1806|\u180B|\u180C|\u180D|\u200C|\u200D|\u2060|[\uFE00-\uFE0F]|\uFEFF/g
  return password.replace(spaces, ' ').replace(nothing, '').normalize('NFKC')
}
