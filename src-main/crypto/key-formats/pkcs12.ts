import { createHmac, timingSafeEqual } from 'node:crypto'
import { copyBytes, zero } from '../bytes'
import { childrenOf, octetsOf, octetsOfKind, oidOf, readBer, sequenceOf, smallIntegerOf, kinds, type BerNode } from './ber'
import type { DecodedPrivateKey } from './decoded-key'
import { notAKey, passphraseNeeded, passphraseWrong, unsupported } from './failure'
import { checkedIterations, checkedSalt, decryptWithPassphrase, maxPkcs12Iterations } from './pbe'
import { bmpPassword, pkcs12Kdf, pkcs12Purposes, type Pkcs12Hash } from './pkcs12-kdf'
import { readPkcs8 } from './pkcs8'

export const dataOid = '1.2.840.113549.1.7.1'
const encryptedDataOid = '1.2.840.113549.1.7.6'
export const bagOids = {
  key: '1.2.840.113549.1.12.10.1.1',
  shroudedKey: '1.2.840.113549.1.12.10.1.2',
  certificate: '1.2.840.113549.1.12.10.1.3',
  safeContents: '1.2.840.113549.1.12.10.1.6',
} as const
export const x509CertificateOid = '1.2.840.113549.1.9.22.1'
const macHashes = new Map<string, { name: Pkcs12Hash; bytes: number }>([
  ['1.3.14.3.2.26', { name: 'sha1', bytes: 20 }],
  ['2.16.840.1.101.3.4.2.1', { name: 'sha256', bytes: 32 }],
  ['2.16.840.1.101.3.4.2.2', { name: 'sha384', bytes: 48 }],
  ['2.16.840.1.101.3.4.2.3', { name: 'sha512', bytes: 64 }],
])
const maxKdfRuns = 16

/** What is found on the way through the bags. Opened parts are zeroed at the end. */
interface Findings {
  keys: BerNode[]
  certificates: Uint8Array[]
  opened: Uint8Array[]
  /** Derivations from the passphrase so far: a small file could ask for any number of them. */
  derivations: number
}

/** True for what has the shape of a PFX. */
export function isPkcs12(node: BerNode): boolean {
  const [version, content] = node.children
  return version?.kind === kinds.integer && version.content.length === 1 && version.content[0] === 3 && content?.children[0]?.kind === kinds.oid
}

/**
 * The one private key of a PKCS#12 file (RFC 7292) and its certificates. A file protected by signature or by public key
 * is `unsupported`, and so is one with several keys.
 */
export async function readPkcs12(node: BerNode, passphrase: Uint8Array | null): Promise<DecodedPrivateKey> {
  if (passphrase === null) throw passphraseNeeded()
  const [, content, macData] = sequenceOf(node)
  const safe = dataOf(content)
  if (macData !== undefined) await checkMac(macData, safe, passphrase)
  const findings: Findings = { keys: [], certificates: [], opened: [], derivations: 0 }
  try {
    for (const info of sequenceOf(readBer(safe))) await readBags(await contentOf(info, passphrase, findings), passphrase, findings)
    const [key, another] = findings.keys
    if (key === undefined) throw notAKey()
    if (another !== undefined) throw unsupported('a PKCS#12 file with more than one private key is not supported')
    return { ...readPkcs8(key), format: 'PKCS12', certificates: findings.certificates }
  } finally {
    zero(...findings.opened)
  }
}

/** Content of a ContentInfo of type data. */
function dataOf(info: BerNode | undefined): Uint8Array {
  const [type, content] = sequenceOf(info)
  if (oidOf(type) !== dataOid) throw unsupported('a PKCS#12 file that is not protected by a passphrase is not supported')
  return octetsOf(childrenOf(content, 0xa0)[0])
}

async function contentOf(info: BerNode, passphrase: Uint8Array, findings: Findings): Promise<BerNode> {
  const [type, content] = sequenceOf(info)
  if (oidOf(type) !== encryptedDataOid) return readBer(dataOf(info))
  const [, encrypted] = sequenceOf(childrenOf(content, 0xa0)[0])
  const [, algorithm, ciphertext] = sequenceOf(encrypted)
  return open(algorithm, octetsOfKind(ciphertext, 0x80), passphrase, findings)
}

async function readBags(contents: BerNode, passphrase: Uint8Array, findings: Findings): Promise<void> {
  for (const bag of sequenceOf(contents)) {
    const [type, wrapped] = sequenceOf(bag)
    const [value] = childrenOf(wrapped, 0xa0)
    await readBag(oidOf(type), value, passphrase, findings)
  }
}

/** Bags of other types (revocation lists, secrets) are passed over. */
async function readBag(type: string, value: BerNode | undefined, passphrase: Uint8Array, findings: Findings): Promise<void> {
  if (value === undefined) throw notAKey()
  if (type === bagOids.key) findings.keys.push(value)
  if (type === bagOids.safeContents) await readBags(value, passphrase, findings)
  if (type === bagOids.shroudedKey) {
    const [algorithm, ciphertext] = sequenceOf(value)
    findings.keys.push(await open(algorithm, octetsOf(ciphertext), passphrase, findings))
  }
  if (type === bagOids.certificate) {
    const [kind, certificate] = sequenceOf(value)
    if (oidOf(kind) === x509CertificateOid) findings.certificates.push(copyBytes(octetsOf(childrenOf(certificate, 0xa0)[0])))
  }
}

async function open(algorithm: BerNode | undefined, ciphertext: Uint8Array, passphrase: Uint8Array, findings: Findings): Promise<BerNode> {
  if (++findings.derivations > maxKdfRuns) throw unsupported('a PKCS#12 file with that many encrypted parts is not supported')
  const plaintext = await decryptWithPassphrase(algorithm, ciphertext, passphrase)
  findings.opened.push(plaintext)
  return readOpened(plaintext)
}

/** What opens to something else than ASN.1 was opened with another key: only one padding in 256 gives that away. */
function readOpened(plaintext: Uint8Array): BerNode {
  try {
    return readBer(plaintext)
  } catch {
    throw passphraseWrong()
  }
}

async function checkMac(macData: BerNode, safe: Uint8Array, passphrase: Uint8Array): Promise<void> {
  const [digestInfo, saltNode, iterationsNode] = sequenceOf(macData)
  const [algorithm, digest] = sequenceOf(digestInfo)
  const hash = macHashes.get(oidOf(sequenceOf(algorithm)[0]))
  if (hash === undefined) throw unsupported('this MAC of PKCS#12 is not supported')
  const iterations = iterationsNode === undefined ? 1 : smallIntegerOf(iterationsNode)
  const password = bmpPassword(passphrase)
  if (password === null) throw passphraseWrong()
  const salt = checkedSalt(octetsOf(saltNode))
  const expected = await pkcs12Mac(hash.name, password, salt, checkedIterations(iterations, maxPkcs12Iterations), safe)
  const given = octetsOf(digest)
  zero(password)
  if (given.length !== hash.bytes || !timingSafeEqual(expected, given)) throw passphraseWrong()
}

/** The MAC over the content of a PFX (RFC 7292 4 and B.4). `password` is what bmpPassword gives. */
export async function pkcs12Mac(hash: Pkcs12Hash, password: Uint8Array, salt: Uint8Array, iterations: number, content: Uint8Array): Promise<Uint8Array> {
  const length = [...macHashes.values()].find(({ name }) => name === hash)?.bytes ?? 0
  const key = await pkcs12Kdf(hash, password, salt, iterations, pkcs12Purposes.mac, length)
  const mac = copyBytes(createHmac(hash, key).update(content).digest())
  zero(key)
  return mac
}
