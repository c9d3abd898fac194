import { beforeAll, describe, expect, it } from 'vitest'
import { operations, type RequestInput } from '../../../src-shared/contract/operations'
import { KeyIndex } from '../../../src-main/keystore/key-index'
import { encodeKeyRecord, type KeyRecord } from '../../../src-main/keystore/key-record'
import { plainKey } from '../../../src-main/keystore/key-record-extras'
import { SearchText } from '../../../src-main/keystore/search-text'
import { sortByNumber } from '../../../src-main/keystore/sort-by-number'
import { SortedList } from '../../../src-main/keystore/sorted-list'
import * as fc from 'fast-check'
import { keySortColumns } from '../../../src-shared/contract/key-window'
import { callerOf, openKeystore, parsed } from '../../support/keystore-fixture'
import { MemoryRecords } from '../../support/memory-records'

function recordOf(ordinal: number, change: Partial<KeyRecord> = {}): KeyRecord {
  const keyId = `key-${ordinal.toString(36).padStart(24, '0')}`
  const version = { keyVersionId: `${keyId}-aaaaaaaaaa`, createdAt: 1_700_000_000_000 + ordinal * 1000 }
  return {
    keyId,
    ordinal,
    keySpec: 'Aliyun_AES_256',
    keyUsage: 'ENCRYPT/DECRYPT',
    origin: 'Aliyun_KMS',
    protectionLevel: 'SOFTWARE',
    keyState: 'Enabled',
    description: '',
    creator: 'window',
    createdAt: version.createdAt,
    primaryVersionId: version.keyVersionId,
    versions: [version],
    aliases: [],
    ...plainKey,
    ...change,
  }
}

async function openWith(records: readonly KeyRecord[]) {
  const vault = new MemoryRecords()
  for (const record of records) vault.plant('key', record.keyId, null, encodeKeyRecord(record))
  return openKeystore(vault)
}

describe('listKeys', () => {
  it('pages through all keys in the order of creation, even in the same millisecond', async () => {
    const { keystore, newKey, records } = await openKeystore()
    const made: string[] = []
    for (let count = 0; count < 25; count++) made.push((await newKey()).keyId)
    keystore.unload()
    await keystore.load(records)
    made.push((await newKey()).keyId)
    const seen: string[] = []
    for (const pageNumber of [1, 2, 3, 4]) {
      const page = await keystore.run('listKeys', callerOf('listKeys'), parsed('listKeys', { pageNumber }))
      expect(page).toMatchObject({ totalCount: 26, pageNumber, pageSize: 10 })
      seen.push(...page.keys.map((key) => key.keyId))
    }
    expect(seen).toEqual(made)
    expect((await keystore.run('listKeys', callerOf('listKeys'), parsed('listKeys', { pageSize: 100 }))).keys[3]).toEqual({
      keyId: made[3],
      keyArn: `acs:kms:local:${records.vaultId}:key/${made[3]}`,
    })
  })
})

describe('listKeys with filters', () => {
  const listed = async (filters: unknown) => {
    const { keystore } = await openWith([recordOf(1, { aliases: ['alias/a'] }), recordOf(2, { keyState: 'Disabled', aliases: ['alias/b', 'alias/c'] }), recordOf(3, { tags: [{ key: 'team', value: 'a' }] })])
    const { keys, totalCount } = await keystore.run('listKeys', callerOf('listKeys'), parsed('listKeys', { filters } as never))
    expect(totalCount).toBe(keys.length)
    const { keys: all } = await keystore.run('listKeys', callerOf('listKeys'), parsed('listKeys', {}))
    return keys.map(({ keyId }) => all.findIndex((key) => key.keyId === keyId) + 1)
  }

  it.each([
    [[{ Key: 'KeyState', Values: ['Enabled'] }], [1, 3]],
    [[{ Key: 'KeyState', Values: ['Enabled', 'Disabled'] }], [1, 2, 3]],
    [[{ Key: 'AliasName', Values: ['alias/c', 'alias/a'] }], [1, 2]],
    [[{ Key: 'AliasName', Values: ['alias/c', 'alias/a'] }, { Key: 'KeyState', Values: ['Disabled'] }], [2]],
    [[{ Key: 'KeySpec', Values: ['Aliyun_AES_256'] }, { Key: 'CreatorType', Values: ['Service'] }], []],
    [[{ Key: 'TagKey', Values: ['team'] }], [3]],
    [[{ Key: 'TagKey', Values: ['team'] }, { Key: 'TagValue', Values: ['b', 'a'] }], [3]],
    [[{ Key: 'TagValue', Values: ['b'] }], []],
    [[], [1, 2, 3]],
  ])('%j gives keys %j', async (filters, expected) => {
    expect(await listed(filters)).toEqual(expected)
  })

  it.each([
    [[{ Key: 'Colour', Values: ['red'] }]],
    [[{ Key: 'KeyState', Values: [] }]],
    [[{ Key: 'KeyState', Values: Array.from({ length: 11 }, () => 'Enabled') }]],
    [Array.from({ length: 11 }, () => ({ Key: 'KeyState', Values: ['Enabled'] }))],
    [[{ Key: 'KeyState', Values: ['Enabled'], More: 1 }]],
  ])('refuses %j', (filters) => {
    expect(operations.listKeys.request.safeParse({ filters }).success).toBe(false)
  })
})

