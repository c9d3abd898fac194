export const searchPrefixes = ['name', 'tag', 'field', 'type', 'is'] as const
export type SearchPrefix = (typeof searchPrefixes)[number]

/** One condition of a search: a text anywhere, or in what the prefix names. */
export interface SearchTerm {
  /** Null: anywhere. */
  readonly prefix: SearchPrefix | null
  /** Folded, not empty. */
  readonly text: string
  /** What has it is left out. */
  readonly isExcluded: boolean
}

const oneTerm = /(-?)(?:(name|tag|field|type|is):)?(?:"([^"]*)(?:"|$)|(\S+))/g
const barePrefix = /^(?:name|tag|field|type|is):$/

/** The form of text that is searched: case and width do not matter. */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

/**
 * Reads a search. Terms stand apart, and a secret must meet them all. `"..."` is one term with its spaces; `name:`,
 * `tag:`, `field:`, `type:` and `is:` narrow the term behind them, and `-` in front turns it round. Nothing is an error: a
 * prefix without a text, as it is while somebody types, says nothing.
 */
export function parseSearch(search: string): SearchTerm[] {
  return [...fold(search).matchAll(oneTerm)].flatMap(([, minus, prefix, phrase, word]) => {
    const text = phrase ?? word ?? ''
    if (text === '' || (phrase === undefined && barePrefix.test(text))) return []
    return [{ prefix: searchPrefixes.find((known) => known === prefix) ?? null, text, isExcluded: minus === '-' }]
  })
}
