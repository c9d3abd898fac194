import { beforeEach, describe, expect, it } from 'vitest'
import type { RequestInput } from '../../../src-shared/contract/operations'
import { plainSecret } from '../../../src-main/secrets/secret-record'
import type { SecretQuery } from '../../../src-main/secrets/secret-index'
import { bytesOf, openSecrets, type OpenedSecrets } from '../../support/secrets-fixture'

let opened: OpenedSecrets
beforeEach(async () => {
  opened = await openSecrets()
})

const tag = (TagKey: string, TagValue = '') => ({ TagKey, TagValue })

describe('the list of secrets', () => {
  const names = async (input: RequestInput<'listSecrets'>) => (await opened.ask('listSecrets', input)).secretList.map(({ secretName }) => secretName)

  beforeEach(async () => {
    await opened.create('prod/db', 'x', { description: 'Main Database', tags: [tag('team', 'payments'), tag('env', 'prod')] })
    await opened.create('prod/api', 'x', { tags: [tag('team', 'search')] })
    await opened.create('test/db', 'x', { description: 'database' })
    const extendedConfig = JSON.stringify({ SecretSubType: 'Password', RegionId: 'r', InstanceId: 'i' })
    await opened.create('acs/ecs/one', '{"UserName":"root","Password":"x"}', { secretType: 'ECS', extendedConfig })
  })

  it.each<[filters: NonNullable<RequestInput<'listSecrets'>['filters']>, found: string[]]>([
    [[], ['prod/db', 'prod/api', 'test/db', 'acs/ecs/one']],
    [[{ Key: 'SecretName', Values: ['DB'] }], ['prod/db', 'test/db']],
    [[{ Key: 'SecretName', Values: ['api', 'ecs'] }], ['prod/api', 'acs/ecs/one']],
    [[{ Key: 'Description', Values: ['database'] }], ['prod/db', 'test/db']],
    [[{ Key: 'Description', Values: ['main'] }, { Key: 'SecretName', Values: ['test'] }], []],
    [[{ Key: 'TagKey', Values: ['team'] }], ['prod/db', 'prod/api']],
    [[{ Key: 'TagKey', Values: ['tea'] }], []],
    [[{ Key: 'TagValue', Values: ['prod', 'search'] }], ['prod/db', 'prod/api']],
    [[{ Key: 'SecretType', Values: ['ECS'] }], ['acs/ecs/one']],
    [[{ Key: 'Creator', Values: ['window'] }], ['prod/db', 'prod/api', 'test/db', 'acs/ecs/one']],
    [[{ Key: 'Creator', Values: ['other'] }], []],
    [[{ Key: 'DKMSInstanceId', Values: ['kst-other'] }], []],
  ])('filtered by %j', async (filters, found) => {
    expect(await names({ filters })).toEqual(found)
    await opened.relock()
    expect(await names({ filters })).toEqual(found)
  })

  it('has pages, tags when asked for, and never a value', async () => {
    expect(await opened.ask('listSecrets', { pageNumber: 2, pageSize: 3, fetchTags: true })).toMatchObject({ totalCount: 4, secretList: [{ secretName: 'acs/ecs/one', tags: [] }] })
    expect(await names({ pageNumber: 9 })).toEqual([])
    const [first] = (await opened.ask('listSecrets', { fetchTags: true })).secretList
    expect(first).toEqual({
      secretName: 'prod/db',
      secretType: 'Generic',
      createTime: '2026-09-01T12:00:00Z',
      updateTime: '2026-09-01T12:00:00Z',
      dKMSInstanceId: opened.records.vaultId,
      tags: [tag('env', 'prod'), tag('team', 'payments')],
    })
  })
})

