import type { ImportProblem } from '../../../../src-shared/model/import-problems'
import type { SecretTemplate } from '../../../../src-shared/model/secrets'
import { AttachmentList } from '../attachment-list'
import { earlierVersions } from '../earlier-passwords'
import { FieldList } from '../field-list'
import { plainImport, type ImportedSecret, type ImportedVersion } from '../imported'
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
  const overview = objectAt(item, 'overview')
  const template = templates[textAt(item, 'categoryUuid')] ?? null
  const attachments = attachmentsOf(item, files)
  const current = fieldsOf(item, template)
  const problems = new Set<ImportProblem>([...attachments.problems, ...current.problems])
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
    history: historyOf(item, current),
    attachments: attachments.all,
    problems: [...problems],
  }
}

function fieldsOf(item: JsonObject, template: SecretTemplate | null): FieldList {
  const list = new FieldList()
  const [details, overview] = [objectAt(item, 'details'), objectAt(item, 'overview')]
  const username = textAt(loginField(details, usernameDesignation) ?? {}, 'value')
  list.add('username', 'text', username, false)
  list.add('password', 'password', passwordOf(details), true)
  addAddresses(list, overview)
  const label = { title: textAt(overview, 'title'), account: username }
  for (const section of objectsAt(details, 'sections')) {
    for (const field of objectsAt(section, 'fields')) addSectionField(list, field, textAt(section, 'title'), label)
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

function attachmentsOf(item: JsonObject, files: ExportedFiles): AttachmentList {
  const list = new AttachmentList()
  const details = objectAt(item, 'details')
  const inFields = objectsAt(details, 'sections').flatMap((section) => objectsAt(section, 'fields').map((field) => objectAt(objectAt(field, 'value'), 'file')))
  const all = [objectAt(details, 'documentAttributes'), ...inFields].filter((file) => textAt(file, 'documentId') !== '')
  for (const file of all) list.add(textAt(file, 'fileName'), files.find(textAt(file, 'documentId')))
  return list
}

function historyOf(item: JsonObject, current: FieldList): ImportedVersion[] {
  const earlier = [...objectsAt(objectAt(item, 'details'), 'passwordHistory')].sort((a, b) => (numberAt(a, 'time') ?? 0) - (numberAt(b, 'time') ?? 0))
  return earlierVersions(current, earlier.map((one) => ({ password: textAt(one, 'value'), createdAt: secondsOf(one, 'time') })))
}

function secondsOf(object: JsonObject, name: string): number | null {
  const seconds = numberAt(object, name)
  return seconds !== null && seconds > 0 ? Math.floor(seconds) * 1000 : null
}
