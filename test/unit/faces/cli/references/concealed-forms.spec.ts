import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { concealedForms } from '../../../../../src-main/faces/cli/references/concealed-forms'

const forms = (value: string | Uint8Array) => concealedForms(typeof value === 'string' ? new TextEncoder().encode(value) : value).map((form) => Buffer.from(form).toString('utf8'))

describe('concealedForms', () => {
  it('passes over values of fewer than four characters, whatever their bytes', () => {
    expect(forms('abc')).toEqual([])
    expect(forms('äöü')).toEqual([])
    expect(forms('  ab\n')).toEqual([])
    expect(forms('abcd')).toContain('abcd')
    expect(forms('äöüß')).toContain('äöüß')
  })

  it('knows a value without the space around it', () => {
    expect(forms(' hunter2\n')).toEqual(expect.arrayContaining([' hunter2\n', 'hunter2']))
  })

  it('knows the escapes of JSON and of URLs', () => {
    const value = 'p"w\\ d\n/ä'
    expect(forms(value)).toContain(JSON.stringify(value).slice(1, -1))
    expect(forms(value)).toContain(encodeURIComponent(value))
    expect(forms(value)).toContain(encodeURIComponent(value).replaceAll(/%../g, (escape) => escape.toLowerCase()))
    expect(forms(value)).toContain(new URLSearchParams({ v: value }).toString().slice(2))
  })

  it('knows the Base64 of a value, with and without padding, in both alphabets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 40 }), (value) => {
        fc.pre(forms(value).length > 0)
        const standard = Buffer.from(value).toString('base64')
        expect(forms(value)).toEqual(expect.arrayContaining([standard, standard.replaceAll('=', ''), Buffer.from(value).toString('base64url')]))
      }),
    )
  })

  it('knows the Base64 of a value inside longer Base64', () => {
    const secret = 'correct horse'
    for (const before of ['', 'u', 'us', 'use', 'user:']) {
      const whole = Buffer.from(`${before}${secret}!`).toString('base64')
      const found = forms(secret).filter((form) => form.length > 12 && whole.includes(form))
      expect({ before, found: found.length > 0 }).toEqual({ before, found: true })
    }
  })

  it('knows the lines of a value, but not the boundaries of PEM', () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nabc\r\nkqhkiG9w0BAQEF\n-----END PRIVATE KEY-----\n'
    expect(forms(pem)).toEqual(expect.arrayContaining(['MIIEvQIBADANBg', 'kqhkiG9w0BAQEF']))
    expect(forms(pem)).not.toContain('abc')
    expect(forms(pem)).not.toContain('-----BEGIN PRIVATE KEY-----')
  })

  it('looks for long values as they are', () => {
    expect(forms('x'.repeat(5000))).toEqual(['x'.repeat(5000), 'x'.repeat(5000)])
  })
})
