import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import type { Tag } from '../../src-shared/model/tags'
import { changeCertificate } from './certificate-changes'
import { changeKey } from './change-key'
import type { KeySession } from './key-session'
import { mergedTags, tagsOf, withoutTags } from './key-tags'

interface ResourceName {
  keyId?: string | undefined
  certificateId?: string | undefined
}

type TagChange = (tags: readonly Tag[]) => readonly Tag[]

/**
 * TagResource on a key or a certificate: a tag of the same name is replaced. INVALID_PARAMETER, LIMIT_EXCEEDED,
 * KEY_PENDING_DELETION, CERTIFICATE_NOT_FOUND.
 */
async function tagResource(session: KeySession, caller: Caller, request: Request<'tagResource'>): Promise<Response<'tagResource'>> {
  const added = tagsOf(request.tags)
  return changeTags(session, caller, 'tagResource', request, (tags) => mergedTags(tags, added))
}

/**
 * UntagResource on a key or a certificate: names that it has not are ignored. INVALID_PARAMETER, KEY_PENDING_DELETION,
 * CERTIFICATE_NOT_FOUND.
 */
async function untagResource(session: KeySession, caller: Caller, request: Request<'untagResource'>): Promise<Response<'untagResource'>> {
  return changeTags(session, caller, 'untagResource', request, (tags) => withoutTags(tags, request.tagKeys))
}

/** ListResourceTags of a key or a certificate. INVALID_PARAMETER, CERTIFICATE_NOT_FOUND. */
async function listResourceTags(session: KeySession, _caller: Caller, request: Request<'listResourceTags'>): Promise<Response<'listResourceTags'>> {
  const resource = resourceOf(request)
  if ('certificateId' in resource) return { tags: (await session.certificates.get(resource.certificateId)).tags.map(entryOf) }
  const { keyId, record } = session.resolve(resource.keyId)
  return { tags: record.tags.map((tag) => ({ ...entryOf(tag), keyId })) }
}

function changeTags(session: KeySession, caller: Caller, operation: 'tagResource' | 'untagResource', name: ResourceName, change: TagChange): Promise<Record<string, never>> {
  const resource = resourceOf(name)
  if ('keyId' in resource) return changeKey(session, caller, resource.keyId, operation, (record) => ({ ...record, tags: change(record.tags) }))
  return changeCertificate(session, caller, resource.certificateId, (record) => ({ ...record, tags: change(record.tags) }))
}

/** Exactly one of them names the resource. */
function resourceOf({ keyId, certificateId }: ResourceName): { keyId: string } | { certificateId: string } {
  if (keyId !== undefined && certificateId === undefined) return { keyId }
  if (keyId === undefined && certificateId !== undefined) return { certificateId }
  throw invalidParameter('keyId', 'exactly one of keyId, secretName and certificateId must be given')
}

function entryOf({ key, value }: Tag): { TagKey: string; TagValue: string } {
  return { TagKey: key, TagValue: value }
}

export const resourceTagOperations = { tagResource, untagResource, listResourceTags }
