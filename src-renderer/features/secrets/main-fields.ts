import type { SecretFieldView } from '../../../src-shared/contract/secret-window'

/** What people copy from a secret without looking at it. */
export type CopyWish = 'password' | 'user' | 'code'

/** Part of a secret that is copied: a field, the code of one, or all of the value. */
export interface CopyPart {
  /** Null: all of the value. */
  field: string | null
  as: 'value' | 'totp'
}

const userNames = ['username', 'accountname', 'user', 'login', 'key_id', 'accesskeyid', 'email', 'host']

/** The field with the password: the first that is one, otherwise the first that is secret. */
function passwordField(fields: readonly SecretFieldView[]): SecretFieldView | undefined {
  const secret = fields.filter(({ isSecret, hasValue, kind }) => isSecret && hasValue && kind !== 'totp')
  return secret.find(({ kind }) => kind === 'password') ?? secret[0]
}

function userField(fields: readonly SecretFieldView[]): SecretFieldView | undefined {
  const filled = fields.filter(({ hasValue, kind }) => hasValue && kind === 'text')
  const named = userNames.map((name) => filled.find((field) => field.name.toLowerCase() === name)).find((field) => field !== undefined)
  return named ?? filled[0]
}

/** What a wish means for a secret with these fields (null: its value is no set of fields); null when there is nothing of the kind. */
export function partOf(wish: CopyWish, fields: readonly SecretFieldView[] | null): CopyPart | null {
  if (fields === null) return wish === 'password' ? { field: null, as: 'value' } : null
  if (wish === 'code') {
    const code = fields.find(({ kind, hasValue }) => kind === 'totp' && hasValue)
    return code ? { field: code.name, as: 'totp' } : null
  }
  const field = wish === 'password' ? passwordField(fields) : userField(fields)
  return field ? { field: field.name, as: 'value' } : null
}
