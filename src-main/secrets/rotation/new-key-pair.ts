import { createPublicKey, generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { copyBytes, utf8, zero } from '../../crypto/bytes'
import { decodePrivateKey } from '../../crypto/key-formats/decode-private-key'
import { openSshPrivateKey, publicKeyLine } from './openssh-key'
import { encodePem } from './pem-bytes'

/** A key pair as text in bytes; `privateKey` is for the caller to zero. */
export interface KeyPairText {
  readonly privateKey: Uint8Array
  /** `type base64`, as in authorized_keys. */
  readonly publicKey: string
}

const generate = promisify(generateKeyPair)

/** A new key pair without a passphrase: RSA with 2048 bits as PKCS#1 in PEM, Ed25519 in OpenSSH's own format. */
export async function newKeyPair(algorithm: 'RSA-2048' | 'Ed25519'): Promise<KeyPairText> {
  return algorithm === 'RSA-2048' ? newRsaPair() : newEd25519Pair()
}

async function newRsaPair(): Promise<KeyPairText> {
  const { publicKey, privateKey } = await generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { format: 'der', type: 'spki' },
    privateKeyEncoding: { format: 'der', type: 'pkcs1' },
  })
  const pem = encodePem('RSA PRIVATE KEY', privateKey)
  zero(privateKey)
  return { privateKey: pem, publicKey: publicKeyText(publicKey) }
}

async function newEd25519Pair(): Promise<KeyPairText> {
  const { publicKey, privateKey } = await generate('ed25519', { publicKeyEncoding: { format: 'der', type: 'spki' }, privateKeyEncoding: { format: 'der', type: 'pkcs8' } })
  const decoded = await decodePrivateKey(privateKey, null)
  zero(privateKey)
  try {
    const point = copyBytes(publicKey.subarray(-32))
    return { privateKey: decoded.material.use((seed) => openSshPrivateKey(seed, point, utf8(''))), publicKey: publicKeyText(publicKey) }
  } finally {
    decoded.material.destroy()
  }
}

/** The public key of a SubjectPublicKeyInfo (DER) as authorized_keys has it: `type base64`. */
export function publicKeyText(spki: Uint8Array): string {
  const { kty, crv, n, e, x, y } = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }).export({ format: 'jwk' })
  const part = (text = '') => Buffer.from(text, 'base64url')
  if (kty === 'RSA') return publicKeyLine('ssh-rsa', positive(part(e)), positive(part(n)))
  if (kty === 'OKP') return publicKeyLine('ssh-ed25519', part(x))
  const curve = `nistp${(crv ?? '').slice(2)}`
  return publicKeyLine(`ecdsa-sha2-${curve}`, utf8(curve), Buffer.concat([Uint8Array.of(4), part(x), part(y)]))
}

/** An mpint that is not negative: with a zero in front of a highest bit that is set. */
function positive(magnitude: Buffer): Buffer {
  return (magnitude[0] ?? 0) > 0x7f ? Buffer.concat([Uint8Array.of(0), magnitude]) : magnitude
}
