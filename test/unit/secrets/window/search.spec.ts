import { beforeEach, describe, expect, it } from 'vitest'
import { parseSearch } from '../../../../src-main/secrets/search-terms'
import { useTemporaryFolder } from '../../../support/temporary-folder'
import { login, useSecretWindow } from './support'

const { call, save, namesFor, clock, codeFor } = useSecretWindow(useTemporaryFolder())
const inDays = (days: number) => new Date(clock().time + days * 86_400_000).toISOString()

describe('parseSearch', () => {
  const any = (text: string, isExcluded = false) => ({ prefix: null, text, isExcluded })

  it.each([
    ['', []],
    ['  ', []],
    ['Mail  PROD', [any('mail'), any('prod')]],
    ['"big mail" x', [any('big mail'), any('x')]],
    ['"not closed', [any('not closed')]],
    ['""', []],
    ['-old', [any('old', true)]],
    ['-"very old"', [any('very old', true)]],
    ['-', [any('-')]],
    ['a-b', [any('a-b')]],
    ['tag:env=prod', [{ prefix: 'tag', text: 'env=prod', isExcluded: false }]],
    ['-is:deleted', [{ prefix: 'is', text: 'deleted', isExcluded: true }]],
    ['field:"user name=Anna B"', [{ prefix: 'field', text: 'user name=anna b', isExcluded: false }]],
    ['name:', []],
    ['is: expired', [any('expired')]],
    ['http://x', [any('http://x')]],
    ['name：Ｍail', [{ prefix: 'name', text: 'mail', isExcluded: false }]],
  ])('reads %j', (search, terms) => {
    expect(parseSearch(search)).toEqual(terms)
  })
})

describe('searchSecrets', () => {
  beforeEach(async () => {
    await save('web/mail', login('anna@example.org', 'hunter2 canary'), { description: 'Big mail server', tags: [{ TagKey: 'env', TagValue: 'prod' }], isFavourite: true })
    await save('web/shop', login('berta', 'x'), { description: 'mail of the shop', tags: [{ TagKey: 'env', TagValue: 'test' }], expiryDate: inDays(2) })
    await save('db/main', [{ name: 'host', text: 'db.local', kind: 'text', isSecret: false }, { name: 'password', text: 'y' }], { template: 'database', expiryDate: inDays(-1) })
    await save('db/old', login('carl', 'z'), { template: null })
    await call('deleteSecret', { secretName: 'db/old' })
  })

  it.each([
    ['', ['db/main', 'web/mail', 'web/shop']],
    ['MAIL', ['web/mail', 'web/shop']],
    ['mail web prod', ['web/mail']],
    ['"big mail"', ['web/mail']],
    ['"mail big"', []],
    ['mail -shop', ['web/mail']],
    ['name:mail', ['web/mail']],
    ['-name:web', ['db/main']],
    ['tag:env', ['web/mail', 'web/shop']],
    ['tag:env=prod', ['web/mail']],
    ['tag:mail', []],
    ['field:host', ['db/main']],
    ['field:username=anna', ['web/mail']],
    ['field:password', ['db/main', 'web/mail', 'web/shop']],
    ['anna@example.org', ['web/mail']],
    ['hunter2', []],
    ['canary', []],
    ['field:password=hunter2', []],
    ['type:login', ['web/mail', 'web/shop']],
    ['type:database', ['db/main']],
    ['type:generic', ['db/main', 'web/mail', 'web/shop']],
    ['type:rds', []],
    ['is:expired', ['db/main']],
    ['is:exp', ['db/main']],
    ['is:due-soon', ['web/shop']],
    ['is:favourite', ['web/mail']],
    ['-is:fav', ['db/main', 'web/shop']],
    ['is:deleted', ['db/old']],
    ['is:rotation-failed', []],
    ['is:nothing', []],
    ['is:', ['db/main', 'web/mail', 'web/shop']],
  ])('finds by %j', async (search, names) => {
    expect(await namesFor(search)).toEqual(names)
  })

  it('narrows by folder, state, type, template and favourites, sorts and pages', async () => {
    expect(await namesFor('', { folder: 'web' })).toEqual(['web/mail', 'web/shop'])
    expect(await namesFor('', { folder: 'we' })).toEqual([])
    expect(await namesFor('', { states: ['deleted'] })).toEqual(['db/old'])
    expect(await namesFor('', { states: ['expired', 'due-soon'] })).toEqual(['db/main', 'web/shop'])
    expect(await namesFor('', { secretTypes: ['Rds'] })).toEqual([])
    expect(await namesFor('', { templates: ['database'] })).toEqual(['db/main'])
    expect(await namesFor('', { onlyFavourites: true })).toEqual(['web/mail'])
    expect(await namesFor('', { sortBy: 'expiryDate' })).toEqual(['db/main', 'web/shop', 'web/mail'])
    expect(await namesFor('', { sortBy: 'name', descending: true })).toEqual(['web/shop', 'web/mail', 'db/main'])
    const { total, rows } = await call('searchSecrets', { offset: 1, count: 1 })
    expect([total, rows.map(({ secretName }) => secretName)]).toEqual([3, ['web/mail']])
  })

  it('shows of each what a list needs and no secret value', async () => {
    const { rows } = await call('searchSecrets', { search: 'name:web/mail' })
    expect(rows).toEqual([
      {
        secretName: 'web/mail',
        secretType: 'Generic',
        template: 'login',
        description: 'Big mail server',
        subtitle: 'anna@example.org',
        currentVersionId: 'v1',
        versions: 1,
        tags: [{ key: 'env', value: 'prod' }],
        isFavourite: true,
        states: ['active'],
        createTime: '2026-09-01T12:00:00Z',
        updateTime: '2026-09-01T12:00:00Z',
        expiryDate: null,
        nextRotationDate: null,
        plannedDeleteTime: null,
      },
    ])
    expect(JSON.stringify(await call('searchSecrets', { states: ['active', 'deleted'] }))).not.toContain('canary')
  })

  it('lists the folders with what is in them', async () => {
    expect(await call('listSecretFolders', {})).toEqual({
      folders: [
        { path: 'db', name: 'db', count: 1, hasFolders: false },
        { path: 'web', name: 'web', count: 2, hasFolders: false },
      ],
      total: 3,
      deleted: 1,
      favourites: 1,
    })
    await save('web/in/side', login('a', 'b'))
    expect((await call('listSecretFolders', { parent: 'web' })).folders).toEqual([{ path: 'web/in', name: 'in', count: 1, hasFolders: false }])
    expect((await call('listSecretFolders', { parent: 'none' })).folders).toEqual([])
  })

  it('is refused while the vault is locked', async () => {
    await call('lockVault', {})
    expect(await codeFor('searchSecrets', {})).toBe('VAULT_LOCKED')
  })

  it('is not needed to generate a value', async () => {
    await call('lockVault', {})
    expect((await call('generateSecretValue', { kind: 'characters', length: 12 })).value).toHaveLength(12)
  })
})