describe('listAliases', () => {
  it('pages by name and gives the count alone for page size 0', async () => {
    const { keystore } = await openWith([recordOf(1, { aliases: ['alias/c'] }), recordOf(2, { aliases: ['alias/a', 'alias/b'] })])
    const page = await keystore.run('listAliases', callerOf('listAliases'), parsed('listAliases', { pageNumber: 2, pageSize: 2 }))
    expect(page).toMatchObject({ totalCount: 3, pageNumber: 2, pageSize: 2, aliases: [{ aliasName: 'alias/c' }] })
    expect(await keystore.run('listAliases', callerOf('listAliases'), parsed('listAliases', { pageSize: 0 }))).toMatchObject({ totalCount: 3, aliases: [] })
  })
})

describe('searchKeys', () => {
  const keys = [
    recordOf(1, { aliases: ['alias/Billing/prod'], description: 'Invoices' }),
    recordOf(2, { aliases: ['alias/app'], description: 'Straße, ÄRGER', keyState: 'Disabled' }),
    recordOf(3, { description: 'all invoices of 2025' }),
    recordOf(4, { aliases: ['alias/zeta', 'alias/zeta-old'], keyState: 'PendingDeletion' }),
  ]
  const ordinals = async (request: Parameters<typeof parsed<'searchKeys'>>[1]) => {
    const { keystore } = await openWith(keys)
    return (await keystore.run('searchKeys', callerOf('searchKeys'), parsed('searchKeys', request))).rows.map((row) => keys.find((key) => key.keyId === row.keyId)?.ordinal)
  }

  it.each([
    ['', [4, 3, 2, 1]],
    ['INVOICES', [3, 1]],
    ['billing/PROD', [1]],
    ['alias/billing', [1]],
    ['  zeta ', [4]],
    ['ärger', [2]],
    ['000002', [2]],
    ['nothing', []],
    ['prodkey', []],
    ['.*', []],
  ] as const)('finds %j in aliases, ids and descriptions', async (search, expected) => {
    expect(await ordinals({ search })).toEqual(expected)
  })

  it.each([
    ['alias', [2, 1, 4, 3]],
    ['keySpec', [1, 2, 3, 4]],
    ['keyState', [1, 3, 2, 4]],
    ['creationDate', [1, 2, 3, 4]],
    ['lastUseDate', [1, 2, 3, 4]],
  ] as const)('sorts by %s both ways', async (sortBy, expected) => {
    expect(await ordinals({ sortBy, descending: false })).toEqual(expected)
    expect(await ordinals({ sortBy, descending: true })).toEqual(expected.toReversed())
  })

  it('sorts by the next rotation, and those that never rotate last', async () => {
    const rotating = (ordinal: number, days: number, change: Partial<KeyRecord> = {}) =>
      recordOf(ordinal, { rotation: { isEnabled: true, intervalSeconds: days * 86_400 }, ...change })
    const off = recordOf(4, { rotation: { isEnabled: false, intervalSeconds: 604_800 } })
    const records = [recordOf(1), rotating(2, 30), rotating(3, 7, { keyState: 'Disabled' }), off, rotating(5, 90)]
    const { keystore } = await openWith(records)
    const { rows } = await keystore.run('searchKeys', callerOf('searchKeys'), parsed('searchKeys', { sortBy: 'nextRotationDate', descending: false }))
    expect(rows.map(({ keyId, automaticRotation, nextRotationDate }) => [Number.parseInt(keyId.slice(4), 36), automaticRotation, nextRotationDate])).toEqual([
      [3, 'Suspended', '2023-11-21T22:13:23Z'],
      [2, 'Enabled', '2023-12-14T22:13:22Z'],
      [5, 'Enabled', '2024-02-12T22:13:25Z'],
      [1, 'Disabled', null],
      [4, 'Disabled', null],
    ])
  })

  it.each([
    [{ keyStates: ['Disabled', 'PendingDeletion'] }, [4, 2]],
    [{ keyStates: ['PendingImport'] }, []],
    [{ keySpecs: ['EC_P256'] }, []],
    [{ keySpecs: ['EC_P256', 'Aliyun_AES_256'], keyStates: ['Enabled'] }, [3, 1]],
    [{ protectionLevels: ['SOFTWARE'], search: 'invoices' }, [3, 1]],
    [{ protectionLevels: ['HSM'] }, []],
  ] satisfies [RequestInput<'searchKeys'>, number[]][])('takes of the keys those that fit %j', async (filter, expected) => {
    expect(await ordinals(filter)).toEqual(expected)
  })

  it('does not answer a filter with what another one found', async () => {
    const { keystore } = await openWith(keys)
    const total = async (keyStates: ('Enabled' | 'Disabled')[]) => (await keystore.run('searchKeys', callerOf('searchKeys'), parsed('searchKeys', { keyStates }))).total
    expect([await total([]), await total(['Enabled']), await total(['Disabled']), await total([])]).toEqual([4, 2, 1, 4])
  })

  it('gives a window and the count of all', async () => {
    const { keystore } = await openWith(keys)
    const answer = await keystore.run('searchKeys', callerOf('searchKeys'), parsed('searchKeys', { descending: false, offset: 1, count: 2 }))
    expect(answer.total).toBe(4)
    expect(answer.rows.map((row) => row.keyId)).toEqual([keys[1]?.keyId, keys[2]?.keyId])
    expect((await keystore.run('searchKeys', callerOf('searchKeys'), parsed('searchKeys', { offset: 100 }))).rows).toEqual([])
  })

  it('shows rows without alias prefix', async () => {
    const { keystore } = await openWith(keys)
    expect((await keystore.run('searchKeys', callerOf('searchKeys'), parsed('searchKeys', { search: 'zeta' }))).rows).toEqual([
      {
        keyId: keys[3]?.keyId,
        aliases: ['zeta', 'zeta-old'],
        description: '',
        keySpec: 'Aliyun_AES_256',
        keyUsage: 'ENCRYPT/DECRYPT',
        keyState: 'PendingDeletion',
        protectionLevel: 'SOFTWARE',
        creationDate: '2023-11-14T22:13:24Z',
        lastUseDate: null,
        automaticRotation: 'Disabled',
        nextRotationDate: null,
        deleteDate: null,
      },
    ])
  })

  it('follows changes and uses', async () => {
    const { keystore, clock } = await openWith(keys)
    const order = async (sortBy: (typeof keySortColumns)[number]) =>
      (await keystore.run('searchKeys', callerOf('searchKeys'), parsed('searchKeys', { sortBy, descending: false }))).rows.map((row) => Number.parseInt(row.keyId.slice(4), 36))
    expect([await order('alias'), await order('lastUseDate')]).toEqual([[2, 1, 4, 3], [1, 2, 3, 4]])
    const third = keys[2]?.keyId ?? ''
    await keystore.run('createAlias', callerOf('createAlias'), { aliasName: 'alias/first', keyId: third })
    await keystore.run('createAlias', callerOf('createAlias'), { aliasName: 'alias/Aaa', keyId: third })
    expect(await order('alias')).toEqual([3, 2, 1, 4])
    const made = await keystore.run('createKey', callerOf('createKey'), parsed('createKey', {}))
    clock.time += 1000
    await keystore.run('encrypt', callerOf('encrypt'), { keyId: made.keyMetadata.keyId, plaintext: Uint8Array.of(1) })
    const latest = await keystore.run('searchKeys', callerOf('searchKeys'), parsed('searchKeys', { sortBy: 'lastUseDate' }))
    expect(latest.rows[0]).toMatchObject({ keyId: made.keyMetadata.keyId, lastUseDate: '2026-09-01T12:00:01Z' })
  })
})

