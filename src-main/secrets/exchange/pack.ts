import type { ImportProblem } from '../../../src-shared/model/import-problems'
import { secretLimits, type SecretField, type SecretTemplate } from '../../../src-shared/model/secrets'
import { equalBytes, zero } from '../../crypto/bytes'
import { writeStringObject } from '../json-bytes'
import { Arena } from './arena'
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

/** Brings entries into the shape in which they are stored, within the limits of a secret, and their bytes into one buffer; where they were before, they are zeroed. */
export function packed(imported: readonly ImportedSecret[]): PackedSecrets {
  const fitted = imported.map(fittedSecret)
  const arena = new Arena(fitted.reduce((total, secret) => total + sizeOf(secret), 0))
  const secrets = fitted.map((secret) => ({
    ...secret,
    versions: secret.versions.map((version) => ({ ...version, data: arena.moved(version.data) })),
    attachments: secret.attachments.map((attachment) => ({ ...attachment, bytes: arena.copied(attachment.bytes) })),
  }))
  imported.forEach(forget)
  return { secrets, buffer: arena.buffer }
}

function forget({ fields, history, attachments }: ImportedSecret): void {
  for (const version of [{ fields }, ...history]) zero(...version.fields.map(({ value }) => value))
  zero(...attachments.map(({ bytes }) => bytes))
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
    attachments: versions.length === 0 ? [] : fittedAttachments(secret.attachments, problems),
    problems: [...problems],
  }
}

/** The versions that differ, at most as many as a secret may have. None when the current one is empty or too large. */
function fittedVersions(secret: ImportedSecret, problems: Set<ImportProblem>): PackedVersion[] {
  const current = packedVersion(secret)
  const older = secret.history.map(packedVersion)
  if (secret.fields.length === 0) problems.add('has no value')
  else if (current.data.length > secretLimits.dataBytes) problems.add('value is too large')
  if (secret.fields.length > secretLimits.fields) problems.add('has too many fields to list; kept as one value')
  const all = [...older, current]
  if (secret.fields.length === 0 || current.data.length > secretLimits.dataBytes) return keptOnly(all, [])
  const different = all.filter(({ data }, at) => at === all.length - 1 || !equalBytes(data, all[at + 1]?.data ?? new Uint8Array(0)))
  const kept = different.filter(({ data, fields }) => fields.length > 0 && data.length <= secretLimits.dataBytes).slice(-secretLimits.versions)
  if (kept.length < different.length) problems.add('older versions were left out')
  return keptOnly(all, kept)
}

/** `kept`; the values of all others are zeroed. */
function keptOnly(all: readonly PackedVersion[], kept: PackedVersion[]): PackedVersion[] {
  zero(...all.filter((version) => !kept.includes(version)).map(({ data }) => data))
  return kept
}

function packedVersion({ fields, createdAt }: ImportedVersion): PackedVersion {
  return { data: writeStringObject(fields), fields: fields.map(({ name, kind, isSecret }) => ({ name, kind, isSecret })), createdAt }
}

function fittedAttachments(attachments: readonly ImportedAttachment[], problems: Set<ImportProblem>): ImportedAttachment[] {
  const small = attachments.filter(({ bytes }) => bytes.length <= secretLimits.attachmentBytes)
  if (small.length < attachments.length) problems.add('an attachment is too large and was left out')
  if (small.length > secretLimits.attachments) problems.add('has too many attachments; some were left out')
  return small.slice(0, secretLimits.attachments).map(({ name, bytes }) => ({ name: fileName(name, problems), bytes }))
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

function sizeOf({ versions, attachments }: PackedSecret): number {
  return [...versions.map(({ data }) => data), ...attachments.map(({ bytes }) => bytes)].reduce((total, { length }) => total + length, 0)
}
