import { packValues } from '../../src-shared/model/packed-values'

/** A field of a form that holds a secret as it is typed; a Ref is one. */
interface TypedField {
  value: string
}

/**
 * Lends the values of many fields, packed in their order, to `use`; the bytes are zeroed afterwards, whatever happens.
 * The fields are emptied once `use` has succeeded: after a refusal people mend one of them and do not type all again.
 */
export async function withPackedFields<T>(fields: readonly TypedField[], use: (packed: Uint8Array) => Promise<T>): Promise<T> {
  return lend(fields, packValues, use)
}

/** The same with one value that is put together from the bytes of the fields. */
export async function withJoinedFields<T>(fields: readonly TypedField[], join: (values: readonly Uint8Array[]) => Uint8Array, use: (joined: Uint8Array) => Promise<T>): Promise<T> {
  return lend(fields, join, use)
}

/** Lends the UTF-8 bytes of a secret that stays on screen; they are zeroed afterwards. */
export async function withText<T>(text: string, use: (bytes: Uint8Array) => Promise<T>): Promise<T> {
  const bytes = new TextEncoder().encode(text)
  try {
    return await use(bytes)
  } finally {
    bytes.fill(0)
  }
}

async function lend<T>(fields: readonly TypedField[], join: (values: readonly Uint8Array[]) => Uint8Array, use: (joined: Uint8Array) => Promise<T>): Promise<T> {
  const encoder = new TextEncoder()
  const values = fields.map(({ value }) => encoder.encode(value))
  const joined = join(values)
  try {
    const result = await use(joined)
    for (const field of fields) field.value = ''
    return result
  } finally {
    for (const each of [joined, ...values]) each.fill(0)
  }
}