function compare(a: { id: number; value: number }, b: { id: number; value: number }): number {
  return a.value - b.value || a.id - b.id
}

describe('sorted list', () => {
  it('is after any changes what sorting would give', () => {
    const step = fc.record({ item: fc.nat(15), value: fc.nat(6), isPresent: fc.boolean(), look: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const items = Array.from({ length: 16 }, (_, id) => ({ id, value: 0 }))
        const present = new Set(items.slice(0, 4))
        const list = new SortedList(compare)
        for (const { item, value, isPresent, look } of steps) {
          const target = items[item]
          if (!target) continue
          if (isPresent) {
            target.value = value
            present.add(target)
            list.changed(target)
          } else {
            present.delete(target)
            list.removed(target)
          }
          if (look) expect(list.items(() => present)).toEqual([...present].sort(compare))
        }
        expect(list.items(() => present)).toEqual([...present].sort(compare))
      }),
    )
  })

  it('is the same when it was prepared, whatever happened in between', () => {
    const numbers = fc.uniqueArray(fc.nat(), { minLength: 5000, maxLength: 9000 })
    fc.assert(
      fc.property(numbers, fc.nat(20), fc.constantFrom('change', 'look', null), (values, stepsBefore, between) => {
        const present = new Set(values)
        const list = new SortedList<number>((a, b) => a - b)
        const steps = list.prepare(() => present)
        for (let step = 0; step < stepsBefore; step++) steps.next()
        if (between === 'change') {
          present.add(-1)
          list.changed(-1)
        }
        if (between === 'look') list.items(() => present)
        Array.from(steps)
        expect(list.items(() => present)).toEqual([...present].sort((a, b) => a - b))
      }),
      { numRuns: 20 },
    )
  })

  it('needs no look at the source once it is prepared', () => {
    const list = new SortedList<number>((a, b) => a - b)
    Array.from(list.prepare(() => [3, 1, 2]))
    expect(list.items(() => [])).toEqual([1, 2, 3])
  })
})

