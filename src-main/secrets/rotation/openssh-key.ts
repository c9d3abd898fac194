import { concatBytes, joinBytes, u32, utf8, zero } from '../../crypto/bytes'
import { randomBytesOf } from '../../crypto/random'
import { sshString } from '../../crypto/ssh-public-key'
import { encodePem } from './pem-bytes'

const magic = utf8('openssh-key-v1\0')
const blockBytes = 8
const none = utf8('none')

/**
 * An Ed25519 key in OpenSSH's own format (PROTOCOL.key of OpenSSH), without a passphrase; in memory of its own, for the
 * caller to zero. Seed and comment are borrowed.
 */
export function openSshPrivateKey(seed: Uint8Array, publicKey: Uint8Array, comment: Uint8Array): Uint8Array<ArrayBuffer> {
  const type = utf8('ssh-ed25519')
  const check = randomBytesOf(4)
  const pair = concatBytes(seed, publicKey)
  const inner = [check, check, sshString(type), sshString(publicKey), sshString(pair), sshString(comment)]
  const length = inner.reduce((total, part) => total + part.length, 0)
  const padding = Uint8Array.from({ length: (blockBytes - (length % blockBytes)) % blockBytes }, (_, at) => at + 1)
  const opened = joinBytes([...inner, padding])
  const publicPart = concatBytes(sshString(type), sshString(publicKey))
  const file = concatBytes(magic, sshString(none), sshString(none), sshString(utf8('')), u32(1), sshString(publicPart), sshString(opened))
  const pem = encodePem('OPENSSH PRIVATE KEY', file)
  zero(pair, ...inner, opened, file)
  return pem
}
