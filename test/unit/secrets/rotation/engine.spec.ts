import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applyFailed } from '../../../../src-main/secrets/rotation/targets/target'
import { TestClock } from '../../../support/keystore-fixture'
import { openRotationVault, type RotationVault } from '../../../support/rotation-vault'
import { bytesOf } from '../../../support/secrets-fixture'
import { useTemporaryFolder } from '../../../support/temporary-folder'
import { FakeServer } from './fake-target'

describe('a rotation', () => {
  const path = useTemporaryFolder()
  let server: FakeServer
  let clock: TestClock
  let vault: RotationVault

  beforeEach(async () => {
    server = new FakeServer()
    clock = new TestClock()
    vault = await openRotationVault(path(), { openTarget: server.open, clock })
    server.passwords.set('app', 'old')
    await vault.createRds('db', [['app', 'old']])
    await vault.setTarget('db', { kind: 'postgresql' })
  })
  afterEach(() => vault.close())

  const passwordOf = async (stage?: string) => (await vault.accountOf('db', stage))['AccountPassword']
  /** Waits at the first call whose name begins so, until `goOn`. */
  const holdAt = (start: string) => {
    const { promise: reached, resolve: reach } = withResolvers()
    const { promise: gate, resolve: goOn } = withResolvers()
    server.before = async (call) => {
      if (!call.startsWith(start)) return
      reach()
      await gate
    }
    return { reached, goOn }
  }

  it('prepares, applies, tests with both values, switches, and leaves no value behind', async () => {
    expect(await vault.rotate('db', 'r1')).toEqual({ arn: expect.stringMatching(/:secret\/db$/) as string, secretName: 'db', versionId: 'r1' })
    expect(server.calls).toEqual(['login app', 'apply app', 'login app', 'login app'])
    expect(await passwordOf()).toBe(server.passwords.get('app'))
    expect(await passwordOf('ACSPrevious')).toBe('old')
    expect(await vault.versions('db')).toEqual(['v1 ACSPrevious', 'r1 ACSCurrent'])
    expect(server.lent.every(({ secret }) => secret.length > 0 && secret.every((byte) => byte === 0))).toBe(true)
    expect(server.closed).toBeGreaterThan(0)
    expect((await vault.rotation('db')).lastRotationDate).toBe('2026-09-01T12:00:00Z')
    expect(await vault.audit('rotateSecret')).toEqual(['db  ipc', 'db  ipc', 'db  ipc'])
  })

  it('does nothing when it is asked for the same version again', async () => {
    await vault.rotate('db', 'r1')
    const [value, calls] = [await passwordOf(), server.calls.length]
    expect(await vault.rotate('db', 'r1')).toMatchObject({ versionId: 'r1' })
    expect([await passwordOf(), server.calls.length]).toEqual([value, calls])
    expect(await vault.codeFor('rotateSecret', { secretName: 'db', versionId: 'v1' })).toBe('SECRET_VERSION_EXISTS')
    expect(await vault.codeFor('rotateSecret', { secretName: 'db', versionId: 'no spaces' })).toBe('INVALID_PARAMETER')
    expect((await vault.rotation('db')).history).toHaveLength(1)
  })

  it('tests with the new value before it is current', async () => {
    server.before = (call) => {
      if (call === 'login app' && server.calls.includes('apply app')) server.passwords.set('app', 'set by somebody else')
    }
    expect(await vault.codeFor('rotateSecret', { secretName: 'db', versionId: 'r1' })).toBe('ROTATION_TEST_FAILED')
    expect(await passwordOf()).toBe('old')
    expect(await vault.versions('db')).toEqual(['v1 ACSCurrent', 'r1 ACSPending'])
    expect((await vault.rotation('db')).pending).toMatchObject({ versionId: 'r1', doneStep: 'apply', failedStep: 'test', code: 'ROTATION_TEST_FAILED', reason: 'no such login', account: 'app' })
    server.before = () => undefined
    for (const operation of ['retrySecretRotation', 'rollBackSecretRotation'] as const) expect(await vault.codeFor(operation, { secretName: 'db' })).toBe('ROTATION_LOGIN_REFUSED')
    expect((await vault.rotation('db')).pending).toMatchObject({ reason: 'Neither the old nor the new value logs in: the account was changed elsewhere.' })
    expect(server.passwords.get('app')).toBe('set by somebody else')
  })

  it('does not take a target that lets everybody in for one that took the new value', async () => {
    server.letsAllIn = true
    expect(await vault.call('testSecretRotationTarget', { secretName: 'db' })).toEqual({ adminLogin: 'not-used', currentLogin: 'ok', code: 'ROTATION_TEST_FAILED', reason: 'The target lets the account in with any password.' })
    expect(await vault.codeFor('rotateSecret', { secretName: 'db', versionId: 'r1' })).toBe('ROTATION_TEST_FAILED')
    expect((await vault.rotation('db')).pending).toMatchObject({ failedStep: 'test', reason: expect.stringContaining('with the old value as well') as string })
    expect(await passwordOf()).toBe('old')
  })

  it('keeps what was sent when the answer was lost: a retry finds by a login that it arrived', async () => {
    server.before = (call) => {
      if (!call.startsWith('apply')) return
      server.before = () => undefined
      throw applyFailed('the connection was lost')
    }
    expect(await vault.codeFor('rotateSecret', { secretName: 'db', versionId: 'r1' })).toBe('ROTATION_APPLY_FAILED')
    expect((await vault.rotation('db')).pending).toMatchObject({ doneStep: 'prepare', failedStep: 'apply', reason: 'the connection was lost' })
    server.calls.length = 0
    await vault.call('retrySecretRotation', { secretName: 'db' })
    expect(server.calls).toEqual(['login app', 'login app', 'apply app', 'login app', 'login app'])
    expect(await passwordOf()).toBe(server.passwords.get('app'))
  })

  it('goes on when the same version is asked for after a failure, and refuses another one', async () => {
    server.isDown = true
    expect(await vault.codeFor('rotateSecret', { secretName: 'db', versionId: 'r1' })).toBe('ROTATION_TARGET_UNREACHABLE')
    expect(await vault.codeFor('rotateSecret', { secretName: 'db', versionId: 'r2' })).toBe('ROTATION_PENDING')
    expect((await vault.call('getSecretDetails', { secretName: 'db' })).row).toMatchObject({ states: expect.arrayContaining(['rotation-failed', 'rotation-pending']) as string[] })
    server.isDown = false
    expect(await vault.rotate('db', 'r1')).toMatchObject({ versionId: 'r1' })
    expect(await passwordOf()).toBe(server.passwords.get('app'))
    expect(await vault.audit('rotateSecret')).toEqual(expect.arrayContaining(['db ROTATION_TARGET_UNREACHABLE ipc', 'db ROTATION_PENDING ipc']))
  })

  it('rolls back: the old value is in force again, and the pending version is gone', async () => {
    server.before = (call) => {
      // The answer to the test is lost.
      if (call === 'login app' && server.calls.at(-2) === 'apply app') throw applyFailed('lost')
    }
    expect(await vault.codeFor('rotateSecret', { secretName: 'db', versionId: 'r1' })).toBe('ROTATION_APPLY_FAILED')
    expect(server.passwords.get('app')).not.toBe('old')
    server.before = () => undefined
    await vault.call('rollBackSecretRotation', { secretName: 'db' })
    expect(server.passwords.get('app')).toBe('old')
    expect(server.calls.at(-2)).toBe('roll back app')
    expect(await vault.versions('db')).toEqual(['v1 ACSCurrent'])
    expect((await vault.rotation('db')).history.map(({ result }) => result)).toEqual(['rolled-back', 'failure'])
    await vault.rotate('db', 'r1')
    expect(await passwordOf()).toBe(server.passwords.get('app'))
  })

  it('works on a secret once at a time', async () => {
    const { reached, goOn } = holdAt('apply')
    const running = vault.rotate('db', 'r1')
    await reached
    expect((await vault.rotation('db')).isRunning).toBe(true)
    for (const operation of ['retrySecretRotation', 'rollBackSecretRotation', 'testSecretRotationTarget'] as const) expect(await vault.codeFor(operation, { secretName: 'db' })).toBe('ROTATION_RUNNING')
    expect(await vault.codeFor('rotateSecret', { secretName: 'db', versionId: 'r1' })).toBe('ROTATION_RUNNING')
    expect(await vault.codeFor('setSecretRotationTarget', { secretName: 'db', target: null })).toBe('ROTATION_RUNNING')
    goOn()
    await running
    expect((await vault.rotation('db')).isRunning).toBe(false)
  })

  it('stops at the end of its step when the vault is locked, and is pending after', async () => {
    const { reached, goOn } = holdAt('apply')
    const running = vault.codeFor('rotateSecret', { secretName: 'db', versionId: 'r1' })
    await reached
    const locked = vault.call('lockVault', {})
    goOn()
    await locked
    expect(await running).toBe('VAULT_LOCKED')
    expect(server.lent.every(({ secret }) => secret.every((byte) => byte === 0))).toBe(true)
    expect(server.passwords.get('app')).not.toBe('old')
    await vault.relock()
    const { pending, history } = await vault.rotation('db')
    expect(pending).toMatchObject({ versionId: 'r1', doneStep: 'apply', failedStep: null, code: null })
    expect(history).toEqual([])
    await vault.call('retrySecretRotation', { secretName: 'db' })
    expect(await passwordOf()).toBe(server.passwords.get('app'))
  })

  it('is cut off from a target that hangs when the vault is locked', { timeout: 60_000 }, async () => {
    const { reached } = holdAt('apply')
    const running = vault.codeFor('rotateSecret', { secretName: 'db', versionId: 'r1' })
    await reached
    await vault.call('lockVault', {})
    expect(await running).toBe('VAULT_LOCKED')
    expect(server.lent.every(({ secret }) => secret.every((byte) => byte === 0))).toBe(true)
    server.before = () => undefined
    await vault.relock()
    expect((await vault.rotation('db')).pending).toMatchObject({ versionId: 'r1', doneStep: 'prepare', failedStep: null })
    await vault.call('rollBackSecretRotation', { secretName: 'db' })
    expect([server.passwords.get('app'), await vault.versions('db')]).toEqual(['old', ['v1 ACSCurrent']])
  })

  it('may begin fifty times in an hour, also over a lock', async () => {
    const rotateMany = async (from: number, to: number) => {
      for (let at = from; at <= to; at++) await vault.rotate('db', `r${at}`)
    }
    await rotateMany(1, 30)
    await vault.relock()
    await rotateMany(31, 50)
    expect(await vault.codeFor('rotateSecret', { secretName: 'db', versionId: 'r51' })).toBe('LIMIT_EXCEEDED')
    await vault.relock()
    expect(await vault.codeFor('rotateSecret', { secretName: 'db', versionId: 'r51' })).toBe('LIMIT_EXCEEDED')
    expect((await vault.rotation('db')).pending).toBeNull()
    clock.time += 3_600_000
    await vault.rotate('db', 'r51')
    expect((await vault.rotation('db')).history).toHaveLength(50)
    expect((await vault.versions('db')).slice(-2)).toEqual(['r50 ACSPrevious', 'r51 ACSCurrent'])
    expect(await vault.versions('db')).toHaveLength(10)
  }, 120_000)

  it('needs a target, and a value that can be renewed', async () => {
    await vault.createRds('no/target', [['app', 'old']])
    expect(await vault.codeFor('rotateSecret', { secretName: 'no/target', versionId: 'r1' })).toBe('ROTATION_TARGET_MISSING')
    expect(await vault.codeFor('testSecretRotationTarget', { secretName: 'no/target' })).toBe('ROTATION_TARGET_MISSING')
    await vault.call('createSecret', { secretName: 'note', versionId: 'v1', secretData: bytesOf('{"a":{"b":1}}') })
    expect(await vault.codeFor('rotateSecret', { secretName: 'note', versionId: 'r1' })).toBe('UNSUPPORTED_OPERATION')
    await vault.setTarget('note', { kind: 'redis' })
    expect(await vault.codeFor('rotateSecret', { secretName: 'note', versionId: 'r1' })).toBe('UNSUPPORTED_OPERATION')
    expect((await vault.rotation('note')).history).toMatchObject([{ result: 'failure', step: 'prepare', code: 'UNSUPPORTED_OPERATION' }])
    expect(await vault.codeFor('rotateSecret', { secretName: 'gone', versionId: 'r1' })).toBe('SECRET_NOT_FOUND')
    await vault.call('deleteSecret', { secretName: 'db' })
    expect(await vault.codeFor('rotateSecret', { secretName: 'db', versionId: 'r1' })).toBe('SECRET_IN_DELETE_WINDOW')
  })

  it('renews the whole value of a secret that is nothing but a password', async () => {
    server.passwords.set('default', 'plain')
    await vault.call('createSecret', { secretName: 'plain', versionId: 'v1', secretData: bytesOf('plain') })
    expect(await vault.codeFor('setSecretRotationTarget', { secretName: 'plain', target: { kind: 'postgresql' } })).toBe('INVALID_PARAMETER')
    await vault.setTarget('plain', { kind: 'redis' })
    await vault.rotate('plain', 'r1')
    expect(await vault.valueOf('plain')).toBe(server.passwords.get('default'))
    expect(await vault.valueOf('plain')).toMatch(/^[A-Za-z][A-Za-z0-9_.-]{31}$/)
  })

  it.each([
    ['leaves an account as it is that still has its old password, when it changes its own', null, ['login app', 'login app']],
    ['sets the old password again by the administrator, who may have changed another account', 'admin', ['login app', 'login app', 'roll back app as admin', 'login app']],
  ])('%s', async (_, adminSecretName, calls) => {
    server.adminPassword = 'admin password'
    await vault.createRds('admin', [['admin', 'admin password']])
    await vault.setTarget('db', { kind: 'postgresql', ...(adminSecretName === null ? {} : { adminSecretName }) })
    server.before = (call) => {
      if (call.startsWith('apply')) throw applyFailed('the connection was lost')
    }
    expect(await vault.codeFor('rotateSecret', { secretName: 'db', versionId: 'r1' })).toBe('ROTATION_APPLY_FAILED')
    server.calls.length = 0
    await vault.call('rollBackSecretRotation', { secretName: 'db' })
    expect(server.calls).toEqual(calls)
    expect([server.passwords.get('app'), await vault.versions('db')]).toEqual(['old', ['v1 ACSCurrent']])
  })

  it('uses the login of the administrator from another secret, by whatever name it has now', async () => {
    server.adminPassword = 'admin password'
    await vault.createRds('admin', [['admin', 'admin password']])
    await vault.setTarget('db', { kind: 'postgresql', adminSecretName: 'admin' })
    await vault.call('changeSecret', { secretName: 'admin', newName: 'moved/admin' })
    expect((await vault.rotation('db')).target?.adminSecretName).toBe('moved/admin')
    await vault.rotate('db', 'r1')
    expect(server.calls).toContain('apply app as admin')
    expect(await vault.audit('rotateSecret')).toContain('moved/admin  ipc')
    await vault.call('deleteSecret', { secretName: 'moved/admin' })
    expect(await vault.codeFor('rotateSecret', { secretName: 'db', versionId: 'r2' })).toBe('ROTATION_LOGIN_REFUSED')
    expect((await vault.rotation('db')).pending).toMatchObject({ reason: 'The secret with the login of the administrator is deleted.' })
  })
})

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve }
}
