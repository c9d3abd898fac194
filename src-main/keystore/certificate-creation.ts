import type { Request } from '../../src-shared/contract/operations'
import { invalidParameter } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import type { AsymmetricKeySpec } from '../../src-shared/model/keys'
import type { StateOperation } from '../../src-shared/model/state-table'
import { newCertificates, saveCertificates, type CertificateContent } from './certificate-changes'
import type { CertificateRecord } from './certificate-record'
import type { SigningPair } from './certificate-signing'
import { requireFamily, requireVersion } from './key-checks'
import { requireUsable, type KeySession } from './key-session'
import { addCertifiedKey, newVersion } from './new-key'

/** What is made with a key: a request, or a certificate of the key's own. */
interface Creation {
  operation: Extract<StateOperation, 'createCertificate' | 'createSelfSignedCertificate'>
  /** Of a new key. */
  description: string
  /** Gives DER. */
  sign: (pair: SigningPair) => Promise<Uint8Array>
  contentOf: (der: Uint8Array) => CertificateContent
}

interface Made {
  certificateId: string
  der: Uint8Array
}

type CreationRequest = Pick<Request<'createCertificate'>, 'keyId' | 'keyVersionId' | 'keySpec' | 'exportablePrivateKey'>

/**
 * Makes a certificate with the key that the request names, or with a new one. A key that encrypts signs this for itself,
 * and nothing else. The codes of resolve() and of the state table, UNSUPPORTED_OPERATION, KEY_VERSION_NOT_FOUND.
 */
export async function makeCertificate(session: KeySession, caller: Caller, request: CreationRequest, creation: Creation): Promise<Made> {
  const { keyId, keyVersionId } = request
  if (keyId !== undefined) return withKnownKey(session, caller, keyId, keyVersionId, creation)
  if (keyVersionId === undefined) return withNewKey(session, caller, request, creation)
  throw invalidParameter('keyVersionId', 'is for a certificate with an existing key')
}

function withKnownKey(session: KeySession, caller: Caller, reference: string, keyVersionId: string | undefined, creation: Creation): Promise<Made> {
  return session.changes.run(async () => {
    const { keyId, record } = session.resolve(reference)
    return session.audited(caller, keyId, async () => {
      requireUsable(session, record, creation.operation)
      requireFamily(record, 'asymmetric')
      // The primary version of an asymmetric key is the newest one.
      const version = requireVersion(record, keyVersionId ?? record.primaryVersionId)
      const { spki: publicKey } = await session.publicKeys.of(version)
      const sign: SigningPair['sign'] = (algorithm, digest) => session.provider.sign(version, algorithm, digest)
      // requireFamily() has left these specs only.
      const der = await creation.sign({ keySpec: record.keySpec as AsymmetricKeySpec, keyUsage: record.keyUsage, publicKey, sign })
      const certificates = await newCertificates(session, version, [creation.contentOf(der)])
      await saveCertificates(session, caller, keyId, certificates)
      return made(certificates, der)
    })
  })
}

/** Signs before the key is written, so that nothing is left of it when that fails. */
async function withNewKey(session: KeySession, caller: Caller, request: CreationRequest, creation: Creation): Promise<Made> {
  const { keySpec, exportablePrivateKey: isExportable } = request
  const keyUsage = 'SIGN/VERIFY'
  const version = newVersion(keySpec)
  const material = await session.provider.generate(version, null)
  try {
    const { publicKey } = material
    if (publicKey === null) throw new RangeError('not a key pair')
    const sign: SigningPair['sign'] = (algorithm, digest) => session.provider.signWithNew(material, keySpec, algorithm, digest)
    const der = await creation.sign({ keySpec, keyUsage, publicKey, sign })
    const key = { keySpec, keyUsage, origin: 'Aliyun_KMS', description: creation.description, isExportable, version } as const
    const { certificates } = await addCertifiedKey(session, caller, key, material, [creation.contentOf(der)])
    return made(certificates, der)
  } finally {
    await material.destroy()
  }
}

function made([certificate]: readonly CertificateRecord[], der: Uint8Array): Made {
  if (!certificate) throw new RangeError('no certificate')
  return { certificateId: certificate.certificateId, der }
}
