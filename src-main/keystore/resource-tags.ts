import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter, KmsError } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import type { KeySession } from './key-session'
import { tagKey, tagsOf, untagKey } from './key-tags'

interface ResourceName {
  keyId?: string | undefined
  certificateId?: string | undefined
}

/** TagResource: a tag of the same name is replaced. INVALID_PARAMETER, LIMIT_EXCEEDED, KEY_PENDING_DELETION. */
async function tagResource(session: KeySession, caller: Caller, request: Request<'tagResource'>): Promise<Response<'tagResource'>> {
  const tags = tagsOf(request.tags)
  return tagKey(session, caller, keyOf(request), tags)
}

/** UntagResource: names that the resource has not are ignored. INVALID_PARAMETER, KEY_PENDING_DELETION. */
async function untagResource(session: KeySession, caller: Caller, request: Request<'untagResource'>): Promise<Response<'untagResource'>> {
  return untagKey(session, caller, keyOf(request), request.tagKeys)
}

/** ListResourceTags. INVALID_PARAMETER. */
function listResourceTags(session: KeySession, _caller: Caller, request: Request<'listResourceTags'>): Response<'listResourceTags'> {
  const { keyId, record } = session.resolve(keyOf(request))
  return { tags: record.tags.map(({ key, value }) => ({ TagKey: key, TagValue: value, keyId })) }
}

/** Exactly one of them names the resource. */
function keyOf({ keyId, certificateId }: ResourceName): string {
  if ((keyId === undefined) === (certificateId === undefined)) throw invalidParameter('keyId', 'exactly one of keyId and certificateId must be given')
  if (keyId === undefined) throw new KmsError('CERTIFICATE_NOT_FOUND', 'The specified certificate is not found in this vault.')
  return keyId
}

export const resourceTagOperations = { tagResource, untagResource, listResourceTags }
