import { AttributeTypeAndValue, AttributeValue, Name, RelativeDistinguishedName } from '@peculiar/asn1-x509'
import { allOf, refused, type Checked } from './checked'
import { derOf } from './extensions'
import { escapeValue, splitUnescaped, unescapeValue } from './rfc4514'

/** An attribute of a name that can be written and is shown by its short name. */
interface Attribute {
  name: string
  aliases?: readonly string[]
  oid: string
  /** Upper bound in characters (RFC 5280 appendix A.1). */
  maxLength: number
  encode: (value: string) => AttributeValue | null
  /** What is wrong with a value that cannot be encoded. */
  problem?: string
}

const maxTextLength = 2048
const maxAttributes = 32
const field = 'Subject'
const commonNameOid = '2.5.4.3'

const attributes: readonly Attribute[] = [
  { name: 'CN', oid: commonNameOid, maxLength: 64, encode: encodeUtf8 },
  { name: 'O', oid: '2.5.4.10', maxLength: 64, encode: encodeUtf8 },
  { name: 'OU', oid: '2.5.4.11', maxLength: 64, encode: encodeUtf8 },
  { name: 'C', oid: '2.5.4.6', maxLength: 64, encode: encodeCountry, problem: 'must be a country code of two letters' },
  { name: 'L', oid: '2.5.4.7', maxLength: 128, encode: encodeUtf8 },
  { name: 'ST', aliases: ['S'], oid: '2.5.4.8', maxLength: 128, encode: encodeUtf8 },
  { name: 'serialNumber', oid: '2.5.4.5', maxLength: 64, encode: encodePrintable },
  { name: 'DC', oid: '0.9.2342.19200300.100.1.25', maxLength: 63, encode: encodeIa5 },
  { name: 'emailAddress', aliases: ['E'], oid: '1.2.840.113549.1.9.1', maxLength: 255, encode: encodeIa5 },
]
const knownNames = attributes.map(({ name }) => name).join(', ')

/**
 * A distinguished name from its text (RFC 4514), such as "CN=example.org,O=Example,C=CN". As that RFC has it, the text
 * begins with what the name ends with. Values are UTF8String, but C and serialNumber (PrintableString), DC and
 * emailAddress (IA5String). Problems name the field as "Subject" or "Subject.CN".
 */
export function parseSubject(text: string): Checked<Name> {
  if (text.trim() === '' || text.length > maxTextLength) return refused(field, `must be a name of 1 to ${maxTextLength} characters, such as CN=example.org`)
  const parts = splitUnescaped(text, ',')
  const names = allOf(parts.map(parseRelative))
  if (!names.ok) return names
  if (names.value.reduce((count, name) => count + name.length, 0) > maxAttributes) return refused(field, `must have at most ${maxAttributes} attributes`)
  return { ok: true, value: new Name(names.value.toReversed()) }
}

/** Whether the name has a common name (CN). */
export function hasCommonName(name: Name): boolean {
  return [...name].some((relative) => [...relative].some(({ type }) => type === commonNameOid))
}

/** The text (RFC 4514) of a name. What cannot be seen is escaped; attributes without a short name are shown by number. */
export function subjectText(name: Name): string {
  return [...name].toReversed().map(relativeText).join(',')
}

function parseRelative(text: string): Checked<RelativeDistinguishedName> {
  const members = allOf(splitUnescaped(text, '+').map(parseAttribute))
  return members.ok ? { ok: true, value: new RelativeDistinguishedName(inOrderOfDer(members.value)) } : members
}

function parseAttribute(text: string): Checked<AttributeTypeAndValue> {
  const equals = text.indexOf('=')
  const type = text.slice(0, equals).trim().toLowerCase()
  const attribute = attributes.find(({ name, aliases = [] }) => [name, ...aliases].some((known) => known.toLowerCase() === type))
  if (equals < 0 || attribute === undefined) return refused(field, `must consist of parts such as CN=..., of ${knownNames}`)
  const value = unescapeValue(text.slice(equals + 1))
  const ownField = `${field}.${attribute.name}`
  if (value === null) return refused(ownField, 'must escape special characters with a backslash, as RFC 4514 says')
  const length = [...value].length
  if (length === 0 || length > attribute.maxLength) return refused(ownField, `must have 1 to ${attribute.maxLength} characters`)
  if (/\p{Cc}/u.test(value)) return refused(ownField, 'must not have control characters')
  const encoded = attribute.encode(value)
  if (encoded === null) return refused(ownField, attribute.problem ?? 'has characters that are not allowed here')
  return { ok: true, value: new AttributeTypeAndValue({ type: attribute.oid, value: encoded }) }
}

/** DER asks for this order in a set. */
function inOrderOfDer(members: readonly AttributeTypeAndValue[]): AttributeTypeAndValue[] {
  return members.toSorted((a, b) => Buffer.compare(derOf(a), derOf(b)))
}

function relativeText(name: RelativeDistinguishedName): string {
  return [...name].map(({ type, value }) => `${attributes.find(({ oid }) => oid === type)?.name ?? type}=${escapeValue(value.toString())}`).join('+')
}

function encodeUtf8(value: string): AttributeValue {
  return new AttributeValue({ utf8String: value })
}

function encodeCountry(value: string): AttributeValue | null {
  return /^[A-Za-z]{2}$/.test(value) ? new AttributeValue({ printableString: value.toUpperCase() }) : null
}

function encodePrintable(value: string): AttributeValue | null {
  return /^[A-Za-z0-9 '()+,./:=?-]+$/.test(value) ? new AttributeValue({ printableString: value }) : null
}

function encodeIa5(value: string): AttributeValue | null {
  return /^[\x20-\x7e]+$/.test(value) ? new AttributeValue({ ia5String: value }) : null
}
