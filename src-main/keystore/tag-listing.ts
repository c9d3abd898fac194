import type { Request, Response } from '../../src-shared/contract/operations'
import { invalidParameter } from '../../src-shared/errors'
import type { Caller } from '../../src-shared/model/caller'
import type { Tag } from '../../src-shared/model/tags'
import type { KeyEntry } from './key-index'
import type { KeySession } from './key-session'

const rowsPerAnswer = 200

type TagRow = Response<'listTagResources'>['tagResources'][number]

/** What a listing goes on after: a tag of a key. */
interface Place {
  ordinal: number
  keyId: string
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
  const { resourceId, tag: wanted = [], nextToken } = request
  const after = nextToken === undefined ? null : placeOf(nextToken)
  const only = resourceId && new Set(resourceId.flatMap((reference) => session.find(reference) ?? []))
  const found: Found[] = []
  for (const entry of session.index.inOrderOfCreation()) {
    const { tags } = entry.record
    if (tags.length === 0 || (only && !only.has(entry)) || !wanted.every((tag) => isAmong(tags, tag))) continue
    found.push(...rowsOf(entry).filter(({ place }) => after === null || isAfter(place, after)))
    if (found.length > rowsPerAnswer) break
  }
  const rows = found.slice(0, rowsPerAnswer)
  const last = rows.at(-1)
  const tagResources = rows.map(({ row }) => row)
  return found.length > rowsPerAnswer && last ? { tagResources, nextToken: tokenOf(last.place) } : { tagResources }
}

function rowsOf({ keyId, record }: KeyEntry): Found[] {
  return record.tags.map(({ key, value }) => ({
    place: { ordinal: record.ordinal, keyId, tagKey: key },
    row: { resourceType: 'key', resourceId: keyId, tagKey: key, tagValue: value },
  }))
}

function isAmong(tags: readonly Tag[], wanted: { key: string; value?: string | undefined }): boolean {
  return tags.some(({ key, value }) => key === wanted.key && (wanted.value === undefined || value === wanted.value))
}

function isAfter(a: Place, b: Place): boolean {
  if (a.ordinal !== b.ordinal) return a.ordinal > b.ordinal
  return a.keyId === b.keyId ? a.tagKey > b.tagKey : a.keyId > b.keyId
}

function tokenOf({ ordinal, keyId, tagKey }: Place): string {
  return Buffer.from([ordinal, keyId, tagKey].join(' ')).toString('base64url')
}

/** None of the three parts can hold a space. */
function placeOf(token: string): Place {
  const text = Buffer.from(token, 'base64url').toString()
  const [, ordinal, keyId, tagKey] = /^(\d{1,15}) (\S+) (\S+)$/.exec(text) ?? []
  if (ordinal === undefined || keyId === undefined || tagKey === undefined) throw invalidParameter('nextToken', 'must be the token of the answer before')
  return { ordinal: Number(ordinal), keyId, tagKey }
}
