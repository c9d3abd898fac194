import { id_ce_subjectAltName, type Name, type SubjectAlternativeName } from '@peculiar/asn1-x509'
import { bits, explicit, oid, sequence, setOfOne, smallInteger, writeDer } from '../key-formats/der'
import { derOf, extensionOf, extensionsDer } from './extensions'
import { algorithmIdentifier, type CertificateAlgorithm, type SignBytes } from './signature-algorithms'

export const extensionRequestOid = '1.2.840.113549.1.9.14'

export interface CsrRequest {
  /** From parseSubject. */
  subject: Name
  /** From parseAlternativeNames; null for none. */
  alternativeNames: SubjectAlternativeName | null
  /** SPKI, DER. */
  publicKey: Uint8Array
  algorithm: CertificateAlgorithm
  sign: SignBytes
}

/** A certificate signing request (PKCS#10, RFC 2986), DER. RangeError when the key does not sign with the algorithm. */
export async function buildCsr({ subject, alternativeNames, publicKey, algorithm, sign }: CsrRequest): Promise<Uint8Array> {
  const identifier = algorithmIdentifier(algorithm, publicKey)
  const attributes = alternativeNames === null ? [] : [extensionRequest(alternativeNames)]
  const info = writeDer(sequence(smallInteger(0), derOf(subject), publicKey, explicit(0, ...attributes)))
  return writeDer(sequence(info, identifier, bits(await sign(algorithm, info))))
}

/** The attribute of RFC 2985 5.4.2 by which a request asks for extensions. */
function extensionRequest(alternativeNames: SubjectAlternativeName): Uint8Array {
  const extensions = extensionsDer([extensionOf(id_ce_subjectAltName, false, alternativeNames)])
  return writeDer(sequence(oid(extensionRequestOid), setOfOne(extensions)))
}
