import { invalidParameter } from '../../../src-shared/errors'
import { secretNameProblem } from '../../../src-shared/model/secrets'
import { requireFreeName } from '../new-secret'
import type { SecretRecord } from '../secret-record'
import type { SecretSession } from '../secret-session'

/** The record under another name, or as it is. INVALID_PARAMETER (secretName), SECRET_EXISTS, SECRET_IN_DELETE_WINDOW. */
export function renamed(session: SecretSession, record: SecretRecord, name: string): SecretRecord {
  if (name === record.name) return record
  requireFreeName(session, name, record.secretType)
  return { ...record, name }
}

/** The record in another folder. INVALID_PARAMETER (`field`) when its name would not be allowed there. */
export function moved(record: SecretRecord, from: string, to: string, field: string): SecretRecord {
  const below = record.name.slice(from.length + 1)
  const name = to === '' ? below : `${to}/${below}`
  const problem = secretNameProblem(name, record.secretType)
  if (problem !== null) throw invalidParameter(field, problem)
  return { ...record, name }
}
