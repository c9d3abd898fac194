import { isUtf8 } from 'node:buffer'
import type { Request } from '../../../src-shared/contract/operations'
import { invalidParameter } from '../../../src-shared/errors'
import { unpackValues } from '../../../src-shared/model/packed-values'
import type { SecretField, SecretTemplate } from '../../../src-shared/model/secrets'
import { equalBytes } from '../../crypto/bytes'
import type { JsonMember } from '../json-bytes'
import { parseOtpauthUri } from './otpauth-uri'

type Draft = Pick<Request<'saveSecret'>, 'fields' | 'values' | 'template'>

const variableName = /^[A-Za-z_][\w.-]*$/
const dateText = /^\d{4}-\d{2}-\d{2}$/
const longestDate = 10

/** The fields of a draft without what belongs to the request alone. */
export function fieldsOfDraft({ fields }: Pick<Draft, 'fields'>): readonly SecretField[] {
  return fields.map(({ name, kind, isSecret }) => ({ name, kind, isSecret }))
}

/**
 * The members that a draft asks for: values that are given are parts of the request, those that are kept are parts of
 * `current` (null: there is nothing to keep). INVALID_PARAMETER (fields, values).
 */
export function membersOfDraft(draft: Draft, current: readonly JsonMember[] | null): readonly JsonMember[] {
  const { fields, values, template } = draft
  requireNames(fields.map(({ name }) => name), template)
  const given = unpackValues(values)
  if (given?.length !== fields.filter(({ isGiven }) => isGiven).length) throw invalidParameter('values', 'must hold one value for each field that is given')
  if (!given.every((value) => isUtf8(value))) throw invalidParameter('values', 'must be UTF-8 text')
  let next = 0
  return fields.map(({ name, kind, isGiven, from = name }) => {
    const value = isGiven ? given[next++] : current?.find((member) => member.name === from)?.value
    if (!value) throw invalidParameter('fields', 'must be given where there is no value to keep')
    if (isGiven) requireKind(kind, value)
    return { name, value }
  })
}

/** Whether both have the same names with the same values, in any order. */
export function areSameMembers(a: readonly JsonMember[], b: readonly JsonMember[]): boolean {
  if (a.length !== b.length) return false
  const values = new Map(b.map(({ name, value }) => [name, value]))
  return a.every(({ name, value }) => {
    const other = values.get(name)
    return other !== undefined && equalBytes(value, other)
  })
}

function requireNames(names: readonly string[], template: SecretTemplate | null): void {
  if (new Set(names).size !== names.length) throw invalidParameter('fields', 'must not name a field twice')
  if (template === 'env' && !names.every((name) => variableName.test(name))) throw invalidParameter('fields', 'must have names of variables: letters, digits and _.-, and no digit in front')
}

/** An empty value is none, whatever its kind. */
function requireKind(kind: SecretField['kind'], value: Uint8Array): void {
  if (value.length === 0) return
  if (kind === 'totp') requireTotp(value)
  if (kind === 'date' && (value.length !== longestDate || !dateText.test(Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1')))) {
    throw invalidParameter('fields', 'must have dates as YYYY-MM-DD')
  }
}

function requireTotp(value: Uint8Array): void {
  const totp = parseOtpauthUri(value)
  totp?.secret.fill(0)
  if (!totp) throw invalidParameter('fields', 'must have one-time codes as an address otpauth://totp/')
}
