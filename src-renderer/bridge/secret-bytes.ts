import type { Ref } from 'vue'

type BytesOf<F extends readonly Ref<string>[]> = { [I in keyof F]: Uint8Array }

/**
 * Empties fields that hold typed secrets and lends their UTF-8 bytes to `use`; the bytes are zeroed afterwards, whatever
 * happens. This is the only way that a passphrase, a PIN or recovery words leave the page.
 */
export async function withSecrets<const F extends readonly Ref<string>[], T>(fields: F, use: (...bytes: BytesOf<F>) => Promise<T>): Promise<T> {
  const encoder = new TextEncoder()
  const bytes = fields.map((field) => encoder.encode(field.value))
  for (const field of fields) field.value = ''
  try {
    return await use(...(bytes as unknown as BytesOf<F>))
  } finally {
    for (const each of bytes) each.fill(0)
  }
}
