import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { OperationName } from '../../../src-shared/contract/catalog'
import { kmsHint } from '../../../src-shared/contract/fields'
import { operations, type Response } from '../../../src-shared/contract/operations'
import { kmsName } from './names'

/**
 * Translates a response of the contract into the JSON of the KMS API: PascalCase names, bytes as Base64 (as text where a
 * sibling says that they are text), lists nested twice (`{Keys: {Key: [...]}}`, kms-api 1.1) where the API has them so,
 * and a RequestId (UUID).
 */
export function responseToKms<N extends OperationName>(operation: N, response: Response<N>, requestId: string = randomUUID()): Record<string, unknown> {
  const mapped = mapObject(operations[operation].response, response as Record<string, unknown>)
  return { ...mapped, RequestId: requestId }
}

function mapObject(schema: z.ZodObject, value: Record<string, unknown>): Record<string, unknown> {
  const mapped: Record<string, unknown> = {}
  for (const [field, type] of Object.entries(schema.shape as Record<string, z.ZodType>)) {
    const item = value[field]
    if (item !== undefined) mapped[kmsName(field)] = isTextIn(value, type) ? textOf(item) : mapValue(type, item)
  }
  return mapped
}

/** True for a field of bytes that is plain text here, because its sibling in `value` does not say `binary`. */
function isTextIn(value: Record<string, unknown>, type: z.ZodType): boolean {
  const sibling = kmsHint(type).textUnlessBinary
  return sibling !== undefined && value[sibling] !== 'binary'
}

function textOf(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.length).toString('utf8') : value
}

function mapValue(type: z.ZodType, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64')
  if (type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodNullable) {
    const inner = type.unwrap()
    return value === null || !(inner instanceof z.ZodType) ? value : mapValue(inner, value)
  }
  if (type instanceof z.ZodObject) return mapObject(type, value as Record<string, unknown>)
  if (type instanceof z.ZodArray) return mapList(type, value as unknown[])
  return value
}

function mapList(type: z.ZodArray, values: unknown[]): unknown {
  const element = type.element
  const mapped = element instanceof z.ZodType ? values.map((value) => mapValue(element, value)) : values
  const { item } = kmsHint(type)
  return item === undefined ? mapped : { [kmsName(item)]: mapped }
}
