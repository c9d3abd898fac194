/**
 * Lends the UTF-8 bytes of a typed secret to `use` and zeroes them afterwards, whatever happens. The text itself cannot
 * be zeroed: empty the field that holds it before calling.
 */
export async function withSecretBytes<T>(text: string, use: (bytes: Uint8Array) => Promise<T>): Promise<T> {
  const bytes = new TextEncoder().encode(text)
  try {
    return await use(bytes)
  } finally {
    bytes.fill(0)
  }
}
