import type { SecretField } from '../../../src-shared/model/secrets'
import { copyBytes, zero } from '../../crypto/bytes'
import { hmacSha256 } from '../../crypto/hmac'
import { readStringObject, zeroMembers } from '../json-bytes'
import type { SecretRecord } from '../secret-record'

/** Something in a value that should be hard to guess and nowhere else. */
export interface CheckedValue {
  /** Null: the whole value. */
  readonly field: string | null
  /** In memory of its own. */
  readonly value: Uint8Array
}

/** What the estimator looks at, whatever the characters are. */
const estimatedBytes = 72 * 4
const longestWholeValue = 256
const secretVariable = /pass|pwd|secret|token|key|credential/i

/** The passwords in a value (text, borrowed), for the caller to zero. */
export function passwordsIn({ fields, template }: Pick<SecretRecord, 'fields' | 'template'>, data: Uint8Array): CheckedValue[] {
  if (fields === null) return isOneWord(data) ? [{ field: null, value: copyBytes(data) }] : []
  const members = readStringObject(data) ?? []
  const wanted = members.filter(({ name, value }) => value.length > 0 && fields.some((field) => field.name === name && isPassword(field, template)))
  const passwords = wanted.map(({ name, value }) => ({ field: name, value: copyBytes(value) }))
  zeroMembers(members)
  return passwords
}

/** What stands for a value in a search for the same ones: it tells nothing without the key of the run. */
export function markOf(runKey: Uint8Array, { value }: CheckedValue): string {
  const mac = hmacSha256(runKey, value)
  const mark = Buffer.from(mac.buffer, mac.byteOffset, mac.length).toString('latin1')
  zero(mac)
  return mark
}

/** The part of a value that is looked at for its strength: more cannot make it weaker. */
export function estimatedPart({ value }: CheckedValue): Uint8Array {
  return value.subarray(0, estimatedBytes)
}

/** In a set of variables there are many that are no secret at all. */
function isPassword({ name, kind, isSecret }: SecretField, template: SecretRecord['template']): boolean {
  return isSecret && kind === 'password' && (template !== 'env' || secretVariable.test(name))
}

function isOneWord(data: Uint8Array): boolean {
  return data.length > 0 && data.length <= longestWholeValue && !data.some((byte) => byte <= 0x20)
}
