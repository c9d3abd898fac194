import type { Response } from '../../../../src-shared/contract/operations'

export type Health = Response<'checkSecretHealth'>
export type Finding = Health['findings'][number]

/** The counts of a report in the order of their weight, with how each looks. */
export const countLooks = [
  { name: 'failed', icon: 'i-lucide-circle-x', color: 'text-error' },
  { name: 'expired', icon: 'i-lucide-calendar-x', color: 'text-error' },
  { name: 'overdue', icon: 'i-lucide-alarm-clock', color: 'text-warning' },
  { name: 'weak', icon: 'i-lucide-shield-alert', color: 'text-warning' },
  { name: 'reused', icon: 'i-lucide-copy', color: 'text-warning' },
  { name: 'dueSoon', icon: 'i-lucide-hourglass', color: 'text-info' },
] as const satisfies readonly { name: keyof Health['counts']; icon: string; color: string }[]

/** How a finding looks. */
export function lookOf(kind: Finding['kind']): (typeof countLooks)[number] {
  const name = kind === 'due-soon' ? 'dueSoon' : kind
  return countLooks.find((look) => look.name === name) ?? countLooks[0]
}
