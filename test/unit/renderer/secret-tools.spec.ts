import { describe, expect, it } from 'vitest'
import { calendarGroups, type CalendarEntry } from '../../../src-renderer/features/secrets/calendar/calendar-groups'
import { plannedCounts, withRole } from '../../../src-renderer/features/secrets/exchange/import-plan'
import { defaultOptions, entropyWord, generatorRequest } from '../../../src-renderer/features/secrets/generator/generator-options'
import { periodParts, policyDraftOf, policySeconds } from '../../../src-renderer/features/secrets/rotation/policy-draft'
import { knownOf, stepStates } from '../../../src-renderer/features/secrets/rotation/rotation-steps'
import { argumentsOf, isLoopback, isOtherCommand, newArgument, targetDraftOf, targetFault, targetRequest } from '../../../src-renderer/features/secrets/rotation/target-draft'
import { targetKindsOf, type RotatedShape } from '../../../src-renderer/features/secrets/rotation/target-kinds'
import { shapeOf, targetKindsOf as kindsOfMain } from '../../../src-main/secrets/rotation/value-shape'
import { rotationSteps } from '../../../src-shared/model/secrets'
import type { RotationTargetView } from '../../../src-shared/contract/secret-rotation'

describe('the generator', () => {
  it('asks for 20 characters of all kinds, or 7 words', () => {
    expect(generatorRequest(defaultOptions())).toEqual({ kind: 'characters', length: 20, classes: ['lowercase', 'uppercase', 'numbers', 'symbols'], excludeCharacters: '', excludeLookAlikes: false })
    expect(generatorRequest({ ...defaultOptions(), kind: 'words' })).toEqual({ kind: 'words', words: 7, separator: '-', capitalise: false, includeNumber: false })
  })

  it('asks for nothing that cannot be', () => {
    expect(generatorRequest({ ...defaultOptions(), classes: [] })).toBeNull()
    for (const length of [3, 129, 8.5]) expect(generatorRequest({ ...defaultOptions(), length })).toBeNull()
    for (const words of [2, 21]) expect(generatorRequest({ ...defaultOptions(), kind: 'words', words })).toBeNull()
    expect(generatorRequest({ ...defaultOptions(), kind: 'words', classes: [] })).not.toBeNull()
  })

  it('says in a word how good it is', () => {
    expect([0, 39.9, 40, 74.9, 75, 99.9, 100, 800].map(entropyWord)).toEqual(['poor', 'poor', 'weak', 'weak', 'good', 'good', 'excellent', 'excellent'])
  })
})

describe('the calendar', () => {
  const now = new Date(2026, 2, 14, 12).getTime()
  const at = (...parts: [number, number, number, number?]) => new Date(parts[0], parts[1], parts[2], parts[3] ?? 0).toISOString()
  const entry = (id: string, date: string, isOverdue = false): CalendarEntry => ({ kind: 'secret-rotation', id, name: id, date, isOverdue })

  it('has what is overdue first, then days, then months', () => {
    const groups = calendarGroups(
      [entry('late', at(2026, 2, 1), true), entry('now', at(2026, 2, 14, 23)), entry('next', at(2026, 2, 15, 1)), entry('soon', at(2026, 2, 28)), entry('later', at(2026, 2, 29)), entry('april', at(2026, 3, 30)), entry('april2', at(2026, 3, 30))],
      now,
    )
    expect(groups.map(({ kind, entries }) => [kind, entries.map(({ id }) => id).join()])).toEqual([['overdue', 'late'], ['today', 'now'], ['tomorrow', 'next'], ['day', 'soon'], ['month', 'later'], ['month', 'april,april2']])
    expect(groups.at(-1)?.startMs).toBe(new Date(2026, 3, 1).getTime())
  })

  it('is empty without entries', () => {
    expect(calendarGroups([], now)).toEqual([])
  })
})

