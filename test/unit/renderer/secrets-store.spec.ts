import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { attentionStates, useSecretsStore } from '../../../src-renderer/stores/secrets'
import { kms } from '../../../src-renderer/bridge'
import { KmsError } from '../../../src-shared/errors'
import { installFakeBridge } from '../../support/fake-bridge'
import type { FakeState } from '../../support/fake/state'

let main: FakeState

beforeEach(() => {
  main = installFakeBridge({ status: { state: 'unlocked' }, keyCount: 2, secretCount: 16 })
  setActivePinia(createPinia())
})

async function listed(): Promise<string[]> {
  const { rows } = await kms.searchSecrets({ ...useSecretsStore().query, offset: 0, count: 100 })
  return rows.map(({ secretName }) => secretName)
}

describe('the question of the list', () => {
  it('leaves the recycle bin out until it is looked into', async () => {
    const store = useSecretsStore()
    expect(await listed()).toHaveLength(15)
    expect(await listed()).not.toContain('old/jenkins')
    store.place = { kind: 'deleted' }
    expect(await listed()).toEqual(['old/jenkins'])
  })

  it('asks for a folder with all below it, and for favourites everywhere', async () => {
    const store = useSecretsStore()
    store.place = { kind: 'folder', path: 'work/payments' }
    expect(await listed()).toEqual(['work/payments/orders-db', 'work/payments/stripe-live', 'work/payments/webhook-signing'])
    store.place = { kind: 'favourites' }
    expect(await listed()).toEqual(['personal/bank', 'work/github', 'work/payments/stripe-live'])
  })

  it('trims what is typed and cuts it to what main takes', () => {
    const store = useSecretsStore()
    store.search = `  ${'x'.repeat(300)} `
    expect(store.query.search).toBe('x'.repeat(256))
  })

  it('does not narrow the recycle bin by states that secrets there do not have', async () => {
    const store = useSecretsStore()
    store.filter = { ...store.filter, states: ['expired'] }
    expect(await listed()).toEqual(['work/payments/stripe-live'])
    store.place = { kind: 'deleted' }
    expect(store.query.states).toEqual(['deleted'])
  })

  it('narrows by type and template until the filter is cleared', async () => {
    const store = useSecretsStore()
    store.filter = { ...store.filter, secretTypes: ['Rds'] }
    expect(store.isFiltering).toBe(true)
    expect(await listed()).toEqual(['databases/reporting', 'databases/warehouse'])
    store.filter = { ...store.filter, secretTypes: [], templates: ['note'] }
    expect(await listed()).toEqual(['personal/wifi'])
    store.clearFilter()
    expect(store.isFiltering).toBe(false)
    expect(await listed()).toHaveLength(15)
  })
})

describe('toggleSort', () => {
  it('starts upwards, with the latest change on top, and turns round on the second time', () => {
    const store = useSecretsStore()
    expect([store.sortBy, store.descending]).toEqual(['name', false])
    store.toggleSort('name')
    expect([store.sortBy, store.descending]).toEqual(['name', true])
    store.toggleSort('expiryDate')
    expect([store.sortBy, store.descending]).toEqual(['expiryDate', false])
    store.toggleSort('updateTime')
    expect([store.sortBy, store.descending]).toEqual(['updateTime', true])
  })
})

describe('what asks for attention', () => {
  it('is counted by state, and each secret once in all', async () => {
    const { total, counts } = await useSecretsStore().countAttention()
    expect(total).toBe(3)
    expect(counts).toEqual({ expired: 1, 'due-soon': 1, 'rotation-overdue': 1, 'rotation-failed': 1, 'rotation-pending': 0 })
  })

  it('is shown wherever it lies and whatever was searched before', async () => {
    const store = useSecretsStore()
    store.search = 'github'
    store.place = { kind: 'folder', path: 'personal' }
    store.showAttention()
    expect(store.filter.states).toEqual([...attentionStates])
    expect(await listed()).toEqual(['databases/warehouse', 'work/payments/stripe-live', 'work/registry-token'])
  })

  it('fails as main fails', async () => {
    main.failures.set('searchSecrets', new KmsError('VAULT_LOCKED', 'locked'))
    await expect(useSecretsStore().countAttention()).rejects.toMatchObject({ code: 'VAULT_LOCKED' })
  })
})

describe('open folders', () => {
  it('are opened and closed one by one', () => {
    const store = useSecretsStore()
    store.setFolderOpen('work', true)
    store.setFolderOpen('work/payments', true)
    store.setFolderOpen('work', true)
    expect([...store.openFolders].toSorted()).toEqual(['work', 'work/payments'])
    store.setFolderOpen('work', false)
    expect([...store.openFolders]).toEqual(['work/payments'])
  })
})

it('counts what main says about changes', async () => {
  const store = useSecretsStore()
  await kms.changeSecret({ secretName: 'personal/bank', isFavourite: false })
  expect([store.changes, store.lastChangedName]).toEqual([1, 'personal/bank'])
  await kms.moveSecretFolder({ from: 'personal', to: 'private' })
  expect([store.changes, store.lastChangedName]).toEqual([2, null])
})
