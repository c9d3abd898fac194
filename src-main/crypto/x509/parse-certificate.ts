import { createHash } from 'node:crypto'
import { AsnConvert } from '@peculiar/asn1-schema'
import {
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  KeyUsage,
  SubjectAlternativeName,
} from '@peculiar/asn1-x509'
import type { AsymmetricKeySpec } from '../../../src-shared/model/keys'
import { copyBytes, equalBytes } from '../bytes'
import { readBer, sequenceOf } from '../key-formats/ber'
import { firstFromPem, specOfPublicKey } from '../spki'
import { alternativeNameTexts } from './alternative-names'
import { valueOf } from './extensions'
import { keyUsagesOf, type CertificateKeyUsage } from './key-usages'
import { algorithmName } from './signature-algorithms'
import { subjectText } from './subject'

/** Larger ones are not read: real ones have a few KiB. */
export const maxCertificateBytes = 64 * 1024

/** What a certificate says; nothing of it has been verified. Names are text of RFC 4514. */
export interface ParsedCertificate {
  der: Uint8Array
  subject: string
  issuer: string
  /** Hexadecimal, lower case. */
  serialNumber: string
  notBefore: Date
  notAfter: Date
  /** SPKI, DER. */
  publicKey: Uint8Array
  /** null for a key of another kind. */
  keySpec: AsymmetricKeySpec | null
  /** Entries as parseAlternativeNames takes them. */
  alternativeNames: string[]
  keyUsages: CertificateKeyUsage[]
  /** Object identifiers with dots. */
  extendedKeyUsages: string[]
  isCa: boolean
  /** SHA-256 over `der`, hexadecimal, lower case. */
  fingerprint: string
  /** Named as in the model where it has a name; else as other programs name it, or by number. */
  signatureAlgorithm: string
}

/** The certificate (X.509, RFC 5280) in DER, or the first one in a PEM text; null when there is none. */
export function parseCertificate(bytes: Uint8Array): ParsedCertificate | null {
  return fromDerOrPem(bytes, 'CERTIFICATE', readCertificate)
}

/** True when the certificate is about this public key (SPKI). */
export function isIssuedFor(certificate: ParsedCertificate, publicKey: Uint8Array): boolean {
  return equalBytes(certificate.publicKey, publicKey)
}

/** What `read` makes of DER, or of the first block of a PEM text; null when it throws or the bytes are too many. */
export function fromDerOrPem<T>(bytes: Uint8Array, label: string, read: (der: Uint8Array) => T): T | null {
  if (bytes.length > maxCertificateBytes) return null
  try {
    return read(firstFromPem(label, bytes) ?? copyBytes(bytes))
  } catch {
    // The library throws errors of many kinds at what is not a certificate.
    return null
  }
}

function readCertificate(der: Uint8Array): ParsedCertificate {
  const { tbsCertificate: tbs, signatureAlgorithm } = AsnConvert.parse(der, Certificate)
  const { extensions, validity } = tbs
  const usages = valueOf(extensions, id_ce_keyUsage, KeyUsage)
  const publicKey = publicKeyOf(der)
  return {
    der,
    subject: subjectText(tbs.subject),
    issuer: subjectText(tbs.issuer),
    serialNumber: Buffer.from(tbs.serialNumber).toString('hex'),
    notBefore: validity.notBefore.getTime(),
    notAfter: validity.notAfter.getTime(),
    publicKey,
    keySpec: specOfPublicKey(publicKey),
    alternativeNames: alternativeNameTexts(valueOf(extensions, id_ce_subjectAltName, SubjectAlternativeName) ?? []),
    keyUsages: usages === null ? [] : keyUsagesOf(usages.toNumber()),
    extendedKeyUsages: [...(valueOf(extensions, id_ce_extKeyUsage, ExtendedKeyUsage) ?? [])],
    isCa: valueOf(extensions, id_ce_basicConstraints, BasicConstraints)?.cA ?? false,
    fingerprint: createHash('sha256').update(der).digest('hex'),
    signatureAlgorithm: algorithmName(signatureAlgorithm.algorithm),
  }
}

/** The bytes as they stand in the certificate: the version before them is optional. */
function publicKeyOf(der: Uint8Array): Uint8Array {
  const [tbs] = sequenceOf(readBer(der))
  const parts = sequenceOf(tbs).filter(({ kind }) => kind !== 0xa0)
  const key = parts[5]
  if (key === undefined) throw new RangeError('no public key')
  return copyBytes(key.encoded)
}
