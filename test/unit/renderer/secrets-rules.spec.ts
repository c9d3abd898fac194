import { describe, expect, it } from 'vitest'
import { isRecoveryWindow, usualRecoveryDays } from '../../../src-renderer/features/secrets/dialogs/recovery-window'
import { dueOf } from '../../../src-renderer/features/secrets/due'
import { partOf } from '../../../src-renderer/features/secrets/main-fields'
import { countedStages, canMoveStage, canRemoveStage, movesStages, stageFault, takesStages } from '../../../src-renderer/features/secrets/page/stage-rules'
import { pairToCompare } from '../../../src-renderer/features/secrets/page/version-pair'
import { folderFault, nameFault, splitName } from '../../../src-renderer/features/secrets/secret-names'
import type { SecretFieldView } from '../../../src-shared/contract/secret-window'

const field = (name: string, kind: SecretFieldView['kind'], isSecret: boolean, hasValue = true): SecretFieldView => ({ name, kind, isSecret, hasValue, value: isSecret || !hasValue ? null : 'x' })

describe('what is copied without looking', () => {
  const login = [field('username', 'text', false), field('url', 'url', false), field('notes', 'multiline', true), field('totp', 'totp', true), field('password', 'password', true)]

  it('is the first password, user name and code of the fields', () => {
    expect(partOf('password', login)).toEqual({ field: 'password', as: 'value' })
    expect(partOf('user', login)).toEqual({ field: 'username', as: 'value' })
    expect(partOf('code', login)).toEqual({ field: 'totp', as: 'totp' })
  })

  it('is the first secret where there is no password, and never the seed of codes', () => {
    expect(partOf('password', [field('totp', 'totp', true), field('private_key', 'multiline', true)])).toEqual({ field: 'private_key', as: 'value' })
    expect(partOf('password', [field('totp', 'totp', true)])).toBeNull()
  })

  it('passes over fields without a value', () => {
    expect(partOf('password', [field('password', 'password', true, false), field('key', 'password', true)])).toEqual({ field: 'key', as: 'value' })
    expect(partOf('code', [field('totp', 'totp', true, false)])).toBeNull()
    expect(partOf('user', [field('username', 'text', false, false)])).toBeNull()
  })

  it('prefers names of accounts to other text, in any case of letters', () => {
    expect(partOf('user', [field('engine', 'text', false), field('AccountName', 'text', false)])).toEqual({ field: 'AccountName', as: 'value' })
    expect(partOf('user', [field('LOG_LEVEL', 'text', false)])).toEqual({ field: 'LOG_LEVEL', as: 'value' })
  })

  it('is all of the value where there are no fields', () => {
    expect(partOf('password', null)).toEqual({ field: null, as: 'value' })
    expect(partOf('user', null)).toBeNull()
    expect(partOf('code', null)).toBeNull()
  })
})

describe('what comes next for a secret', () => {
  const none = { states: ['active' as const], expiryDate: null, nextRotationDate: null, plannedDeleteTime: null }

  it('is nothing, the expiry, the rotation, or the nearer of both', () => {
    expect(dueOf(none)).toBeNull()
    expect(dueOf({ ...none, expiryDate: '2026-05-01T00:00:00Z' })).toEqual({ kind: 'expires', time: '2026-05-01T00:00:00Z', color: 'neutral' })
    expect(dueOf({ ...none, nextRotationDate: '2026-04-01T00:00:00Z' })).toEqual({ kind: 'rotates', time: '2026-04-01T00:00:00Z', color: 'neutral' })
    const both = { ...none, nextRotationDate: '2026-04-01T00:00:00Z' }
    expect(dueOf({ ...both, expiryDate: '2026-05-01T00:00:00Z' })?.kind).toBe('rotates')
    expect(dueOf({ ...both, expiryDate: '2026-03-31T23:59:59Z' })?.kind).toBe('expires')
  })

  it('says what went wrong', () => {
    expect(dueOf({ ...none, states: ['active', 'expired'], expiryDate: '2026-01-01T00:00:00Z' })).toMatchObject({ kind: 'expired', color: 'error' })
    expect(dueOf({ ...none, states: ['active', 'due-soon'], expiryDate: '2026-01-01T00:00:00Z' })).toMatchObject({ kind: 'expires', color: 'warning' })
    expect(dueOf({ ...none, states: ['active', 'rotation-overdue'], nextRotationDate: '2026-01-01T00:00:00Z' })).toMatchObject({ kind: 'overdue', color: 'warning' })
    expect(dueOf({ ...none, states: ['active', 'rotation-overdue', 'rotation-failed'], nextRotationDate: '2026-01-01T00:00:00Z' })).toMatchObject({ kind: 'failed', color: 'error' })
  })

  it('is a rotation by hand that did not end well, without a date', () => {
    expect(dueOf({ ...none, states: ['active', 'rotation-failed'] })).toEqual({ kind: 'failed', time: null, color: 'error' })
    expect(dueOf({ ...none, states: ['active', 'rotation-pending'], expiryDate: '2026-01-01T00:00:00Z' })).toEqual({ kind: 'unfinished', time: null, color: 'warning' })
  })

  it('is the end of the recycle bin for what lies there', () => {
    expect(dueOf({ states: ['deleted'], expiryDate: '2026-01-01T00:00:00Z', nextRotationDate: null, plannedDeleteTime: '2026-06-01T00:00:00Z' })).toMatchObject({ kind: 'deleted', time: '2026-06-01T00:00:00Z' })
  })
})

