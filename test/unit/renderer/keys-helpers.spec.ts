import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readContextRows } from '../../../src-renderer/components/context-rows'
import { aliasFault, fullAlias } from '../../../src-renderer/features/keys/alias-check'
import { fromBase64, textOf, toBase64 } from '../../../src-renderer/composables/base64'
import { aliasProblem } from '../../../src-shared/model/alias'

describe('aliasFault', () => {
  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['alias/', 'empty'],
    ['acs', 'reserved'],
    ['acs/ecs', 'reserved'],
    ['a b', 'characters'],
    ['密钥', 'characters'],
    ['acs b', 'characters'],
    ['a'.repeat(256), 'tooLong'],
  ])('refuses %j as %s', (typed, fault) => {
    expect(aliasFault(typed)).toBe(fault)
  })

  it.each(['a', 'payments/archive_2-x', 'alias/payments', ' payments ', 'a'.repeat(255), 'Acs'])('accepts %j', (typed) => {
    expect(aliasFault(typed)).toBeNull()
  })

  it('names the fault exactly when the rule of the contract refuses', () => {
    const text = fc.oneof(fc.string({ maxLength: 300 }), fc.stringMatching(/^(acs)?[A-Za-z0-9_/-]{0,300}$/))
    fc.assert(fc.property(text, (typed) => (aliasFault(typed) === null) === (aliasProblem(fullAlias(typed)) === null)))
  })

  it('adds the prefix once', () => {
    expect(fullAlias('payments')).toBe('alias/payments')
    expect(fullAlias(' alias/payments ')).toBe('alias/payments')
  })
})

describe('Base64 of the try-it form', () => {
  it('gives back what it was given, line breaks or not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        const text = toBase64(bytes)
        expect(text).toBe(Buffer.from(bytes).toString('base64'))
        expect(fromBase64(` ${text.slice(0, 3)}\n${text.slice(3)} `)).toEqual(Uint8Array.from(bytes))
      }),
    )
  })

  it.each(['', '  ', 'abc', 'ab=c', 'a===', 'YWI', 'YWJ=', 'YW_-', '"YWI="', '密钥密钥'])('refuses %j', (text) => {
    expect(fromBase64(text)).toBeNull()
  })

  it('tells text from other bytes', () => {
    expect(textOf(new TextEncoder().encode('密钥 key'))).toBe('密钥 key')
    expect(textOf(Uint8Array.of(0xff, 0xfe))).toBeNull()
    expect(textOf(new Uint8Array(0))).toBe('')
  })
})

describe('readContextRows', () => {
  const rows = (...pairs: [string, string][]) => pairs.map(([name, value], id) => ({ id, name, value }))

  it('makes a context of the rows and skips empty ones', () => {
    expect(readContextRows(rows(['purpose', 'archive'], ['', ''], ['tenant', '']))).toEqual({
      context: { purpose: 'archive', tenant: '' },
      fault: null,
    })
    expect(readContextRows([])).toEqual({ context: {}, fault: null })
  })

  it.each([
    ['unnamed', rows(['', 'x'])],
    ['duplicate', rows(['a', '1'], ['a', '2'])],
    ['reserved', rows(['__proto__', 'x'])],
    ['reserved', rows(['constructor', 'x'])],
    ['reserved', rows(['a', '\ud800'])],
    ['tooLong', rows(['a', 'x'.repeat(8192)])],
  ])('names the fault %s and gives no context', (fault, given) => {
    expect(readContextRows(given)).toEqual({ context: {}, fault })
  })

  it('takes a context of exactly the limit', () => {
    expect(readContextRows(rows(['a', 'x'.repeat(8191)])).fault).toBeNull()
  })

  it.each(['Project', 'a b', 'a_b', 'é', 'aws-crypto-public-key'])('refuses the name %j for files only', (name) => {
    expect(readContextRows(rows([name, 'x']), true)).toEqual({ context: {}, fault: 'notForFiles' })
    expect(readContextRows(rows([name, 'x'])).fault).toBeNull()
  })

  it('takes names that a file can carry', () => {
    expect(readContextRows(rows(['project-2', 'X Y'], ['aws', '1']), true)).toEqual({ context: { 'project-2': 'X Y', aws: '1' }, fault: null })
  })
})
