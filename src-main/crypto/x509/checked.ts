import type { FieldProblem } from '../../../src-shared/errors'

/** What came of text that a person wrote: the value, or every problem with it in fixed phrases. */
export type Checked<T> = { ok: true; value: T } | { ok: false; problems: FieldProblem[] }

export function refused(field: string, problem: string): { ok: false; problems: FieldProblem[] } {
  return { ok: false, problems: [{ field, problem }] }
}

/** The values of all, or the problems of all. */
export function allOf<T>(parts: readonly Checked<T>[]): Checked<T[]> {
  const problems = parts.flatMap((part) => (part.ok ? [] : part.problems))
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, value: parts.flatMap((part) => (part.ok ? [part.value] : [])) }
}
