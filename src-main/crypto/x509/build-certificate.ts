import { createHash } from 'node:crypto'
import {
  AuthorityKeyIdentifier,
  BasicConstraints,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  KeyIdentifier,
  KeyUsage,
  SubjectKeyIdentifier,
  Validity,
  type Extension,
} from '@peculiar/asn1-x509'
import { bitsOf, readBer, sequenceOf } from '../key-formats/ber'
import { bits, explicit, sequence, smallInteger, unsignedInteger, writeDer } from '../key-formats/der'
import { randomBytesOf } from '../random'
import type { CsrRequest } from './build-csr'
import { derOf, extensionOf, extensionsDer } from './extensions'
import { keyUsageFlags, type CertificateKeyUsage } from './key-usages'
import { algorithmIdentifier } from './signature-algorithms'

export interface SelfSignedRequest extends CsrRequest {
  /** Full seconds count. */
  notBefore: Date
  notAfter: Date
  /** At least one. */
  keyUsages: readonly CertificateKeyUsage[]
  isCa: boolean
}

const serialBytes = 16
const keyIdBytes = 20
const version3 = explicit(0, smallInteger(2))
/** The last moment that a certificate can name (RFC 5280 4.1.2.5). */
const lastMoment = Date.UTC(9999, 11, 31, 23, 59, 59)
const firstMoment = Date.UTC(1950, 0, 1)

/**
 * A certificate (X.509 v3, RFC 5280) that the key issues to itself, DER, with a random serial number. RangeError when the
 * key does not sign with the algorithm, when no usage is named and when the time of validity is none.
 */
export async function buildSelfSigned(request: SelfSignedRequest): Promise<Uint8Array> {
  const { subject, publicKey, algorithm, notBefore, notAfter, sign } = request
  const identifier = algorithmIdentifier(algorithm, publicKey)
  const isSpan = notBefore.getTime() >= firstMoment && notBefore < notAfter && notAfter.getTime() <= lastMoment
  if (!isSpan) throw new RangeError('a certificate is valid for some time between 1950 and 9999')
  const [name, validity] = [derOf(subject), derOf(new Validity({ notBefore, notAfter }))]
  const extensions = extensionsDer(extensionsFor(request))
  const tbs = writeDer(sequence(version3, unsignedInteger(randomSerial()), identifier, name, validity, name, publicKey, explicit(3, extensions)))
  return writeDer(sequence(tbs, identifier, bits(await sign(algorithm, tbs))))
}

function extensionsFor({ alternativeNames, publicKey, keyUsages, isCa }: SelfSignedRequest): Extension[] {
  const keyId = keyIdOf(publicKey)
  return [
    extensionOf(id_ce_basicConstraints, true, new BasicConstraints({ cA: isCa })),
    extensionOf(id_ce_keyUsage, true, new KeyUsage(flagsOf(keyUsages))),
    extensionOf(id_ce_subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyId)),
    extensionOf(id_ce_authorityKeyIdentifier, false, new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyId) })),
    ...(alternativeNames === null ? [] : [extensionOf(id_ce_subjectAltName, false, alternativeNames)]),
  ]
}

function flagsOf(usages: readonly CertificateKeyUsage[]): number {
  if (usages.length === 0) throw new RangeError('a certificate names at least one usage of its key')
  return usages.reduce<number>((flags, usage) => flags | keyUsageFlags[usage], 0)
}

/** The first 160 bits of SHA-256 over the bits of the public key (RFC 7093, method 1). */
function keyIdOf(publicKey: Uint8Array): Uint8Array<ArrayBuffer> {
  const key = bitsOf(sequenceOf(readBer(publicKey))[1])
  return Uint8Array.from(createHash('sha256').update(key).digest().subarray(0, keyIdBytes))
}

/** Positive, and of 16 bytes always (RFC 5280 4.1.2.2 allows 20). */
function randomSerial(): Uint8Array {
  const serial = randomBytesOf(serialBytes)
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  return serial
}
