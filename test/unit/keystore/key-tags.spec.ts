import { describe, expect, it } from 'vitest'
import { operations } from '../../../src-shared/contract/operations'
import { callerOf, codeOf, openKeystore } from '../../support/keystore-fixture'

const tag = (TagKey: string, TagValue = '') => ({ TagKey, TagValue })
const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, index) => tag(`k${from + index}`, 'v'))

async function openWithKey() {
  const opened = await openKeystore()
  const { keyId } = await opened.newKey()
  const tagsOf = async (id = keyId) =>
    (await opened.ask('listResourceTags', { keyId: id })).tags.map(({ TagKey, TagValue }) => `${TagKey}=${TagValue}`).join(' ')
  return { ...opened, keyId, tagsOf }
}

describe('tags of a key', () => {
  it('are added, replaced by name and removed, and survive a lock', async () => {
    const { ask, keyId, tagsOf, relock, records } = await openWithKey()
    await ask('tagResource', { keyId, tags: [tag('team', 'a'), tag('env', 'prod')] })
    await ask('tagResource', { keyId, tags: [tag('team', 'b'), tag('Z:@/\\_-.+=1')] })
    expect(await tagsOf()).toBe('Z:@/\\_-.+=1= env=prod team=b')
    await ask('untagResource', { keyId, tagKeys: ['env', 'none'] })
    await relock()
    expect(await tagsOf()).toBe('Z:@/\\_-.+=1= team=b')
    expect(records.audit.at(-1)).toEqual({ caller: callerOf('untagResource'), resource: keyId, code: null })
  })

  it('are at most 20', async () => {
    const { ask, keyId, use } = await openWithKey()
    await ask('tagResource', { keyId, tags: numbered(10) })
    await ask('tagResource', { keyId, tags: numbered(10, 10) })
    await ask('tagResource', { keyId, tags: numbered(10) })
    const refusal = await ask('tagResource', { keyId, tags: [tag('one-more')] }).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'LIMIT_EXCEEDED', details: { limit: 20 } })
    expect(use.calls.at(-1)).toEqual({ caller: callerOf('tagResource'), resource: keyId, code: 'LIMIT_EXCEEDED' })
  })

  it.each([
    [''],
    ['aliyun'],
    ['aliyun/x'],
    ['acs:x'],
    ['a b'],
    ['ключ'],
    ['a,b'],
    ['x'.repeat(129)],
  ])('are not named %j', async (name) => {
    const { ask, keyId } = await openWithKey()
    const refusal = await ask('tagResource', { keyId, tags: [tag(name)] }).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'INVALID_PARAMETER', details: { fields: [{ field: 'tags' }] } })
  })

  it('have values of the same grammar, and no name twice', async () => {
    const { ask, keyId } = await openWithKey()
    for (const tags of [[tag('a', 'b c')], [tag('a', 'x'.repeat(129))], [tag('a'), tag('a')]]) {
      expect(await codeOf(ask('tagResource', { keyId, tags }))).toBe('INVALID_PARAMETER')
    }
    await ask('tagResource', { keyId, tags: [tag('x'.repeat(128), 'y'.repeat(128))] })
  })

  it('are those of a certificate just the same', async () => {
    const { ask, relock } = await openWithKey()
    const { certificateId } = await ask('createCertificate', { keySpec: 'EC_P256', subject: 'CN=test,O=Keystead,OU=tests,C=DE' })
    await ask('tagResource', { certificateId, tags: [tag('team', 'a'), tag('env', 'prod')] })
    await ask('untagResource', { certificateId, tagKeys: ['env'] })
    await relock()
    expect((await ask('listResourceTags', { certificateId })).tags).toEqual([{ TagKey: 'team', TagValue: 'a' }])
    for (const from of [0, 10]) await ask('tagResource', { certificateId, tags: numbered(from === 0 ? 10 : 9, from) })
    expect(await codeOf(ask('tagResource', { certificateId, tags: [tag('one-more')] }))).toBe('LIMIT_EXCEEDED')
  })

  it('need exactly one resource', async () => {
    const { ask, keyId } = await openWithKey()
    expect(await codeOf(ask('tagResource', { tags: [tag('a')] }))).toBe('INVALID_PARAMETER')
    expect(await codeOf(ask('tagResource', { keyId, certificateId: 'c', tags: [tag('a')] }))).toBe('INVALID_PARAMETER')
    expect(await codeOf(ask('untagResource', { certificateId: 'none', tagKeys: ['a'] }))).toBe('CERTIFICATE_NOT_FOUND')
    expect(await codeOf(ask('listResourceTags', { keyId: 'key-unknownunknownunknown' }))).toBe('KEY_NOT_FOUND')
  })

  it('are at most 10 in a call', () => {
    expect(operations.tagResource.request.safeParse({ keyId: 'k', tags: numbered(11) }).success).toBe(false)
    expect(operations.untagResource.request.safeParse({ keyId: 'k', tagKeys: [] }).success).toBe(false)
  })
})

