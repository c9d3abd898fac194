/** Control characters, line separators and what turns the direction of writing. */
const unseen = /[\p{Cc}\u{61c}\u{200e}\u{200f}\u{2028}-\u{202e}\u{2066}-\u{2069}]/gu

/**
 * A name that a token gave, as it may be shown: anybody can write to a token, and a terminal would obey what it is told there.
 * Tokens and objects are found by the names as they are.
 */
export function shownText(text: string): string {
  return text.replace(unseen, '\u{fffd}')
}
