import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readMember, readObjectList, readStringObject, writeStringObject } from '../../../src-main/secrets/json-bytes'
import { bytesOf, textOf } from '../../support/secrets-fixture'

const membersOf = (json: string) => readStringObject(bytesOf(json))?.map(({ name, value }) => [name, textOf(value)]) ?? null

describe('a flat JSON object of strings, as bytes', () => {
  it.each<[json: string, members: string[][]]>([
    ['{}', []],
    [' \n{ "a" : "b" ,\t"c":"d" } \r\n', [['a', 'b'], ['c', 'd']]],
    ['{"":""}', [['', '']]],
    ['{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t"}', [['a', '"\\/\b\f\n\r\t']]],
    ['{"\\u0061":"\\u00e9\\u4e2d\\uD83D\\ude00\\u0000"}', [['a', 'é中😀\0']]],
    ['{"密码":"值😀"}', [['密码', '值😀']]],
    ['{"__proto__":"x","constructor":"y"}', [['__proto__', 'x'], ['constructor', 'y']]],
  ])('reads %j', (json, members) => {
    expect(membersOf(json)).toEqual(members)
  })

  it.each([
    '', ' ', 'null', '"a"', '[]', '{', '{"a"', '{"a":', '{"a":"b"', '{"a":"b",}', '{,}', '{"a":"b"}}', '{"a":"b"} x', '{"a":1}', '{"a":null}', '{"a":{}}', '{"a":["b"]}', '{a:"b"}', "{'a':'b'}",
    '{"a":"b","a":"c"}', '{"a":"b""c":"d"}', '{"a":"\\x"}', '{"a":"\\u12"}', '{"a":"\\uD800"}', '{"a":"\\uD800\\u0041"}', '{"a":"\\uDC00"}', '{"a":"\n"}', '{"a":"\0"}', '{"a":"b\\"}',
  ])('is not %j', (json) => {
    expect(membersOf(json)).toBeNull()
  })

  it('is not what is no UTF-8', () => {
    expect(readStringObject(Uint8Array.of(...bytesOf('{"a":"'), 0xff, ...bytesOf('"}')))).toBeNull()
  })

  it('has no more members than a secret could ever have', () => {
    const many = (count: number) => JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, at) => [`n${at}`, ''])))
    expect(membersOf(many(200))).toHaveLength(200)
    expect(membersOf(many(201))).toBeNull()
  })

  it('gives one member', () => {
    const json = bytesOf('{"user":"ada","password":"p\\u0061ss"}')
    expect(textOf(readMember(json, 'password') ?? bytesOf('none'))).toBe('pass')
    expect(readMember(json, 'none')).toBeNull()
    expect(readMember(bytesOf('no object'), 'user')).toBeNull()
  })

  it('is written as JSON that every reader understands', () => {
    const json = writeStringObject([{ name: 'a"b', value: bytesOf('"\\\b\f\n\r\t\0\x1f\x7f/é😀') }, { name: 'c', value: bytesOf('') }])
    expect(textOf(json)).toBe('{"a\\"b":"\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\x7f/é😀","c":""}')
    expect(textOf(writeStringObject([]))).toBe('{}')
  })

  it('is the same as what the engine reads and writes, for any object of strings', () => {
    const text = fc.string({ unit: 'binary', maxLength: 10 }).filter((value) => value.isWellFormed())
    fc.assert(
      fc.property(fc.dictionary(text, text, { maxKeys: 5, noNullPrototype: true }), fc.constantFrom(0, 2), (object, indent) => {
        expect(membersOf(JSON.stringify(object, null, indent))).toEqual(Object.entries(object))
        const members = Object.entries(object).map(([name, value]) => ({ name, value: bytesOf(value) }))
        expect(textOf(writeStringObject(members))).toBe(JSON.stringify(object))
      }),
    )
  })

  it('is never read from what the engine refuses', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('{', '}', '"', '\\', ':', ',', 'a', 'u', '0', ' ', '[', ']', '\n'), maxLength: 24 }), (json) => {
        const members = membersOf(json)
        if (members !== null) expect(JSON.parse(json)).toEqual(Object.fromEntries(members))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a list of such objects', () => {
  const listOf = (json: string) => readObjectList(bytesOf(json), 'Accounts')?.map((members) => members.map(({ name, value }) => `${name}=${textOf(value)}`)) ?? null

  it('is read under its name', () => {
    expect(listOf('{ "Accounts" : [ {"a":"b"} , {"c":"d","e":"f"} ] }')).toEqual([['a=b'], ['c=d', 'e=f']])
  })

  it.each(['{"Accounts":[]}', '{"Accounts":{}}', '{"Others":[{"a":"b"}]}', '{"Accounts":[{"a":1}]}', '{"Accounts":[{"a":"b"}],"x":"y"}', '{"Accounts":[{"a":"b"},]}', '{"Accounts":[{"a":"b"}]', '[{"a":"b"}]', ''])('is not %j', (json) => {
    expect(listOf(json)).toBeNull()
  })
})
