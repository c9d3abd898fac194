import { describe, expect, it } from 'vitest'
import { confirmsDeletion, isDeletionWindow } from '../../../src-renderer/features/keys/page/deletion-rules'
import { canRetire, minimumToRetire, minimumToUnretire, retirablePlaces, usesLost } from '../../../src-renderer/features/keys/page/version-rules'
import { readTagRows, tagChanges } from '../../../src-renderer/components/tag-rows'
import { tagsProblem } from '../../../src-shared/model/tags'

const versions = (...uses: number[]) =>
  uses.map((count, place) => ({ keyVersionId: `v${place + 1}`, isPrimary: place === uses.length - 1, isRetired: false, uses: count }))

describe('retiring versions', () => {
  it('is possible for all but the newest and those retired', () => {
    const list = versions(1, 2, 3)
    expect([0, 1, 2, 3].map((place) => canRetire(list, place))).toEqual([true, true, false, false])
    expect(canRetire(list.map((version) => ({ ...version, isRetired: version.keyVersionId === 'v1' })), 0)).toBe(false)
  })

  it('never retires the only version of an asymmetric key', () => {
    expect(canRetire([{ keyVersionId: 'v1', isPrimary: false, isRetired: false, uses: 0 }], 0)).toBe(false)
  })

  it('names the version that becomes the oldest one to decrypt', () => {
    const list = versions(0, 0, 0)
    expect([0, 1, 2].map((place) => minimumToRetire(list, place))).toEqual(['v2', 'v3', null])
    expect([0, 1, 2].map((place) => minimumToUnretire(list, place))).toEqual([undefined, 'v2', 'v3'])
  })

  it('counts what could not be opened any more, without what cannot be opened already', () => {
    const list = versions(4, 2, 9)
    expect([0, 1].map((place) => usesLost(list, place))).toEqual([4, 6])
    expect(usesLost(list.map((version, place) => ({ ...version, isRetired: place === 0 })), 1)).toBe(2)
  })

  it('offers the oldest versions that nothing needs, up to the first that is needed', () => {
    const list = versions(0, 0, 5, 0, 1)
    expect(retirablePlaces(list, ['v1', 'v2', 'v4'])).toEqual([0, 1])
    expect(retirablePlaces(list, ['v2', 'v4'])).toEqual([])
    expect(retirablePlaces(list.map((version, place) => ({ ...version, isRetired: place === 0 })), ['v2'])).toEqual([1])
    expect(retirablePlaces(versions(0, 0), ['v1', 'v2'])).toEqual([0])
    expect(retirablePlaces([], [])).toEqual([])
  })
})

describe('scheduling a deletion', () => {
  it.each([7, 30, 366])('takes %s days', (days) => expect(isDeletionWindow(days)).toBe(true))
  it.each([null, 6, 367, 7.5, -1, Number.NaN])('refuses %s days', (days) => expect(isDeletionWindow(days)).toBe(false))

  it('takes the id or any alias, with or without prefix', () => {
    for (const typed of ['id-1', ' id-1 ', 'payments', 'alias/payments', 'b']) expect(confirmsDeletion(typed, 'id-1', ['payments', 'b'])).toBe(true)
    for (const typed of ['', 'Payments', 'payment', 'id', 'alias/', 'alias/id-1']) expect(confirmsDeletion(typed, 'id-1', ['payments', 'b'])).toBe(false)
  })
})

describe('readTagRows', () => {
  const rows = (...pairs: [string, string][]) => pairs.map(([name, value], id) => ({ id, name, value }))

  it('reads tags and skips empty rows', () => {
    expect(readTagRows(rows(['team', 'billing'], ['', ''], [' env ', '']))).toEqual({
      tags: [{ key: 'team', value: 'billing' }, { key: 'env', value: '' }],
      fault: null,
    })
  })

  it.each([
    ['unnamed', rows(['', 'x'])],
    ['reserved', rows(['aliyun-x', ''])],
    ['reserved', rows(['acs:x', ''])],
    ['characters', rows(['a b', ''])],
    ['characters', rows(['a', '密'])],
    ['tooLong', rows(['a'.repeat(129), ''])],
    ['tooLong', rows(['a', 'b'.repeat(129)])],
    ['duplicate', rows(['a', '1'], ['a', '2'])],
    ['tooMany', rows(...Array.from({ length: 21 }, (_, index): [string, string] => [`k${index}`, '']))],
  ])('names the fault %s and gives no tags', (fault, given) => {
    expect(readTagRows(given)).toEqual({ tags: [], fault })
  })

  it('lets through what the rule of the contract takes', () => {
    const { tags, fault } = readTagRows(rows(['a/b\\c_d-e.f+g=h:i@j', 'x'.repeat(128)]))
    expect(fault).toBeNull()
    expect(tagsProblem(tags)).toBeNull()
  })
})

describe('tagChanges', () => {
  it('sends what is new or changed, and removes what is gone', () => {
    const before = [{ key: 'a', value: '1' }, { key: 'b', value: '2' }, { key: 'c', value: '3' }]
    expect(tagChanges(before, [{ key: 'a', value: '1' }, { key: 'b', value: '9' }, { key: 'd', value: '' }])).toEqual({
      set: [{ key: 'b', value: '9' }, { key: 'd', value: '' }],
      removed: ['c'],
    })
    expect(tagChanges(before, before)).toEqual({ set: [], removed: [] })
  })
})