describe('the schedule of a rotation', () => {
  it('is a preset or a custom period of 6 hours to 365 days', () => {
    expect(policyDraftOf(true, 86_400)).toEqual({ isEnabled: true, choice: '86400', count: 1, unit: 'days' })
    expect(policyDraftOf(true, 45_000)).toEqual({ isEnabled: true, choice: 'custom', count: 13, unit: 'hours' })
    expect(policySeconds(policyDraftOf(false, null))).toBe(30 * 86_400)
    const custom = (count: number | null, unit: 'hours' | 'days') => policySeconds({ isEnabled: true, choice: 'custom', count, unit })
    expect([custom(6, 'hours'), custom(365, 'days'), custom(5, 'hours'), custom(366, 'days'), custom(null, 'days'), custom(1.5, 'days')]).toEqual([21_600, 31_536_000, null, null, null, null])
  })

  it('is said in whole days or hours', () => {
    expect([periodParts(21_600), periodParts(86_400), periodParts(129_600)]).toEqual([{ unit: 'hours', n: 6 }, { unit: 'days', n: 1 }, { unit: 'hours', n: 36 }])
  })
})

describe('the steps of a rotation', () => {
  const states = (...args: Parameters<typeof stepStates>) => stepStates(...args).map(({ state }) => state).join(' ')

  it('tell what is done, what runs and what failed', () => {
    expect(states(null, null, true)).toBe('running waiting waiting waiting waiting')
    expect(states('apply', null, true)).toBe('done done running waiting waiting')
    expect(states('apply', 'test', false)).toBe('done done failed waiting waiting')
    expect(states('clean', null, false)).toBe('done done done done done')
  })

  it('tell what is known of a run that stopped', () => {
    expect([null, ...rotationSteps].map(knownOf)).toEqual(['old', 'unknown', 'new', 'new', 'switched', 'switched'])
  })
})

describe('the kinds of target', () => {
  const config = (SecretSubType: string) => ({ SecretSubType })
  const shapes: [string, RotatedShape][] = [
    ['a database account', { secretType: 'Rds', template: null, extendedConfig: JSON.stringify(config('SingleUser')), fieldNames: ['AccountName', 'AccountPassword'] }],
    ['an access key', { secretType: 'RAMCredentials', template: null, extendedConfig: JSON.stringify(config('RamUserAccessKey')), fieldNames: ['AccessKeyId', 'AccessKeySecret'] }],
    ['an account with a password', { secretType: 'ECS', template: null, extendedConfig: JSON.stringify(config('Password')), fieldNames: ['UserName', 'Password'] }],
    ['an account with a key pair', { secretType: 'ECS', template: null, extendedConfig: JSON.stringify(config('SSHKey')), fieldNames: ['UserName', 'PublicKey', 'PrivateKey'] }],
    ['a login', { secretType: 'Generic', template: 'login', extendedConfig: null, fieldNames: ['username', 'password'] }],
    ['a database login', { secretType: 'Generic', template: 'database', extendedConfig: null, fieldNames: ['host', 'username', 'password'] }],
    ['a password alone', { secretType: 'Generic', template: 'login', extendedConfig: null, fieldNames: ['password'] }],
    ['an API key', { secretType: 'Generic', template: 'api-key', extendedConfig: null, fieldNames: ['key_id', 'key'] }],
    ['an SSH key', { secretType: 'Generic', template: 'ssh-key', extendedConfig: null, fieldNames: ['username', 'private_key'] }],
    ['a certificate', { secretType: 'Generic', template: 'certificate', extendedConfig: null, fieldNames: ['private_key'] }],
    ['a note', { secretType: 'Generic', template: 'note', extendedConfig: null, fieldNames: ['note'] }],
    ['plain text', { secretType: 'Generic', template: null, extendedConfig: null, fieldNames: null }],
  ]

  it.each(shapes)('of %s are those that main takes', (_, shape) => {
    const { secretType, template, extendedConfig, fieldNames } = shape
    const record = {
      name: 'x', secretType, template, extendedConfig: extendedConfig === null ? null : (JSON.parse(extendedConfig) as Record<string, unknown>),
      fields: fieldNames?.map((name) => ({ name, kind: 'text' as const, isSecret: true })) ?? null,
    }
    const taken = () => {
      try {
        return kindsOfMain(shapeOf(record))
      } catch (error) {
        expect(error).toMatchObject({ code: 'UNSUPPORTED_OPERATION' })
        return []
      }
    }
    expect([...targetKindsOf(shape)].toSorted()).toEqual([...taken()].toSorted())
  })
})

