import type { ImportProblem } from '../../../src-shared/model/import-problems'
import { secretLimits, type SecretField, type SecretTemplate } from '../../../src-shared/model/secrets'
import { equalBytes, zero } from '../../crypto/bytes'
import { writeStringObject } from '../json-bytes'
import { Arena } from './arena'
import { tooLarge } from './import-errors'
import type { ImportedAttachment, ImportedSecret, ImportedVersion } from './imported'

/** A version as it will be stored: its value is a JSON object of strings. */
export interface PackedVersion {
  readonly data: Uint8Array
  readonly fields: readonly SecretField[]
  readonly createdAt: number | null
}

/** An entry that is ready to become a secret. All its bytes lie in one buffer together with those of the others. */
export interface PackedSecret {
  readonly title: string
  readonly folders: readonly string[]
  /** Where the title says nothing: a name that can be made of something else. */
  readonly otherTitle: string
  readonly template: SecretTemplate | null
  readonly description: string
  readonly tags: readonly string[]
  readonly expiresAt: number | null
  readonly isFavourite: boolean
  /** Oldest first, the current one last; none for an entry that cannot be imported. */
  readonly versions: readonly PackedVersion[]
  readonly attachments: readonly ImportedAttachment[]
  readonly problems: readonly ImportProblem[]
}

/** All entries of a file, and the buffer that has every value and attachment. */
export interface PackedSecrets {
  readonly secrets: readonly PackedSecret[]
  readonly buffer: ArrayBuffer
}

/** All values and files that an import may write, those that entries share counted with each. */
const mostBytes = 512 * 1024 * 1024

/**
 * Brings entries into the shape in which they are stored, within the limits of a secret, and their bytes into one buffer;
 * where they were before, they are zeroed. IMPORT_TOO_LARGE.
 */
export function packed(imported: readonly ImportedSecret[]): PackedSecrets {
  const fitted: PackedSecret[] = []
  try {
    let left = mostBytes
    for (const secret of imported) {
      const one = fittedSecret(secret)
      fitted.push(one)
      left -= valuesOf(one).concat(filesOf(one)).reduce((total, { length }) => total + length, 0)
      if (left < 0) throw tooLarge()
    }
    return inOneBuffer(fitted)
  } finally {
    forget(imported)
    for (const one of fitted) zero(...valuesOf(one))
  }
}

function inOneBuffer(fitted: readonly PackedSecret[]): PackedSecrets {
  const all = new Set(fitted.flatMap((secret) => [...valuesOf(secret), ...filesOf(secret)]))
  const arena = new Arena([...all].reduce((total, { length }) => total + length, 0))
  const secrets = fitted.map((secret) => ({
    ...secret,
    versions: secret.versions.map((version) => ({ ...version, data: arena.moved(version.data) })),
    attachments: secret.attachments.map((attachment) => ({ ...attachment, bytes: arena.shared(attachment.bytes) })),
  }))
  return { secrets, buffer: arena.buffer }
}

/** What entries share is zeroed once. */
function forget(imported: readonly ImportedSecret[]): void {
  const all = new Set<Uint8Array>()
  for (const { fields, history, attachments } of imported) {
    for (const version of [{ fields }, ...history]) for (const { value } of version.fields) all.add(value)
    for (const { bytes } of attachments) all.add(bytes)
  }
  for (const bytes of all) zero(bytes)
}

function fittedSecret(secret: ImportedSecret): PackedSecret {
  const problems = new Set<ImportProblem>(secret.problems)
  const { title, folders, template, description, tags, expiresAt, isFavourite } = secret
  const isRefused = problems.has('is in the recycle bin of the file')
  const versions = isRefused ? [] : fittedVersions(secret, problems)
  return {
    title,
    folders,
    otherTitle: otherTitleOf(secret),
    template,
    description,
    tags,
    expiresAt,
    isFavourite,
    versions,
    attachments: versions.length === 0 ? [] : secret.attachments.map(({ name, bytes }) => ({ name: fileName(name, problems), bytes })),
    problems: [...problems],
  }
}

/** The versions that differ, at most as many as a secret may have. None when the current one is empty or too large. */
function fittedVersions(secret: ImportedSecret, problems: Set<ImportProblem>): PackedVersion[] {
  if (secret.fields.length === 0) {
    problems.add('has no value')
    return []
  }
  const current = packedVersion(secret)
  if (current.data.length > secretLimits.dataBytes) {
    problems.add('value is too large')
    zero(current.data)
    return []
  }
  if (secret.fields.length > secretLimits.fields) problems.add('has too many fields to list; kept as one value')
  return withOlder(current, secret.history, problems)
}

/** The newest ones; one older version is packed at a time, and none beyond those that there is room for. */
function withOlder(current: PackedVersion, history: readonly ImportedVersion[], problems: Set<ImportProblem>): PackedVersion[] {
  const kept = [current]
  let next = current
  for (const version of history.toReversed()) {
    const older = packedVersion(version)
    const isDifferent = !equalBytes(older.data, next.data)
    const isKept = isDifferent && kept.length < secretLimits.versions && older.fields.length > 0 && older.data.length <= secretLimits.dataBytes
    if (isKept) kept.push(older)
    else if (isDifferent) problems.add('older versions were left out')
    if (!kept.includes(next)) zero(next.data)
    next = older
    if (isDifferent && !isKept && kept.length === secretLimits.versions) break
  }
  if (!kept.includes(next)) zero(next.data)
  return kept.reverse()
}

function packedVersion({ fields, createdAt }: ImportedVersion): PackedVersion {
  return { data: writeStringObject(fields), fields: fields.map(({ name, kind, isSecret }) => ({ name, kind, isSecret })), createdAt }
}

/** A name that leads nowhere: no folders, no control characters. */
function fileName(name: string, problems: Set<ImportProblem>): string {
  const plain = name.replaceAll(/[/\\\p{Cc}]/gu, '_').slice(0, secretLimits.attachmentNameChars)
  const own = ['', '.', '..'].includes(plain) ? 'attachment' : plain
  if (own !== name) problems.add('an attachment was renamed')
  return own
}

/** The place of a login, or its user. */
function otherTitleOf({ fields }: ImportedSecret): string {
  const valueOf = (name: string) => fields.find((field) => field.name === name && !field.isSecret)?.value
  const [url, username] = ['url', 'username'].map((name) => Buffer.from(valueOf(name) ?? []).toString('utf8').slice(0, 1024))
  return hostOf(url ?? '') || (username ?? '')
}

function hostOf(url: string): string {
  try {
    return new URL(url.includes('://') ? url : `https://${url}`).hostname
  } catch {
    return ''
  }
}

function valuesOf({ versions }: PackedSecret): Uint8Array[] {
  return versions.map(({ data }) => data)
}

function filesOf({ attachments }: PackedSecret): Uint8Array[] {
  return attachments.map(({ bytes }) => bytes)
}
