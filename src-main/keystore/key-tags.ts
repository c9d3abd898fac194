import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter, KmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import { limits } from '../../src-shared/model/limits'
import { tagsProblem, type Tag } from '../../src-shared/model/tags'
import { editKey } from './change-key'
import type { KeyEntry } from './key-index'
import type { KeyRecord } from './key-record'
import { requireUsable, type KeySession } from './key-session'
import { listTagResources } from './tag-listing'

/** Tags as a request names them, sorted by key. INVALID_PARAMETER for what the grammar does not allow. */
export function tagsOf(entries: readonly { TagKey: string; TagValue: string }[], field = 'tags'): readonly Tag[] {
  return checkedTags(entries.map(({ TagKey, TagValue }) => ({ key: TagKey, value: TagValue })), field)
}

/** The tags with `added` in place of those of the same name. LIMIT_EXCEEDED. */
export function mergedTags(known: readonly Tag[], added: readonly Tag[]): readonly Tag[] {
  const tags = sorted([...withoutTags(known, added.map(({ key }) => key)), ...added])
  if (tags.length > limits.tagCount) throw new KmsError('LIMIT_EXCEEDED', 'The resource would have too many tags.', { limit: limits.tagCount })
  return tags
}

/** The tags but for those of these names. */
export function withoutTags(known: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  const gone = new Set(keys)
  return known.filter(({ key }) => !gone.has(key))
}

/** TagResources: keys that are not there are ignored. When one is refused, none is changed. INVALID_PARAMETER, LIMIT_EXCEEDED, KEY_PENDING_DELETION. */
async function tagResources(session: KeySession, caller: Caller, { resourceId, tag }: Request<'tagResources'>): Promise<Response<'tagResources'>> {
  const added = checkedTags(tag, 'tag')
  await changeMany(session, caller, resourceId, 'tagResource', (record) => ({ ...record, tags: mergedTags(record.tags, added) }))
  return {}
}

/** UntagResources: some tags or all; keys that are not there are ignored. When one is refused, none is changed. */
async function untagResources(session: KeySession, caller: Caller, request: Request<'untagResources'>): Promise<Response<'untagResources'>> {
  const { resourceId, tagKey: keys = [], all } = request
  if (all === keys.length > 0) throw invalidParameter('tagKey', 'must name tags, or all must be true; not both')
  await changeMany(session, caller, resourceId, 'untagResource', (record) => ({ ...record, tags: all ? [] : withoutTags(record.tags, keys) }))
  return {}
}

/** Every key is asked before the first is changed; then each has a transaction and an audit entry of its own. */
function changeMany(
  session: KeySession,
  caller: Caller,
  references: readonly string[],
  operation: 'tagResource' | 'untagResource',
  change: (record: KeyRecord) => KeyRecord,
): Promise<void> {
  return session.changes.run(async () => {
    const entries = foundKeys(session, references)
    for (const { keyId, record } of entries) {
      await session.audited(caller, keyId, async () => {
        requireUsable(session, record, operation)
        change(record)
      })
    }
    for (const entry of entries) await session.audited(caller, entry.keyId, () => editKey(session, caller, entry, change))
  })
}

function foundKeys(session: KeySession, references: readonly string[]): readonly KeyEntry[] {
  return [...new Set(references.flatMap((reference) => session.find(reference) ?? []))]
}

function checkedTags(tags: readonly Tag[], field: string): readonly Tag[] {
  const problem = tagsProblem(tags)
  if (problem !== null) throw invalidParameter(field, problem)
  return sorted(tags)
}

function sorted(tags: readonly Tag[]): readonly Tag[] {
  return tags.toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
}

export const tagOperations = { tagResources, untagResources, listTagResources }