describe('tags of many keys', () => {
  const many = { resourceType: 'key' } as const

  it('are set and removed on all that are there, each with its audit entry', async () => {
    const { ask, keyId, newKey, tagsOf, records } = await openWithKey()
    const other = (await newKey()).keyId
    const resourceId = [keyId, 'key-unknownunknownunknown', 'alias/none', other, keyId]
    const entries = records.audit.length
    await ask('tagResources', { ...many, resourceId, tag: [{ key: 'a', value: '1' }, { key: 'b' }] })
    expect([await tagsOf(), await tagsOf(other)]).toEqual(['a=1 b=', 'a=1 b='])
    expect(records.audit.slice(entries).map(({ caller, resource }) => [caller.operation, resource])).toEqual([['tagResources', keyId], ['tagResources', other]])
    await ask('untagResources', { ...many, resourceId, tagKey: ['a'] })
    expect([await tagsOf(), await tagsOf(other)]).toEqual(['b=', 'b='])
    await ask('untagResources', { ...many, resourceId: [keyId], all: true })
    expect([await tagsOf(), await tagsOf(other)]).toEqual(['', 'b='])
  })

  it('change on none when one key refuses', async () => {
    const { ask, keyId, newKey, tagsOf, use } = await openWithKey()
    const full = (await newKey({ tags: numbered(20) })).keyId
    const pending = (await newKey()).keyId
    await ask('scheduleKeyDeletion', { keyId: pending, pendingWindowInDays: 7 })
    for (const [refusing, code] of [[full, 'LIMIT_EXCEEDED'], [pending, 'KEY_PENDING_DELETION']] as const) {
      expect(await codeOf(ask('tagResources', { ...many, resourceId: [keyId, refusing], tag: [{ key: 'a' }] }))).toBe(code)
      expect(use.calls.at(-1)).toEqual({ caller: callerOf('tagResources'), resource: refusing, code })
    }
    expect(await tagsOf()).toBe('')
  })

  it.each([
    [{}],
    [{ tagKey: [] }],
    [{ tagKey: ['a'], all: true }],
  ])('are not removed by %j', async (what) => {
    const { ask, keyId } = await openWithKey()
    expect(await codeOf(ask('untagResources', { ...many, resourceId: [keyId], ...what }))).toBe('INVALID_PARAMETER')
  })

  it('are listed by key and by tag', async () => {
    const { ask, newKey } = await openKeystore()
    const one = (await newKey({ tags: [tag('env', 'prod'), tag('team', 'a')] })).keyId
    const two = (await newKey({ tags: [tag('env', 'test')] })).keyId
    await newKey()
    const rows = async (input: object) => (await ask('listTagResources', { ...many, ...input })).tagResources.map((row) => [row.resourceId, `${row.tagKey}=${row.tagValue}`])
    const [first, second] = [[[one, 'env=prod'], [one, 'team=a']], [[two, 'env=test']]]
    expect(await rows({})).toEqual([...first, ...second])
    expect(await rows({ resourceId: [two, 'key-unknownunknownunknown'] })).toEqual(second)
    expect(await rows({ tag: [{ key: 'env', value: 'prod' }] })).toEqual(first)
    expect(await rows({ tag: [{ key: 'env' }, { key: 'team' }] })).toEqual(first)
    expect(await rows({ tag: [{ key: 'env' }], resourceId: [two] })).toEqual(second)
    expect(await rows({ tag: [{ key: 'none' }] })).toEqual([])
  })

  it('come 200 rows at a time, and changes in between neither repeat nor skip any', async () => {
    const { ask, newKey } = await openKeystore()
    const ids: string[] = []
    for (let count = 0; count < 21; count++) ids.push((await newKey({ tags: numbered(20) })).keyId)
    const first = await ask('listTagResources', many)
    expect(first.tagResources).toHaveLength(200)
    await ask('untagResources', { ...many, resourceId: [ids[0] ?? ''], all: true })
    const second = await ask('listTagResources', { ...many, nextToken: first.nextToken ?? '' })
    const third = await ask('listTagResources', { ...many, nextToken: second.nextToken ?? '' })
    expect([second.tagResources.length, third.tagResources.length, third.nextToken]).toEqual([200, 20, undefined])
    const all = [first, second, third].flatMap(({ tagResources }) => tagResources.map(({ resourceId, tagKey }) => `${resourceId} ${tagKey}`))
    expect(new Set(all).size).toBe(420)
  })

  it.each(['', 'x', 'bm90IGEgdG9rZW4'])('refuses %j as token', async (nextToken) => {
    const { ask } = await openKeystore()
    const refusal = await ask('listTagResources', { ...many, nextToken }).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'INVALID_PARAMETER', details: { fields: [{ field: 'nextToken' }] } })
  })
})
