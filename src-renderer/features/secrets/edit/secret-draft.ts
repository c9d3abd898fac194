import type { RequestInput, Response } from '../../../../src-shared/contract/operations'
import { secretLimits, secretNameProblem, secretTemplates, type SecretTemplate, type SecretType } from '../../../../src-shared/model/secrets'
import type { Tag } from '../../../../src-shared/model/tags'
import { dayOf, endOfDay } from '../../../composables/local-day'
import { fieldFaults, fieldShapes, fieldsOf, fieldsOfTemplate, givenFields, savedFields, shapesDiffer, typedBytes, valuesDiffer, type FieldDraft } from './field-draft'
import { emptyManaged, isManagedIncomplete, managedName, type ManagedDraft, type ManagedType } from './managed-draft'

/** What a secret can be when it is made: a template of fields, plain text, or a type that is rotated at its target. */
export const secretKinds = [...secretTemplates, 'plain', 'Rds', 'RAMCredentials', 'ECS'] as const
export type SecretKind = (typeof secretKinds)[number]

export type SecretDetails = Response<'getSecretDetails'>

/** A secret as the form holds it. */
export interface SecretDraft {
  kind: SecretKind
  /** Null for a set of fields that follows no template. */
  template: SecretTemplate | null
  name: string
  description: string
  fields: FieldDraft[]
  /** The value of plain text. */
  plain: { value: string; isKept: boolean }
  /** Text of an .env file that has not become fields yet. */
  pasted: string
  managed: ManagedDraft
  tags: readonly Tag[]
  isFavourite: boolean
  /** Last local day; empty: never. */
  expiryDay: string
  /** Null: the default key of secrets. */
  keyId: string | null
}

/** Why a secret cannot be saved yet; names of the texts below `secretEdit.summary`. */
export type DraftFault = 'nameFault' | 'fieldFault' | 'noFields' | 'noValue' | 'incomplete' | 'tooManyFields' | 'tooLarge' | 'tagFault' | 'expiryFault'

/** The type of the KMS that a kind of the form makes. */
export function typeOf(kind: SecretKind): SecretType {
  return managedTypeOf(kind) ?? 'Generic'
}

/** Null for what is not rotated at a target. */
export function managedTypeOf(kind: SecretKind): ManagedType | null {
  return kind === 'Rds' || kind === 'RAMCredentials' || kind === 'ECS' ? kind : null
}

/** True for kinds whose value is a set of fields. */
export function hasFields(kind: SecretKind): boolean {
  return kind !== 'plain' && managedTypeOf(kind) === null
}

/** A new secret of this kind; `folder` is where the page stands. */
export function emptyDraft(kind: SecretKind, folder = ''): SecretDraft {
  const template = secretTemplates.find((each) => each === kind) ?? null
  const place = folder === '' || folder.startsWith('acs/') || folder === 'acs' ? '' : `${folder}/`
  return {
    kind, template, name: kind === 'ECS' ? 'acs/ecs/' : place, description: '', fields: template === null ? [] : fieldsOfTemplate(template), plain: { value: '', isKept: false },
    pasted: '', managed: emptyManaged(), tags: [], isFavourite: false, expiryDay: '', keyId: null,
  }
}

/** The form for a secret that is edited. */
export function draftOf({ row, fields, encryptionKeyId }: SecretDetails): SecretDraft {
  const kind = kindOf(row.secretType, row.template, fields !== null)
  return {
    ...emptyDraft(kind), template: row.template, name: row.secretName, description: row.description, fields: fieldsOf(fields ?? [], row.template), plain: { value: '', isKept: true },
    tags: row.tags, isFavourite: row.isFavourite, expiryDay: row.expiryDate === null ? '' : dayOf(Date.parse(row.expiryDate)), keyId: encryptionKeyId,
  }
}

/** The name that the secret will have. */
export function nameOf(draft: SecretDraft, edited: SecretDetails | null): string {
  const managed = managedTypeOf(draft.kind)
  return managed === null || edited !== null ? draft.name.trim() : managedName(managed, draft.name, draft.managed)
}

/** The first thing that keeps the draft from being saved; `edited` is the secret that it changes. */
export function draftFault(draft: SecretDraft, areTagsValid: boolean, edited: SecretDetails | null, nowMs: number): DraftFault | null {
  // The name of a new access key follows from its user.
  const isTyped = edited === null ? draft.kind !== 'RAMCredentials' : nameOf(draft, edited) !== edited.row.secretName
  if (isTyped && secretNameProblem(draft.name.trim(), typeOf(draft.kind)) !== null) return 'nameFault'
  const fault = valueFault(draft, edited)
  if (fault !== null) return fault
  if (!areTagsValid) return 'tagFault'
  return isExpiryFaulty(draft, edited, nowMs) ? 'expiryFault' : null
}