describe('the target of a rotation', () => {
  const blank: RotationTargetView = {
    kind: 'command', address: '', host: null, port: null, socketPath: null, database: null, accountHost: null, adminSecretName: null, user: null, hostKeyFingerprint: null,
    program: '/usr/bin/rotate', args: ['--user', 'a b'], timeoutSeconds: 30,
  }

  it('is on this machine', () => {
    expect(['localhost', '127.0.0.1', '127.255.0.9', '::1'].every(isLoopback)).toBe(true)
    expect(['', '10.0.0.1', '127.0.0.256', '127.1', 'localhost.example.com', '0.0.0.0'].some(isLoopback)).toBe(false)
  })

  it('is sent with what its kind needs', () => {
    const draft = targetDraftOf(null, ['postgresql'])
    expect(targetRequest(draft)).toEqual({ kind: 'postgresql', host: '127.0.0.1', database: 'postgres' })
    expect(targetRequest({ ...draft, place: 'socket', socketPath: ' /run/pg ', usesAdmin: true, adminSecretName: 'admin' })).toEqual({ kind: 'postgresql', socketPath: '/run/pg', database: 'postgres', adminSecretName: 'admin' })
    expect(targetRequest({ ...draft, kind: 'mysql', port: 3307 })).toEqual({ kind: 'mysql', host: '127.0.0.1', port: 3307, accountHost: '%' })
    expect(targetRequest({ ...draft, kind: 'redis' })).toEqual({ kind: 'redis', host: '127.0.0.1' })
    expect(targetRequest({ ...targetDraftOf(null, ['ssh', 'command']), user: 'ada' })).toEqual({ kind: 'ssh', host: '127.0.0.1', user: 'ada' })
  })

  it('says what is wrong', () => {
    const draft = targetDraftOf(null, ['postgresql'])
    expect(targetFault(draft)).toBeNull()
    expect(targetFault({ ...draft, host: 'example.com' })).toBe('host')
    expect(targetFault({ ...draft, port: 70_000 })).toBe('port')
    expect(targetFault({ ...draft, place: 'socket', socketPath: 'run/pg' })).toBe('socket')
    expect(targetFault({ ...draft, usesAdmin: true })).toBe('admin')
    expect(targetFault(targetDraftOf(null, ['ssh', 'command']))).toBe('user')
    expect(targetFault(targetDraftOf(null, ['command']))).toBe('program')
    expect(targetFault({ ...targetDraftOf(blank, ['command']), timeoutSeconds: 0 })).toBe('timeout')
  })

  it('keeps the program that was confirmed, and asks anew for another command', () => {
    const draft = targetDraftOf(blank, ['command'])
    expect(targetRequest(draft)).toEqual({ kind: 'command', args: ['--user', 'a b'], timeoutSeconds: 30 })
    expect(isOtherCommand(draft, blank)).toBe(false)
    expect(isOtherCommand({ ...draft, args: [...draft.args, newArgument('-x')] }, blank)).toBe(true)
    expect(isOtherCommand({ ...draft, program: { handle: 'h', name: 'p', path: '/p' } }, blank)).toBe(true)
    expect(isOtherCommand(draft, { ...blank, kind: 'redis' })).toBe(true)
    expect(isOtherCommand(targetDraftOf(null, ['postgresql']), null)).toBe(false)
  })

  it('has empty arguments between others only', () => {
    const draft = { ...targetDraftOf(blank, ['command']), args: ['', 'a', '', 'b', '', ''].map((text) => newArgument(text)) }
    expect(argumentsOf(draft)).toEqual(['', 'a', '', 'b'])
  })
})

describe('an import', () => {
  it('gives a role that can be once only to the column chosen last', () => {
    expect(withRole(['name', 'username', 'field'], 2, 'username')).toEqual(['name', 'ignore', 'username'])
    expect(withRole(['field', 'ignore'], 1, 'field')).toEqual(['field', 'field'])
    expect(withRole(['name'], 0, 'name')).toEqual(['name'])
  })

  it('says beforehand what it will do', () => {
    const counts = { new: 10, taken: 4, refused: 1 }
    expect(plannedCounts(counts, { new: 2, taken: 1 }, 'skip')).toEqual({ creates: 8, versions: 0, leaves: 7 })
    expect(plannedCounts(counts, { new: 2, taken: 1 }, 'rename')).toEqual({ creates: 11, versions: 0, leaves: 4 })
    expect(plannedCounts(counts, { new: 2, taken: 1 }, 'new-version')).toEqual({ creates: 8, versions: 3, leaves: 4 })
  })
})
