import { KmsError, type FieldProblem } from '../../../src-shared/errors'
import { parseAlternativeNames } from './alternative-names'
import type { Checked } from './checked'
import { hasCommonName, parseSubject } from './subject'

/** Names that a certificate is to have, as X.509 has them. */
export interface CertificateNames {
  subject: Extract<ReturnType<typeof parseSubject>, { ok: true }>['value']
  alternativeNames: Extract<ReturnType<typeof parseAlternativeNames>, { ok: true }>['value'] | null
}

const kindOfName = /^(?:dns|ip|email|uri):/

/**
 * The names of a request; the subject has a common name at least, and a name without its kind is a DNS name.
 * INVALID_PARAMETER (subject, subjectAlternativeNames) with every problem.
 */
export function namesOf(request: { subject: string; subjectAlternativeNames: readonly string[] }): CertificateNames {
  const entries = request.subjectAlternativeNames.map((entry) => (kindOfName.test(entry) ? entry : `dns:${entry}`))
  const subject = withCommonName(parseSubject(request.subject))
  const alternativeNames = entries.length === 0 ? null : parseAlternativeNames(entries)
  if (subject.ok && (alternativeNames === null || alternativeNames.ok)) {
    return { subject: subject.value, alternativeNames: alternativeNames?.value ?? null }
  }
  throw refusal([...problemsOf('subject', subject), ...problemsOf('subjectAlternativeNames', alternativeNames)])
}

function withCommonName(subject: ReturnType<typeof parseSubject>): typeof subject {
  if (!subject.ok || hasCommonName(subject.value)) return subject
  return { ok: false, problems: [{ field: 'Subject', problem: 'must have a common name, such as CN=example.org' }] }
}

/** The problems under the name of the field; what it was about inside the field goes before the phrase. */
function problemsOf(field: string, checked: Checked<unknown> | null): FieldProblem[] {
  if (checked === null || checked.ok) return []
  return checked.problems.map((found) => {
    const [, part] = found.field.split('.')
    if (part === undefined) return { field, problem: found.problem }
    return { field, problem: `${/^\d+$/.test(part) ? `entry ${Number(part) + 1}` : part} ${found.problem}` }
  })
}

function refusal(fields: FieldProblem[]): KmsError {
  const texts = fields.map(({ field, problem }) => `The specified parameter ${field} is not valid: ${problem}.`)
  return new KmsError('INVALID_PARAMETER', texts.join(' '), { fields })
}
