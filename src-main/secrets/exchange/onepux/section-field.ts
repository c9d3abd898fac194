import type { FieldList } from '../field-list'
import { isObject, textAt, type JsonObject } from '../json-values'
import type { TotpLabel } from '../totp-address'

/** Names that 1Password gives to fields of its categories, and what the templates here call them. */
const templateNames: Readonly<Record<string, string>> = {
  hostname: 'host',
  database_type: 'engine',
  credential: 'key',
  username: 'username',
  password: 'password',
  port: 'port',
  database: 'database',
  private_key: 'private_key',
}
const secretKinds = new Set(['concealed', 'creditCardNumber', 'sshKey'])
const addressParts = ['street', 'city', 'state', 'zip', 'country']

/** A field of a section: its value is an object with one member, whose name says what it is. */
export function addSectionField(list: FieldList, field: JsonObject, sectionTitle: string, label: TotpLabel): void {
  const [kind, value] = Object.entries(isObject(field['value']) ? field['value'] : {})[0] ?? ['', null]
  const name = nameOf(field, sectionTitle)
  if (kind === 'file') return
  if (kind === 'totp') return list.addTotp(String(value ?? ''), label, list.has('totp') ? name : 'totp')
  if (kind === 'sshKey' && isObject(value)) return addSshKey(list, value)
  const isSecret = secretKinds.has(kind)
  list.add(name, kind === 'date' ? 'date' : kind === 'url' ? 'url' : isSecret ? 'password' : 'text', plainText(kind, value), isSecret)
}

function nameOf(field: JsonObject, sectionTitle: string): string {
  const id = textAt(field, 'id')
  const known = templateNames[id]
  if (known !== undefined) return known
  const title = textAt(field, 'title') || id
  return sectionTitle === '' ? title : `${sectionTitle}: ${title}`
}

function addSshKey(list: FieldList, key: JsonObject): void {
  const metadata = isObject(key['metadata']) ? key['metadata'] : {}
  list.add('private_key', 'multiline', textAt(metadata, 'privateKey') || textAt(key, 'privateKey'), true)
  list.add('public_key', 'multiline', textAt(metadata, 'publicKey'), false)
  list.add('fingerprint', 'text', textAt(metadata, 'fingerprint'), false)
}

function plainText(kind: string, value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return kind === 'date' ? dateOf(value) : kind === 'monthYear' ? monthOf(value) : String(value)
  if (!isObject(value)) return ''
  if (kind === 'email') return textAt(value, 'email_address')
  if (kind === 'address') return addressParts.map((part) => textAt(value, part)).filter((part) => part !== '').join('\n')
  return Object.values(value).filter((part) => typeof part === 'string' && part !== '').join('\n')
}

/** Seconds since the epoch. */
function dateOf(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().slice(0, 10)
}

/** 202612 is December 2026. */
function monthOf(value: number): string {
  const text = String(value)
  return text.length === 6 ? `${text.slice(0, 4)}-${text.slice(4)}` : text
}
