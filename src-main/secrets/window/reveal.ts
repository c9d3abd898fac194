import { isUtf8 } from 'node:buffer'
import type { Request, Response } from '../../../src-shared/contract/operations'
import { invalidParameter } from '../../../src-shared/errors'
import type { Caller } from '../../../src-shared/model/caller'
import type { SecretField } from '../../../src-shared/model/secrets'
import { versionById, versionNotFound } from '../../../src-shared/model/secret-stages'
import { equalBytes, zero } from '../../crypto/bytes'
import { readStringObject, zeroMembers, type JsonMember } from '../json-bytes'
import { openReference, type ValueReference } from '../resolve-value'
import type { SecretRecord } from '../secret-record'
import { requireActive, type SecretSession } from '../secret-session'
import { openValue, readValues, type SecretValues } from '../secret-values'
import { parseOtpauthUri } from './otpauth-uri'
import { totpCode } from './totp'

type Comparison = Response<'compareSecretVersions'>
type FieldChange = NonNullable<Comparison['fields']>[number]

/** A value for the eyes of the user; the codes of openReference(). */
export async function revealSecretValue(session: SecretSession, caller: Caller, reference: Request<'revealSecretValue'>): Promise<Response<'revealSecretValue'>> {
  return openReference(session, caller, reference)
}

/**
 * Text for the clipboard, which the caller zeroes: a value, or the one-time code that it makes now. The codes of
 * openReference() and getTotpCode(), INVALID_PARAMETER (secretName) for a value that is no text.
 */
export async function textToCopy(session: SecretSession, caller: Caller, { as, ...reference }: Request<'copySecretValue'>): Promise<Uint8Array> {
  if (as === 'totp') return (await codeOf(session, caller, reference)).code
  const { value } = await openReference(session, caller, reference)
  if (isUtf8(value) && !value.includes(0)) return value
  zero(value)
  throw invalidParameter('secretName', 'must have a text as its value: save a binary one as a file')
}

/** The code that a field makes now (RFC 6238). The codes of openReference(), INVALID_PARAMETER (field) when it is no otpauth address. */
export function getTotpCode(session: SecretSession, caller: Caller, request: Request<'getTotpCode'>): Promise<Response<'getTotpCode'>> {
  return codeOf(session, caller, request)
}

async function codeOf(session: SecretSession, caller: Caller, reference: ValueReference): Promise<Response<'getTotpCode'>> {
  const { value } = await openReference(session, caller, reference)
  const totp = parseOtpauthUri(value)
  zero(value)
  if (!totp) throw invalidParameter('field', 'must hold an address otpauth://totp/')
  const { code, secondsLeft } = totpCode(totp, session.nowMs())
  zero(totp.secret)
  const { periodSeconds, issuer, account } = totp
  return { code, periodSeconds, secondsLeft, issuer, account }
}

/** What differs between two versions; one use of the secret. SECRET_NOT_FOUND, SECRET_IN_DELETE_WINDOW, SECRET_VERSION_NOT_FOUND, the codes of openValue(). */
export function compareSecretVersions(session: SecretSession, caller: Caller, { secretName, fromVersionId, toVersionId }: Request<'compareSecretVersions'>): Promise<Comparison> {
  const entry = session.resolve(secretName)
  const { record } = entry
  return session.audited(caller, record.name, async () => {
    requireActive(entry)
    const values = await readValues(session.records, record.secretId)
    const from = await openVersion(session, record, values, fromVersionId)
    try {
      const to = await openVersion(session, record, values, toVersionId)
      try {
        session.recordUse(caller, record)
        return compare(record, from, to)
      } finally {
        close(to)
      }
    } finally {
      close(from)
    }
  })
}

interface OpenedVersion {
  data: Uint8Array
  dataType: string
  members: JsonMember[] | null
}

async function openVersion(session: SecretSession, record: SecretRecord, values: SecretValues, versionId: string): Promise<OpenedVersion> {
  const version = versionById(record.versions, versionId)
  if (!version) throw versionNotFound()
  const data = await openValue(session, record, versionId, values)
  return { data, dataType: version.dataType, members: version.dataType === 'text' ? readStringObject(data) : null }
}

function close({ data, members }: OpenedVersion): void {
  zero(data)
  zeroMembers(members)
}

function compare({ fields }: SecretRecord, from: OpenedVersion, to: OpenedVersion): Comparison {
  return {
    isSame: from.dataType === to.dataType && equalBytes(from.data, to.data),
    fields: from.members && to.members && compareMembers(fields ?? [], from.members, to.members),
    fromBytes: from.data.length,
    toBytes: to.data.length,
  }
}

/** In the order of the older version, then what is new. */
function compareMembers(fields: readonly SecretField[], from: readonly JsonMember[], to: readonly JsonMember[]): FieldChange[] {
  const names = new Set([...from, ...to].map(({ name }) => name))
  return [...names].map((name) => {
    const [before, after] = [from, to].map((members) => members.find((member) => member.name === name)?.value)
    const isSecret = fields.find((field) => field.name === name)?.isSecret ?? true
    return { name, isSecret, change: changeOf(before, after), fromBytes: before?.length ?? null, toBytes: after?.length ?? null }
  })
}

function changeOf(before: Uint8Array | undefined, after: Uint8Array | undefined): FieldChange['change'] {
  if (!before) return 'added'
  if (!after) return 'removed'
  return equalBytes(before, after) ? 'same' : 'changed'
}

/** The value as it is. INVALID_PARAMETER (value) for bytes that a clipboard would not give back. */
export function requireText(value: Uint8Array): Uint8Array {
  if (!isUtf8(value) || value.includes(0)) throw invalidParameter('value', 'must be UTF-8 text without NUL')
  return value
}
