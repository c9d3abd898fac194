import type { ImportProblem } from '../../../../src-shared/model/import-problems'
import type { SecretTemplate } from '../../../../src-shared/model/secrets'
import { earlierVersions } from '../earlier-passwords'
import { FieldList } from '../field-list'
import { plainImport, type ImportedSecret, type ImportedVersion } from '../imported'
import { numberAt, objectAt, objectsAt, textAt, textsAt, type JsonObject } from '../json-values'

const itemTypes = { login: 1, note: 2, card: 3, identity: 4, sshKey: 5 } as const
const hiddenField = 1
const linkedField = 3

/** Fields of a card and of an identity, in the order in which people read them; the secret ones in the second list. */
const cardFields = ['cardholderName', 'brand', 'number', 'expMonth', 'expYear', 'code']
const identityFields = [
  'title', 'firstName', 'middleName', 'lastName', 'username', 'company', 'email', 'phone', 'address1', 'address2', 'address3',
  'city', 'state', 'postalCode', 'country', 'ssn', 'passportNumber', 'licenseNumber',
]
const secretDetails = new Set(['number', 'code', 'ssn', 'passportNumber', 'licenseNumber'])

/** An item; `folders` are the parts of the names of folders and collections by id. */
export function itemOf(item: JsonObject, folders: ReadonlyMap<string, readonly string[]>): ImportedSecret {
  const problems = new Set<ImportProblem>()
  const current = fieldsOf(item)
  for (const problem of current.problems) problems.add(problem)
  if (textAt(item, 'deletedDate') !== '') problems.add('is in the recycle bin of the file')
  if (objectsAt(objectAt(item, 'login'), 'fido2Credentials').length > 0) problems.add('a passkey was left out')
  return {
    ...plainImport,
    title: textAt(item, 'name'),
    folders: foldersOf(item, folders),
    template: templateOf(item),
    isFavourite: item['favorite'] === true,
    createdAt: timeOf(textAt(item, 'revisionDate')),
    fields: current.all,
    history: historyOf(item, current),
    problems: [...problems],
  }
}

function fieldsOf(item: JsonObject): FieldList {
  const list = new FieldList()
  const type = numberAt(item, 'type')
  if (type === itemTypes.login) addLogin(list, item)
  if (type === itemTypes.card) addDetails(list, objectAt(item, 'card'), cardFields)
  if (type === itemTypes.identity) addDetails(list, objectAt(item, 'identity'), identityFields)
  if (type === itemTypes.sshKey) addSshKey(list, objectAt(item, 'sshKey'))
  list.add(type === itemTypes.note ? 'note' : 'notes', 'multiline', textAt(item, 'notes'), true)
  for (const field of objectsAt(item, 'fields')) addCustom(list, field)
  return list
}

function addLogin(list: FieldList, item: JsonObject): void {
  const login = objectAt(item, 'login')
  const username = textAt(login, 'username')
  list.add('username', 'text', username, false)
  list.add('password', 'password', textAt(login, 'password'), true)
  objectsAt(login, 'uris').forEach((uri, at) => list.add(at === 0 ? 'url' : `url-${at + 1}`, 'url', textAt(uri, 'uri'), false))
  list.addTotp(textAt(login, 'totp'), { title: textAt(item, 'name'), account: username })
}

function addDetails(list: FieldList, details: JsonObject, names: readonly string[]): void {
  for (const name of names) list.add(name, secretDetails.has(name) ? 'password' : 'text', textAt(details, name), secretDetails.has(name))
}

function addSshKey(list: FieldList, key: JsonObject): void {
  list.add('private_key', 'multiline', textAt(key, 'privateKey'), true)
  list.add('public_key', 'multiline', textAt(key, 'publicKey'), false)
  list.add('fingerprint', 'text', textAt(key, 'keyFingerprint') || textAt(key, 'fingerprint'), false)
}

/** A linked field shows another one and has no value of its own. */
function addCustom(list: FieldList, field: JsonObject): void {
  const type = numberAt(field, 'type')
  if (type === linkedField) return
  const isSecret = type === hiddenField
  list.add(textAt(field, 'name'), isSecret ? 'password' : 'text', textAt(field, 'value'), isSecret)
}

/** Of a login: `lastUsedDate` of an earlier password is when the next one came. */
function historyOf(item: JsonObject, current: FieldList): ImportedVersion[] {
  if (numberAt(item, 'type') !== itemTypes.login) return []
  const earlier = objectsAt(item, 'passwordHistory').map((one) => ({ password: textAt(one, 'password'), until: timeOf(textAt(one, 'lastUsedDate')) }))
  earlier.sort((a, b) => (a.until ?? 0) - (b.until ?? 0))
  return earlierVersions(current, earlier.map(({ password }, at) => ({ password, createdAt: earlier[at - 1]?.until ?? null })))
}

function templateOf(item: JsonObject): SecretTemplate | null {
  const type = numberAt(item, 'type')
  if (type === itemTypes.login) return 'login'
  if (type === itemTypes.note) return 'note'
  return type === itemTypes.sshKey ? 'ssh-key' : null
}

function foldersOf(item: JsonObject, folders: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const [collection = ''] = textsAt(item, 'collectionIds')
  return folders.get(textAt(item, 'folderId')) ?? folders.get(collection) ?? []
}

function timeOf(text: string): number | null {
  const time = Date.parse(text)
  return Number.isFinite(time) && time >= 0 ? time : null
}
