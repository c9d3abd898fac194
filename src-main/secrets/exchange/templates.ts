import type { SecretTemplate } from '../../../src-shared/model/secrets'
import type { ImportedField } from './imported'

const loginFields = ['username', 'password', 'url', 'totp']

/** What an entry is for, when the file does not say: a login, a note, or nothing in particular. */
export function guessedTemplate(fields: readonly ImportedField[]): SecretTemplate | null {
  if (fields.some(({ name }) => loginFields.includes(name))) return 'login'
  return fields.length === 1 && fields[0]?.name === 'notes' ? 'note' : null
}

/** The fields by the names that a template gives them. */
export function fieldsFor(template: SecretTemplate | null, fields: readonly ImportedField[]): readonly ImportedField[] {
  if (template !== 'note' || fields.some(({ name }) => name === 'note')) return fields
  return fields.map((field) => (field.name === 'notes' ? { ...field, name: 'note' } : field))
}
