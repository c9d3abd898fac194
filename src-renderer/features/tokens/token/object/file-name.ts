/** A name for a file about something on a token: letters and digits of its name. */
export function fileNameOf(name: string): string {
  const plain = name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').replaceAll(/^[-.]+|[-.]+$/g, '')
  return plain.slice(0, 60) || 'token-object'
}
