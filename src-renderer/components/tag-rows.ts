import { limits } from '../../src-shared/model/limits'
import { tagKeyProblem, tagValueProblem, type Tag } from '../../src-shared/model/tags'
import type { PairRow } from './pair-rows'

/** What is wrong with the rows; names of the texts below `keyPage.tag.fault`. */
export type TagFault = 'unnamed' | 'reserved' | 'tooLong' | 'characters' | 'duplicate' | 'tooMany'

/** The tags that the rows say; none while something is wrong. Rows without any text are skipped. */
export function readTagRows(rows: readonly PairRow[]): { tags: Tag[]; fault: TagFault | null } {
  const tags = rows.map(({ name, value }) => ({ key: name.trim(), value: value.trim() })).filter(({ key, value }) => key !== '' || value !== '')
  const fault = faultOf(tags)
  return { tags: fault === null ? tags : [], fault }
}

function faultOf(tags: readonly Tag[]): TagFault | null {
  for (const tag of tags) {
    const fault = tagFault(tag)
    if (fault !== null) return fault
  }
  if (new Set(tags.map(({ key }) => key)).size < tags.length) return 'duplicate'
  return tags.length > limits.tagCount ? 'tooMany' : null
}

function tagFault({ key, value }: Tag): TagFault | null {
  if (tagKeyProblem(key) === null && tagValueProblem(value) === null) return null
  if (key === '') return 'unnamed'
  if (key.length > limits.tagChars || value.length > limits.tagChars) return 'tooLong'
  return key.startsWith('aliyun') || key.startsWith('acs:') ? 'reserved' : 'characters'
}

/** What has to be sent so that the tags of a key become `after`. */
export function tagChanges(before: readonly Tag[], after: readonly Tag[]): { set: Tag[]; removed: string[] } {
  const old = new Map(before.map(({ key, value }) => [key, value]))
  const kept = new Set(after.map(({ key }) => key))
  return { set: after.filter(({ key, value }) => old.get(key) !== value), removed: before.map(({ key }) => key).filter((key) => !kept.has(key)) }
}
