import type { CertificateMetadata, CertificateStatus } from '../../../../src-shared/contract/certificates'

/** How a certificate stands: its status, or that its time is over or has not come. */
export type CertificateStanding = CertificateStatus | 'EXPIRED' | 'EARLY'

export const standingLooks = {
  PENDING: { color: 'warning', icon: 'i-lucide-hourglass' },
  ACTIVE: { color: 'success', icon: 'i-lucide-circle-check' },
  INACTIVE: { color: 'neutral', icon: 'i-lucide-circle-pause' },
  REVOKED: { color: 'error', icon: 'i-lucide-ban' },
  EXPIRED: { color: 'error', icon: 'i-lucide-calendar-x' },
  EARLY: { color: 'warning', icon: 'i-lucide-calendar-clock' },
} as const satisfies Record<CertificateStanding, { color: string; icon: string }>

export function standingOf({ status, notBefore, notAfter }: Pick<CertificateMetadata, 'status' | 'notBefore' | 'notAfter'>, nowMs: number): CertificateStanding {
  if (status !== 'ACTIVE') return status
  if (notAfter !== null && Date.parse(notAfter) < nowMs) return 'EXPIRED'
  return notBefore !== null && Date.parse(notBefore) > nowMs ? 'EARLY' : 'ACTIVE'
}

/** What people call a certificate: its common name, otherwise the whole subject. */
export function certificateName(subject: string): string {
  const [, name] = /(?:^|,)CN=((?:\\.|[^,\\])*)/.exec(subject) ?? []
  return name === undefined ? subject : name.replaceAll(/\\(["+,;<>\\# ])/g, '$1')
}

/** A name for a file of this certificate: letters and digits of its name. */
export function fileNameOf(subject: string, ending: string): string {
  const name = certificateName(subject).replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^[-.]+|[-.]+$/g, '')
  return `${name.slice(0, 60) || 'certificate'}.${ending}`
}
