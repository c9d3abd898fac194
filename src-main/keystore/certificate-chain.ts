import { KmsError } from '../../src-shared/errors'
import { fromPem, toPem } from '../crypto/spki'
import { isIssuedFor, parseCertificate, type ParsedCertificate } from '../crypto/x509/parse-certificate'
import { isIssuedBy } from '../crypto/x509/verify-certificate'

/** A certificate and those that lead on from it, DER. */
export interface IssuedCertificate {
  certificate: Uint8Array
  /** The certificate's own issuer first, without the certificate. */
  chain: readonly Uint8Array[]
}

const label = 'CERTIFICATE'
const maxChain = 10

/**
 * The certificate of a PEM text for the key, and its chain from what follows it there and in a second text.
 * CERTIFICATE_INVALID for what is no certificate and for a chain of which one member has not issued the one before it,
 * CERTIFICATE_MISMATCH for a certificate of another key.
 */
export function readIssued(certificate: string, certificateChain: string | undefined, publicKey: Uint8Array): IssuedCertificate {
  const [own, ...rest] = read(certificate)
  const chain = [...rest, ...(certificateChain === undefined ? [] : read(certificateChain))]
  if (!isIssuedFor(own, publicKey)) throw new KmsError('CERTIFICATE_MISMATCH', 'The certificate is not one for the key that the request was made with.')
  if (chain.length > maxChain) throw invalid(`The certificate chain has more than ${maxChain} certificates.`)
  const isWhole = chain.every((issuer, place) => isIssuedBy(chain[place - 1] ?? own, issuer))
  if (!isWhole) throw invalid('The certificate chain does not lead on: each certificate must have been issued by the next one.')
  return { certificate: own.der, chain: chain.map(({ der }) => der) }
}

/** The certificates among `found` that are for the key, each with as much of its chain as is there, in order. */
export function issuedAmong(found: readonly Uint8Array[], publicKey: Uint8Array): IssuedCertificate[] {
  const certificates = found.map(parseCertificate).filter((certificate) => certificate !== null)
  const others = certificates.filter((certificate) => !isIssuedFor(certificate, publicKey))
  return certificates
    .filter((certificate) => isIssuedFor(certificate, publicKey))
    .map((certificate) => ({ certificate: certificate.der, chain: chainOf(certificate, others) }))
}

/** PEM text of all, one after the other. */
export function pemOf(...certificates: readonly Uint8Array[]): string {
  return certificates.map((der) => toPem(label, der)).join('')
}

function chainOf(certificate: ParsedCertificate, others: readonly ParsedCertificate[]): Uint8Array[] {
  const issuer = others.find((other) => isIssuedBy(certificate, other))
  return issuer === undefined ? [] : [issuer.der, ...chainOf(issuer, others.filter((other) => other !== issuer))].slice(0, maxChain)
}

function read(pem: string): readonly [ParsedCertificate, ...ParsedCertificate[]] {
  const blocks = fromPem(label, pem)
  const [first, ...others] = blocks.map(parseCertificate).filter((certificate) => certificate !== null)
  if (first !== undefined && others.length + 1 === blocks.length) return [first, ...others]
  throw invalid('The text is not one or more certificates in PEM.')
}

function invalid(message: string): KmsError {
  return new KmsError('CERTIFICATE_INVALID', message)
}
