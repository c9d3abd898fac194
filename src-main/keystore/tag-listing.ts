import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import type { Tag } from '../../src-shared/model/tags'
import type { KeySession } from './key-session'

const rowsPerAnswer = 200

type TagRow = Response<'listTagResources'>['tagResources'][number]

/** A key or a secret. */
interface Tagged {
  /** Rises with each new one. */
  readonly ordinal: number
  /** Without a space. */
  readonly id: string
  readonly tags: readonly Tag[]
}

/** What a listing goes on after: a tag of a resource. */
interface Place {
  ordinal: number
  id: string
  tagKey: string
}

interface Found {
  place: Place
  row: TagRow
}

/**
 * ListTagResources: one row for each tag of the keys that have every tag asked for (by value, where one is given), the
 * oldest key first. 200 rows an answer; NextToken names the last one, so that changes in between move nothing.
 * INVALID_PARAMETER (nextToken).
 */
export function listTagResources(session: KeySession, _caller: Caller, request: Request<'listTagResources'>): Response<'listTagResources'> {
  const only = request.resourceId && new Set(request.resourceId.flatMap((reference) => session.find(reference) ?? []))
  const entries = session.index.inOrderOfCreation().filter((entry) => !only || only.has(entry))
  return listTags('key', entries.map(({ keyId, record }) => ({ ordinal: record.ordinal, id: keyId, tags: record.tags })), request)
}

/** As listTagResources() for the resources given, which are in the order of their ordinals. */
export function listTags(resourceType: 'key' | 'secret', resources: readonly Tagged[], { tag: wanted = [], nextToken }: Pick<Request<'listTagResources'>, 'tag' | 'nextToken'>): Response<'listTagResources'> {
  const after = nextToken === undefined ? null : placeOf(nextToken)
  const found: Found[] = []
  for (const resource of resources) {
    const { tags } = resource
    if (tags.length === 0 || !wanted.every((tag) => isAmong(tags, tag))) continue
    found.push(...rowsOf(resourceType, resource).filter(({ place }) => after === null || isAfter(place, after)))
    if (found.length > rowsPerAnswer) break
  }
  const rows = found.slice(0, rowsPerAnswer)
  const last = rows.at(-1)
  const tagResources = rows.map(({ row }) => row)
  return found.length > rowsPerAnswer && last ? { tagResources, nextToken: tokenOf(last.place) } : { tagResources }
}

function rowsOf(resourceType: 'key' | 'secret', { ordinal, id, tags }: Tagged): Found[] {
  return tags.map(({ key, value }) => ({
    place: { ordinal, id, tagKey: key },
    row: { resourceType, resourceId: id, tagKey: key, tagValue: value },
  }))
}

function isAmong(tags: readonly Tag[], wanted: { key: string; value?: string | undefined }): boolean {
  return tags.some(({ key, value }) => key === wanted.key && (wanted.value === undefined || value === wanted.value))
}

function isAfter(a: Place, b: Place): boolean {
  if (a.ordinal !== b.ordinal) return a.ordinal > b.ordinal
  return a.id === b.id ? a.tagKey > b.tagKey : a.id > b.id
}

function tokenOf({ ordinal, id, tagKey }: Place): string {
  return Buffer.from([ordinal, id, tagKey].join(' ')).toString('base64url')
}

/** None of the three parts can hold a space. */
function placeOf(token: string): Place {
  const text = Buffer.from(token, 'base64url').toString()
  const [, ordinal, id, tagKey] = /^(\d{1,15}) (\S+) (\S+)$/.exec(text) ?? []
  if (ordinal === undefined || id === undefined || tagKey === undefined) throw invalidParameter('nextToken', 'must be the token of the answer before')
  return { ordinal: Number(ordinal), id, tagKey }
}
