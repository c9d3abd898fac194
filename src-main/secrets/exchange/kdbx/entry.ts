import type { ImportProblem } from '../../../../src-shared/model/import-problems'
import { secretTemplates, type SecretTemplate } from '../../../../src-shared/model/secrets'
import { AttachmentList } from '../attachment-list'
import { plainImport, type ImportedSecret, type ImportedVersion } from '../imported'
import { fieldsFor, guessedTemplate } from '../templates'
import { base64Of } from '../text-bytes'
import { childOf, fieldsOf, stringsOf, textOf, type EntryString } from './entry-fields'
import type { XmlElement } from './xml-reader'

/** What an entry says; its folders are its group's business. */
export type Entry = Omit<ImportedSecret, 'folders'>

/** Item of the custom data of an entry by which a template survives an export and an import. */
export const templateItem = 'Keystead template'
/** Another, for favourites. */
export const favouriteItem = 'Keystead favourite'
/** The string of the description, in files that we wrote. */
export const descriptionString = 'Description'
/** Seconds from the year 1 to 1970. */
export const epochSeconds = 62_135_596_800n
const latestTime = 8.64e15

/** Reads an entry, whose protected values have been deciphered; files are found in `binaries`. */
export function entryOf(entry: XmlElement, binaries: ReadonlyMap<string, Uint8Array>): Entry {
  const strings = stringsOf(entry)
  const told = templateOf(entry)
  const description = told === undefined ? '' : takeText(strings, descriptionString)
  const { fields, problems: fieldProblems } = fieldsOf(strings)
  const attachments = attachmentsOf(entry, binaries)
  const problems = new Set<ImportProblem>([...fieldProblems, ...attachments.problems])
  const template = told === undefined ? guessedTemplate(fields) : told
  const times = childOf(entry, 'Times')
  return {
    ...plainImport,
    title: textOfString(strings.get('Title')),
    template,
    description,
    tags: tagsOf(entry),
    isFavourite: itemOf(entry, favouriteItem) !== undefined,
    expiresAt: expiryOf(times, problems),
    createdAt: timeOf(times, 'LastModificationTime'),
    fields: fieldsFor(template, fields),
    history: historyOf(entry, template, problems),
    attachments: attachments.all,
    problems: [...problems],
  }
}

/** Oldest first, as KeePass keeps them. */
function historyOf(entry: XmlElement, template: SecretTemplate | null, problems: Set<ImportProblem>): ImportedVersion[] {
  const older = childOf(entry, 'History')?.children.filter(({ name }) => name === 'Entry') ?? []
  if (older.length === 0) return []
  const files = new Set(refsOf(entry))
  if (older.some((one) => refsOf(one).some((ref) => !files.has(ref)))) problems.add('files of older versions were left out')
  return older.map((one) => {
    const strings = stringsOf(one)
    if (templateOf(one) !== undefined) strings.delete(descriptionString)
    return { fields: fieldsFor(template, fieldsOf(strings).fields), createdAt: timeOf(childOf(one, 'Times'), 'LastModificationTime') }
  })
}

function attachmentsOf(entry: XmlElement, binaries: ReadonlyMap<string, Uint8Array>): AttachmentList {
  const list = new AttachmentList()
  for (const child of entry.children) {
    if (child.name !== 'Binary') continue
    const bytes = binaries.get(refOf(child))
    list.add(textOf(childOf(child, 'Key')), bytes ? { sizeBytes: bytes.length, read: () => bytes } : null)
  }
  return list
}

function refsOf(entry: XmlElement): string[] {
  return entry.children.filter(({ name }) => name === 'Binary').map(refOf)
}

function refOf(binary: XmlElement): string {
  return childOf(binary, 'Value')?.attributes.get('Ref') ?? ''
}

/** Of a file that we wrote: the template, null for a secret without one. Undefined for any other entry. */
function templateOf(entry: XmlElement): SecretTemplate | null | undefined {
  const told = itemOf(entry, templateItem)
  return told === undefined ? undefined : (secretTemplates.find((template) => template === told) ?? null)
}

function itemOf(entry: XmlElement, key: string): string | undefined {
  const items = childOf(entry, 'CustomData')?.children ?? []
  const item = items.find((one) => textOf(childOf(one, 'Key')) === key)
  return item && textOf(childOf(item, 'Value'))
}

function takeText(strings: Map<string, EntryString>, name: string): string {
  const text = textOfString(strings.get(name))
  strings.delete(name)
  return text
}

function textOfString(string: EntryString | undefined): string {
  return string ? Buffer.from(string.value).toString('utf8') : ''
}

function tagsOf(entry: XmlElement): string[] {
  const tags = textOf(childOf(entry, 'Tags')).split(/[;,]/).map((tag) => tag.trim())
  return tags.filter((tag, at) => tag !== '' && tags.indexOf(tag) === at)
}

function expiryOf(times: XmlElement | undefined, problems: Set<ImportProblem>): number | null {
  if (!times || textOf(childOf(times, 'Expires')).toLowerCase() !== 'true') return null
  const time = timeOf(times, 'ExpiryTime')
  if (time === null) problems.add('the expiry date could not be read')
  return time
}

/** Base64 of the seconds since the year 1 (8 bytes, little-endian), or ISO 8601. Null for times before 1970. */
function timeOf(times: XmlElement | undefined, name: string): number | null {
  const text = times ? textOf(childOf(times, name)) : ''
  const bytes = text.includes(':') ? null : base64Of(text)
  const time = bytes?.length === 8 ? Number((Buffer.from(bytes).readBigInt64LE() - epochSeconds) * 1000n) : Date.parse(text)
  return Number.isSafeInteger(time) && time >= 0 && time < latestTime ? time : null
}
