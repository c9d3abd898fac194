import { invalidParameter, KmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { defaultKeyUsage, keySpecInfos } from '../../src-shared/model/key-specs'
import type { AsymmetricKeySpec, KeyUsage } from '../../src-shared/model/keys'
import type { PrivateKeyParts } from '../crypto/key-formats/decoded-key'
import type { SecretBuffer } from '../crypto/secret-buffer'
import { issuedAmong } from './certificate-chain'
import { requireVersion } from './key-checks'
import type { KeyRecord } from './key-record'
import type { KeySession } from './key-session'
import { addCertifiedKey, type CertifiedKey } from './new-key'
import { SoftwareMaterial } from './software/software-material'

/** What a key that comes with its material is to be. */
export interface PrivateKeyChoices {
  /** Absent: the default of the spec. */
  keyUsage?: KeyUsage | undefined
  description: string
  isExportable: boolean
}

/**
 * A new key of origin EXTERNAL, enabled, with that private key as its one version for life. Of `certificates` (DER)
 * those that are for it become certificates of the vault, with as much of their chain as is there. The material stays the
 * caller's. INVALID_PARAMETER (keyUsage).
 */
export async function addPrivateKey(
  session: KeySession,
  caller: Caller,
  { keySpec, material, publicKey }: PrivateKeyParts,
  { keyUsage = defaultKeyUsage(keySpec), description, isExportable }: PrivateKeyChoices,
  certificates: readonly Uint8Array[] = [],
): Promise<CertifiedKey> {
  const { usages } = keySpecInfos[keySpec]
  if (!usages.includes(keyUsage)) throw invalidParameter('keyUsage', `the usage of a key of the spec ${keySpec} is ${usages.join(' or ')}`)
  const key = { keySpec, keyUsage, origin: 'EXTERNAL', description, isExportable } as const
  const contents = issuedAmong(certificates, publicKey).map((issued) => ({ csr: null, ...issued }))
  return addCertifiedKey(session, caller, key, new SoftwareMaterial(material, publicKey), contents)
}

/**
 * The private key of a version, for the caller to destroy; the state has been asked. KEY_NOT_EXPORTABLE unless the key
 * was made exportable, KEY_VERSION_NOT_FOUND.
 */
export async function exportableMaterial(session: KeySession, record: KeyRecord, keyVersionId: string): Promise<{ keySpec: AsymmetricKeySpec; material: SecretBuffer }> {
  const { keyId, isExportable } = record
  const version = requireVersion(record, keyVersionId)
  const material = isExportable ? await session.provider.export(version) : null
  if (!material) throw new KmsError('KEY_NOT_EXPORTABLE', 'The private key of the specified key does not leave the vault.', { keyId })
  // Only keys of these specs are made exportable.
  return { keySpec: record.keySpec as AsymmetricKeySpec, material }
}
