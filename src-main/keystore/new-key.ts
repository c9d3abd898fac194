import type { Caller } from '../../src-shared/model/caller'
import { isAsymmetric } from '../../src-shared/model/key-specs'
import type { KeyOrigin, KeySpec, KeyUsage, ProtectionLevel } from '../../src-shared/model/keys'
import { newCertificates, type CertificateContent } from './certificate-changes'
import { writeCertificate, type CertificateRecord } from './certificate-record'
import { newKeyId, newKeyVersionId } from './key-ids'
import type { KeyVersionRef, NewMaterial } from './key-provider'
import { encodeKeyRecord, type KeyRecord } from './key-record'
import { plainKey, type KeyExtras } from './key-record-extras'
import { primaryVersion, type KeySession } from './key-session'

const creatorChars = 256

/** What a new key is; what is not named here begins as that of a plain key. */
export interface NewKey extends Partial<KeyExtras> {
  keySpec: KeySpec
  keyUsage: KeyUsage
  origin: KeyOrigin
  description: string
  /** With their prefix, sorted; each is new. */
  aliases?: readonly string[]
  /** Its ids and protection level, where material was made for them already; otherwise those of a new software key. */
  version?: KeyVersionRef
}

/** Ids of a key that is about to be made. */
export function newVersion(keySpec: KeySpec, protectionLevel: ProtectionLevel = 'SOFTWARE'): KeyVersionRef {
  const keyId = newKeyId()
  return { keyId, keyVersionId: newKeyVersionId(keyId), keySpec, protectionLevel }
}

/** A key and the certificates that came with it. */
export interface CertifiedKey {
  record: KeyRecord
  certificates: readonly CertificateRecord[]
}

/**
 * Writes a new key with one version, and the material of that version, in one audited transaction; then it is listed.
 * Without material the key waits for its import. `material` stays the caller's, who destroys it.
 */
export async function addKey(session: KeySession, caller: Caller, key: NewKey, material: NewMaterial | null): Promise<KeyRecord> {
  return (await addCertifiedKey(session, caller, key, material, [])).record
}

/** As addKey(), with certificates for the version in the same transaction. */
export function addCertifiedKey(
  session: KeySession,
  caller: Caller,
  key: NewKey,
  material: NewMaterial | null,
  contents: readonly CertificateContent[],
): Promise<CertifiedKey> {
  return session.changes.run(async () => {
    const record = newRecord(session, caller, key, material === null)
    const version = primaryVersion(record)
    const certificates = contents.length === 0 ? [] : await newCertificates(session, version, contents)
    await session.records.mutate(caller, record.keyId, async (tx) => {
      if (material) await session.provider.store(tx, version, material)
      await tx.put('key', record.keyId, null, encodeKeyRecord(record))
      for (const certificate of certificates) await writeCertificate(tx, certificate)
    })
    material?.keep()
    session.index.put(record, null)
    for (const certificate of certificates) await session.certificates.put(certificate)
    session.changed(record.keyId)
    return { record, certificates }
  })
}

function newRecord(session: KeySession, caller: Caller, { version, ...key }: NewKey, waitsForImport: boolean): KeyRecord {
  const { keyId, keyVersionId, protectionLevel } = version ?? newVersion(key.keySpec)
  const createdAt = session.nowMs()
  return {
    ...plainKey,
    ...key,
    keyId,
    ordinal: session.index.nextOrdinal,
    protectionLevel,
    keyState: waitsForImport ? 'PendingImport' : 'Enabled',
    creator: caller.client.slice(0, creatorChars),
    createdAt,
    primaryVersionId: keyVersionId,
    versions: [{ keyVersionId, createdAt }],
    aliases: key.aliases ?? [],
    isExportable: key.isExportable === true && isAsymmetric(key.keySpec),
  }
}