describe('names', () => {
  it('are cut at the last slash', () => {
    expect(splitName('work/payments/stripe')).toEqual({ folder: 'work/payments/', leaf: 'stripe' })
    expect(splitName('wifi')).toEqual({ folder: '', leaf: 'wifi' })
  })

  it.each([
    ['work/github', 'Generic', null],
    ['', 'Generic', 'empty'],
    ['x'.repeat(192), 'Generic', null],
    ['x'.repeat(193), 'Generic', 'tooLong'],
    ['a b', 'Generic', 'characters'],
    ['钥匙', 'Generic', 'characters'],
    ['/a', 'Generic', 'slashes'],
    ['a/', 'Generic', 'slashes'],
    ['a//b', 'Generic', 'slashes'],
    ['/', 'Generic', 'slashes'],
    ['acs/x', 'Generic', 'reserved'],
    ['acs/x', 'Rds', 'reserved'],
    ['acs/ecs/x', 'ECS', null],
    ['x', 'ECS', 'ecs'],
    ['acs/ram/user/x', 'RAMCredentials', null],
    ['x', 'RAMCredentials', 'ram'],
  ] as const)('%s of %s: %s', (name, type, fault) => expect(nameFault(name, type)).toBe(fault))

  it('of folders may be empty, and follow the same grammar', () => {
    expect(folderFault('')).toBeNull()
    expect(folderFault('a/b')).toBeNull()
    expect(folderFault('a/')).toBe('slashes')
    expect(folderFault('acs')).toBe('reserved')
    expect(folderFault('x'.repeat(191))).toBe('tooLong')
  })
})

describe('the recycle bin', () => {
  it.each([[6, false], [7, true], [30, true], [31, false], [7.5, false], [null, false]] as const)('%s days: %s', (days, isGood) => expect(isRecoveryWindow(days)).toBe(isGood))
  it('keeps for thirty days when nothing else is chosen', () => expect(isRecoveryWindow(usualRecoveryDays) && usualRecoveryDays).toBe(30))
})

describe('stages', () => {
  const versions = [
    { versionId: 'v1', stages: ['ACSPrevious', 'a', 'b', 'c'] },
    { versionId: 'v2', stages: ['ACSCurrent', 'd', 'e'] },
    { versionId: 'v3', stages: ['ACSPending'] },
  ]

  it('are moved by hand for generic secrets alone', () => expect((['Generic', 'Rds', 'RAMCredentials', 'ECS'] as const).map(movesStages)).toEqual([true, false, false, false]))

  it('can be moved but for the pending one, and removed but for the reserved ones', () => {
    expect(['ACSCurrent', 'ACSPrevious', 'ACSPending', 'mine'].map(canMoveStage)).toEqual([true, true, false, true])
    expect(['ACSCurrent', 'ACSPrevious', 'ACSPending', 'mine'].map(canRemoveStage)).toEqual([false, false, false, true])
  })

  it('go to no version that a rotation is not finished with', () => expect(versions.map(takesStages)).toEqual([true, true, false]))

  it('count towards the limit but for the pending one', () => expect(countedStages(versions)).toHaveLength(7))

  it('are checked while they are typed', () => {
    expect(stageFault('', versions)).toBeNull()
    expect(stageFault(' f ', versions)).toBeNull()
    expect(stageFault('a b', versions)).toBe('characters')
    expect(stageFault('x'.repeat(65), versions)).toBe('tooLong')
    expect(stageFault('ACSPending', versions)).toBe('reserved')
    const full = [...versions, { versionId: 'v4', stages: ['f'] }]
    expect(stageFault('g', full)).toBe('full')
    expect(stageFault('a', full)).toBeNull()
  })
})

describe('the versions that are compared at first', () => {
  const staged = (...stages: string[][]) => stages.map((each, at) => ({ versionId: `v${at + 1}`, stages: each }))

  it('are the previous and the current one', () => {
    expect(pairToCompare(staged(['ACSPrevious'], [], ['ACSCurrent']), null)).toEqual({ from: 'v1', to: 'v3' })
    expect(pairToCompare(staged(['ACSCurrent'], ['ACSPrevious']), null)).toEqual({ from: 'v1', to: 'v2' })
  })

  it('are the wanted and the current one, the older first', () => {
    const versions = staged(['ACSPrevious'], ['ACSCurrent'], ['draft'])
    expect(pairToCompare(versions, 'v3')).toEqual({ from: 'v2', to: 'v3' })
    expect(pairToCompare(versions, 'v1')).toEqual({ from: 'v1', to: 'v2' })
    expect(pairToCompare(versions, 'v2')).toEqual({ from: 'v1', to: 'v2' })
    expect(pairToCompare(versions, 'gone')).toEqual({ from: 'v1', to: 'v2' })
  })

  it('are neighbours where no version was current before, and none at all of a single one', () => {
    expect(pairToCompare(staged(['ACSCurrent'], ['draft']), null)).toEqual({ from: 'v1', to: 'v2' })
    expect(pairToCompare(staged([], ['ACSCurrent']), null)).toEqual({ from: 'v1', to: 'v2' })
    expect(pairToCompare(staged(['ACSCurrent']), null)).toBeNull()
    expect(pairToCompare([], null)).toBeNull()
  })
})
