import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ImportRow } from '../../../src-shared/contract/secret-exchange'
import { importRefusals, type ImportProblem } from '../../../src-shared/model/import-problems'
import { limits } from '../../../src-shared/model/limits'
import { secretLimits } from '../../../src-shared/model/secrets'
import { tagKeyProblem, tagValueProblem, type Tag } from '../../../src-shared/model/tags'
import { tagsOf } from '../../keystore/key-tags'
import type { SecretIndex } from '../secret-index'
import { FreeNames, nameOf } from './names'
import type { PackedSecret } from './pack'

/** An entry with the name that it will get and all that will be written of it. */
export interface PlannedSecret {
  readonly index: number
  readonly secret: PackedSecret
  readonly name: string
  readonly description: string
  readonly tags: readonly Tag[]
  readonly problems: readonly ImportProblem[]
}

const refusals: readonly string[] = importRefusals
const sliceMs = 8

/**
 * Names every entry within `folder` (a valid name, or empty), each differently, a few milliseconds at a time. What does
 * not fit is in the problems. Rejects with the reason of `signal` when it is aborted meanwhile.
 */
export async function planned(secrets: readonly PackedSecret[], folder: string, signal: AbortSignal): Promise<PlannedSecret[]> {
  const names = new FreeNames(secretLimits.nameChars)
  const plan: PlannedSecret[] = []
  let sliceEndsAt = performance.now() + sliceMs
  for (const [index, secret] of secrets.entries()) {
    if (performance.now() >= sliceEndsAt) {
      await nextTurn()
      signal.throwIfAborted()
      sliceEndsAt = performance.now() + sliceMs
    }
    plan.push(plannedSecret(secret, index, folder, names))
  }
  return plan
}

/** The entry as the preview shows it. No value is in it. */
export function rowOf({ index, secret, name, problems }: PlannedSecret, secrets: SecretIndex): ImportRow {
  const { title, template, versions, attachments } = secret
  const isRefused = problems.some((problem) => refusals.includes(problem))
  return {
    index,
    title,
    name,
    template,
    fields: versions.at(-1)?.fields.map((field) => field.name) ?? [],
    attachments: attachments.length,
    versions: versions.length,
    status: isRefused ? 'refused' : secrets.byName(name) ? 'taken' : 'new',
    problems: [...problems],
  }
}

function plannedSecret(secret: PackedSecret, index: number, folder: string, names: FreeNames): PlannedSecret {
  const problems = new Set<ImportProblem>(secret.problems)
  const { name: found, isChanged } = nameOf(folder, secret.folders, secret.title, secret.otherTitle)
  const name = names.take(found)
  if (isChanged || name !== found) problems.add('the name was changed to fit')
  return { index, secret, name, description: descriptionOf(secret, name, problems), tags: fittedTags(secret.tags, problems), problems: [...problems] }
}

/** How many entries will be imported, and how many not. */
export function countsOf(plan: readonly PlannedSecret[], secrets: SecretIndex): Record<ImportRow['status'], number> {
  const counts = { new: 0, taken: 0, refused: 0 }
  for (const one of plan) counts[rowOf(one, secrets).status] += 1
  return counts
}

/** The title goes on where the name does not say it. */
function descriptionOf({ title, description }: PackedSecret, name: string, problems: Set<ImportProblem>): string {
  const isSaid = title === '' || name === title || name.endsWith(`/${title}`)
  const text = [...(isSaid ? [] : [title]), ...(description === '' ? [] : [description])].join('\n').replaceAll('\0', '')
  if (text.length > limits.descriptionChars) problems.add('the description was shortened')
  return text.slice(0, limits.descriptionChars)
}

/** `key=value` is a tag with a value. */
function fittedTags(tags: readonly string[], problems: Set<ImportProblem>): readonly Tag[] {
  const fitted = new Map<string, string>()
  for (const tag of tags) {
    const { key, value } = splitTag(tag)
    const own = tagText(key)
    if (own !== key || fitted.has(own) || tagKeyProblem(own) !== null || fitted.size === limits.tagCount) problems.add('a tag was changed to fit or left out')
    if (!fitted.has(own) && tagKeyProblem(own) === null && fitted.size < limits.tagCount) fitted.set(own, value)
  }
  return tagsOf([...fitted].map(([TagKey, TagValue]) => ({ TagKey, TagValue })))
}

function splitTag(tag: string): { key: string; value: string } {
  const at = tag.indexOf('=')
  const value = at < 0 ? '' : tag.slice(at + 1)
  return at > 0 && tagValueProblem(value) === null ? { key: tag.slice(0, at), value } : { key: tag, value: '' }
}

function tagText(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll(/[^A-Za-z0-9/\\_\-.+=:@]+/g, '-').slice(0, limits.tagChars)
}