/** ISO 8601 of the last second of the day; null: never. An expiry that was not touched stays to the second. */
export function expiryOf(draft: SecretDraft, edited: SecretDetails | null): string | null {
  if (draft.expiryDay === '') return null
  const before = edited?.row.expiryDate ?? null
  if (before !== null && dayOf(Date.parse(before)) === draft.expiryDay) return before
  const seconds = endOfDay(draft.expiryDay, 0)
  return seconds === null ? null : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
}

/** What saving would do. */
export interface DraftChanges {
  /** The value differs: a new version is made. */
  value: boolean
  renamed: boolean
  /** Description, tags, favourite, expiry, key, or what the fields are. */
  other: boolean
}

export function changesOf(draft: SecretDraft, edited: SecretDetails): DraftChanges {
  const { row } = edited
  const tags = (list: readonly Tag[]) => JSON.stringify(list.map(({ key, value }) => [key, value]).toSorted())
  return {
    value: hasFields(draft.kind) ? valuesDiffer(draft.fields, edited.fields ?? []) : draft.kind === 'plain' && !draft.plain.isKept,
    renamed: nameOf(draft, edited) !== row.secretName,
    other:
      (hasFields(draft.kind) && shapesDiffer(draft.fields, edited.fields ?? [])) || draft.description !== row.description || draft.isFavourite !== row.isFavourite || expiryOf(draft, edited) !== row.expiryDate ||
      tags(draft.tags) !== tags(row.tags) || draft.keyId !== edited.encryptionKeyId,
  }
}

/** True when two drafts hold the same. Secrets are compared where they are and copied nowhere. */
export function isSameDraft(a: SecretDraft, b: SecretDraft): boolean {
  return isSame(a, b)
}

/** The request of saveSecret without the values, which givenFields() has. */
export function saveRequest(draft: SecretDraft, edited: SecretDetails | null): Omit<RequestInput<'saveSecret'>, 'values'> {
  const base = edited?.row.currentVersionId ?? null
  return {
    ...(edited === null ? {} : { existing: edited.row.secretName }),
    ...(base === null ? {} : { basedOnVersionId: base }),
    name: nameOf(draft, edited),
    template: draft.template,
    description: draft.description,
    fields: fieldShapes(draft.fields),
    tags: draft.tags.map(({ key, value }) => ({ TagKey: key, TagValue: value })),
    isFavourite: draft.isFavourite,
    expiryDate: expiryOf(draft, edited),
    ...(edited === null && draft.keyId !== null ? { encryptionKeyId: draft.keyId } : {}),
  }
}

/** An id for the next version, as saveSecret makes them: v1, v2 and so on. */
export function nextVersionId(versionIds: readonly string[]): string {
  const numbers = versionIds.map((id) => Number(/^v(\d{1,9})$/.exec(id)?.[1] ?? 0))
  return `v${Math.max(0, versionIds.length, ...numbers) + 1}`
}

function kindOf(type: SecretType, template: SecretTemplate | null, isFieldSet: boolean): SecretKind {
  if (type !== 'Generic') return type
  if (!isFieldSet) return 'plain'
  return template ?? 'env'
}

function valueFault(draft: SecretDraft, edited: SecretDetails | null): DraftFault | null {
  const managed = managedTypeOf(draft.kind)
  if (managed !== null) return edited === null && isManagedIncomplete(managed, draft.managed) ? 'incomplete' : null
  if (draft.kind === 'plain') {
    if (draft.plain.isKept) return null
    return draft.plain.value === '' ? 'noValue' : new TextEncoder().encode(draft.plain.value).length > secretLimits.dataBytes ? 'tooLarge' : null
  }
  const saved = savedFields(draft.fields)
  if (saved.length === 0) return 'noFields'
  if (fieldFaults(draft.fields, draft.template).size > 0) return 'fieldFault'
  if (saved.length > secretLimits.fields) return 'tooManyFields'
  return typedBytes(givenFields(draft.fields)) > secretLimits.dataBytes ? 'tooLarge' : null
}

/** Ids of rows are their own; all else counts. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))]
  return left.size === right.size && [...left].every(([name, value]) => name === 'id' || isSame(value, right.get(name)))
}

function isExpiryFaulty({ expiryDay }: SecretDraft, edited: SecretDetails | null, nowMs: number): boolean {
  if (expiryDay === '') return false
  const before = edited?.row.expiryDate ?? null
  return (before === null || dayOf(Date.parse(before)) !== expiryDay) && endOfDay(expiryDay, nowMs) === null
}
