import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../../support/temporary-folder'
import { login, useSecretWindow } from './support'

const at = useTemporaryFolder()
const { call, save, codeFor, clock, handleOf } = useSecretWindow(at)

/** Something of every kind. */
async function plan() {
  const key = async (alias: string, input = {}) => {
    const { keyMetadata } = await call('createKey', input)
    await call('createAlias', { keyId: keyMetadata.keyId, aliasName: `alias/${alias}` })
    return keyMetadata.keyId
  }
  const rotating = await key('rotating', { enableAutomaticRotation: true, rotationInterval: '30d' })
  const leaving = await key('leaving')
  await call('scheduleKeyDeletion', { keyId: leaving, pendingWindowInDays: 20 })
  const { certificateId } = await call('createSelfSignedCertificate', { keySpec: 'EC_P256', subject: 'CN=example.org', validityDays: 90 })
  await save('login/expires', login('x', 'y'), { expiryDate: '2026-09-11' })
  await save('login/deleted', login('x', 'y'), { expiryDate: '2026-09-12' })
  await call('deleteSecret', { secretName: 'login/deleted', recoveryWindowInDays: 7 })
  await save('login/quiet', login('x', 'y'))
  const extendedConfig = JSON.stringify({ SecretSubType: 'SingleUser', DBInstanceId: 'local' })
  const secretData = new TextEncoder().encode('{"Accounts":[{"AccountName":"app","AccountPassword":"one"}]}')
  await call('createSecret', { secretName: 'db', secretType: 'Rds', versionId: 'v1', secretData, extendedConfig, enableAutomaticRotation: true, rotationInterval: '15d' })
  return { rotating, leaving, certificateId }
}

const entriesOf = async (input = {}) => (await call('listRotationCalendar', input)).entries

describe('listRotationCalendar', () => {
  it('has what comes due of keys, secrets and certificates, the next first', async () => {
    const { rotating, leaving, certificateId } = await plan()
    expect(await call('listRotationCalendar', {})).toEqual({
      total: 6,
      overdue: 0,
      entries: [
        { kind: 'secret-deletion', id: 'login/deleted', name: 'login/deleted', date: '2026-09-08T12:00:00Z', isOverdue: false },
        { kind: 'secret-expiry', id: 'login/expires', name: 'login/expires', date: '2026-09-11T00:00:00Z', isOverdue: false },
        { kind: 'secret-rotation', id: 'db', name: 'db', date: '2026-09-16T12:00:00Z', isOverdue: false },
        { kind: 'key-deletion', id: leaving, name: 'leaving', date: '2026-09-21T12:00:00Z', isOverdue: false },
        { kind: 'key-rotation', id: rotating, name: 'rotating', date: '2026-10-01T12:00:00Z', isOverdue: false },
        { kind: 'certificate-expiry', id: certificateId, name: 'CN=example.org', date: '2026-11-30T12:00:00Z', isOverdue: false },
      ],
    })
  })

  it('goes up to a day, in windows, and says what is overdue', async () => {
    await plan()
    expect((await entriesOf({ until: '2026-09-16' })).map(({ kind }) => kind)).toEqual(['secret-deletion', 'secret-expiry'])
    expect((await entriesOf({ offset: 1, count: 2 })).map(({ kind }) => kind)).toEqual(['secret-expiry', 'secret-rotation'])
    clock().passDays(11)
    const { overdue, entries } = await call('listRotationCalendar', {})
    expect([overdue, entries.filter(({ isOverdue }) => isOverdue).map(({ id }) => id)]).toEqual([2, ['login/deleted', 'login/expires']])
    expect(await codeFor('listRotationCalendar', { until: 'soon' })).toBe('INVALID_PARAMETER')
  })
})

describe('saveRotationCalendar', () => {
  it('writes the same as a calendar in the language of the user, for its owner alone', async () => {
    await plan()
    const write = async (name: string) => {
      const answer = await call('saveRotationCalendar', { target: handleOf(at(name), 'target') })
      return [answer, readFileSync(at(name), 'utf8').replaceAll('\r\n ', '')] as const
    }
    const [answer, english] = await write('a.ics')
    expect([answer, statSync(at('a.ics')).mode & 0o777]).toEqual([{ entries: 6 }, 0o600])
    expect(english.match(/^BEGIN:VEVENT\r$/gm)).toHaveLength(6)
    expect(english).toContain('DTSTART;VALUE=DATE:20260911\r\nDTEND;VALUE=DATE:20260912\r\nSUMMARY:Secret expires: login/expires\r\n')
    expect(english).toContain('SUMMARY:Key rotates: rotating\r\n')
    const uids = (text: string) => text.match(/^UID:.*$/gm)
    expect(new Set(uids(english)).size).toBe(6)
    await call('updateSettings', { language: 'zh-CN' })
    await call('changeSecret', { secretName: 'login/expires', newName: 'login/renamed' })
    const [, chinese] = await write('b.ics')
    expect(chinese).toContain('SUMMARY:凭据过期: login/renamed\r\n')
    // The same thing keeps its name for calendars, so that reading it again moves an event and adds none.
    expect(uids(chinese)).toEqual(uids(english))
  })

  it('says where the file cannot be written', async () => {
    mkdirSync(at('folder'))
    expect(await codeFor('saveRotationCalendar', { target: handleOf(at('folder'), 'target') })).toBe('TARGET_NOT_WRITABLE')
    expect(await codeFor('saveRotationCalendar', { target: handleOf(at('a'), 'source') })).toBe('HANDLE_INVALID')
  })
})
