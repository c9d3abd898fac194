import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { copyBytes, utf8, zero } from '../../crypto/bytes'
import { decodePrivateKey } from '../../crypto/key-formats/decode-private-key'
import { publicKeyText } from '../../crypto/ssh-public-key'
import { openSshPrivateKey } from './openssh-key'
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
