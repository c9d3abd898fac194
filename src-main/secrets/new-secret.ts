import { invalidParameter, KmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { secretNameProblem, type SecretType } from '../../src-shared/model/secrets'
import { uuid } from '../crypto/random'
import { sealFiles, type AttachedFile, type SealedFiles } from './attachment-files'
import { writeSecret } from './change-secret'
import { masterKeyOf } from './default-key'
import { plainSecret, type SecretExtras, type SecretRecord } from './secret-record'
import { inDeleteWindow, type SecretSession } from './secret-session'
import { writeValues, type SecretValues } from './secret-values'
import { addVersion, type NewVersion } from './versions'

const creatorChars = 256

/** What a new secret is; what is not named here begins as that of a plain secret. Fields and public values come from the versions. */
export interface NewSecret extends Partial<Omit<SecretExtras, 'fields' | 'publicValues' | 'attachments'>> {
  name: string
  secretType: SecretType
  description?: string
  /** Id, alias or ARN of the master key; absent: the default key of secrets. */
  keyReference?: string | undefined
  /** Oldest first, one of them with ACSCurrent. */
  versions: readonly NewVersion[]
  /** Files that belong to it. */
  files?: readonly AttachedFile[]
}

/** A secret that is sealed and not yet written. */
interface MadeSecret {
  readonly record: SecretRecord
  readonly values: SecretValues
  readonly files: SealedFiles
}

/**
 * Writes a new secret in one audited transaction; then it is listed. A refusal is audited. INVALID_PARAMETER (secretName,
 * versionId, secretData), SECRET_EXISTS, SECRET_IN_DELETE_WINDOW while the name belongs to a secret in the recycle bin,
 * the codes of masterKeyOf() and sealValue().
 */
export function addSecret(session: SecretSession, caller: Caller, secret: NewSecret): Promise<SecretRecord> {
  return session.changes.run(() =>
    session.audited(caller, secret.name, async () => {
      const [record] = await write(session, caller, [secret], secret.name)
      if (!record) throw new Error('one secret was written')
      return record
    }),
  )
}

/** As addSecret() for many secrets in one transaction, all or none; `resource` names them in the audit log. */
export function addSecrets(session: SecretSession, caller: Caller, secrets: readonly NewSecret[], resource: string): Promise<readonly SecretRecord[]> {
  return session.changes.run(() => session.audited(caller, resource, () => write(session, caller, secrets, resource)))
}

async function write(session: SecretSession, caller: Caller, secrets: readonly NewSecret[], resource: string): Promise<readonly SecretRecord[]> {
  const names = new Set<string>()
  for (const { name, secretType } of secrets) {
    requireFreeName(session, name, secretType)
    if (names.has(name)) throw secretExists(name)
    names.add(name)
  }
  const made: MadeSecret[] = []
  for (const secret of secrets) made.push(await sealSecret(session, caller, secret, session.index.nextOrdinal + made.length))
  await session.records.mutate(caller, resource, async (tx) => {
    for (const { record, values, files } of made) {
      await writeValues(tx, record.secretId, values)
      await files.write(tx)
      await writeSecret(tx, record)
    }
  })
  for (const { record } of made) session.index.put(record)
  const records = made.map(({ record }) => record)
  session.changed(records.length === 1 ? (records[0]?.name ?? null) : null)
  return records
}

/** Throws when no secret may be given this name: INVALID_PARAMETER (secretName), SECRET_EXISTS, SECRET_IN_DELETE_WINDOW. */
export function requireFreeName(session: SecretSession, name: string, secretType: SecretType): void {
  const problem = secretNameProblem(name, secretType)
  if (problem !== null) throw invalidParameter('secretName', problem)
  const existing = session.index.byName(name)?.record
  if (existing) throw existing.deletesAt === null ? secretExists(name) : inDeleteWindow(existing)
}

async function sealSecret(session: SecretSession, caller: Caller, secret: NewSecret, ordinal: number): Promise<MadeSecret> {
  const { keyReference, versions, files: given = [], ...told } = secret
  const createdAt = session.nowMs()
  const bare: SecretRecord = {
    ...plainSecret,
    description: '',
    ...told,
    secretId: uuid(),
    ordinal,
    keyId: await masterKeyOf(session, caller, keyReference),
    creator: caller.client.slice(0, creatorChars),
    createdAt,
    updatedAt: createdAt,
    versions: [],
  }
  let made: { record: SecretRecord; values: SecretValues } = { record: bare, values: new Map() }
  for (const version of versions) {
    const { record, values = made.values } = await addVersion(session, made.record, async () => made.values, version)
    made = { record, values }
  }
  const files = await sealFiles(session, bare, given)
  return { ...made, record: { ...made.record, attachments: files.attachments }, files }
}

function secretExists(secretName: string): KmsError {
  return new KmsError('SECRET_EXISTS', 'A secret of this name already exists.', { secretName })
}
