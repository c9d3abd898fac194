import { beforeEach, describe, expect, it } from 'vitest'
import { KmsError } from '../../../src-shared/errors'
import { codeOf } from '../../support/keystore-fixture'
import { bytesOf, openSecrets, type OpenedSecrets } from '../../support/secrets-fixture'

let opened: OpenedSecrets
beforeEach(async () => {
  opened = await openSecrets()
  await opened.create('a', 'x')
})

const rowsLeft = async () => {
  const kinds = ['secret', 'secret-values', 'secret-rotation', 'secret-attachment'] as const
  return (await Promise.all(kinds.map((kind) => opened.records.list(kind)))).flat().length
}

describe('a deleted secret', () => {
  it('waits for the end of its recovery window, in which nothing reads or changes it', async () => {
    expect(await opened.ask('deleteSecret', { secretName: 'a' })).toEqual({ secretName: 'a', plannedDeleteTime: '2026-10-01T12:00:00Z' })
    expect(await opened.codeFor('getSecretValue', { secretName: 'a' })).toBe('SECRET_IN_DELETE_WINDOW')
    expect(await codeOf(opened.put('a', 'v2', 'y'))).toBe('SECRET_IN_DELETE_WINDOW')
    expect(await opened.codeFor('updateSecret', { secretName: 'a', description: 'd' })).toBe('SECRET_IN_DELETE_WINDOW')
    expect(await opened.codeFor('updateSecretVersionStage', { secretName: 'a', versionStage: 'Mine', moveToVersion: 'v1' })).toBe('SECRET_IN_DELETE_WINDOW')
    expect(await opened.codeFor('deleteSecret', { secretName: 'a' })).toBe('SECRET_IN_DELETE_WINDOW')
    expect(await codeOf(opened.create('a', 'y'))).toBe('SECRET_IN_DELETE_WINDOW')
    expect(await opened.ask('describeSecret', { secretName: 'a' })).toMatchObject({ plannedDeleteTime: '2026-10-01T12:00:00Z' })
    expect((await opened.ask('listSecrets', {})).secretList).toMatchObject([{ secretName: 'a', plannedDeleteTime: '2026-10-01T12:00:00Z' }])
  })

  it.each([7, 30])('waits %i days, through a lock', async (days) => {
    await opened.ask('deleteSecret', { secretName: 'a', recoveryWindowInDays: days })
    opened.clock.passDays(days - 0.001)
    await opened.relock()
    expect(await opened.codeFor('getSecretValue', { secretName: 'a' })).toBe('SECRET_IN_DELETE_WINDOW')
    opened.clock.passDays(0.001)
    await opened.relock()
    expect(await opened.codeFor('describeSecret', { secretName: 'a' })).toBe('SECRET_NOT_FOUND')
    expect(await rowsLeft()).toBe(0)
    expect(opened.records.audit.at(-1)).toMatchObject({ caller: { face: 'system', operation: 'deleteSecret' }, resource: 'a' })
  })

  it.each([6, 31, 0])('cannot wait %i days', (recoveryWindowInDays) => {
    expect(() => opened.ask('deleteSecret', { secretName: 'a', recoveryWindowInDays })).toThrow()
  })

  it('ends while the vault is unlocked', async () => {
    await opened.ask('deleteSecret', { secretName: 'a', recoveryWindowInDays: 7 })
    opened.clock.passDays(7)
    await opened.secrets.catchUp()
    expect(await opened.codeFor('describeSecret', { secretName: 'a' })).toBe('SECRET_NOT_FOUND')
  })

  it('is restored with everything it had', async () => {
    await opened.put('a', 'v2', 'y', ['ACSCurrent', 'Mine'])
    await opened.ask('deleteSecret', { secretName: 'a', recoveryWindowInDays: 7 })
    await opened.relock()
    expect(await opened.ask('restoreSecret', { secretName: 'a' })).toEqual({ secretName: 'a' })
    opened.clock.passDays(60)
    await opened.relock()
    expect(await opened.versionsOf('a')).toEqual(['v1 ACSPrevious', 'v2 ACSCurrent Mine'])
    expect(await opened.valueOf('a', { versionStage: 'Mine' })).toBe('y')
    expect((await opened.ask('describeSecret', { secretName: 'a' })).plannedDeleteTime).toBeUndefined()
  })

  it('is not restored after its window, nor when it is not deleted', async () => {
    expect(await opened.codeFor('restoreSecret', { secretName: 'a' })).toBe('STATE_MODIFIED_FAILED')
    expect(await opened.codeFor('restoreSecret', { secretName: 'b' })).toBe('SECRET_NOT_FOUND')
    await opened.ask('deleteSecret', { secretName: 'a', recoveryWindowInDays: 7 })
    opened.clock.passDays(7)
    expect(await opened.codeFor('restoreSecret', { secretName: 'a' })).toBe('STATE_MODIFIED_FAILED')
  })

  it('goes at once with force, which wins over the window, also from the recycle bin', async () => {
    const answer = await opened.ask('deleteSecret', { secretName: 'a', recoveryWindowInDays: 30, forceDeleteWithoutRecovery: true })
    expect(answer).toEqual({ secretName: 'a', plannedDeleteTime: '2026-09-01T12:00:00Z' })
    expect(await rowsLeft()).toBe(0)
    await opened.create('a', 'new')
    expect(await opened.valueOf('a')).toBe('new')
    await opened.ask('deleteSecret', { secretName: 'a' })
    await opened.ask('deleteSecret', { secretName: 'a', forceDeleteWithoutRecovery: true })
    expect(await rowsLeft()).toBe(0)
  })

  it('takes its rotation and its attachments with it', async () => {
    const { secretId, record } = opened.secrets.session().resolve('a')
    opened.secrets.session().index.put({ ...record, attachments: [{ attachmentId: 'file', name: 'f', sizeBytes: 2 * 1024 * 1024 + 1, addedAt: 0 }] })
    opened.records.plant('secret-rotation', secretId, null, bytesOf('x'))
    for (const piece of [0, 1, 2]) opened.records.plant('secret-attachment', `file/${piece}`, secretId, bytesOf('x'))
    expect(await rowsLeft()).toBe(6)
    await opened.ask('deleteSecret', { secretName: 'a', forceDeleteWithoutRecovery: true })
    expect(await rowsLeft()).toBe(0)
  })
})

describe('the schedule of secrets', () => {
  it('ends many in the order of their making, and goes on after one that fails', async () => {
    for (const name of ['b', 'c']) await opened.create(name, 'x')
    for (const secretName of ['c', 'b', 'a']) await opened.ask('deleteSecret', { secretName, recoveryWindowInDays: 7 })
    opened.clock.passDays(8)

    opened.records.failNextCommit(new KmsError('INTERNAL', 'once'))
    await opened.secrets.catchUp()
    expect((await opened.ask('listSecrets', {})).secretList.map(({ secretName }) => secretName)).toEqual(['a'])
    await opened.secrets.catchUp()
    expect(await opened.ask('describeSecret', { secretName: 'a' })).toMatchObject({ secretName: 'a' })
    opened.clock.time += 60_000
    await opened.secrets.catchUp()
    expect(opened.records.audit.filter(({ caller }) => caller.face === 'system' && caller.operation === 'deleteSecret').map(({ resource }) => resource)).toEqual(['b', 'c', 'a'])
  })
})
