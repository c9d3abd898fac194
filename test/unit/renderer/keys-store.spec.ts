import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { useKeysStore } from '../../../src-renderer/stores/keys'
import { KmsError } from '../../../src-shared/errors'
import { installFakeBridge } from '../../support/fake-bridge'
import type { FakeState } from '../../support/fake/state'

let main: FakeState

beforeEach(() => {
  main = installFakeBridge({ status: { state: 'unlocked' }, keyCount: 40 })
  setActivePinia(createPinia())
})

describe('createKey', () => {
  it('creates the key and then its alias', async () => {
    const created = await useKeysStore().createKey({ description: 'for tests' }, 'alias/tests/one')
    expect(created).toMatchObject({ aliasName: 'alias/tests/one', aliasError: null })
    const row = main.keys.find((key) => key.row.keyId === created.metadata.keyId)?.row
    expect(row).toMatchObject({ description: 'for tests', aliases: ['tests/one'] })
  })

  it('makes no alias when none is asked for', async () => {
    const created = await useKeysStore().createKey({}, null)
    expect(created).toMatchObject({ aliasName: null, aliasError: null })
    expect(main.keys.find((key) => key.row.keyId === created.metadata.keyId)?.row.aliases).toEqual([])
  })

  it('answers the key although its alias was refused', async () => {
    const taken = main.keys.find((key) => key.row.aliases.length > 0)?.row.aliases[0] ?? ''
    const before = main.keys.length
    const created = await useKeysStore().createKey({}, `alias/${taken}`)
    expect(created.aliasError?.code).toBe('ALIAS_EXISTS')
    expect(created.aliasName).toBeNull()
    expect(main.keys).toHaveLength(before + 1)
    expect(main.keys.some((key) => key.row.keyId === created.metadata.keyId)).toBe(true)
  })

  it('creates nothing and tries no alias when the key is refused', async () => {
    const before = main.keys.length
    main.failures.set('createKey', new KmsError('LIMIT_EXCEEDED', 'too many'))
    await expect(useKeysStore().createKey({}, 'alias/tests/two')).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
    expect(main.keys).toHaveLength(before)
  })
})

describe('toggleSort', () => {
  it('starts names upwards and times newest first, and turns round on the second time', () => {
    const store = useKeysStore()
    expect([store.sortBy, store.descending]).toEqual(['creationDate', true])
    store.toggleSort('alias')
    expect([store.sortBy, store.descending]).toEqual(['alias', false])
    store.toggleSort('alias')
    expect([store.sortBy, store.descending]).toEqual(['alias', true])
    store.toggleSort('lastUseDate')
    expect([store.sortBy, store.descending]).toEqual(['lastUseDate', true])
  })
})

describe('finding keys', () => {
  it('finds the row of one key by its whole id only', async () => {
    const store = useKeysStore()
    const { keyId } = main.keys[3]?.row ?? { keyId: '' }
    expect((await store.findRow(keyId))?.keyId).toBe(keyId)
    expect(await store.findRow(keyId.slice(0, -1))).toBeNull()
  })

  it('suggests the enabled key that was used last', async () => {
    const store = useKeysStore()
    main.keys = main.keys.map((key, index) => ({
      ...key,
      row: {
        ...key.row,
        keyState: index === 7 ? 'Disabled' : 'Enabled',
        lastUseDate: index === 7 ? '2026-03-14T09:00:00Z' : index === 9 ? '2026-03-13T09:00:00Z' : null,
      },
    }))
    expect((await store.suggestKey())?.keyId).toBe(main.keys[9]?.row.keyId)
  })

  it('suggests any enabled key when none was used, and nothing when there is none', async () => {
    const store = useKeysStore()
    main.keys = main.keys.slice(0, 2).map((key, index) => ({
      ...key,
      row: { ...key.row, keyState: index === 0 ? 'PendingDeletion' : 'Enabled', lastUseDate: null },
    }))
    expect((await store.suggestKey())?.keyId).toBe(main.keys[1]?.row.keyId)
    main.keys = main.keys.slice(0, 1)
    expect(await store.suggestKey()).toBeNull()
  })
})

describe('the filter of the list', () => {
  it('counts as filtering as soon as anything is chosen, until it is cleared', () => {
    const store = useKeysStore()
    expect(store.isFiltering).toBe(false)
    store.filter = { ...store.filter, keyStates: ['Disabled'] }
    expect(store.isFiltering).toBe(true)
    store.clearFilter()
    expect(store.isFiltering).toBe(false)
    expect(store.filter).toEqual({ keyStates: [], keySpecs: [], protectionLevels: [] })
  })
})

it('counts what main says about changes', () => {
  const store = useKeysStore()
  main.emit('keysChanged', { keyId: 'k-1' })
  main.emit('keysChanged', { keyId: null })
  expect([store.changes, store.lastChangedKeyId]).toEqual([2, null])
})
