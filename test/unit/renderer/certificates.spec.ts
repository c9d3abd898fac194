import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { certificateName, fileNameOf, standingLooks, standingOf } from '../../../src-renderer/features/keys/certificates/certificate-looks'
import { emptySubject, readAlternativeNames, subjectFault, subjectText } from '../../../src-renderer/components/certificates/subject-draft'
import { parseAlternativeNames } from '../../../src-main/crypto/x509/alternative-names'
import { parseSubject, subjectText as shownSubject } from '../../../src-main/crypto/x509/subject'
import { certificateStatuses } from '../../../src-shared/contract/certificates'

describe('the subject of a new certificate', () => {
  it('is written as RFC 4514 has it, without empty parts', () => {
    expect(subjectText({ ...emptySubject(), CN: ' www.example.com ', O: 'A "B", C+D', C: 'CN' })).toBe(String.raw`CN=www.example.com,O=A \"B\"\, C\+D,C=CN`)
    expect(subjectText({ ...emptySubject(), CN: '#1 \\ 2' })).toBe(String.raw`CN=\#1 \\ 2`)
  })

  it('is understood by the vault as it was meant', () => {
    const value = fc.stringMatching(/^[ -~äß密钥]{1,40}$/).filter((text) => text.trim() !== '')
    fc.assert(
      fc.property(value, value, value, (name, organization, city) => {
        const draft = { ...emptySubject(), CN: name, O: organization, L: city, C: 'de' }
        expect(subjectFault(draft)).toBeNull()
        const parsed = parseSubject(subjectText(draft))
        if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
        const values = [...parsed.value].map(([attribute]) => attribute?.value.toString())
        expect(values).toEqual([city.trim(), 'DE', organization.trim(), name.trim()])
        expect(certificateName(shownSubject(parsed.value))).toBe(name.trim())
      }),
    )
  })

  it('says what is wrong', () => {
    expect(subjectFault(emptySubject())).toBe('noName')
    expect(subjectFault({ ...emptySubject(), CN: 'x', C: 'CHN' })).toBe('country')
    expect(subjectFault({ ...emptySubject(), CN: 'x', C: '1A' })).toBe('country')
    expect(subjectFault({ ...emptySubject(), CN: 'x'.repeat(65) })).toBe('tooLong')
    expect(subjectFault({ ...emptySubject(), CN: '密'.repeat(64) })).toBeNull()
  })
})

describe('alternative names', () => {
  it('are told by their form, once each', () => {
    const { names, fault } = readAlternativeNames('www.example.com\n192.0.2.1, 2001:db8::1\n ops@example.com\nhttps://example.com/a\nDNS: x.example\nwww.example.com\n\n')
    expect(fault).toBeNull()
    expect(names).toEqual(['dns:www.example.com', 'ip:192.0.2.1', 'ip:2001:db8::1', 'email:ops@example.com', 'uri:https://example.com/a', 'dns:x.example'])
    expect(parseAlternativeNames(names).ok).toBe(true)
    expect(readAlternativeNames(' \n,').names).toEqual([])
  })

  it('are at most ten, in ASCII', () => {
    const many = Array.from({ length: 11 }, (_, index) => `h${index}.example`).join('\n')
    expect(readAlternativeNames(many).fault).toBe('tooMany')
    expect(readAlternativeNames(many.split('\n').slice(1).join('\n')).names).toHaveLength(10)
    expect(readAlternativeNames('a b').fault).toBe('badName')
    expect(readAlternativeNames('密钥.example').fault).toBe('badName')
    expect(readAlternativeNames('dns:').fault).toBe('badName')
  })
})

describe('how a certificate is shown', () => {
  const at = Date.parse('2026-06-01T00:00:00Z')
  const valid = { notBefore: '2026-01-01T00:00:00Z', notAfter: '2027-01-01T00:00:00Z' }

  it('tells expiry only of active ones', () => {
    expect(standingOf({ status: 'ACTIVE', ...valid }, at)).toBe('ACTIVE')
    expect(standingOf({ status: 'ACTIVE', ...valid, notAfter: '2026-05-31T23:59:59Z' }, at)).toBe('EXPIRED')
    expect(standingOf({ status: 'ACTIVE', ...valid, notBefore: '2026-06-01T00:00:01Z' }, at)).toBe('EARLY')
    expect(standingOf({ status: 'REVOKED', ...valid, notAfter: '2026-05-31T23:59:59Z' }, at)).toBe('REVOKED')
    expect(standingOf({ status: 'PENDING', notBefore: null, notAfter: null }, at)).toBe('PENDING')
    expect(certificateStatuses.every((status) => status in standingLooks)).toBe(true)
  })

  it('by its common name', () => {
    expect(certificateName(String.raw`O=Example\, Ltd,CN=a\,b\+c,C=CN`)).toBe('a,b+c')
    expect(certificateName('O=Example')).toBe('O=Example')
    expect(fileNameOf('CN=*.example.com,O=X', 'crt')).toBe('example.com.crt')
    expect(fileNameOf('CN=密钥', 'p12')).toBe('certificate.p12')
    expect(fileNameOf('CN=../../x', 'csr')).toBe('x.csr')
  })
})
