import type { Request, Response } from '../../../src-shared/contract/operations'
import { invalidParameter } from '../../../src-shared/errors'
import { secondsPerDay } from '../../../src-shared/model/duration'
import type { TokenSignAlgorithm } from '../../../src-shared/model/token-work'
import { publicKeyText, sshFingerprint } from '../../crypto/ssh-public-key'
import { toPem } from '../../crypto/spki'
import { buildSelfSigned } from '../../crypto/x509/build-certificate'
import { buildCsr, type CsrRequest } from '../../crypto/x509/build-csr'
import { namesOf } from '../../crypto/x509/certificate-names'
import type { CertificateKeyUsage } from '../../crypto/x509/key-usages'
import { certificateAlgorithmsOf, type CertificateAlgorithm } from '../../crypto/x509/signature-algorithms'
import { Attributes } from '../object-view'
import { cka } from '../pkcs11'
import { tokenError } from '../token-errors'
import { takeIn } from '../token-objects'
import type { Tokens } from '../tokens'
import { chooseKey, requireUse, spkiOfKey, type ChosenKey } from './chosen-key'
import { putCertificate } from './imports'
import { signWith } from './signing'

/** As tokens sign what X.509 names; SM2 is on no token. */
const signNames: Readonly<Partial<Record<CertificateAlgorithm, TokenSignAlgorithm>>> = {
  RSA_PKCS1_SHA_256: 'RSA_PKCS1_SHA_256',
  ECDSA_SHA_256: 'ECDSA_SHA_256',
  ECDSA_SHA_384: 'ECDSA_SHA_384',
  ECDSA_SHA_512: 'ECDSA_SHA_512',
  ED25519_SHA_512: 'ED25519',
}

/** INVALID_PARAMETER (subject, subjectAlternativeNames), and what signWithTokenKey() refuses. */
export async function createTokenCsr(tokens: Tokens, request: Request<'createTokenCsr'>): Promise<Response<'createTokenCsr'>> {
  const key = await chooseKey(tokens, request)
  return { csr: toPem('CERTIFICATE REQUEST', await buildCsr(await signedBy(tokens, key, request))) }
}

export async function createTokenCertificate(tokens: Tokens, request: Request<'createTokenCertificate'>, nowMs: number): Promise<Response<'createTokenCertificate'>> {
  const { tokenId, isCa, validityDays, isStored } = request
  const key = await chooseKey(tokens, request)
  const notAfter = new Date(nowMs + validityDays * secondsPerDay * 1000)
  const signed = await signedBy(tokens, key, request)
  const der = await buildSelfSigned({ ...signed, keyUsages: usagesOf(key, isCa), isCa, notBefore: new Date(nowMs), notAfter })
  const certificate = toPem('CERTIFICATE', der)
  if (!isStored) return { certificate, objects: [] }
  const view = await putCertificate(tokens, tokenId, der, key.object.label, new Attributes(key.view).bytes(cka.id) ?? new Uint8Array())
  return { certificate, objects: await takeIn(tokens, tokenId, [view]) }
}

function usagesOf({ object }: ChosenKey, isCa: boolean): CertificateKeyUsage[] {
  const issuing: CertificateKeyUsage[] = isCa ? ['keyCertSign', 'cRLSign'] : []
  return object.uses.includes('decrypt') ? ['digitalSignature', 'keyEncipherment', ...issuing] : ['digitalSignature', ...issuing]
}

async function signedBy(tokens: Tokens, key: ChosenKey, { subject, subjectAlternativeNames, contextPin }: Request<'createTokenCsr'>): Promise<CsrRequest> {
  requireUse(key, 'sign')
  const names = namesOf({ subject, subjectAlternativeNames })
  const publicKey = await spkiOfKey(tokens, key)
  const [algorithm] = certificateAlgorithmsOf(publicKey)
  const signName = algorithm && signNames[algorithm]
  if (!algorithm || !signName) throw tokenError('TOKEN_MECHANISM_UNSUPPORTED')
  return { ...names, publicKey, algorithm, sign: (_, message) => signWith(tokens, key, { algorithm: signName, message, messageType: 'RAW' }, contextPin) }
}

// oxlint-disable-next-line no-control-regex -- a line must stay one line
const controls = /[\u0000-\u001f\u007f]/

/** The label stands for a comment that is not given. INVALID_PARAMETER (comment), TOKEN_MECHANISM_UNSUPPORTED for a kind that OpenSSH does not have. */
export async function getTokenSshKey(tokens: Tokens, request: Request<'getTokenSshKey'>): Promise<Response<'getTokenSshKey'>> {
  const key = await chooseKey(tokens, request)
  const comment = request.comment ?? key.object.label.split(controls).join(' ')
  if (controls.test(comment)) throw invalidParameter('comment', 'must be one line')
  const line = sshLine(await spkiOfKey(tokens, key))
  return { line: `${line} ${comment}`.trimEnd(), fingerprint: sshFingerprint(line) }
}

function sshLine(spki: Uint8Array): string {
  try {
    return publicKeyText(spki)
  } catch (error) {
    throw tokenError('TOKEN_MECHANISM_UNSUPPORTED', {}, error)
  }
}
