import type { AsymmetricKeySpec, KeyUsage, SignatureAlgorithm } from '../../src-shared/model/keys'
import { secondsPerDay } from '../../src-shared/model/duration'
import { signingDigestOf } from '../crypto/signing-digest'
import { buildSelfSigned } from '../crypto/x509/build-certificate'
import { buildCsr, type CsrRequest } from '../crypto/x509/build-csr'
import type { CertificateKeyUsage } from '../crypto/x509/key-usages'
import { certificateAlgorithms } from '../crypto/x509/signature-algorithms'
import type { CertificateNames } from '../crypto/x509/certificate-names'

/** A key pair that can sign, wherever its private key is. */
export interface SigningPair {
  keySpec: AsymmetricKeySpec
  keyUsage: KeyUsage
  /** SPKI DER. */
  publicKey: Uint8Array
  /** Takes the digest as the algorithm does. */
  sign: (algorithm: SignatureAlgorithm, digest: Uint8Array) => Promise<Uint8Array>
}

/** What a certificate says of its key (RFC 5280 4.2.1.3). */
const keyUsagesOf: Readonly<Partial<Record<KeyUsage, readonly CertificateKeyUsage[]>>> = {
  'SIGN/VERIFY': ['digitalSignature'],
  'ENCRYPT/DECRYPT': ['keyEncipherment', 'dataEncipherment'],
}

/** A certificate signing request (PKCS#10), DER. */
export function signRequest(pair: SigningPair, names: CertificateNames): Promise<Uint8Array> {
  return buildCsr(signedBy(pair, names))
}

/** A certificate for the key itself, DER, valid from `nowMs` on; it signs no other. */
export function signOwnCertificate(pair: SigningPair, names: CertificateNames, nowMs: number, validityDays: number): Promise<Uint8Array> {
  const keyUsages = keyUsagesOf[pair.keyUsage] ?? []
  const notAfter = new Date(nowMs + validityDays * secondsPerDay * 1000)
  return buildSelfSigned({ ...signedBy(pair, names), keyUsages, isCa: false, notBefore: new Date(nowMs), notAfter })
}

function signedBy({ keySpec, publicKey, sign }: SigningPair, names: CertificateNames): CsrRequest {
  const [algorithm] = certificateAlgorithms[keySpec]
  return { ...names, publicKey, algorithm, sign: (_, bytes) => sign(algorithm, signingDigestOf(algorithm, publicKey, bytes)) }
}