describe('the index of secrets', () => {
  const day = 86_400_000
  const search = (text: string, more: Partial<SecretQuery> = {}) => {
    const session = opened.secrets.session()
    return session.index.search({ search: text, sortBy: 'name', descending: false, ...more }, session.nowMs()).map(({ summary }) => summary.name)
  }
  /** Changes the record as an edit would. */
  const edit = (name: string, change: object) => {
    const { index } = opened.secrets.session()
    index.put({ ...opened.secrets.session().resolve(name).record, ...change })
  }

  beforeEach(async () => {
    await opened.create('prod/web/shop', '{"username":"ada","password":"Kanarienvogel"}', { description: 'Shöp login', tags: [tag('team', 'payments')] })
    await opened.create('prod/db', 'Kanarienvogel')
    await opened.create('Test/mail', 'x', { tags: [tag('env', 'payments')] })
    const now = opened.clock.time
    const url = { name: 'url', kind: 'url', isSecret: false }
    edit('prod/web/shop', { template: 'login', isFavourite: true, expiresAt: now + 2 * day, fields: [...(opened.secrets.session().resolve('prod/web/shop').record.fields ?? []), url], publicValues: new Map([['url', 'https://shop.example']]) })
    edit('prod/db', { expiresAt: now - 1, rotation: { ...plainSecret.rotation, isEnabled: true, intervalSeconds: 3600, lastRotatedAt: now - day, isInvalid: true } })
  })

  it.each<[text: string, found: string[]]>([
    ['', ['prod/db', 'prod/web/shop', 'Test/mail']],
    ['PROD', ['prod/db', 'prod/web/shop']],
    ['prod shöp', ['prod/web/shop']],
    ['prod SHÖP', ['prod/web/shop']],
    ['shop.example', ['prod/web/shop']],
    ['payments', ['prod/web/shop', 'Test/mail']],
    ['-prod', ['Test/mail']],
    ['tag:team', ['prod/web/shop']],
    ['tag:team=pay', ['prod/web/shop']],
    ['tag:env=', ['Test/mail']],
    ['-tag:team', ['prod/db', 'Test/mail']],
    ['field:username', ['prod/web/shop']],
    ['field:url=shop', ['prod/web/shop']],
    ['field:url=username', []],
    ['field:shop.example', []],
    ['type:generic prod', ['prod/db', 'prod/web/shop']],
    ['type:login', ['prod/web/shop']],
    ['is:favourite', ['prod/web/shop']],
    ['is:expired', ['prod/db']],
    ['is:due-soon', ['prod/web/shop']],
    ['is:rotation-overdue', ['prod/db']],
    ['is:rotation-failed', ['prod/db']],
    ['is:deleted', []],
    ['kanarienvogel', []],
    ['nothing like it', []],
  ])('finds %j', async (text, found) => {
    expect(search(text)).toEqual(found)
  })

  it('narrows by folder, state, type, template and favourite, and sorts both ways', async () => {
    expect(search('', { folder: 'prod' })).toEqual(['prod/db', 'prod/web/shop'])
    expect(search('', { folder: 'prod/web' })).toEqual(['prod/web/shop'])
    expect(search('', { folder: 'pro' })).toEqual([])
    expect(search('', { states: ['expired', 'due-soon'] })).toEqual(['prod/db', 'prod/web/shop'])
    expect(search('', { secretTypes: ['Rds'] })).toEqual([])
    expect(search('', { templates: ['login'] })).toEqual(['prod/web/shop'])
    expect(search('', { onlyFavourites: true })).toEqual(['prod/web/shop'])
    expect(search('', { descending: true })).toEqual(['Test/mail', 'prod/web/shop', 'prod/db'])
    expect(search('', { sortBy: 'expiryDate' })).toEqual(['prod/db', 'prod/web/shop', 'Test/mail'])
    expect(search('', { sortBy: 'nextRotationDate' })).toEqual(['prod/db', 'prod/web/shop', 'Test/mail'])
  })

  it('sorts by what comes due first, an expiry or a rotation', async () => {
    const account = bytesOf(JSON.stringify({ Accounts: [{ AccountName: 'a', AccountPassword: 'b' }] }))
    const extendedConfig = JSON.stringify({ SecretSubType: 'SingleUser', DBInstanceId: 'x' })
    await opened.ask('createSecret', { secretName: 'weekly', secretType: 'Rds', versionId: 'v1', secretData: account, extendedConfig, enableAutomaticRotation: true, rotationInterval: '7d' })
    expect(search('', { sortBy: 'dueDate' })).toEqual(['prod/db', 'prod/web/shop', 'weekly', 'Test/mail'])
    expect(search('', { sortBy: 'expiryDate' }).slice(0, 2)).toEqual(['prod/db', 'prod/web/shop'])
  })

  it('shows the recycle bin only when asked, and counts', async () => {
    await opened.ask('deleteSecret', { secretName: 'prod/db' })
    expect(search('')).toEqual(['prod/web/shop', 'Test/mail'])
    expect(search('is:deleted')).toEqual(['prod/db'])
    expect(search('', { states: ['deleted'] })).toEqual(['prod/db'])
    const { index } = opened.secrets.session()
    expect(index.counts()).toEqual({ total: 2, deleted: 1, favourites: 1 })
    expect(index.foldersBelow('')).toEqual([
      { path: 'Test', name: 'Test', count: 1, hasFolders: false },
      { path: 'prod', name: 'prod', count: 1, hasFolders: true },
    ])
    await opened.ask('restoreSecret', { secretName: 'prod/db' })
    expect(index.foldersBelow('')[1]).toMatchObject({ name: 'prod', count: 2 })
    expect(index.foldersBelow('prod')).toEqual([{ path: 'prod/web', name: 'web', count: 1, hasFolders: false }])
    expect(index.foldersBelow('none')).toEqual([])
  })

  it('follows every change, with its texts and orders ready and not', async () => {
    const { index } = opened.secrets.session()
    Array.from(index.prepare())
    edit('Test/mail', { name: 'moved/mail', description: 'newly written' })
    expect(search('newly')).toEqual(['moved/mail'])
    expect(search('test')).toEqual([])
    expect(opened.secrets.session().find('Test/mail')).toBeNull()
    await opened.ask('deleteSecret', { secretName: 'moved/mail', forceDeleteWithoutRecovery: true })
    expect(search('')).toEqual(['prod/db', 'prod/web/shop'])
    await opened.create('later', 'x')
    expect(search('', { sortBy: 'updateTime' })).toHaveLength(3)
    expect(index.foldersBelow('').map(({ name }) => name)).toEqual(['prod'])
  })

  it('is the same after a lock', async () => {
    await opened.ask('updateSecret', { secretName: 'Test/mail', description: 'newly written' })
    await opened.relock()
    expect(search('')).toEqual(['prod/db', 'prod/web/shop', 'Test/mail'])
    expect(search('newly')).toEqual(['Test/mail'])
    expect(search('tag:team=pay field:user')).toEqual(['prod/web/shop'])
  })
})
