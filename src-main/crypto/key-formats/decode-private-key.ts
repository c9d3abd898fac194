import { zero } from '../bytes'
import { octetsOf, readBer, sequenceOf, kinds, type BerNode } from './ber'
import { readEcPrivateKey } from './curve-parts'
import type { DecodedPrivateKey } from './decoded-key'
import { isKeyFormatError, notAKey, passphraseNeeded, passphraseWrong, unsupported } from './failure'
import { readJwk } from './jwk'
import { isLegacyEncrypted, openLegacyPem } from './legacy-pem'
import { readOpenSsh } from './openssh'
import { decryptWithPassphrase } from './pbe'
import { findPemBlock, looksLikePem, type PemBlock } from './pem'
import { isPkcs12, readPkcs12 } from './pkcs12'
import { isPkcs8, readPkcs8 } from './pkcs8'
import { readRsaPrivateKey, rsaKey } from './rsa-parts'

/** No private key comes near it; a PKCS#12 file with a chain of certificates may. */
const maxPrivateKeyFileBytes = 1024 * 1024

const openSshLabel = 'OPENSSH PRIVATE KEY'
const dsaLabel = 'DSA PRIVATE KEY'
const derLabels = ['PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'SM2 PRIVATE KEY', 'PKCS12']
const labels = [...derLabels, openSshLabel, dsaLabel]
const openBrace = 0x7b
const space = new Set([0x09, 0x0a, 0x0d, 0x20])

/**
 * The private key in a file of another program: PKCS#8 (plain or encrypted), PKCS#1 and SEC1 as PEM or DER, OpenSSH,
 * PKCS#12 (RFC 7292) or JWK. `bytes` and `passphrase` (UTF-8, null when none was given) are borrowed; a passphrase that
 * is not needed is ignored. Every failure is a KeyFormatError. The parts of the key are checked to belong together.
 */
export async function decodePrivateKey(bytes: Uint8Array, passphrase: Uint8Array | null): Promise<DecodedPrivateKey> {
  if (bytes.length > maxPrivateKeyFileBytes) throw notAKey()
  if (bytes.find((byte) => !space.has(byte)) === openBrace) return { ...readJwk(bytes), format: 'JWK' }
  if (!looksLikePem(bytes)) return decodeDer(bytes, passphrase)
  const block = findPemBlock(bytes, labels)
  if (block === null) throw notAKey()
  try {
    return await decodeBlock(block, passphrase)
  } finally {
    zero(block.body)
  }
}

async function decodeBlock(block: PemBlock, passphrase: Uint8Array | null): Promise<DecodedPrivateKey> {
  if (block.label === openSshLabel) return { ...(await readOpenSsh(block.body, passphrase)), format: 'OPENSSH' }
  if (block.label === dsaLabel) throw unsupported('RSA, EC and Ed25519 keys are supported')
  if (!isLegacyEncrypted(block)) return decodeDer(block.body, passphrase)
  return readDecrypted(openLegacyPem(block, passphrase), readPlain)
}

async function decodeDer(bytes: Uint8Array, passphrase: Uint8Array | null): Promise<DecodedPrivateKey> {
  const node = readBer(bytes)
  if (isPkcs12(node)) return readPkcs12(node, passphrase)
  if (!isEncryptedPkcs8(node)) return readPlain(node)
  if (passphrase === null) throw passphraseNeeded()
  const [algorithm, ciphertext] = sequenceOf(node)
  const opened = await decryptWithPassphrase(algorithm, octetsOf(ciphertext), passphrase)
  return readDecrypted(opened, (inner) => ({ ...readPkcs8(inner), format: 'ENCRYPTED_PKCS8' }))
}

function isEncryptedPkcs8(node: BerNode): boolean {
  const [algorithm, ciphertext, ...others] = node.children
  return algorithm?.kind === kinds.sequence && algorithm.children[0]?.kind === kinds.oid && ciphertext?.kind === kinds.octetString && others.length === 0
}

function readPlain(node: BerNode): DecodedPrivateKey {
  if (isPkcs8(node)) return { ...readPkcs8(node), format: 'PKCS8' }
  if (sequenceOf(node)[1]?.kind === kinds.octetString) return { ...readEcPrivateKey(node, null), format: 'SEC1' }
  return { ...rsaKey(readRsaPrivateKey(node)), format: 'PKCS1' }
}

/** What does not read as a key after decryption was decrypted with another key. Zeroes `opened`. */
function readDecrypted(opened: Uint8Array, read: (node: BerNode) => DecodedPrivateKey): DecodedPrivateKey {
  try {
    return read(readBer(opened))
  } catch (error) {
    throw isKeyFormatError(error, 'not-a-key') ? passphraseWrong() : error
  } finally {
    zero(opened)
  }
}
