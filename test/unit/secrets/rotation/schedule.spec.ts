import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestClock } from '../../../support/keystore-fixture'
import { openRotationVault, type RotationVault } from '../../../support/rotation-vault'
import { useTemporaryFolder } from '../../../support/temporary-folder'
import { FakeServer } from './fake-target'

const hourMs = 3_600_000

describe('the schedule of rotations', () => {
  const path = useTemporaryFolder()
  let server: FakeServer
  let clock: TestClock
  let vault: RotationVault
  const enabled = { enableAutomaticRotation: true, rotationInterval: '6h' }

  beforeEach(async () => {
    server = new FakeServer()
    clock = new TestClock()
    vault = await openRotationVault(path(), { openTarget: server.open, clock })
    server.passwords.set('app', 'old')
    await vault.createRds('db', [['app', 'old']], enabled)
    await vault.setTarget('db', { kind: 'postgresql' })
  })
  afterEach(() => vault.close())

  const catchUp = () => vault.application.secrets.catchUp()

  it('rotates when the interval is over, and then after the next one', async () => {
    await catchUp()
    clock.time += 6 * hourMs - 1000
    await catchUp()
    expect(server.passwords.get('app')).toBe('old')
    clock.time += 1000
    await catchUp()
    const first = server.passwords.get('app')
    expect(first).not.toBe('old')
    expect(await vault.accountOf('db')).toEqual({ AccountName: 'app', AccountPassword: first })
    expect((await vault.rotation('db')).history).toMatchObject([{ result: 'success', trigger: 'schedule' }])
    expect(await vault.audit('rotateSecret')).toEqual(['db  system', 'db  system', 'db  system'])
    clock.time += 5 * hourMs
    await catchUp()
    expect(server.passwords.get('app')).toBe(first)
    clock.time += hourMs
    await catchUp()
    expect(server.passwords.get('app')).not.toBe(first)
  })

  it('rotates what is overdue once at the unlock', async () => {
    await vault.call('lockVault', {})
    clock.passDays(30)
    await vault.relock()
    await catchUp()
    expect((await vault.rotation('db')).history).toHaveLength(1)
    expect((await vault.rotation('db')).nextRotationDate).toBe('2026-10-01T18:00:00Z')
  })

  it('waits for the user after a failure, and goes on after a rotation that went well', async () => {
    server.isDown = true
    clock.passDays(1)
    await catchUp()
    expect(await vault.automatic('db')).toBe('Invalid')
    expect((await vault.rotation('db')).history).toMatchObject([{ result: 'failure', step: 'apply', code: 'ROTATION_TARGET_UNREACHABLE', reason: 'it is down', trigger: 'schedule' }])
    server.isDown = false
    clock.passDays(1)
    await catchUp()
    expect(server.passwords.get('app')).toBe('old')
    await vault.call('retrySecretRotation', { secretName: 'db' })
    expect(await vault.automatic('db')).toBe('Enabled')
    clock.passDays(1)
    await catchUp()
    expect((await vault.rotation('db')).history.map(({ trigger }) => trigger)).toEqual(['schedule', 'retry', 'schedule'])
  })

  it('leaves alone what has no target, is switched off, or lies in the recycle bin', async () => {
    await vault.createRds('no/target', [['other', 'old']], enabled)
    await vault.call('updateSecretRotationPolicy', { secretName: 'db', enableAutomaticRotation: false })
    clock.passDays(1)
    await catchUp()
    await vault.call('updateSecretRotationPolicy', { secretName: 'db', enableAutomaticRotation: true })
    await vault.call('deleteSecret', { secretName: 'db' })
    await catchUp()
    expect(server.calls).toEqual([])
    await vault.call('restoreSecret', { secretName: 'db' })
    await catchUp()
    expect(server.passwords.get('app')).not.toBe('old')
    expect((await vault.call('getSecretDetails', { secretName: 'no/target' })).row.states).toContain('rotation-overdue')
  })
})
