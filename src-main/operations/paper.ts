import { concatBytes, utf8, zero } from '../crypto/bytes'

/** Secret words between two texts: joined as bytes, never as one string. The caller zeroes the result. */
export function joinedWords(start: Uint8Array, words: readonly string[], around: (number: number) => [string, string], end: Uint8Array): Uint8Array {
  const parts = words.map((word, index) => {
    const [before, after] = around(index + 1)
    return concatBytes(utf8(before), utf8(word), utf8(after))
  })
  const all = concatBytes(start, ...parts, end)
  zero(...parts)
  return all
}

/** Text within HTML. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
