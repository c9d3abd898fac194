import type { SecretFieldView } from '../../../../src-shared/contract/secret-window'
import type { RequestInput } from '../../../../src-shared/contract/operations'
import { secretLimits, templateFields, type SecretField, type SecretFieldKind, type SecretTemplate } from '../../../../src-shared/model/secrets'
import type { EnvPair } from './env-text'
import { totpUri } from './totp-uri'

/** A field of a secret as the form holds it. */
export interface FieldDraft {
  id: number
  name: string
  kind: SecretFieldKind
  isSecret: boolean
  /** What was typed; emptied once it is saved. */
  value: string
  /** Its name in the version that is edited; null for a new field. */
  from: string | null
  /** The value in that version stays: for a secret, which the form does not load. */
  isKept: boolean
  /** The value that was loaded, of a field that is no secret; null for others. */
  loaded: string | null
  /** Belongs to the template: its name is fixed, and it is left out while it is empty. */
  isOfTemplate: boolean
}

/** What is wrong with a field; names of the texts below `secretEdit.fieldFault`. */
export type FieldFault = 'unnamed' | 'duplicate' | 'longName' | 'variableName' | 'totp'

let nextId = 0

/** An empty field with an id that no other of the page has. */
export function newField(shape: SecretField, more: Partial<FieldDraft> = {}): FieldDraft {
  return { ...shape, id: nextId++, value: '', from: null, isKept: false, loaded: null, isOfTemplate: false, ...more }
}

/** The fields that a new secret of a template begins with. */
export function fieldsOfTemplate(template: SecretTemplate): FieldDraft[] {
  return templateFields[template].map((shape) => newField(shape, { isOfTemplate: true }))
}

/** The fields of a secret that is edited, then those of its template that it has not. */
export function fieldsOf(views: readonly SecretFieldView[], template: SecretTemplate | null): FieldDraft[] {
  const names = new Set(template === null ? [] : templateFields[template].map(({ name }) => name))
  const there = views.map(({ name, kind, isSecret, value, hasValue }) =>
    newField({ name, kind, isSecret }, { value: value ?? '', from: name, isKept: value === null && hasValue, loaded: value ?? (hasValue ? null : ''), isOfTemplate: names.has(name) }),
  )
  const missing = template === null ? [] : fieldsOfTemplate(template).filter(({ name }) => !views.some((view) => view.name === name))
  return [...there, ...missing]
}

/** Fields that are saved: rows without name and value are skipped, and those of the template that are empty. */
export function savedFields(fields: readonly FieldDraft[]): FieldDraft[] {
  return fields.filter((field) => field.isKept || field.value !== '' || (field.name.trim() !== '' && !field.isOfTemplate))
}

/** Fields whose value is sent, in their order. */
export function givenFields(fields: readonly FieldDraft[]): FieldDraft[] {
  return savedFields(fields).filter(isGiven)
}

/** The fields as saveSecret takes them. */
export function fieldShapes(fields: readonly FieldDraft[]): RequestInput<'saveSecret'>['fields'] {
  return savedFields(fields).map((field) => ({
    name: field.name.trim(),
    kind: field.kind,
    isSecret: field.isSecret,
    isGiven: isGiven(field),
    ...(field.from === null || isGiven(field) ? {} : { from: field.from }),
  }))
}

/** True when saving these fields makes another version: a value or a name differs from `views`. */
export function valuesDiffer(fields: readonly FieldDraft[], views: readonly SecretFieldView[]): boolean {
  const saved = savedFields(fields)
  const names = (list: readonly { name: string }[]) => JSON.stringify(list.map(({ name }) => name.trim()).toSorted())
  return saved.some(isGiven) || names(saved) !== names(views)
}

/** True when saving these fields changes their order or what they are. */
export function shapesDiffer(fields: readonly FieldDraft[], views: readonly SecretFieldView[]): boolean {
  const shapes = (list: readonly SecretField[]) => JSON.stringify(list.map(({ name, kind, isSecret }) => [name.trim(), kind, isSecret]))
  return shapes(savedFields(fields)) !== shapes(views)
}

/** The fault of each field that has one, by the field's id. An .env set has names of variables. */
export function fieldFaults(fields: readonly FieldDraft[], template: SecretTemplate | null): Map<number, FieldFault> {
  const faults = new Map<number, FieldFault>()
  const seen = new Set<string>()
  for (const field of savedFields(fields)) {
    const name = field.name.trim()
    const fault = faultOf(field, name, seen, template)
    if (fault !== null) faults.set(field.id, fault)
    seen.add(name)
  }
  return faults
}

/** UTF-8 bytes of what was typed. */
export function typedBytes(fields: readonly FieldDraft[]): number {
  const encoder = new TextEncoder()
  return fields.reduce((size, { name, value }) => size + encoder.encode(value).length + encoder.encode(name).length, 0)
}

/** The fields with the lines of an .env text: a field of the same name gets the value, others are added at the end. */
export function withEnvPairs(fields: readonly FieldDraft[], pairs: readonly EnvPair[]): FieldDraft[] {
  const values = new Map(pairs.map(({ name, value }) => [name, value]))
  const known = fields.map((field) => {
    const value = values.get(field.name)
    values.delete(field.name)
    return value === undefined ? field : { ...field, value, isKept: false, kind: kindOf(value) }
  })
  return [...known.filter((field) => field.name !== '' || field.value !== ''), ...[...values].map(([name, value]) => newField({ name, kind: kindOf(value), isSecret: true }, { value }))]
}

/** The fields with the one at `index` moved to `to`; as they were when there is no such place. */
export function movedField(fields: readonly FieldDraft[], index: number, to: number): FieldDraft[] {
  const field = fields[index]
  if (field === undefined || to < 0 || to >= fields.length) return [...fields]
  const others = fields.filter((_, at) => at !== index)
  return [...others.slice(0, to), field, ...others.slice(to)]
}

function isGiven(field: FieldDraft): boolean {
  return !field.isKept && (field.from === null || field.value !== field.loaded)
}

function kindOf(value: string): SecretFieldKind {
  return value.includes('\n') ? 'multiline' : 'password'
}

function faultOf(field: FieldDraft, name: string, seen: ReadonlySet<string>, template: SecretTemplate | null): FieldFault | null {
  if (name === '') return 'unnamed'
  if (name.length > secretLimits.fieldNameChars) return 'longName'
  if (seen.has(name)) return 'duplicate'
  if (template === 'env' && !/^[A-Za-z_][\w.-]*$/.test(name)) return 'variableName'
  return field.kind === 'totp' && !field.isKept && field.value !== '' && totpUri(field.value, name) === null ? 'totp' : null
}
