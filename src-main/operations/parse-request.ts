import type { z } from 'zod'
import type { OperationName } from '../../src-shared/contract/catalog'
import { operations, type Request } from '../../src-shared/contract/operations'
import { KmsError, missingParameter, type FieldProblem } from '../../src-shared/errors'
import { checkPlainData } from './plain-data'

type Issue = z.core.$ZodIssue

const maximumProblems = 50
const maximumNameChars = 64

/**
 * The request as the contract's schema gives it, defaults filled in; byte fields stay the caller's own buffers.
 * MISSING_PARAMETER names the first required field that is absent, INVALID_PARAMETER lists every bad field. Neither
 * repeats a value that was sent.
 */
export function parseRequest<N extends OperationName>(operation: N, request: unknown): Request<N> {
  checkPlainData(request)
  const parsed = operations[operation].request.safeParse(request)
  if (parsed.success) return parsed.data as Request<N>
  throw refusal(parsed.error.issues, request)
}

function refusal(issues: readonly Issue[], request: unknown): KmsError {
  const missing = issues.filter((issue) => isMissing(issue, request)).map((issue) => nameOf(issue.path))
  const fields = issues.flatMap((issue) => problemsOf(issue, request)).slice(0, maximumProblems)
  const [first] = missing
  if (first !== undefined) return missingParameter(first, fields)
  const named = [...new Set(fields.map(({ field }) => field))].join(', ')
  return new KmsError('INVALID_PARAMETER', `The specified parameter ${named} is not valid.`, { fields })
}

function problemsOf(issue: Issue, request: unknown): FieldProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, maximumProblems).map((key) => ({ field: nameOf([...issue.path, key]), problem: 'is not known' }))
  }
  return [{ field: nameOf(issue.path), problem: isMissing(issue, request) ? 'is missing' : phraseOf(issue) }]
}

/** Fixed phrases, because a library's own text may quote what was sent. */
function phraseOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be of type ${issue.expected}`
    case 'too_small':
      return `must be at least ${String(issue.minimum)}${unitOf(issue.origin)}`
    case 'too_big':
      return `must be at most ${String(issue.maximum)}${unitOf(issue.origin)}`
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`
    case 'custom':
      return issue.message
    default:
      return 'has not the right form'
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters'
  return origin === 'array' ? ' items' : ''
}

function isMissing(issue: Issue, request: unknown): boolean {
  if (issue.path.length === 0) return false
  let value = request
  for (const step of issue.path) {
    if (typeof value !== 'object' || value === null) return false
    value = (value as Record<PropertyKey, unknown>)[step]
  }
  return value === undefined
}

function nameOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'request'
  const name = path.map(String).join('.').replaceAll(/\p{C}/gu, '?')
  return name.length > maximumNameChars ? `${name.slice(0, maximumNameChars)}…` : name
}
