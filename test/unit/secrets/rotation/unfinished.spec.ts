import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { editSecret } from '../../../../src-main/secrets/change-secret'
import { applyFailed } from '../../../../src-main/secrets/rotation/targets/target'
import { systemCaller } from '../../../../src-shared/model/caller'
import { codeOf } from '../../../support/keystore-fixture'
import { openRotationVault, type RotationVault } from '../../../support/rotation-vault'
import { bytesOf } from '../../../support/secrets-fixture'
import { useTemporaryFolder } from '../../../support/temporary-folder'
import { FakeServer } from './fake-target'

const first = { username: 'app', password: 'old', url: 'https://a', notes: '' }

describe('a rotation that was not finished', () => {
  const path = useTemporaryFolder()
  let server: FakeServer
  let vault: RotationVault

  beforeEach(async () => {
    server = new FakeServer()
    vault = await openRotationVault(path(), { openTarget: server.open })
    server.passwords.set('app', 'old')
    await vault.call('createSecret', { secretName: 'login', versionId: 'v1', secretData: bytesOf(JSON.stringify(first)) })
    await vault.setTarget('login', { kind: 'postgresql' })
  })
  afterEach(() => vault.close())

  /** The new value arrives, and its test is lost. */
  const stopAfterApply = async (secretName = 'login') => {
    server.before = (call) => {
      if (call.startsWith('login') && server.calls.at(-2)?.startsWith('apply')) throw applyFailed('lost')
    }
    expect(await vault.codeFor('rotateSecret', { secretName, versionId: 'r1' })).toBe('ROTATION_APPLY_FAILED')
    server.before = () => undefined
  }
  /** Nothing was sent. */
  const stopBeforeApply = async () => {
    server.isDown = true
    expect(await vault.codeFor('rotateSecret', { secretName: 'login', versionId: 'r1' })).toBe('ROTATION_TARGET_UNREACHABLE')
    server.isDown = false
  }
  const put = (versionId: string, value: object | string, versionStages?: string[]) =>
    vault.call('putSecretValue', { secretName: 'login', versionId, secretData: bytesOf(typeof value === 'string' ? value : JSON.stringify(value)), ...(versionStages ? { versionStages } : {}) })
  const makeCurrent = (moveToVersion: string) => vault.call('updateSecretVersionStage', { secretName: 'login', versionStage: 'ACSCurrent', moveToVersion })
  const retry = () => vault.call('retrySecretRotation', { secretName: 'login' })
  const rollBack = () => vault.call('rollBackSecretRotation', { secretName: 'login' })
  const passwordOfVersion = async (versionId: string) => {
    const { secretData } = await vault.call('getSecretValue', { secretName: 'login', versionId })
    return (JSON.parse(new TextDecoder().decode(secretData)) as Record<string, string>)['password']
  }

  describe('holds its version', () => {
    it('to which no stage moves by hand', async () => {
      await stopAfterApply()
      expect(await codeOf(makeCurrent('r1'))).toBe('ROTATION_PENDING')
      expect(await vault.codeFor('updateSecretVersionStage', { secretName: 'login', versionStage: 'Mine', moveToVersion: 'r1' })).toBe('ROTATION_PENDING')
      expect(await vault.versions('login')).toEqual(['v1 ACSCurrent', 'r1 ACSPending'])
    })

    it('also when that has become current all the same', async () => {
      await stopAfterApply()
      const session = vault.application.secrets.session()
      await editSecret(session, systemCaller('updateSecretVersionStage'), session.resolve('login'), (record) => ({
        record: { ...record, versions: record.versions.map((version) => ({ ...version, stages: version.versionId === 'r1' ? ['ACSCurrent', 'ACSPending'] : ['ACSPrevious'] })) },
      }))
      const password = server.passwords.get('app')
      await rollBack()
      expect(await vault.versions('login')).toEqual(['v1 ACSPrevious', 'r1 ACSCurrent'])
      expect((await vault.accountOf('login'))['password']).toBe(password)
      expect((await vault.rotation('login')).pending).toBeNull()
    })
  })

  describe('ends with its target', () => {
    it('and keeps a value that may be in force there, as the last to fall out', async () => {
      await stopAfterApply()
      for (const stage of ['A', 'B', 'C', 'D', 'E']) await put(`v-${stage}`, first, [stage])
      for (const versionId of ['v3', 'v4', 'v5']) await put(versionId, first)
      expect(await vault.versions('login')).toHaveLength(10)
      await vault.setTarget('login', null)
      expect((await vault.rotation('login')).pending).toBeNull()
      expect((await vault.rotation('login')).history[0]).toMatchObject({ result: 'rolled-back', versionId: 'r1', reason: 'The target was taken away. It may have the new value, so that was kept as a version.' })
      await put('v6', first)
      expect((await vault.versions('login')).slice(-2)).toEqual(['r1', 'v6 ACSCurrent'])
      expect(await passwordOfVersion('r1')).toBe(server.passwords.get('app'))
      await makeCurrent('r1')
      expect((await vault.accountOf('login'))['password']).toBe(server.passwords.get('app'))
    })

    it('and drops a value that was never sent', async () => {
      await stopBeforeApply()
      await vault.setTarget('login', null)
      expect(await vault.versions('login')).toEqual(['v1 ACSCurrent'])
      expect((await vault.rotation('login')).history[0]).toMatchObject({ result: 'rolled-back', reason: 'The target was taken away.' })
    })

    it('but not when it gets another one: what the former one may have outlives a roll back', async () => {
      await stopAfterApply()
      const password = server.passwords.get('app')
      await vault.setTarget('login', { kind: 'postgresql', port: 5433 })
      await vault.relock()
      server.passwords.set('app', 'old')
      await rollBack()
      expect(await vault.versions('login')).toEqual(['v1 ACSCurrent', 'r1'])
      expect(await passwordOfVersion('r1')).toBe(password)
      expect((await vault.rotation('login')).history[0]).toMatchObject({ result: 'rolled-back', reason: 'A former target may have the new value, so it was kept as a version.' })
    })

    it.each([
      ['another way in', { kind: 'postgresql', database: 'other' }, true],
      ['another place before anything was sent', { kind: 'postgresql', port: 5433 }, false],
    ] as const)('but not when it gets %s, after which a roll back drops the version', async (_, target, isSent) => {
      await (isSent ? stopAfterApply() : stopBeforeApply())
      await vault.setTarget('login', target)
      await rollBack()
      expect(await vault.versions('login')).toEqual(['v1 ACSCurrent'])
      expect(server.passwords.get('app')).toBe('old')
    })
  })

  describe('keeps its secret', () => {
    const destroy = () => vault.call('deleteSecret', { secretName: 'login', forceDeleteWithoutRecovery: true })

    it('from both ways of deleting while it runs', async () => {
      const codes: string[] = []
      server.before = async (call) => {
        if (!call.startsWith('apply')) return
        codes.push(await codeOf(destroy()), await vault.codeFor('deleteSecret', { secretName: 'login' }))
      }
      await vault.rotate('login', 'r1')
      expect(codes).toEqual(['ROTATION_RUNNING', 'ROTATION_RUNNING'])
      expect((await vault.accountOf('login'))['password']).toBe(server.passwords.get('app'))
      expect(await vault.audit('deleteSecret')).toEqual(['login ROTATION_RUNNING ipc', 'login ROTATION_RUNNING ipc'])
    })

    it('from being destroyed while its value may be in force, but not from the recycle bin', async () => {
      await stopAfterApply()
      expect(await codeOf(destroy())).toBe('ROTATION_PENDING')
      await vault.call('deleteSecret', { secretName: 'login' })
      expect(await codeOf(destroy())).toBe('ROTATION_PENDING')
      await vault.call('restoreSecret', { secretName: 'login' })
      await rollBack()
      await destroy()
    })

    it('no longer when its value was never sent, or its target is gone', async () => {
      await stopBeforeApply()
      await destroy()
      await vault.call('createSecret', { secretName: 'login', versionId: 'v1', secretData: bytesOf(JSON.stringify(first)) })
      await vault.setTarget('login', { kind: 'postgresql' })
      await stopAfterApply()
      await vault.setTarget('login', null)
      await destroy()
    })
  })

  describe('leaves later edits as they are', () => {
    it('and renews the password alone', async () => {
      await stopBeforeApply()
      await put('v2', { ...first, url: 'https://b', notes: 'moved', owner: 'me' })
      await retry()
      const password = server.passwords.get('app')
      expect(password).not.toBe('old')
      expect(await vault.accountOf('login')).toEqual({ ...first, password, url: 'https://b', notes: 'moved', owner: 'me' })
      expect(await vault.versions('login')).toEqual(['v1', 'r1 ACSCurrent', 'v2 ACSPrevious'])
      const { fields, versions } = await vault.call('getSecretDetails', { secretName: 'login' })
      expect(fields?.map(({ name }) => name)).toEqual(['username', 'password', 'url', 'notes', 'owner'])
      expect(versions.find(({ versionId }) => versionId === 'r1')?.sizeBytes).toBe(bytesOf(await vault.valueOf('login')).length)
    })

    it('also those that were made while it ran', async () => {
      server.before = async (call) => {
        if (call.startsWith('apply')) await put('v2', { ...first, notes: 'while it ran' })
      }
      await vault.rotate('login', 'r1')
      expect(await vault.accountOf('login')).toEqual({ ...first, notes: 'while it ran', password: server.passwords.get('app') })
    })

    it('also after so many that the value it began with fell out', async () => {
      await stopBeforeApply()
      for (let at = 2; at <= 12; at++) await put(`v${at}`, { ...first, notes: String(at) })
      expect(await vault.versions('login')).not.toContain('v1')
      await retry()
      expect(await vault.accountOf('login')).toEqual({ ...first, notes: '12', password: server.passwords.get('app') })
    })

    it.each<[what: string, edited: object | string]>([
      ['the account', { ...first, username: 'other' }],
      ['the form of the value', 'a text'],
      ['the field of the password', { username: 'app', url: 'https://a' }],
    ])('and stops when %s is another one until that is taken back', async (_, edited) => {
      await stopBeforeApply()
      await put('v2', edited)
      server.calls.length = 0
      expect(await vault.codeFor('retrySecretRotation', { secretName: 'login' })).toBe('SECRET_CHANGED')
      expect(server.calls).toEqual([])
      expect(await vault.versions('login')).toEqual(['v1 ACSPrevious', 'r1 ACSPending', 'v2 ACSCurrent'])
      await makeCurrent('v1')
      await retry()
      expect(await vault.accountOf('login')).toEqual({ ...first, password: server.passwords.get('app') })
    })

    it('of the account, of an Rds secret with two users, which it does not touch', async () => {
      for (const account of ['one', 'two']) server.passwords.set(account, 'old')
      await vault.createRds('double', [['one', 'old'], ['two', 'old']])
      await vault.setTarget('double', { kind: 'postgresql' })
      await stopAfterApply('double')
      await vault.call('retrySecretRotation', { secretName: 'double' })
      expect(await vault.accountOf('double')).toEqual({ AccountName: 'two', AccountPassword: server.passwords.get('two') })
      expect(await vault.accountOf('double', 'ACSPrevious')).toEqual({ AccountName: 'one', AccountPassword: 'old' })
    })
  })
})
