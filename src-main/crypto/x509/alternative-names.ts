import { GeneralName, SubjectAlternativeName } from '@peculiar/asn1-x509'
import { allOf, refused, type Checked } from './checked'

const maxNames = 100
const maxDnsLength = 253
const maxUriLength = 1024
const field = 'SubjectAlternativeNames'

const readers: Readonly<Record<string, (value: string) => GeneralName | string>> = {
  dns: readDns,
  ip: readIp,
  email: readEmail,
  uri: readUri,
}

/**
 * Subject alternative names (RFC 5280 4.2.1.6) from entries such as "dns:*.example.org", "ip:192.0.2.1", "ip:2001:db8::1",
 * "email:a@example.org" and "uri:https://example.org/": 1 to 100 of them. Problems name the field as
 * "SubjectAlternativeNames.0".
 */
export function parseAlternativeNames(entries: readonly string[]): Checked<SubjectAlternativeName> {
  if (entries.length === 0 || entries.length > maxNames) return refused(field, `must have 1 to ${maxNames} entries`)
  const names = allOf(entries.map((entry, index) => readEntry(entry, `${field}.${index}`)))
  return names.ok ? { ok: true, value: new SubjectAlternativeName(names.value) } : names
}

/** The names as entries that parseAlternativeNames takes; other kinds of names are shown by their kind alone. */
export function alternativeNameTexts(names: Iterable<GeneralName>): string[] {
  return [...names].map(({ dNSName, iPAddress, rfc822Name, uniformResourceIdentifier }) => {
    if (dNSName !== undefined) return `dns:${visible(dNSName)}`
    if (iPAddress !== undefined) return `ip:${visible(iPAddress)}`
    if (rfc822Name !== undefined) return `email:${visible(rfc822Name)}`
    if (uniformResourceIdentifier !== undefined) return `uri:${visible(uniformResourceIdentifier)}`
    return 'other:'
  })
}

function readEntry(entry: string, ownField: string): Checked<GeneralName> {
  const colon = entry.indexOf(':')
  const read = Object.hasOwn(readers, entry.slice(0, colon)) ? readers[entry.slice(0, colon)] : undefined
  if (read === undefined) return refused(ownField, 'must begin with dns:, ip:, email: or uri:')
  const name = read(entry.slice(colon + 1))
  return typeof name === 'string' ? refused(ownField, name) : { ok: true, value: name }
}

function readDns(value: string): GeneralName | string {
  if (!isHostName(value.startsWith('*.') ? value.slice(2) : value)) return 'must be a host name in ASCII, such as www.example.org or *.example.org'
  return new GeneralName({ dNSName: value.toLowerCase() })
}

function readIp(value: string): GeneralName | string {
  const address = isIpv4(value) ? value : canonicalIpv6(value)
  return address === null ? 'must be an IPv4 or IPv6 address' : new GeneralName({ iPAddress: address })
}

function readEmail(value: string): GeneralName | string {
  const at = value.lastIndexOf('@')
  const isAddress = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}$/.test(value.slice(0, at)) && isHostName(value.slice(at + 1))
  return at > 0 && isAddress ? new GeneralName({ rfc822Name: value }) : 'must be an e-mail address in ASCII'
}

function readUri(value: string): GeneralName | string {
  const isUri = /^[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]+$/.test(value) && value.length <= maxUriLength && URL.canParse(value)
  return isUri ? new GeneralName({ uniformResourceIdentifier: value }) : 'must be an absolute URI in ASCII'
}

/** Labels of letters, digits and inner hyphens (RFC 1123 2.1); the last one is not a number, as in an address. */
function isHostName(value: string): boolean {
  const labels = value.split('.')
  const areLabels = labels.every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label))
  return value.length <= maxDnsLength && areLabels && !/^\d+$/.test(labels.at(-1) ?? '')
}

function isIpv4(value: string): boolean {
  const parts = value.split('.')
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
}

/** The one text of an IPv6 address (RFC 5952), as the URL parser writes it; null for anything else. */
function canonicalIpv6(value: string): string | null {
  const host = `http://[${value}]/`
  return /^[0-9A-Fa-f:.]{2,45}$/.test(value) && URL.canParse(host) ? new URL(host).hostname.slice(1, -1) : null
}

function visible(text: string): string {
  return text.replace(/[^\x21-\x7e]/gu, '?')
}
