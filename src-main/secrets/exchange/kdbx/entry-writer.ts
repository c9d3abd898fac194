import type { SecretField } from '../../../../src-shared/model/secrets'
import { readStringObject } from '../../json-bytes'
import type { ExportedSecret, ExportedVersion } from '../exported'
import { descriptionString, favouriteItem, templateItem } from './entry'
import type { XmlWriter } from './xml-writer'

/** What KeePass calls the fields that it knows. */
const standardNames: ReadonlyMap<string, string> = new Map([
  ['username', 'UserName'],
  ['accountname', 'UserName'],
  ['password', 'Password'],
  ['accountpassword', 'Password'],
  ['url', 'URL'],
  ['notes', 'Notes'],
  ['note', 'Notes'],
  ['totp', 'otp'],
])
const reserved = new Set(['Title', 'UserName', 'Password', 'URL', 'Notes', 'otp', descriptionString])
/** Name of the file that a value of bytes becomes. */
const binaryName = 'value.bin'

/** A secret as an entry; `addFile` keeps a file and gives its number. */
export function writeEntry(xml: XmlWriter, title: string, secret: ExportedSecret, addFile: (bytes: Uint8Array) => number): void {
  const id = xml.newId()
  const files = secret.attachments.map(({ name, bytes }) => ({ name, ref: addFile(bytes) }))
  const current = secret.versions.at(-1)
  const write = (version: ExportedVersion, history: () => void) =>
    xml.element('Entry', () => {
      xml.text('UUID', id)
      xml.text('Tags', secret.tags.map(({ key, value }) => (value === '' ? key : `${key}=${value}`)).join(';'))
      writeTimes(xml, secret, version)
      writeStrings(xml, title, secret, version, addFile)
      for (const { name, ref } of files) xml.binary(name, ref)
      writeItems(xml, secret)
      history()
    })
  if (!current) return
  write(current, () => xml.element('History', () => secret.versions.slice(0, -1).forEach((version) => write(version, () => undefined))))
}

function writeTimes(xml: XmlWriter, { createdAt, expiresAt }: ExportedSecret, version: ExportedVersion): void {
  xml.element('Times', () => {
    xml.time('LastModificationTime', version.createdAt)
    xml.time('CreationTime', createdAt)
    xml.time('LastAccessTime', version.createdAt)
    xml.time('ExpiryTime', expiresAt ?? createdAt)
    xml.text('Expires', expiresAt === null ? 'False' : 'True')
    xml.text('UsageCount', '0')
    xml.time('LocationChanged', createdAt)
  })
}

function writeStrings(xml: XmlWriter, title: string, { description }: ExportedSecret, { dataType, data, fields }: ExportedVersion, addFile: (bytes: Uint8Array) => number): void {
  xml.string('Title', Buffer.from(title), false)
  if (description !== '') xml.string(descriptionString, Buffer.from(description), false)
  const members = dataType === 'text' ? readStringObject(data) : null
  const used = new Set<string>()
  for (const { name, value } of members ?? []) {
    const key = keyOf(name, used)
    used.add(key)
    xml.string(key, value, isProtected(name, key, fields))
  }
  if (dataType === 'binary') xml.binary(binaryName, addFile(data))
  else if (!members) xml.string('Password', data, true)
}

/** Hidden when the field is secret, or nobody knows; a password always is. */
function isProtected(name: string, key: string, fields: readonly SecretField[] | null): boolean {
  return key === 'Password' || (fields?.find((field) => field.name === name)?.isSecret ?? true)
}

/** The name that KeePass has for a field, or its own; numbered where that is taken. */
function keyOf(name: string, used: ReadonlySet<string>): string {
  const standard = standardNames.get(name.toLowerCase())
  if (standard !== undefined && !used.has(standard)) return standard
  let key = name
  for (let number = 2; used.has(key) || reserved.has(key) || key === ''; number++) key = `${name}-${number}`
  return key
}

/** What KeePass has no place for. */
function writeItems(xml: XmlWriter, { template, isFavourite }: ExportedSecret): void {
  const item = (key: string, value: string) =>
    xml.element('Item', () => {
      xml.text('Key', key)
      xml.text('Value', value)
    })
  xml.element('CustomData', () => {
    item(templateItem, template ?? 'none')
    if (isFavourite) item(favouriteItem, 'true')
  })
}
