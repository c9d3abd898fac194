import { CertificationRequest, type Attributes } from '@peculiar/asn1-csr'
import { AsnConvert } from '@peculiar/asn1-schema'
import { Extensions, id_ce_subjectAltName, SubjectAlternativeName } from '@peculiar/asn1-x509'
import type { AsymmetricKeySpec } from '../../../src-shared/model/keys'
import { copyBytes } from '../bytes'
import { readBer, sequenceOf } from '../key-formats/ber'
import { specOfPublicKey } from '../spki'
import { alternativeNameTexts } from './alternative-names'
import { extensionRequestOid } from './build-csr'
import { valueOf } from './extensions'
import { fromDerOrPem } from './parse-certificate'
import { algorithmName } from './signature-algorithms'
import { subjectText } from './subject'

/** What a signing request says; its signature has not been verified. Fields as in ParsedCertificate. */
export interface ParsedCsr {
  der: Uint8Array
  subject: string
  publicKey: Uint8Array
  keySpec: AsymmetricKeySpec | null
  alternativeNames: string[]
  signatureAlgorithm: string
}

/** The certificate signing request (RFC 2986) in DER, or the first one in a PEM text; null when there is none. */
export function parseCsr(bytes: Uint8Array): ParsedCsr | null {
  return fromDerOrPem(bytes, 'CERTIFICATE REQUEST', readCsr) ?? fromDerOrPem(bytes, 'NEW CERTIFICATE REQUEST', readCsr)
}

function readCsr(der: Uint8Array): ParsedCsr {
  const { certificationRequestInfo: info, signatureAlgorithm } = AsnConvert.parse(der, CertificationRequest)
  const [infoNode] = sequenceOf(readBer(der))
  const key = sequenceOf(infoNode)[2]
  if (key === undefined) throw new RangeError('no public key')
  const publicKey = copyBytes(key.encoded)
  // Some programs leave the empty set of attributes out.
  const attributes: Attributes | undefined = info.attributes
  const [requested] = attributes?.find(({ type }) => type === extensionRequestOid)?.values ?? []
  const extensions = requested === undefined ? undefined : AsnConvert.parse(requested, Extensions)
  return {
    der,
    subject: subjectText(info.subject),
    publicKey,
    keySpec: specOfPublicKey(publicKey),
    alternativeNames: alternativeNameTexts(valueOf(extensions, id_ce_subjectAltName, SubjectAlternativeName) ?? []),
    signatureAlgorithm: algorithmName(signatureAlgorithm.algorithm),
  }
}
