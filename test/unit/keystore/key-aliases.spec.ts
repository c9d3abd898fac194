import { describe, expect, it } from 'vitest'
import { KmsError } from '../../../src-shared/errors'
import { callerOf, codeOf, openKeystore } from '../../support/keystore-fixture'

/** Two keys with an alias each. */
async function openWithAliases() {
  const opened = await openKeystore()
  const [one, two] = [(await opened.newKey()).keyId, (await opened.newKey()).keyId]
  await opened.ask('createAlias', { aliasName: 'alias/one', keyId: one })
  await opened.ask('createAlias', { aliasName: 'alias/two', keyId: two })
  const ownerOf = async (aliasName: string) => (await opened.ask('describeKey', { keyId: aliasName })).keyMetadata.keyId
  return { ...opened, one, two, ownerOf }
}

describe('updateAlias', () => {
  it('moves a name in one transaction and keeps it there over a lock', async () => {
    const { ask, one, two, ownerOf, records, keystore, relock } = await openWithAliases()
    const seen: (string | null)[] = []
    keystore.onChange((keyId) => seen.push(keyId))
    const entries = records.audit.length
    await ask('updateAlias', { aliasName: 'alias/one', keyId: 'alias/two' })
    expect(await ownerOf('alias/one')).toBe(two)
    expect(records.audit.slice(entries)).toEqual([{ caller: callerOf('updateAlias'), resource: two, code: null }])
    expect(seen).toEqual([one, two])
    await relock()
    expect(await ownerOf('alias/one')).toBe(two)
    expect((await ask('listAliasesByKeyId', { keyId: one })).totalCount).toBe(0)
  })

  it('may name the key that has the alias already', async () => {
    const { ask, one, ownerOf } = await openWithAliases()
    await ask('updateAlias', { aliasName: 'alias/one', keyId: one })
    expect(await ownerOf('alias/one')).toBe(one)
    expect((await ask('listAliases', {})).totalCount).toBe(2)
  })

  it('asks only the target for its state', async () => {
    const { ask, one, two, ownerOf } = await openWithAliases()
    await ask('scheduleKeyDeletion', { keyId: one, pendingWindowInDays: 7 })
    await ask('updateAlias', { aliasName: 'alias/one', keyId: two })
    expect(await ownerOf('alias/one')).toBe(two)
    expect(await codeOf(ask('updateAlias', { aliasName: 'alias/two', keyId: one }))).toBe('KEY_PENDING_DELETION')
  })

  it.each([
    ['alias/none', 'alias/one', 'ALIAS_NOT_FOUND'],
    ['alias/one', 'key-unknownunknownunknown', 'KEY_NOT_FOUND'],
    ['alias/one', 'alias/none', 'ALIAS_NOT_FOUND'],
    ['one', 'alias/two', 'INVALID_PARAMETER'],
    ['alias/acs/one', 'alias/two', 'INVALID_PARAMETER'],
    ['alias/', 'alias/two', 'INVALID_PARAMETER'],
  ])('refuses to move %s to %s: %s', async (aliasName, keyId, code) => {
    const { ask } = await openWithAliases()
    expect(await codeOf(ask('updateAlias', { aliasName, keyId }))).toBe(code)
  })

  it('leaves both keys alone when the transaction fails', async () => {
    const { ask, one, two, ownerOf, records, use } = await openWithAliases()
    records.failNextCommit(new KmsError('NO_SPACE', 'The disk is full.'))
    expect(await codeOf(ask('updateAlias', { aliasName: 'alias/one', keyId: two }))).toBe('NO_SPACE')
    expect(await ownerOf('alias/one')).toBe(one)
    expect(use.calls).toEqual([{ caller: callerOf('updateAlias'), resource: two, code: 'NO_SPACE' }])
  })
})

describe('deleteAlias', () => {
  it('takes the name and leaves the key', async () => {
    const { ask, one, records, relock } = await openWithAliases()
    await ask('deleteAlias', { aliasName: 'alias/one' })
    expect(records.audit.at(-1)).toEqual({ caller: callerOf('deleteAlias'), resource: one, code: null })
    for (const again of [async () => undefined, relock]) {
      await again()
      expect(await codeOf(ask('describeKey', { keyId: 'alias/one' }))).toBe('ALIAS_NOT_FOUND')
      expect((await ask('describeKey', { keyId: one })).keyMetadata.keyState).toBe('Enabled')
    }
    expect(await codeOf(ask('deleteAlias', { aliasName: 'alias/one' }))).toBe('ALIAS_NOT_FOUND')
    await ask('createAlias', { aliasName: 'alias/one', keyId: 'alias/two' })
  })

  it('takes no key id', async () => {
    const { ask, one } = await openWithAliases()
    expect(await codeOf(ask('deleteAlias', { aliasName: one }))).toBe('INVALID_PARAMETER')
  })
})

describe('listAliasesByKeyId', () => {
  it('pages through the names of one key', async () => {
    const { ask, one, records } = await openWithAliases()
    for (const name of ['b', 'a', 'c/d']) await ask('createAlias', { aliasName: `alias/${name}`, keyId: one })
    const page = await ask('listAliasesByKeyId', { keyId: 'alias/one', pageNumber: 2, pageSize: 3 })
    expect(page).toEqual({
      totalCount: 4,
      pageNumber: 2,
      pageSize: 3,
      aliases: [{ aliasName: 'alias/one', aliasArn: `acs:kms:local:${records.vaultId}:alias/one`, keyId: one }],
    })
    expect((await ask('listAliasesByKeyId', { keyId: one, pageSize: 0 })).aliases).toEqual([])
  })
})
