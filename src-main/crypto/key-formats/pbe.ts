import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { copyBytes, zero } from '../bytes'
import { octetsOf, oidOf, sequenceOf, smallIntegerOf, type BerNode } from './ber'
import { cbcCiphers, decryptCbc, type CbcCipher } from './ciphers'
import { passphraseWrong, unsupported } from './failure'
import { bmpPassword, pkcs12Kdf, pkcs12Purposes } from './pkcs12-kdf'
import { decryptRc2 } from './rc2'

export const pbes2Oid = '1.2.840.113549.1.5.13'
export const pbkdf2Oid = '1.2.840.113549.1.5.12'
/** Upper bound of the iterations of PBKDF2, which runs on a thread of its own: some seconds. */
const maxPbkdf2Iterations = 10_000_000
/** Upper bound of the iterations of PKCS#12's own derivation: some seconds on this thread, which gives way meanwhile. */
export const maxPkcs12Iterations = 600_000
const maxSaltBytes = 1024
const hmacs = new Map([
  ['1.2.840.113549.2.7', 'sha1'],
  ['1.2.840.113549.2.8', 'sha224'],
  ['1.2.840.113549.2.9', 'sha256'],
  ['1.2.840.113549.2.10', 'sha384'],
  ['1.2.840.113549.2.11', 'sha512'],
])
const pbes2Ciphers = new Map<string, CbcCipher>([
  ['2.16.840.1.101.3.4.1.2', 'aes-128-cbc'],
  ['2.16.840.1.101.3.4.1.22', 'aes-192-cbc'],
  ['2.16.840.1.101.3.4.1.42', 'aes-256-cbc'],
  ['1.2.840.113549.3.7', 'des-ede3-cbc'],
])
/** RFC 7292 appendix C: SHA-1, the derivation of PKCS#12 and a cipher that nobody chooses today. */
const pkcs12Ciphers = new Map([
  ['1.2.840.113549.1.12.1.3', { keyBytes: 24, decrypt: decryptTripleDes }],
  ['1.2.840.113549.1.12.1.4', { keyBytes: 16, decrypt: decryptTwoKeyTripleDes }],
  ['1.2.840.113549.1.12.1.5', { keyBytes: 16, decrypt: decryptRc2 }],
  ['1.2.840.113549.1.12.1.6', { keyBytes: 5, decrypt: decryptRc2 }],
])
const pkcs12IvBytes = 8
const derive = promisify(pbkdf2)

/**
 * Opens what a passphrase (UTF-8) encrypts as `algorithm` says: PBES2 of RFC 8018 with PBKDF2 and AES-CBC or 3DES, and
 * the schemes of PKCS#12. The plaintext is in memory of its own, for the caller to zero. `passphrase-wrong` when it
 * does not open; what comes out is not authenticated.
 */
export async function decryptWithPassphrase(algorithm: BerNode | undefined, ciphertext: Uint8Array, passphrase: Uint8Array): Promise<Uint8Array> {
  const [name, parameters] = sequenceOf(algorithm)
  const scheme = oidOf(name)
  const plaintext = scheme === pbes2Oid ? await openPbes2(parameters, ciphertext, passphrase) : await openPkcs12(scheme, parameters, ciphertext, passphrase)
  if (plaintext === null) throw passphraseWrong()
  return plaintext
}

async function openPbes2(parameters: BerNode | undefined, ciphertext: Uint8Array, passphrase: Uint8Array): Promise<Uint8Array | null> {
  const [derivation, encryption] = sequenceOf(parameters)
  const [cipherName, ivNode] = sequenceOf(encryption)
  const cipher = pbes2Ciphers.get(oidOf(cipherName))
  if (cipher === undefined) throw unsupported('this cipher of PBES2 is not supported: AES-CBC is')
  const { keyBytes, ivBytes } = cbcCiphers[cipher]
  const iv = octetsOf(ivNode)
  if (iv.length !== ivBytes) throw passphraseWrong()
  const key = await derivePbkdf2(derivation, passphrase, keyBytes)
  try {
    return decryptCbc(cipher, key, iv, ciphertext)
  } finally {
    zero(key)
  }
}

async function derivePbkdf2(algorithm: BerNode | undefined, passphrase: Uint8Array, keyBytes: number): Promise<Uint8Array> {
  const [name, parameters] = sequenceOf(algorithm)
  if (oidOf(name) !== pbkdf2Oid) throw unsupported('this key derivation is not supported: PBKDF2 is')
  const [saltNode, iterationsNode, ...optional] = sequenceOf(parameters)
  const salt = checkedSalt(octetsOf(saltNode))
  const iterations = checkedIterations(smallIntegerOf(iterationsNode), maxPbkdf2Iterations)
  const prf = optional.find((child) => child.kind === 0x30)
  const hash = prf === undefined ? 'sha1' : hmacs.get(oidOf(prf.children[0]))
  if (hash === undefined) throw unsupported('this hash of PBKDF2 is not supported')
  const key = await derive(passphrase, salt, iterations, keyBytes, hash)
  const own = copyBytes(key)
  key.fill(0)
  return own
}

async function openPkcs12(scheme: string, parameters: BerNode | undefined, ciphertext: Uint8Array, passphrase: Uint8Array): Promise<Uint8Array | null> {
  const cipher = pkcs12Ciphers.get(scheme)
  if (cipher === undefined) throw unsupported('this encryption of private keys is not supported')
  const [saltNode, iterationsNode] = sequenceOf(parameters)
  const salt = checkedSalt(octetsOf(saltNode))
  const iterations = checkedIterations(smallIntegerOf(iterationsNode), maxPkcs12Iterations)
  const password = bmpPassword(passphrase)
  if (password === null) return null
  const key = await pkcs12Kdf('sha1', password, salt, iterations, pkcs12Purposes.key, cipher.keyBytes)
  const iv = await pkcs12Kdf('sha1', password, salt, iterations, pkcs12Purposes.iv, pkcs12IvBytes)
  try {
    return cipher.decrypt(key, iv, ciphertext)
  } finally {
    zero(password, key, iv)
  }
}

/** The iterations, when there are at least one and at most `most`. */
export function checkedIterations(iterations: number, most: number): number {
  if (iterations < 1 || iterations > most) throw unsupported('the number of iterations is not supported')
  return iterations
}

export function checkedSalt(salt: Uint8Array): Uint8Array {
  if (salt.length > maxSaltBytes) throw unsupported('a salt of that length is not supported')
  return salt
}

function decryptTripleDes(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array | null {
  return decryptCbc('des-ede3-cbc', key, iv, ciphertext)
}

/** The first of the two keys is used again as the third. */
function decryptTwoKeyTripleDes(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array | null {
  const three = new Uint8Array(new ArrayBuffer(24))
  three.set(key)
  three.set(key.subarray(0, 8), 16)
  const plaintext = decryptCbc('des-ede3-cbc', three, iv, ciphertext)
  zero(three)
  return plaintext
}
