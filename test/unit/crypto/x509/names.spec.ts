import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alternativeNameTexts, parseAlternativeNames } from '../../../../src-main/crypto/x509/alternative-names'
import { derOf } from '../../../../src-main/crypto/x509/extensions'
import { parseSubject, subjectText } from '../../../../src-main/crypto/x509/subject'
import { valueOrThrow } from './support'

const fieldsOf = (text: string) => {
  const result = parseSubject(text)
  return result.ok ? [] : result.problems.map(({ field }) => field)
}
const hexOf = (text: string) => Buffer.from(derOf(valueOrThrow(parseSubject(text)))).toString('hex')

describe('a subject', () => {
  it.each([
    ['CN=example.org,O=Example,OU=Keys,L=杭州,ST=Zhejiang,C=CN', 'CN=example.org,O=Example,OU=Keys,L=杭州,ST=Zhejiang,C=CN'],
    [' cn = a , o = b ', 'CN=a,O=b'],
    ['CN=a,S=b,E=c@example.org', 'CN=a,ST=b,emailAddress=c@example.org'],
    ['CN=a\\, b\\+c\\=d,O=\\"q\\"', 'CN=a\\, b\\+c=d,O=\\"q\\"'],
    ['CN=\\ a\\ ', 'CN=\\ a\\ '],
    ['CN=\\#a#', 'CN=\\#a#'],
    ['CN=\\E7\\94\\B5', 'CN=电'],
    ['CN=a=b', 'CN=a=b'],
    ['C=cn', 'C=CN'],
    ['OU=b+CN=a,DC=example,DC=org,serialNumber=12 (3)', 'CN=a+OU=b,DC=example,DC=org,serialNumber=12 (3)'],
  ])('%s', (text, shown) => {
    expect(subjectText(valueOrThrow(parseSubject(text)))).toBe(shown)
  })

  it('begins with what the text ends with, in the right kinds of strings', () => {
    // SEQUENCE { SET { SEQUENCE { C, PrintableString } }, SET { SEQUENCE { CN, UTF8String } } }
    expect(hexOf('CN=é,C=CN')).toBe('301a310b300906035504061302434e310b300906035504030c02c3a9')
  })

  it.each([
    ['', 'Subject'],
    ['   ', 'Subject'],
    ['example.org', 'Subject'],
    ['CN=a,', 'Subject'],
    ['XY=a', 'Subject'],
    [`CN=${'a'.repeat(2100)}`, 'Subject'],
    [Array.from({ length: 33 }, () => 'OU=a').join(), 'Subject'],
    ['CN=', 'Subject.CN'],
    [`CN=${'a'.repeat(65)}`, 'Subject.CN'],
    ['CN=a;b', 'Subject.CN'],
    ['CN="a"', 'Subject.CN'],
    ['CN=#0403', 'Subject.CN'],
    ['CN=a\\', 'Subject.CN'],
    ['CN=a\\x', 'Subject.CN'],
    ['CN=\\ff', 'Subject.CN'],
    ['CN=a\\00b', 'Subject.CN'],
    ['CN=a\nb', 'Subject.CN'],
    ['C=CHN', 'Subject.C'],
    ['C=C', 'Subject.C'],
    ['C=C1', 'Subject.C'],
    ['serialNumber=a@b', 'Subject.serialNumber'],
    ['emailAddress=é@example.org', 'Subject.emailAddress'],
  ])('is refused: %s', (text, field) => {
    expect(fieldsOf(text)).toEqual([field])
  })

  it('is refused with every problem at once', () => {
    expect(fieldsOf('CN=,C=CHN,O=ok')).toEqual(['Subject.CN', 'Subject.C'])
  })

  it('comes back from its own text, whatever the value', () => {
    const isValue = (text: string) => [...text].length <= 64 && !/\p{Cc}/u.test(text) && text.isWellFormed()
    const value = fc.string({ minLength: 1, maxLength: 64, unit: 'grapheme' }).filter(isValue)
    fc.assert(
      fc.property(value, (text) => {
        const escaped = [...text].map((character) => (' "#+,;<=>\\'.includes(character) ? `\\${character}` : character)).join('')
        const shown = subjectText(valueOrThrow(parseSubject(`CN=${escaped}`)))
        expect(subjectText(valueOrThrow(parseSubject(shown)))).toBe(shown)
      }),
    )
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseSubject(text)))
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('C', 'N', '=', ',', '+', '\\', ' ', '#', 'é', '2') }), (text) => void parseSubject(text)))
  })

  it('shows what cannot be seen', () => {
    expect(subjectText(valueOrThrow(parseSubject('CN=a\u202eb')))).toBe('CN=a\\e2\\80\\aeb')
  })
})

describe('alternative names', () => {
  it.each([
    ['dns:www.Example.org', 'dns:www.example.org'],
    ['dns:*.example.org', 'dns:*.example.org'],
    ['dns:localhost', 'dns:localhost'],
    ['ip:192.0.2.1', 'ip:192.0.2.1'],
    ['ip:2001:DB8:0:0:0:0:0:1', 'ip:2001:db8::1'],
    ['ip:::1', 'ip:::1'],
    ['ip:::ffff:192.0.2.1', 'ip:::ffff:c000:201'],
    ['email:first.last+tag@example.org', 'email:first.last+tag@example.org'],
    ['uri:https://example.org/a?b=c', 'uri:https://example.org/a?b=c'],
    ['uri:urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6', 'uri:urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6'],
  ])('%s', (entry, shown) => {
    expect(alternativeNameTexts(valueOrThrow(parseAlternativeNames([entry])))).toEqual([shown])
  })

  it.each([
    'example.org',
    'dns:',
    'dns:exämple.org',
    'dns:a..b',
    'dns:-a.org',
    'dns:a_b.org',
    'dns:*',
    'dns:a.*.org',
    'dns:192.0.2.1',
    `dns:${'a'.repeat(64)}.org`,
    `dns:${'a.'.repeat(130)}org`,
    'ip:192.0.2.256',
    'ip:192.0.2',
    'ip:192.0.2.01',
    'ip:0x7f.0.0.1',
    'ip:192.0.2.0/24',
    'ip:2001:db8::1::2',
    'ip:fe80::1%eth0',
    'ip:12345::',
    'email:example.org',
    'email:a b@example.org',
    'email:@example.org',
    'uri:example.org',
    'uri:https://a b/',
    'uri:https://[::/',
    'constructor:a',
    '__proto__:a',
  ])('are refused: %s', (entry) => {
    const result = parseAlternativeNames(['dns:example.org', entry])
    expect(result.ok ? [] : result.problems.map(({ field }) => field)).toEqual(['SubjectAlternativeNames.1'])
  })

  it('are 1 to 100', () => {
    expect(parseAlternativeNames([]).ok).toBe(false)
    expect(parseAlternativeNames(Array.from({ length: 100 }, (_, index) => `dns:h${index}.example.org`)).ok).toBe(true)
    expect(parseAlternativeNames(Array.from({ length: 101 }, () => 'dns:a.example.org')).ok).toBe(false)
  })
})
