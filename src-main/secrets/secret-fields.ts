import { secretLimits, templateFields, type SecretDataType, type SecretField, type SecretTemplate, type SecretType } from '../../src-shared/model/secrets'
import { readStringObject, zeroMembers, type JsonMember } from './json-bytes'
import type { SecretRecord } from './secret-record'

/** What a record says of the fields of its current version. */
export type FieldsOfValue = Pick<SecretRecord, 'fields' | 'publicValues'>

/** What is known of a secret's fields before its value is looked at. */
export interface KnownFields {
  readonly secretType: SecretType
  readonly template: SecretTemplate | null
  readonly fields: readonly SecretField[] | null
}

const noFields: FieldsOfValue = { fields: null, publicValues: new Map() }
const field = (name: string, kind: SecretField['kind'], isSecret: boolean): SecretField => ({ name, kind, isSecret })

/** Names in the values of managed secrets (kms-api 1.10). */
const managedFields: readonly SecretField[] = [
  field('AccountName', 'text', false),
  field('UserName', 'text', false),
  field('AccessKeyId', 'text', false),
  field('GenerateTimestamp', 'text', false),
  field('PublicKey', 'multiline', false),
  field('PrivateKey', 'multiline', true),
]

/**
 * The fields of a value and what those that are not secret hold: a text that is a flat JSON object of strings has fields,
 * any other has none. `given` are the fields as the user named them; otherwise a member is what the secret knew of it
 * before, or its template, and secret when nobody knows it.
 */
export function fieldsOfValue(data: Uint8Array, dataType: SecretDataType, known: KnownFields, given?: readonly SecretField[]): FieldsOfValue {
  const members = dataType === 'text' ? readStringObject(data) : null
  if (!members) return noFields
  const isListed = members.length <= secretLimits.fields && members.every(({ name }) => name.length > 0 && name.length <= secretLimits.fieldNameChars)
  const fields = given ?? members.map(({ name }) => fieldOf(name, known))
  const found = isListed ? { fields, publicValues: publicValuesOf(fields, members) } : noFields
  zeroMembers(members)
  return found
}

function fieldOf(name: string, { secretType, template, fields }: KnownFields): SecretField {
  const told = [...(fields ?? []), ...(template === null ? [] : templateFields[template]), ...(secretType === 'Generic' ? [] : managedFields)]
  return told.find((one) => one.name === name) ?? field(name, 'password', true)
}

function publicValuesOf(fields: readonly SecretField[], members: readonly JsonMember[]): ReadonlyMap<string, string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const shown = members.filter(({ name }) => fields.some((one) => one.name === name && !one.isSecret))
  return new Map(shown.map(({ name, value }) => [name, decoder.decode(value)]))
}
