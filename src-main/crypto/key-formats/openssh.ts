import { equalBytes, utf8, zero } from '../bytes'
import { bcryptKdf } from './bcrypt-kdf'
import { decryptWhole } from './ciphers'
import { ecKey, ed25519Key, knownCurve } from './curve-parts'
import { curves } from './curves'
import type { PrivateKeyParts } from './decoded-key'
import { inconsistent, notAKey, passphraseNeeded, passphraseWrong, unsupported } from './failure'
import { crtExponent, rsaKey, type RsaParts } from './rsa-parts'
import { SshReader } from './ssh-reader'

const magic = utf8('openssh-key-v1\0')
const keyBytes = 32
const ivBytes = 16
const blockBytes = 16
const plainBlockBytes = 8
/** Upper bound of the rounds of bcrypt: some seconds on this thread, which gives way meanwhile. OpenSSH takes 16 or 24. */
const maxBcryptRounds = 256

type OpenSshCipher = 'aes-256-ctr' | 'aes-256-cbc'
const ciphers: ReadonlyMap<string, OpenSshCipher> = new Map([
  ['aes256-ctr', 'aes-256-ctr'],
  ['aes256-cbc', 'aes-256-cbc'],
])

/** The private key of OpenSSH's own format (PROTOCOL.key of OpenSSH): ssh-rsa, ecdsa-sha2-nistp256/384, ssh-ed25519. */
export async function readOpenSsh(bytes: Uint8Array, passphrase: Uint8Array | null): Promise<PrivateKeyParts> {
  if (!equalBytes(bytes.subarray(0, magic.length), magic)) throw notAKey()
  const reader = new SshReader(bytes.subarray(magic.length))
  const cipher = reader.text()
  const derivation = reader.text()
  const options = reader.bytes()
  if (reader.number() !== 1) throw unsupported('an OpenSSH file with more than one key is not supported')
  const publicPart = reader.bytes()
  const sealed = reader.bytes()
  const isPlain = cipher === 'none' && derivation === 'none'
  const runtimeCipher = ciphers.get(cipher)
  if (!isPlain && (runtimeCipher === undefined || derivation !== 'bcrypt')) throw unsupported('this encryption of OpenSSH is not supported: aes256-ctr is')
  reader.end()
  if (runtimeCipher === undefined) return readPrivatePart(sealed, publicPart, plainBlockBytes)
  const opened = await decrypt(runtimeCipher, options, sealed, passphrase)
  try {
    return readPrivatePart(opened, publicPart, blockBytes)
  } finally {
    zero(opened)
  }
}

async function decrypt(cipher: OpenSshCipher, options: Uint8Array, sealed: Uint8Array, passphrase: Uint8Array | null): Promise<Uint8Array> {
  const reader = new SshReader(options)
  const salt = reader.bytes()
  const rounds = reader.number()
  reader.end()
  if (rounds < 1 || rounds > maxBcryptRounds || salt.length === 0) throw unsupported('the number of rounds of bcrypt is not supported')
  if (passphrase === null) throw passphraseNeeded()
  if (passphrase.length === 0 || sealed.length % blockBytes !== 0) throw passphraseWrong()
  const derived = await bcryptKdf(passphrase, salt, rounds, keyBytes + ivBytes)
  try {
    return decryptWhole(cipher, derived.subarray(0, keyBytes), derived.subarray(keyBytes), sealed)
  } finally {
    zero(derived)
  }
}

/** Two equal numbers stand before the key so that a wrong passphrase can be told from damage. */
function readPrivatePart(opened: Uint8Array, publicPart: Uint8Array, block: number): PrivateKeyParts {
  const reader = new SshReader(opened)
  if (opened.length % block !== 0) throw notAKey()
  if (reader.number() !== reader.number()) throw block === plainBlockBytes ? notAKey() : passphraseWrong()
  const type = reader.text()
  const key = readKey(type, reader, new SshReader(publicPart))
  try {
    reader.bytes()
    reader.padding()
    return key
  } catch (error) {
    key.material.destroy()
    throw error
  }
}

function readKey(type: string, reader: SshReader, publicPart: SshReader): PrivateKeyParts {
  if (publicPart.text() !== type) throw inconsistent()
  if (type === 'ssh-rsa') return readRsa(reader, publicPart)
  if (type === 'ssh-ed25519') return readEd25519(reader, publicPart)
  if (type.startsWith('ecdsa-sha2-')) return readEcdsa(type, reader, publicPart)
  throw unsupported('this kind of OpenSSH key is not supported: RSA, ECDSA on P-256 and P-384, and Ed25519 are')
}

function readRsa(reader: SshReader, publicPart: SshReader): PrivateKeyParts {
  const [n, e, d, qi, p, q] = [reader.mpint(), reader.mpint(), reader.mpint(), reader.mpint(), reader.mpint(), reader.mpint()]
  if (!equalBytes(publicPart.mpint(), e) || !equalBytes(publicPart.mpint(), n)) throw inconsistent()
  publicPart.end()
  const dp = crtExponent(d, p)
  const dq = crtExponent(d, q)
  const parts: RsaParts = { n, e, d, p, q, dp, dq, qi }
  try {
    return rsaKey(parts)
  } finally {
    zero(dp, dq)
  }
}

function readEcdsa(type: string, reader: SshReader, publicPart: SshReader): PrivateKeyParts {
  const name = reader.text()
  const curve = knownCurve(curves.find(({ openSsh }) => openSsh === name))
  if (type !== `ecdsa-sha2-${name}` || publicPart.text() !== name) throw inconsistent()
  const point = reader.bytes()
  if (!equalBytes(publicPart.bytes(), point)) throw inconsistent()
  publicPart.end()
  return ecKey(curve, reader.mpint(), point)
}

/** The private part is the seed and the public key once more. */
function readEd25519(reader: SshReader, publicPart: SshReader): PrivateKeyParts {
  const point = reader.bytes()
  const pair = reader.bytes()
  if (pair.length !== 2 * point.length || !equalBytes(pair.subarray(point.length), point) || !equalBytes(publicPart.bytes(), point)) throw inconsistent()
  publicPart.end()
  return ed25519Key(pair.subarray(0, point.length), point)
}
