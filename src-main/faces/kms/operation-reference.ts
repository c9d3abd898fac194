import { z } from 'zod'
import { flagsOf, type OperationName } from '../../../src-shared/contract/catalog'
import { kmsHint } from '../../../src-shared/contract/fields'
import { guideOf } from '../../../src-shared/contract/guide'
import { operations } from '../../../src-shared/contract/operations'
import { kmsName } from './names'
import { optionsOf, unwrapped } from './schemas'

/** A parameter as the reference shows it. */
export interface ParameterReference {
  name: string
  /** In words: type, sizes, values to choose from. */
  type: string
  isNeeded: boolean
  /** JSON of the default; null when there is none. */
  byDefault: string | null
}

export interface OperationReference {
  name: string
  summary: string
  /** Whether the cloud's API has it under the same name. */
  isOfKms: boolean
  parameters: ParameterReference[]
  /** Names of the fields of the answer. */
  answer: string[]
  example: Readonly<Record<string, unknown>>
}

/** What the contract says of an operation, for people. Null for operations of the window alone. */
export function referenceOf(operation: OperationName): OperationReference | null {
  const guide = guideOf(operation)
  if (!guide) return null
  const { request, response } = operations[operation]
  return {
    name: kmsName(operation),
    summary: guide.summary,
    isOfKms: flagsOf(operation).kms,
    parameters: Object.entries(request.shape as Record<string, z.ZodType>).map(([name, type]) => parameterOf(name, type)),
    answer: Object.keys(response.shape).map(kmsName),
    example: guide.example,
  }
}

function parameterOf(name: string, type: z.ZodType): ParameterReference {
  const byDefault = type instanceof z.ZodDefault ? JSON.stringify(type.def.defaultValue) : null
  return { name: kmsName(name), type: typeText(type), isNeeded: !(type instanceof z.ZodDefault || type instanceof z.ZodOptional), byDefault }
}

function typeText(type: z.ZodType): string {
  const { binary, path, json, jsonText, textUnlessBinary } = kmsHint(type)
  if (binary && textUnlessBinary) return `text, or Base64 where ${kmsName(textUnlessBinary)} is binary`
  if (binary) return `Base64 of ${span(binary.min, binary.max)} bytes`
  if (path) return path === 'folder' ? 'path of a folder' : path === 'target' ? 'path to write to' : 'path'
  const inner = unwrapped(type)
  if (inner instanceof z.ZodArray) return `list${json ? ' (or JSON text)' : ''} of ${elementText(inner)}`
  if (json) return 'object of strings (or JSON text)'
  if (jsonText) return 'object (or JSON text)'
  return plainText(inner)
}

function plainText(type: z.ZodType): string {
  if (type instanceof z.ZodEnum) return type.options.join(', ')
  if (type instanceof z.ZodLiteral) return [...type.values].join(', ')
  if (type instanceof z.ZodBoolean) return 'true or false'
  if (type instanceof z.ZodNumber) return `whole number ${span(type.minValue, type.maxValue)}`.trim()
  if (type instanceof z.ZodString) return `text${type.maxLength === null ? '' : ` of ${span(type.minLength ?? 0, type.maxLength)} characters`}`
  if (type instanceof z.ZodObject) return objectText(type)
  if (type instanceof z.ZodDiscriminatedUnion) return optionsOf(type).map(({ schema }) => objectText(schema)).join(' or ')
  return 'text'
}

function objectText(type: z.ZodObject): string {
  const fields = Object.entries(type.shape as Record<string, z.ZodType>).map(([name, field]) => `${kmsName(name)}: ${typeText(field)}`)
  return `{ ${fields.join('; ')} }`
}

function elementText(list: z.ZodArray): string {
  return list.element instanceof z.ZodType ? typeText(list.element) : 'values'
}

function span(min: number | null, max: number | null): string {
  if (min === null || !Number.isFinite(min) || min <= Number.MIN_SAFE_INTEGER) return max === null ? '' : `up to ${max}`
  if (max === null || max >= Number.MAX_SAFE_INTEGER) return `from ${min}`
  return min === max ? String(min) : `${min} to ${max}`
}
