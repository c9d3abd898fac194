import { createPrivateKey, type KeyObject } from 'node:crypto'
import { copyBytes, utf8, zero } from '../../../crypto/bytes'
import { openSshPrivateKey } from '../openssh-key'
import { encodePem } from '../pem-bytes'

/** A private key (PKCS#8, DER) as the SSH library reads it. */
export function sshKeyText(pkcs8: Uint8Array): Uint8Array {
  const key = createPrivateKey({ key: Buffer.from(pkcs8.buffer, pkcs8.byteOffset, pkcs8.length), format: 'der', type: 'pkcs8' })
  if (key.asymmetricKeyType === 'ed25519') return ed25519Text(key)
  const [label, type] = key.asymmetricKeyType === 'rsa' ? (['RSA PRIVATE KEY', 'pkcs1'] as const) : (['EC PRIVATE KEY', 'sec1'] as const)
  const der = key.export({ format: 'der', type })
  const text = encodePem(label, der)
  zero(der)
  return text
}

function ed25519Text(key: KeyObject): Uint8Array {
  const { d = '', x = '' } = key.export({ format: 'jwk' })
  const seed = copyBytes(Buffer.from(d, 'base64url'))
  const text = openSshPrivateKey(seed, copyBytes(Buffer.from(x, 'base64url')), utf8(''))
  zero(seed)
  return text
}
