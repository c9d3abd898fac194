import { describe, expect, it } from 'vitest'
import { templateParts, variableParts } from '../../../../../src-main/faces/cli/references/template'
import { isKmsError } from '../../../../../src-shared/errors'

describe('templateParts', () => {
  it('takes text and references apart and counts lines', () => {
    expect(templateParts('a: {{ keystead://db/user }}\nb: {{keystead://db#p?stage=S}}!\n')).toEqual([
      { text: 'a: ' },
      { reference: 'keystead://db/user', line: 1 },
      { text: '\nb: ' },
      { reference: 'keystead://db#p?stage=S', line: 2 },
      { text: '!\n' },
    ])
  })

  it('leaves other braces and bare references alone', () => {
    for (const text of ['', '{{ name }} {{', 'keystead://db', '{{ op://x }}', '{ { keystead://db }}']) expect(templateParts(text)).toEqual(text === '' ? [] : [{ text }])
  })

  it('names the line of a reference without an end', () => {
    const refusal = () => templateParts('one\n{{ keystead://a }}\n\n{{ keystead://b }\n')
    expect(refusal).toThrowError(expect.objectContaining({ code: 'INVALID_PARAMETER' }) as Error)
    try {
      refusal()
    } catch (error) {
      expect(isKmsError(error) && error.message).toContain('line 4')
    }
  })
})

describe('variableParts', () => {
  it('takes a reference as a whole or inside text', () => {
    expect(variableParts('keystead://db/password')).toEqual([{ reference: 'keystead://db/password', line: 1 }])
    expect(variableParts('postgres://u:{{ keystead://db/password }}@h')).toEqual([{ text: 'postgres://u:' }, { reference: 'keystead://db/password', line: 1 }, { text: '@h' }])
  })

  it('is null where there is no reference', () => {
    for (const value of ['', 'plain', 'see keystead://db', '{{ x }}']) expect(variableParts(value)).toBeNull()
  })
})
