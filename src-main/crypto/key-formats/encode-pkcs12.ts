import { createHash } from 'node:crypto'
import type { AsymmetricKeySpec } from '../../../src-shared/model/keys'
import { concatBytes, zero } from '../bytes'
import { randomBytesOf } from '../random'
import type { SecretBuffer } from '../secret-buffer'
import { der, explicit, nullValue, octets, oid, sequence, setOfOne, smallInteger, writeDer, type DerNode } from './der'
import { encodePkcs8, encryptPkcs8 } from './encode-private-key'
import { bagOids, dataOid, pkcs12Mac, x509CertificateOid } from './pkcs12'
import { bmpPassword } from './pkcs12-kdf'

const friendlyNameOid = '1.2.840.113549.1.9.20'
const localKeyIdOid = '1.2.840.113549.1.9.21'
const sha256Oid = '2.16.840.1.101.3.4.2.1'
const bmpStringTag = 0x1e
const macSaltBytes = 16
/** The MAC guards against damage; what guards the key is the derivation of its own encryption. */
const macIterations = 10_000

/**
 * A PKCS#12 file (RFC 7292), DER: the key encrypted as encodeEncryptedPkcs8 does it, the certificates (DER, the key's
 * own one first) as they are, and a MAC with HMAC-SHA256 over all of it. The passphrase is UTF-8; RangeError when it is not, or is empty.
 */
export async function encodePkcs12(
  keySpec: AsymmetricKeySpec,
  material: SecretBuffer,
  certificates: readonly Uint8Array[],
  passphrase: Uint8Array,
  friendlyName: string,
): Promise<Uint8Array> {
  const password = bmpPassword(passphrase)
  if (password === null) throw new RangeError('the passphrase of PKCS#12 is UTF-8')
  const pkcs8 = encodePkcs8(keySpec, material)
  try {
    const attributes = bagAttributes(friendlyName, certificates[0])
    const keyBag = bag(bagOids.shroudedKey, await encryptPkcs8(pkcs8, passphrase), attributes)
    const certificateBags = certificates.map((certificate, index) => certificateBag(certificate, index === 0 ? attributes : []))
    const safe = writeDer(sequence(data(sequence(...certificateBags)), data(sequence(keyBag))))
    return writeDer(sequence(smallInteger(3), data(safe), await macData(safe, password)))
  } finally {
    zero(password)
    pkcs8.destroy()
  }
}

/** A ContentInfo of type data. */
function data(content: Uint8Array | DerNode): DerNode {
  return sequence(oid(dataOid), explicit(0, octets(content)))
}

function bag(type: string, value: DerNode, attributes: readonly DerNode[]): DerNode {
  return sequence(oid(type), explicit(0, value), ...(attributes.length === 0 ? [] : [der(0x31, ...attributes)]))
}

function certificateBag(certificate: Uint8Array, attributes: readonly DerNode[]): DerNode {
  return bag(bagOids.certificate, sequence(oid(x509CertificateOid), explicit(0, octets(certificate))), attributes)
}

/** Name of the entry, and the mark by which programs find the certificate of a key. In the order of DER: shorter first. */
function bagAttributes(friendlyName: string, ownCertificate: Uint8Array | undefined): DerNode[] {
  const name = sequence(oid(friendlyNameOid), setOfOne(der(bmpStringTag, utf16(friendlyName))))
  if (ownCertificate === undefined) return [name]
  const mark = sequence(oid(localKeyIdOid), setOfOne(octets(createHash('sha1').update(ownCertificate).digest())))
  return [name, mark].toSorted((a, b) => Buffer.compare(writeDer(a), writeDer(b)))
}

function utf16(text: string): Uint8Array {
  return concatBytes(Buffer.from(text, 'utf16le').swap16())
}

async function macData(safe: Uint8Array, password: Uint8Array): Promise<DerNode> {
  const salt = randomBytesOf(macSaltBytes)
  const mac = await pkcs12Mac('sha256', password, salt, macIterations, safe)
  return sequence(sequence(sequence(oid(sha256Oid), nullValue), octets(mac)), octets(salt), smallInteger(macIterations))
}
