import type { ImportProblem } from '../../../../src-shared/model/import-problems'
import type { SecretTemplate } from '../../../../src-shared/model/secrets'
import { FieldList } from '../field-list'
import { plainImport, type ImportedAttachment, type ImportedSecret, type ImportedVersion } from '../imported'
import { isObject, numberAt, objectAt, objectsAt, textAt, textsAt, type JsonObject } from '../json-values'
import { addSectionField } from './section-field'
import type { ExportedFiles } from './read-1pux'

/** Categories of 1Password that have a template here; any other item has none. */
const templates: Readonly<Record<string, SecretTemplate>> = {
  '001': 'login',
  '003': 'note',
  '005': 'login',
  '102': 'database',
  '110': 'login',
  '112': 'api-key',
  '114': 'ssh-key',
}
const usernameDesignation = 'username'
const passwordDesignation = 'password'
const passwordType = 'P'

/** An item of a vault, whose files are found in `files`. */
export function itemOf(item: JsonObject, folders: readonly string[], files: ExportedFiles): ImportedSecret {
  const problems = new Set<ImportProblem>()
  const overview = objectAt(item, 'overview')
  const template = templates[textAt(item, 'categoryUuid')] ?? null
  const attachments = attachmentsOf(item, files, problems)
  const current = fieldsOf(item, template, null)
  for (const problem of current.problems) problems.add(problem)
  if (isObject(objectAt(item, 'details')['passkey']) || isObject(overview['passkey'])) problems.add('a passkey was left out')
  if (textAt(item, 'state') === 'trashed' || item['trashed'] === true) problems.add('is in the recycle bin of the file')
  return {
    ...plainImport,
    title: textAt(overview, 'title'),
    folders,
    template,
    tags: [...textsAt(overview, 'tags'), ...(textAt(item, 'state') === 'archived' ? ['archived'] : [])],
    isFavourite: (numberAt(item, 'favIndex') ?? 0) > 0,
    createdAt: secondsOf(item, 'updatedAt'),
    fields: current.all,
    history: historyOf(item, template),
    attachments,
    problems: [...problems],
  }
}

function fieldsOf(item: JsonObject, template: SecretTemplate | null, password: string | null): FieldList {
  const list = new FieldList()
  const [details, overview] = [objectAt(item, 'details'), objectAt(item, 'overview')]
  const username = textAt(loginField(details, usernameDesignation) ?? {}, 'value')
  list.add('username', 'text', username, false)
  const current = passwordOf(details)
  list.add('password', 'password', current === '' ? '' : (password ?? current), true)
  addAddresses(list, overview)
  const label = { title: textAt(overview, 'title'), account: username }
  for (const section of objectsAt(details, 'sections')) {
    const isEarlier = (field: JsonObject) => current === '' && password !== null && textAt(field, 'id') === 'password'
    for (const field of objectsAt(section, 'fields')) addSectionField(list, isEarlier(field) ? { ...field, value: { concealed: password } } : field, textAt(section, 'title'), label)
  }
  for (const field of objectsAt(details, 'loginFields')) addLoginField(list, field)
  list.add(template === 'note' ? 'note' : 'notes', 'multiline', textAt(details, 'notesPlain'), true)
  return list
}

/** Of a login it is a field of the form, of an item of the category password it stands alone. */
function passwordOf(details: JsonObject): string {
  return textAt(loginField(details, passwordDesignation) ?? {}, 'value') || textAt(details, 'password')
}

function loginField(details: JsonObject, designation: string): JsonObject | undefined {
  return objectsAt(details, 'loginFields').find((field) => textAt(field, 'designation') === designation)
}

/** Further fields of the form of a web page; buttons and boxes have no value worth keeping. */
function addLoginField(list: FieldList, field: JsonObject): void {
  if ([usernameDesignation, passwordDesignation].includes(textAt(field, 'designation'))) return
  const isSecret = textAt(field, 'fieldType') === passwordType
  list.add(textAt(field, 'name') || textAt(field, 'id'), isSecret ? 'password' : 'text', textAt(field, 'value'), isSecret)
}

function addAddresses(list: FieldList, overview: JsonObject): void {
  const listed = objectsAt(overview, 'urls').map((entry) => textAt(entry, 'url'))
  const all = [...new Set([textAt(overview, 'url'), ...listed])].filter((url) => url !== '')
  all.forEach((url, at) => list.add(at === 0 ? 'url' : `url-${at + 1}`, 'url', url, false))
}

function attachmentsOf(item: JsonObject, files: ExportedFiles, problems: Set<ImportProblem>): ImportedAttachment[] {
  const details = objectAt(item, 'details')
  const inFields = objectsAt(details, 'sections').flatMap((section) => objectsAt(section, 'fields').map((field) => objectAt(objectAt(field, 'value'), 'file')))
  const all = [objectAt(details, 'documentAttributes'), ...inFields].filter((file) => textAt(file, 'documentId') !== '')
  return all.flatMap((file) => {
    const bytes = files.read(textAt(file, 'documentId'))
    if (!bytes) problems.add('an attachment is missing in the file')
    return bytes ? [{ name: textAt(file, 'fileName'), bytes }] : []
  })
}

/** Earlier passwords, oldest first, each with the other fields as they are now. */
function historyOf(item: JsonObject, template: SecretTemplate | null): ImportedVersion[] {
  const earlier = [...objectsAt(objectAt(item, 'details'), 'passwordHistory')].sort((a, b) => (numberAt(a, 'time') ?? 0) - (numberAt(b, 'time') ?? 0))
  const used = earlier.filter((one) => textAt(one, 'value') !== '')
  return used.map((one) => ({ fields: fieldsOf(item, template, textAt(one, 'value')).all, createdAt: secondsOf(one, 'time') }))
}

function secondsOf(object: JsonObject, name: string): number | null {
  const seconds = numberAt(object, name)
  return seconds !== null && seconds > 0 ? Math.floor(seconds) * 1000 : null
}
