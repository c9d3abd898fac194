import { beforeEach, describe, expect, it } from 'vitest'
import { Keystore } from '../../../../src-main/keystore/keystore'
import { rotationDuty } from '../../../../src-main/secrets/rotation/rotation-duty'
import { SecretRotations } from '../../../../src-main/secrets/rotation/rotations'
import { setRotationTarget } from '../../../../src-main/secrets/rotation/target-settings'
import { Secrets } from '../../../../src-main/secrets/secrets'
import { KmsError } from '../../../../src-shared/errors'
import type { Log } from '../../../../src-main/platform/ports'
import { rotationTarget } from '../../../../src-shared/contract/secret-rotation'
import { secretLimits } from '../../../../src-shared/model/secrets'
import { callerOf, parsed, silentLog, TestClock } from '../../../support/keystore-fixture'
import { MemoryRecords, RecordedUse } from '../../../support/memory-records'
import { bytesOf } from '../../../support/secrets-fixture'
import { FakeServer } from './fake-target'

const hourMs = 3_600_000
const minuteMs = 60_000

describe('what holds rotations back', () => {
  let records: MemoryRecords
  let clock: TestClock
  let server: FakeServer
  let secrets: Secrets
  let rotations: SecretRotations
  let errors: unknown[]
  let told: (string | null)[]
  /** What the timer would do next. */
  let timer: { delayMs: number; work: () => void } | null

  beforeEach(async () => {
    ;[records, clock, server, errors, told, timer] = [new MemoryRecords(), new TestClock(), new FakeServer(), [], [], null]
    const log: Log = { ...silentLog, error: (_event, cause) => void errors.push(cause) }
    const useAudit = new RecordedUse()
    const keystore = new Keystore({ clock, useAudit, log })
    rotations = new SecretRotations({ openTarget: server.open, log })
    const wakeAfter = (delayMs: number, work: () => void) => {
      timer = { delayMs, work }
      return () => (timer = null)
    }
    secrets = new Secrets({ keystore, clock, useAudit, log, duties: [rotationDuty(rotations)], isRotating: (secretId) => rotations.isRunning(secretId), wakeAfter })
    await keystore.load(records)
    await secrets.load(records)
    secrets.onChange((name) => told.push(name))
  })

  const create = async (name: string) => {
    server.passwords.set(name, 'old')
    const secretData = bytesOf(JSON.stringify({ Accounts: [{ AccountName: name, AccountPassword: 'old' }] }))
    const extendedConfig = JSON.stringify({ SecretSubType: 'SingleUser', DBInstanceId: 'local' })
    await secrets.run('createSecret', callerOf('createSecret'), parsed('createSecret', { secretName: name, secretType: 'Rds', versionId: 'v1', secretData, extendedConfig, enableAutomaticRotation: true, rotationInterval: '6h' }))
    await setRotationTarget(rotations, secrets.session(), callerOf('setSecretRotationTarget'), name, rotationTarget.parse({ kind: 'postgresql' }), () => '')
  }
  /** Fires the timer as often as it is set for now, at most `most` times; gives how often. */
  const passes = async (most = 20) => {
    let count = 0
    for (; count < most && timer !== null && timer.delayMs === 0; count++) {
      timer.work()
      await secrets.catchUp()
    }
    return count
  }
  const codes = () => errors.map((error) => (error as { code?: string }).code)
  const rotated = () => [...server.passwords].filter(([, password]) => password !== 'old').map(([name]) => name)

  it('is looked at once a minute: the fifty rotations of an hour', async () => {
    await create('busy')
    for (let at = 0; at < secretLimits.rotationsPerHour; at++) await rotations.rotate(secrets.session(), callerOf('rotateSecret'), { secretName: 'busy', versionId: `r${at}` })
    await create('waits')
    clock.time += 6 * hourMs
    for (let at = 0; at < secretLimits.rotationsPerHour; at++) await rotations.rotate(secrets.session(), callerOf('rotateSecret'), { secretName: 'busy', versionId: `s${at}` })
    told = []
    secrets.unlocked()
    expect(await passes()).toBe(1)
    expect([codes(), told]).toEqual([['LIMIT_EXCEEDED'], []])
    expect(timer?.delayMs).toBe(minuteMs)
    secrets.session().changed('waits')
    expect(timer?.delayMs).toBe(minuteMs)
    clock.time += minuteMs
    timer?.work()
    await secrets.catchUp()
    expect([codes(), rotated()]).toEqual([['LIMIT_EXCEEDED', 'LIMIT_EXCEEDED'], ['busy']])
    clock.time += hourMs
    timer?.work()
    await secrets.catchUp()
    expect(rotated()).toEqual(['busy', 'waits'])
  })

  it('is looked at once a minute: a disk that takes nothing, which the others wait for as well', async () => {
    for (const name of ['one', 'two']) await create(name)
    clock.time += 6 * hourMs
    told = []
    const mutate = records.mutate.bind(records)
    let tries = 0
    records.mutate = () => {
      tries += 1
      return Promise.reject(new KmsError('VAULT_WRITE_FAILED', 'The disk takes nothing.'))
    }
    secrets.unlocked()
    expect(await passes()).toBe(1)
    expect(told).toEqual([])
    // The version of one of them, and that it failed.
    expect(tries).toBe(2)
    for (const name of ['one', 'two']) secrets.session().changed(name)
    expect(await passes()).toBe(0)
    records.mutate = mutate
    clock.time += minuteMs
    timer?.work()
    await secrets.catchUp()
    expect(rotated()).toEqual(['one', 'two'])
  })

  it('is looked at again: a test of the target that runs when a rotation is due', async () => {
    await create('one')
    clock.time += 6 * hourMs
    secrets.unlocked()
    await rotations.exclusive(secrets.session(), callerOf('testSecretRotationTarget'), 'one', async () => void (await passes()))
    expect([codes(), rotated(), timer?.delayMs]).toEqual([['ROTATION_RUNNING'], [], minuteMs])
    clock.time += minuteMs
    timer?.work()
    await secrets.catchUp()
    expect(rotated()).toEqual(['one'])
  })
})
