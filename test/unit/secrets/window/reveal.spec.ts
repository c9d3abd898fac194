import { TOTP } from 'otpauth'
import { describe, expect, it } from 'vitest'
import { bytesOf, textOf } from '../../../support/secrets-fixture'
import { useTemporaryFolder } from '../../../support/temporary-folder'
import { login, useSecretWindow } from './support'

const { call, save, edit, reveal, codeFor, auditOf, clock, relock, board } = useSecretWindow(useTemporaryFolder())
const otpauth = 'otpauth://totp/Example:anna?secret=JBSWY3DPEHPK3PXP&issuer=Example'

describe('revealSecretValue', () => {
  it('gives the whole value or a field, of the current version or another, as bytes', async () => {
    await save('a', login('anna', 'one'))
    await edit('a', login('anna', 'two'))
    expect(await call('revealSecretValue', { secretName: 'a', field: 'password' })).toEqual({ value: bytesOf('two'), dataType: 'text', versionId: 'v2' })
    expect([await reveal('a', { versionStage: 'ACSPrevious', field: 'password' }), await reveal('a', { versionId: 'v1', field: 'username' }), await reveal('a')]).toEqual(['one', 'anna', '{"username":"anna","password":"two"}'])
    await call('createSecret', { secretName: 'bin', versionId: 'v1', secretData: Uint8Array.of(0, 255), secretDataType: 'binary' })
    expect(await call('revealSecretValue', { secretName: 'bin' })).toEqual({ value: Uint8Array.of(0, 255), dataType: 'binary', versionId: 'v1' })
  })

  it('is refused with the code of what is missing, and audited under the name without a value', async () => {
    await save('a', login('anna', 'canary-value'))
    await reveal('a', { field: 'password' })
    expect(await codeFor('revealSecretValue', { secretName: 'none' })).toBe('SECRET_NOT_FOUND')
    expect(await codeFor('revealSecretValue', { secretName: 'a', versionId: 'v9' })).toBe('SECRET_VERSION_NOT_FOUND')
    expect(await codeFor('revealSecretValue', { secretName: 'a', versionStage: 'Nope' })).toBe('SECRET_VERSION_NOT_FOUND')
    expect(await codeFor('revealSecretValue', { secretName: 'a', field: 'nope' })).toBe('SECRET_FIELD_NOT_FOUND')
    await call('deleteSecret', { secretName: 'a' })
    expect(await codeFor('revealSecretValue', { secretName: 'a' })).toBe('SECRET_IN_DELETE_WINDOW')
    await relock()
    const { entries } = await call('listAuditEntries', { count: 100 })
    expect(JSON.stringify(entries)).not.toContain('canary')
    expect(await auditOf('revealSecretValue')).toEqual([
      ['a', null],
      ['none', 'SECRET_NOT_FOUND'],
      ['a', 'SECRET_VERSION_NOT_FOUND'],
      ['a', 'SECRET_VERSION_NOT_FOUND'],
      ['a', 'SECRET_FIELD_NOT_FOUND'],
      ['a', 'SECRET_IN_DELETE_WINDOW'],
    ])
  })
})

describe('getTotpCode', () => {
  it('gives the code of this moment, as another program does, and how long it is good', async () => {
    await save('a', login('anna', 'x', [{ name: 'totp', text: otpauth, kind: 'totp' }]))
    const peer = new TOTP({ secret: 'JBSWY3DPEHPK3PXP' })
    for (const seconds of [0, 13, 29, 30, 86_400]) {
      clock().time = Date.UTC(2026, 8, 2) + seconds * 1000
      const answer = await call('getTotpCode', { secretName: 'a', field: 'totp' })
      expect({ ...answer, code: textOf(answer.code) }).toEqual({ code: peer.generate({ timestamp: clock().time }), periodSeconds: 30, secondsLeft: 30 - (seconds % 30), issuer: 'Example', account: 'anna' })
    }
  })

  it('refuses a field that is no such address, or not there', async () => {
    await save('a', login('anna', 'x'))
    expect(await codeFor('getTotpCode', { secretName: 'a', field: 'password' })).toBe('INVALID_PARAMETER')
    expect(await codeFor('getTotpCode', { secretName: 'a', field: 'totp' })).toBe('SECRET_FIELD_NOT_FOUND')
  })
})

