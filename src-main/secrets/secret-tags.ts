import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import type { Tag } from '../../src-shared/model/tags'
import { mergedTags, tagsOf, withoutTags } from '../keystore/key-tags'
import { listTags } from '../keystore/tag-listing'
import { changeSecret, editSecret } from './change-secret'
import { tagAnswerOf } from './secret-answers'
import type { SecretEntry } from './secret-index'
import { requireActive, type SecretSession } from './secret-session'

type TagChange = (tags: readonly Tag[]) => readonly Tag[]

/** TagResource on a secret: a tag of the same name is replaced. INVALID_PARAMETER, LIMIT_EXCEEDED, SECRET_NOT_FOUND, SECRET_IN_DELETE_WINDOW. */
export async function tagSecret(session: SecretSession, caller: Caller, secretName: string, tags: Request<'tagResource'>['tags']): Promise<Response<'tagResource'>> {
  const added = tagsOf(tags)
  return changeTags(session, caller, secretName, (known) => mergedTags(known, added))
}

/** UntagResource on a secret: names that it has not are ignored. SECRET_NOT_FOUND, SECRET_IN_DELETE_WINDOW. */
export async function untagSecret(session: SecretSession, caller: Caller, secretName: string, tagKeys: readonly string[]): Promise<Response<'untagResource'>> {
  return changeTags(session, caller, secretName, (known) => withoutTags(known, tagKeys))
}

/** ListResourceTags of a secret. SECRET_NOT_FOUND. */
export function tagsOfSecret(session: SecretSession, reference: string): Response<'listResourceTags'> {
  const { name, tags } = session.resolve(reference).record
  return { tags: tags.map((tag) => ({ ...tagAnswerOf(tag), secretName: name })) }
}

/** TagResources on secrets: those that are not there are ignored. When one is refused, none is changed. INVALID_PARAMETER, LIMIT_EXCEEDED, SECRET_IN_DELETE_WINDOW. */
export async function tagSecrets(session: SecretSession, caller: Caller, { resourceId, tag }: Request<'tagResources'>): Promise<Response<'tagResources'>> {
  const added = tagsOf(tag.map(({ key, value }) => ({ TagKey: key, TagValue: value })), 'tag')
  await changeMany(session, caller, resourceId, (known) => mergedTags(known, added))
  return {}
}

/** UntagResources on secrets: some tags or all; secrets that are not there are ignored. When one is refused, none is changed. */
export async function untagSecrets(session: SecretSession, caller: Caller, request: Request<'untagResources'>): Promise<Response<'untagResources'>> {
  const { resourceId, tagKey: keys = [], all } = request
  if (all === keys.length > 0) throw invalidParameter('tagKey', 'must name tags, or all must be true; not both')
  await changeMany(session, caller, resourceId, (known) => (all ? [] : withoutTags(known, keys)))
  return {}
}

/** ListTagResources of secrets, the oldest first. INVALID_PARAMETER (nextToken). */
export function listSecretTags(session: SecretSession, request: Request<'listTagResources'>): Response<'listTagResources'> {
  const only = request.resourceId && new Set(request.resourceId.flatMap((reference) => session.find(reference) ?? []))
  const entries = session.index.inOrderOfCreation().filter((entry) => !only || only.has(entry))
  return listTags('secret', entries.map(({ record }) => ({ ordinal: record.ordinal, id: record.name, tags: record.tags })), request)
}

async function changeTags(session: SecretSession, caller: Caller, secretName: string, change: TagChange): Promise<Record<string, never>> {
  await changeSecret(session, caller, secretName, (record) => ({ record: { ...record, tags: change(record.tags) } }))
  return {}
}

/** Every secret is asked before the first is changed; then each has a transaction and an audit entry of its own. */
function changeMany(session: SecretSession, caller: Caller, references: readonly string[], change: TagChange): Promise<void> {
  return session.changes.run(async () => {
    const entries: readonly SecretEntry[] = [...new Set(references.flatMap((reference) => session.find(reference) ?? []))]
    for (const entry of entries) {
      await session.audited(caller, entry.record.name, async () => {
        requireActive(entry)
        change(entry.record.tags)
      })
    }
    for (const entry of entries) {
      const edit = () => editSecret(session, caller, entry, (record) => ({ record: { ...record, tags: change(record.tags) } }))
      await session.audited(caller, entry.record.name, edit)
    }
  })
}
