import { KmsError } from '../../../../src-shared/errors'
import { referenceScheme } from './reference'

/** A piece of a template: text that stays, or a reference in whose place its value comes. */
export type TemplatePart = { text: string } | { reference: string; line: number }

const placeholder = /\{\{[ \t]*(keystead:\/\/[^\r\n]*?)[ \t]*\}\}/g
const opening = /\{\{[ \t]*keystead:\/\//

/**
 * Takes text apart at each `{{ keystead://... }}`. Other braces are text. INVALID_PARAMETER names the line of a
 * reference that does not end on it.
 */
export function templateParts(text: string): TemplatePart[] {
  const parts: TemplatePart[] = []
  let end = 0
  let line = 1
  const keep = (piece: string) => {
    const unclosed = opening.exec(piece)
    if (unclosed) throw new KmsError('INVALID_PARAMETER', `A reference in line ${line + lineEnds(piece.slice(0, unclosed.index))} has no }} on its line.`)
    if (piece !== '') parts.push({ text: piece })
    line += lineEnds(piece)
  }
  for (const match of text.matchAll(placeholder)) {
    keep(text.slice(end, match.index))
    parts.push({ reference: match[1] ?? '', line })
    end = match.index + match[0].length
  }
  keep(text.slice(end))
  return parts
}

/** The parts of the value of a variable, which may also be a reference as a whole. Null when it has no reference. */
export function variableParts(value: string): TemplatePart[] | null {
  if (value.startsWith(referenceScheme)) return [{ reference: value, line: 1 }]
  const parts = opening.test(value) ? templateParts(value) : []
  return parts.some((part) => 'reference' in part) ? parts : null
}

function lineEnds(text: string): number {
  return text.split('\n').length - 1
}
