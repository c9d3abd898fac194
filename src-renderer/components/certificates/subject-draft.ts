import { limits } from '../../../src-shared/model/limits'

/** Attributes of a subject, in the order in which people are asked for them. */
export const subjectParts = ['CN', 'O', 'OU', 'C', 'L', 'ST'] as const
export type SubjectPart = (typeof subjectParts)[number]
export type SubjectDraft = Record<SubjectPart, string>

/** What is wrong with a draft; names of texts below `certificates.fault`, but `noName`, which is no mistake before the end. */
export type SubjectFault = 'noName' | 'tooLong' | 'country'
export type NamesFault = 'tooMany' | 'badName'

/** Most characters of each part (RFC 5280 appendix A.1). */
export const partChars: Readonly<Record<SubjectPart, number>> = { CN: 64, O: 64, OU: 64, C: 2, L: 128, ST: 128 }

export const emptySubject = (): SubjectDraft => ({ CN: '', O: '', OU: '', C: '', L: '', ST: '' })

/** Null for a subject that can be asked for. */
export function subjectFault(draft: SubjectDraft): SubjectFault | null {
  const country = draft.C.trim()
  if (country !== '' && !/^[A-Za-z]{2}$/.test(country)) return 'country'
  if (subjectParts.some((part) => [...draft[part].trim()].length > partChars[part])) return 'tooLong'
  return draft.CN.trim() === '' ? 'noName' : null
}

/** A value as RFC 4514 section 2.4 writes it; the edges have no spaces. */
function escaped(value: string): string {
  return value.replaceAll(/["+,;<>\\]|^#/g, String.raw`\$&`)
}

/** The text of a subject (RFC 4514): parts that are empty are left out. */
export function subjectText(draft: SubjectDraft): string {
  return subjectParts
    .map((part) => ({ part, value: draft[part].trim() }))
    .filter(({ value }) => value !== '')
    .map(({ part, value }) => `${part}=${escaped(value)}`)
    .join(',')
}

const kinds = /^(?:dns|ip|email|uri):/i

/** A name with its kind: what is typed without one is told by its form. */
function withKind(name: string): string {
  const [kind] = kinds.exec(name) ?? []
  if (kind !== undefined) return kind.toLowerCase() + name.slice(kind.length).trim()
  if (name.includes('://')) return `uri:${name}`
  if (name.includes('@')) return `email:${name}`
  return /^\d+(?:\.\d+){3}$/.test(name) || /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(name) ? `ip:${name}` : `dns:${name}`
}

/** The alternative names of a text with one name on each line; commas separate as well. */
export function readAlternativeNames(typed: string): { names: string[]; fault: NamesFault | null } {
  const names = typed
    .split(/[\n,]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(withKind)
  const unique = [...new Set(names)]
  if (unique.length > limits.certificateSans) return { names: [], fault: 'tooMany' }
  return unique.some((name) => name.length > 255 || !/^\w+:[\x21-\x7e]+$/.test(name)) ? { names: [], fault: 'badName' } : { names: unique, fault: null }
}
