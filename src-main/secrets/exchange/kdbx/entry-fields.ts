import type { ImportLoss } from '../../../../src-shared/model/import-problems'
import type { ImportedField } from '../imported'
import { FieldList } from '../field-list'
import { bytesOf, latin1Of } from '../text-bytes'
import { totpAddress, type TotpLabel } from '../totp-address'
import type { XmlElement } from './xml-reader'

/** The strings of an entry, of KeePass itself and of the user. */
export type EntryStrings = ReadonlyMap<string, EntryString>

export interface EntryString {
  readonly value: Uint8Array
  readonly isProtected: boolean
}

export interface FieldsFound {
  readonly fields: readonly ImportedField[]
  readonly problems: readonly ImportLoss[]
}

/** Names by which KeePass 2 and its plugins keep one-time codes. */
const secretNames = ['TimeOtp-Secret-Base32', 'TimeOtp-Secret', 'TimeOtp-Secret-Hex', 'TimeOtp-Secret-Base64', 'TOTP Seed'] as const
const settingNames = ['TimeOtp-Length', 'TimeOtp-Period', 'TimeOtp-Algorithm', 'TOTP Settings'] as const
const totpNames = new Set<string>(['otp', ...secretNames, ...settingNames])
const standardNames = new Set(['Title', 'UserName', 'Password', 'URL', 'Notes'])
const reference = /\{REF:[TUPANI]@[TUPANIO]:/i
const brace = 0x7b
const moreAddresses = /^KP2A_URL(_\d+)?$/
const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The fields of an entry. What KeePass protects is secret, and so are passwords, notes and one-time codes. */
export function fieldsOf(strings: EntryStrings): FieldsFound {
  const list = new FieldList()
  const isProtected = (name: string) => strings.get(name)?.isProtected ?? false
  list.add('username', 'text', valueOf(strings, 'UserName'), isProtected('UserName'))
  list.add('password', 'password', valueOf(strings, 'Password'), true)
  list.add('url', 'url', valueOf(strings, 'URL'), isProtected('URL'))
  addTotp(list, strings)
  list.add('notes', 'multiline', valueOf(strings, 'Notes'), true)
  for (const [name, { value, isProtected: isSecret }] of strings) {
    if (standardNames.has(name) || totpNames.has(name)) continue
    list.add(name, moreAddresses.test(name) ? 'url' : isSecret ? 'password' : 'text', value, isSecret)
  }
  const hasReference = [...strings.values()].some(({ value }) => value.includes(brace) && reference.test(latin1Of(value)))
  return { fields: list.all, problems: [...list.problems, ...(hasReference ? (['refers to another entry; kept as text'] as const) : [])] }
}

/** Reads the strings of an entry; a name that is there twice counts once. */
export function stringsOf(entry: XmlElement): Map<string, EntryString> {
  const strings = new Map<string, EntryString>()
  for (const child of entry.children) {
    if (child.name !== 'String') continue
    const [key, value] = [childOf(child, 'Key'), childOf(child, 'Value')]
    if (key && value) strings.set(textOf(key), { value: value.text, isProtected: isProtectedValue(value) })
  }
  return strings
}

export function childOf(parent: XmlElement, name: string): XmlElement | undefined {
  return parent.children.find((child) => child.name === name)
}

/** The text of an element that is no secret. */
export function textOf(element: XmlElement | undefined): string {
  return element ? Buffer.from(element.text).toString('utf8') : ''
}

/** Whether a value is enciphered in the file, or marked as one that KeePass hides. */
function isProtectedValue({ attributes }: XmlElement): boolean {
  return ['Protected', 'ProtectInMemory'].some((name) => attributes.get(name)?.toLowerCase() === 'true')
}

function valueOf(strings: EntryStrings, name: string): Uint8Array | undefined {
  return strings.get(name)?.value
}

function addTotp(list: FieldList, strings: EntryStrings): void {
  const label: TotpLabel = { title: stringOf(strings, 'Title'), account: stringOf(strings, 'UserName') }
  const given = stringOf(strings, 'otp')
  if (given !== '') list.addTotp(given, label)
  const name = secretNames.find((one) => stringOf(strings, one) !== '')
  const secret = name === undefined || given !== '' ? null : base32Of(name, stringOf(strings, name))
  const address = secret === null ? null : totpAddress({ secret, ...settingsOf(strings) }, label)
  if (address) list.add('totp', 'totp', address, true)
  if (given === '' && !address) keepAsText(list, strings)
}

/** What no code can be made of stays as it was found. */
function keepAsText(list: FieldList, strings: EntryStrings): void {
  for (const name of [...secretNames, ...settingNames]) {
    if (stringOf(strings, name) === '') continue
    list.problems.add('a one-time code could not be read; kept as text')
    list.add(name, 'password', valueOf(strings, name), true)
  }
}

function settingsOf(strings: EntryStrings): { digits?: number; periodSeconds?: number; algorithm?: 'SHA1' | 'SHA256' | 'SHA512' } {
  const [period, digits] = stringOf(strings, 'TOTP Settings').split(';')
  const algorithm = /^HMAC-SHA-?(256|512)$/i.exec(stringOf(strings, 'TimeOtp-Algorithm'))?.[1]
  return {
    digits: Number(stringOf(strings, 'TimeOtp-Length') || digits || 6),
    periodSeconds: Number(stringOf(strings, 'TimeOtp-Period') || period || 30),
    algorithm: algorithm === '256' ? 'SHA256' : algorithm === '512' ? 'SHA512' : 'SHA1',
  }
}

function base32Of(name: (typeof secretNames)[number], text: string): string {
  if (name === 'TimeOtp-Secret') return encodeBase32(bytesOf(text))
  if (name === 'TimeOtp-Secret-Hex') return encodeBase32(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'))
  if (name === 'TimeOtp-Secret-Base64') return encodeBase32(Buffer.from(text, 'base64'))
  return text
}

function encodeBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((group) => base32Alphabet[Number.parseInt(group.padEnd(5, '0'), 2)]).join('')
}

function stringOf(strings: EntryStrings, name: string): string {
  const value = valueOf(strings, name)
  return value ? Buffer.from(value).toString('utf8') : ''
}