describe('sorting by a number', () => {
  it('gives what comparing gives, and keeps the order of equals', () => {
    const number = fc.oneof(fc.nat(3), fc.nat(), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }))
    fc.assert(
      fc.property(fc.array(number), (numbers) => {
        const items = numbers.map((value, place) => ({ value, place }))
        expect(sortByNumber(items, ({ value }) => value)).toEqual(items.toSorted((a, b) => a.value - b.value))
      }),
    )
  })
})

describe('search text', () => {
  it('is the same when it was prepared, and folds texts that grow', () => {
    const texts = ['ABC', 'ﬁﬁﬁ', 'xabcx', 'ÄBC']
    for (const isPrepared of [false, true]) {
      const searchText = new SearchText((slot) => texts[slot] ?? '', (text) => text.normalize('NFKC').toLowerCase())
      for (const slot of texts.keys()) searchText.changed(slot)
      if (isPrepared) Array.from(searchText.prepare())
      const slotsOf = (needle: string) => texts.flatMap((_, slot) => (searchText.find(needle).has(slot) ? [slot] : []))
      expect([slotsOf('abc'), slotsOf('fififi'), slotsOf('äbc'), slotsOf('x')]).toEqual([[0, 2], [1], [3], [2]])
    }
  })

  it('finds what looking into each text would, also after changes and across chunks', () => {
    const text = fc.string({ maxLength: 6, unit: fc.constantFrom('a', 'b', '密') })
    const change = fc.tuple(fc.nat(2999), text)
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), fc.array(change, { maxLength: 10 }), text.filter((needle) => needle !== ''), (first, second, needle) => {
        const texts = Array.from({ length: 3000 }, () => '')
        const searchText = new SearchText((slot) => texts[slot] ?? '', (folded) => folded)
        for (const slot of texts.keys()) searchText.changed(slot)
        for (const changes of [first, second]) {
          for (const [slot, value] of changes) {
            texts[slot] = value
            searchText.changed(slot)
          }
          const found = searchText.find(needle)
          expect(texts.flatMap((_, slot) => (found.has(slot) ? [slot] : []))).toEqual(texts.flatMap((value, slot) => (value.includes(needle) ? [slot] : [])))
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('100,000 keys', () => {
  const index = new KeyIndex()
  beforeAll(() => {
    for (let ordinal = 0; ordinal < 100_000; ordinal++) {
      index.put(recordOf(ordinal, { aliases: [`alias/service-${(ordinal * 7919) % 100_000}/prod`], description: `Key number ${ordinal} of the test set` }), null)
    }
  })

  it('forgets a key that is removed, in every order, by every name', () => {
    const small = new KeyIndex()
    for (const ordinal of [1, 2, 3]) small.put(recordOf(ordinal, { aliases: [`alias/${ordinal}`], description: 'kept' }), null)
    for (const sortBy of keySortColumns) small.search({ search: 'kept', sortBy, descending: false })
    const { keyId } = recordOf(2)
    small.remove(keyId)
    small.remove(keyId)
    for (const sortBy of keySortColumns) {
      for (const search of ['', 'kept']) expect(small.search({ search, sortBy, descending: false }).map(({ record }) => record.ordinal)).toEqual([1, 3])
    }
    expect([small.size, small.aliasCount, small.byId(keyId), small.byAlias('alias/2'), small.aliasNames()]).toEqual([2, 2, null, null, ['alias/1', 'alias/3']])
    small.put(recordOf(4, { aliases: ['alias/2'] }), null)
    expect(small.byAlias('alias/2')?.record.ordinal).toBe(4)
  })

  it('finds the few among the many in every order, also after a change', () => {
    for (const sortBy of keySortColumns) {
      expect(index.search({ search: 'NUMBER 99999', sortBy, descending: false }).map((entry) => entry.record.ordinal)).toEqual([99_999])
    }
    const before = index.search({ search: '', sortBy: 'alias', descending: false })
    index.put(recordOf(50_000, { aliases: ['alias/0'], description: '' }), null)
    const after = index.search({ search: '', sortBy: 'alias', descending: false })
    expect([before.length, after.length, after[0]?.record.ordinal]).toEqual([100_000, 100_000, 50_000])
  })
})
