import { utf8 } from '../bytes'

const special = '"+,;<=>\\ #'
const decoder = new TextDecoder('utf-8', { fatal: true })

/** The parts of `text` between separators that no backslash escapes. */
export function splitUnescaped(text: string, separator: ',' | '+'): string[] {
  const parts = ['']
  for (const [piece] of text.matchAll(/\\?[^]/gu)) {
    if (piece === separator) parts.push('')
    else parts[parts.length - 1] += piece
  }
  return parts
}

/**
 * The value of an attribute without its escapes (RFC 4514 section 3) and the spaces around it. null when it is written
 * in another way: a bare special character, a value in hexadecimal (#...), bytes that are not UTF-8.
 */
export function unescapeValue(text: string): string | null {
  const pieces = [...trimmed(text).matchAll(/\\[0-9A-Fa-f]{2}|\\?[^]/gu)].map(([piece]) => piece)
  if (pieces[0] === '#') return null
  const bytes: number[] = []
  for (const piece of pieces) {
    const escaped = piece.slice(1)
    if (piece.length === 3 && piece.startsWith('\\')) bytes.push(Number.parseInt(escaped, 16))
    else if (piece.startsWith('\\') && special.includes(escaped) && escaped !== '') bytes.push(escaped.charCodeAt(0))
    else if (piece.startsWith('\\') || '"+,;<>'.includes(piece)) return null
    else bytes.push(...utf8(piece))
  }
  try {
    return decoder.decode(Uint8Array.from(bytes))
  } catch {
    return null
  }
}

/** The value as RFC 4514 section 2.4 writes it. Control and format characters become bytes in hexadecimal. */
export function escapeValue(value: string): string {
  const characters = [...value]
  return characters
    .map((character, index) => {
      const isEdge = index === 0 || index === characters.length - 1
      if ('"+,;<>\\'.includes(character) || (index === 0 && character === '#') || (isEdge && character === ' ')) return `\\${character}`
      return /\p{C}/u.test(character) ? [...utf8(character)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('') : character
    })
    .join('')
}

/** Without the spaces around it; an escaped space at the end stays. */
function trimmed(text: string): string {
  const start = text.trimStart()
  const end = start.trimEnd()
  const backslashes = /\\*$/.exec(end)?.[0].length ?? 0
  return backslashes % 2 === 1 && end.length < start.length ? `${end} ` : end
}
