import type { RequestInput, Response } from '../../../src-shared/contract/operations'
import { isoOf, metadataOf } from './key-views'
import { secretRowOf, valuesOf } from './secret-views'
import type { FakeState } from './state'

type Finding = Response<'checkSecretHealth'>['findings'][number]
type CalendarEntry = Response<'listRotationCalendar'>['entries'][number]

const alphabets = { lowercase: 'abcdefghijklmnopqrstuvwxyz', uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', numbers: '0123456789', symbols: '!#$%&*+-=?@^_~' } as const
const words = 'canyon lamp orbit velvet school index garlic ribbon marble supply tunnel echo hazard kitchen olive bracket drift pencil winter solar magnet copy shine abandon'.split(' ')

function pick<T>(from: readonly T[]): T | undefined {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1))
  return from[random % from.length]
}

/** A value like main's generator makes; its word list is short. */
export function generatedValue(request: RequestInput<'generateSecretValue'>): { value: Uint8Array; entropyBits: number } {
  const { length = 20, classes = ['lowercase', 'uppercase', 'numbers', 'symbols'], excludeCharacters = '', excludeLookAlikes = false } = request
  if (request.kind === 'words') {
    const { words: count = 7, separator = '-', capitalise = false, includeNumber = false } = request
    const chosen = Array.from({ length: count }, () => pick(words) ?? '').map((word) => (capitalise ? word.charAt(0).toUpperCase() + word.slice(1) : word))
    const text = chosen.join(separator) + (includeNumber ? String(pick([2, 3, 4, 5, 6, 7, 8, 9])) : '')
    return { value: new TextEncoder().encode(text), entropyBits: count * Math.log2(7776) + (includeNumber ? 3 : 0) }
  }
  const characters = classes.flatMap((name) => [...alphabets[name]]).filter((character) => !excludeCharacters.includes(character) && !(excludeLookAlikes && 'l1IO0|'.includes(character)))
  const text = Array.from({ length }, () => pick(characters) ?? '').join('')
  return { value: new TextEncoder().encode(text), entropyBits: length * Math.log2(Math.max(1, characters.length)) }
}

/** What should be mended among the secrets of the fake main; short values count as weak. */
export function healthOf(state: FakeState): Response<'checkSecretHealth'> {
  const active = state.secrets.filter(({ plannedDeleteTime }) => plannedDeleteTime === null)
  const owners = new Map<string, { secretName: string; field: string }[]>()
  for (const secret of active) {
    const current = secret.versions.at(-1)
    for (const [field, value] of Object.entries((current && valuesOf(current)) ?? {})) {
      const isPassword = secret.fields?.some(({ name, kind }) => name === field && kind === 'password')
      if (isPassword) owners.set(value, [...(owners.get(value) ?? []), { secretName: secret.name, field }])
    }
  }
  const findings: Finding[] = [...owners].flatMap(([value, holders]) =>
    holders.flatMap(({ secretName, field }): Finding[] => [
      ...(value.length < 9 ? [{ secretName, field, kind: 'weak' as const, sharedWith: [], date: null }] : []),
      ...(holders.length > 1 ? [{ secretName, field, kind: 'reused' as const, sharedWith: holders.map((other) => other.secretName).filter((name) => name !== secretName).slice(0, 5), date: null }] : []),
    ]),
  )
  const kinds = { expired: 'expired', 'due-soon': 'due-soon', 'rotation-overdue': 'overdue', 'rotation-failed': 'failed' } as const
  for (const secret of active) {
    const { states, expiryDate, nextRotationDate } = secretRowOf(secret, state.nowMs)
    for (const name of states) {
      const kind = name in kinds ? kinds[name as keyof typeof kinds] : null
      if (kind) findings.push({ secretName: secret.name, kind, field: null, sharedWith: [], date: name.startsWith('rotation') ? nextRotationDate : expiryDate })
    }
  }
  const count = (kind: Finding['kind']) => findings.filter((finding) => finding.kind === kind).length
  return {
    checkedTime: isoOf(state.nowMs), checked: active.length, total: findings.length, findings,
    counts: { weak: count('weak'), reused: count('reused'), expired: count('expired'), dueSoon: count('due-soon'), overdue: count('overdue'), failed: count('failed') },
  }
}

/** What comes due among keys and secrets, oldest first. */
export function rotationCalendar(state: FakeState): CalendarEntry[] {
  const now = isoOf(state.nowMs)
  const entry = (kind: CalendarEntry['kind'], id: string, name: string, date: string | null | undefined): CalendarEntry[] => (date ? [{ kind, id, name, date, isOverdue: date <= now }] : [])
  const keys = state.keys.flatMap((key) => {
    const { keyId, nextRotationDate, deleteDate } = metadataOf(key)
    const name = key.row.aliases[0] ?? keyId
    return [...entry('key-rotation', keyId, name, nextRotationDate), ...entry('key-deletion', keyId, name, deleteDate)]
  })
  const secrets = state.secrets.flatMap((secret) => {
    const { secretName, nextRotationDate, expiryDate, plannedDeleteTime } = secretRowOf(secret, state.nowMs)
    return [
      ...entry('secret-rotation', secretName, secretName, nextRotationDate), ...entry('secret-expiry', secretName, secretName, expiryDate),
      ...entry('secret-deletion', secretName, secretName, plannedDeleteTime),
    ]
  })
  return [...keys, ...secrets].toSorted((a, b) => (a.date < b.date ? -1 : 1))
}