describe('copySecretValue', () => {
  it('copies a field, the whole value or a one-time code, and tells when it goes', async () => {
    await save('a', login('anna', 'pässwörd', [{ name: 'totp', text: otpauth, kind: 'totp' }]))
    expect(await call('copySecretValue', { secretName: 'a', field: 'password' })).toEqual({ clearsAt: '2026-09-01T12:00:10.789Z' })
    expect(board.text).toBe('pässwörd')
    await call('updateSettings', { clipboardClearSeconds: 45 })
    expect(await call('copySecretValue', { secretName: 'a', field: 'totp', as: 'totp' })).toEqual({ clearsAt: '2026-09-01T12:00:45.789Z' })
    expect(board.text).toBe(new TOTP({ secret: 'JBSWY3DPEHPK3PXP' }).generate({ timestamp: clock().time }))
    await call('copySecretValue', { secretName: 'a' })
    expect(JSON.parse(board.text)).toMatchObject({ username: 'anna' })
    expect(await auditOf('copySecretValue')).toEqual([['a', null], ['a', null], ['a', null]])
  })

  it('refuses what is no text, and copies nothing then', async () => {
    await call('createSecret', { secretName: 'bin', versionId: 'v1', secretData: Uint8Array.of(255), secretDataType: 'binary' })
    await call('createSecret', { secretName: 'nul', versionId: 'v1', secretData: Uint8Array.of(65, 0, 66) })
    expect(await codeFor('copySecretValue', { secretName: 'bin' })).toBe('INVALID_PARAMETER')
    expect(await codeFor('copySecretValue', { secretName: 'nul' })).toBe('INVALID_PARAMETER')
    expect(await codeFor('copySecretText', { value: Uint8Array.of(255) })).toBe('INVALID_PARAMETER')
    expect(board.text).toBe('')
  })
})

describe('compareSecretVersions', () => {
  it('tells what differs, without a value, and is one use', async () => {
    await save('a', login('anna', 'canary-one', [{ name: 'notes', text: 'gone' }]))
    await edit('a', login('anna', 'canary-three', [{ name: 'pin', text: '1234' }]))
    const answer = await call('compareSecretVersions', { secretName: 'a', fromVersionId: 'v1', toVersionId: 'v2' })
    expect(answer).toEqual({
      isSame: false,
      fields: [
        { name: 'username', isSecret: false, change: 'same', fromBytes: 4, toBytes: 4 },
        { name: 'password', isSecret: true, change: 'changed', fromBytes: 10, toBytes: 12 },
        { name: 'notes', isSecret: true, change: 'removed', fromBytes: 4, toBytes: null },
        { name: 'pin', isSecret: true, change: 'added', fromBytes: null, toBytes: 4 },
      ],
      fromBytes: 58,
      toBytes: 58,
    })
    expect(await auditOf('compareSecretVersions')).toEqual([['a', null]])
  })

  it('compares values that are no sets of fields as a whole', async () => {
    await call('createSecret', { secretName: 'a', versionId: 'v1', secretData: bytesOf('one') })
    await call('putSecretValue', { secretName: 'a', versionId: 'v2', secretData: bytesOf('one'), secretDataType: 'binary' })
    await call('putSecretValue', { secretName: 'a', versionId: 'v3', secretData: bytesOf('one') })
    const compare = (fromVersionId: string, toVersionId: string) => call('compareSecretVersions', { secretName: 'a', fromVersionId, toVersionId })
    expect(await compare('v1', 'v2')).toEqual({ isSame: false, fields: null, fromBytes: 3, toBytes: 3 })
    expect(await compare('v1', 'v3')).toMatchObject({ isSame: true })
    expect(await codeFor('compareSecretVersions', { secretName: 'a', fromVersionId: 'v1', toVersionId: 'v4' })).toBe('SECRET_VERSION_NOT_FOUND')
  })
})

describe('getSecretDetails', () => {
  it('shows one in the recycle bin, and looking is no use of the secret or its key', async () => {
    await save('a', login('anna', 'x'))
    await call('deleteSecret', { secretName: 'a', recoveryWindowInDays: 7 })
    const { row, fields, arn } = await call('getSecretDetails', { secretName: 'a' })
    expect([row.states, row.plannedDeleteTime, fields?.length]).toEqual([['deleted'], '2026-09-08T12:00:00Z', 2])
    expect((await call('getSecretDetails', { secretName: arn })).row.secretName).toBe('a')
    await save('b', login('anna', 'x'))
    const keyId = (await call('getSecretDetails', { secretName: 'b' })).encryptionKeyId
    const lastUse = async () => (await call('searchKeys', {})).rows.find((key) => key.keyId === keyId)?.lastUseDate
    const before = await lastUse()
    clock().passDays(1)
    await call('getSecretDetails', { secretName: 'b' })
    expect(await lastUse()).toBe(before)
    await reveal('b')
    expect(await lastUse()).not.toBe(before)
    expect(await auditOf('getSecretDetails')).toEqual([])
  })
})
