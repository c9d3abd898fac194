import { chmodSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decodeRotation, encodeRotation, type RotationState } from '../../../../src-main/secrets/rotation/rotation-row'
import { addressOf, isLoopback, placeText } from '../../../../src-main/secrets/rotation/targets/target-config'
import { encodeRow } from '../../../../src-main/keystore/stored-row'
import type { RotationTargetInput } from '../../../../src-shared/contract/secret-rotation'
import { openRotationVault, type RotationVault } from '../../../support/rotation-vault'
import { bytesOf } from '../../../support/secrets-fixture'
import { useTemporaryFolder } from '../../../support/temporary-folder'
import { FakeServer } from './fake-target'

const elsewhere = ['db.example', '10.0.0.1', '0.0.0.0', '128.0.0.1', '127.0.0.256', '127.1', '::', '::2', '[::1]', 'localhost.', 'LOCALHOST', '127.0.0.1 ', '', '2130706433', '::ffff:127.0.0.1']
const here = ['localhost', '127.0.0.1', '127.255.3.9', '::1']

describe('the target of a secret', () => {
  const path = useTemporaryFolder()
  let vault: RotationVault
  const handleOf = (program: string) => vault.application.handles.issue(program, 'program')
  const fieldsOf = async (secretName: string, target: RotationTargetInput): Promise<string[]> => {
    try {
      await vault.setTarget(secretName, target)
    } catch (error) {
      const { code, details } = error as { code: string; details: { fields?: { field: string }[] } }
      return [code, ...(details.fields ?? []).map(({ field }) => field)]
    }
    throw new Error('was expected to be refused')
  }

  beforeEach(async () => {
    vault = await openRotationVault(path(), { openTarget: new FakeServer().open })
    await vault.createRds('db', [['app', 'old']])
  })
  afterEach(() => vault.close())

  it('is never on another machine', async () => {
    for (const host of elsewhere) {
      for (const target of [{ kind: 'postgresql' }, { kind: 'mysql' }, { kind: 'redis' }] as const) expect(await fieldsOf('db', { ...target, host })).toEqual(['INVALID_PARAMETER', 'host'])
    }
    expect((await vault.rotation('db')).target).toBeNull()
    for (const host of here) {
      await vault.setTarget('db', { kind: 'mysql', host, port: 3307 })
      expect((await vault.rotation('db')).target).toMatchObject({ kind: 'mysql', host, port: 3307, accountHost: '%', address: host === '::1' ? '[::1]:3307' : `${host}:3307` })
    }
  })

  it('is shown as it was set, with the usual port', async () => {
    await vault.createRds('admin', [['root', 'x']])
    await vault.setTarget('db', { kind: 'postgresql', adminSecretName: 'admin', database: 'app' })
    expect((await vault.rotation('db')).target).toEqual({
      kind: 'postgresql',
      address: '127.0.0.1:5432',
      host: '127.0.0.1',
      port: 5432,
      socketPath: null,
      database: 'app',
      accountHost: null,
      adminSecretName: 'admin',
      user: null,
      hostKeyFingerprint: null,
      program: null,
      args: [],
      timeoutSeconds: null,
    })
    await vault.setTarget('db', { kind: 'redis', socketPath: '/run/redis.sock' })
    expect((await vault.rotation('db')).target).toMatchObject({ kind: 'redis', address: '/run/redis.sock', port: 6379, adminSecretName: null })
    await vault.setTarget('db', null)
    expect((await vault.rotation('db')).target).toBeNull()
    expect(await vault.audit('setSecretRotationTarget')).toEqual(['db  ipc', 'db  ipc', 'db  ipc'])
  })

  it('outlives a lock', async () => {
    await vault.setTarget('db', { kind: 'mysql', port: 3310 })
    await vault.relock()
    expect((await vault.rotation('db')).target).toMatchObject({ kind: 'mysql', port: 3310 })
  })

  it('is of a kind that fits the value, with an administrator that fits the kind', async () => {
    await vault.call('createSecret', { secretName: 'plain', versionId: 'v1', secretData: bytesOf('a password') })
    await vault.call('createSecret', { secretName: 'key', versionId: 'v1', secretData: bytesOf('{"username":"u","private_key":"k"}') })
    await vault.call('createSecret', { secretName: 'no-account', versionId: 'v1', secretData: bytesOf('{"password":"p"}') })
    expect(await fieldsOf('db', { kind: 'ssh', user: 'u' })).toEqual(['INVALID_PARAMETER', 'kind'])
    expect(await fieldsOf('plain', { kind: 'mysql' })).toEqual(['INVALID_PARAMETER', 'kind'])
    expect(await fieldsOf('key', { kind: 'redis' })).toEqual(['INVALID_PARAMETER', 'kind'])
    for (const adminSecretName of ['db', 'plain', 'key', 'nowhere', 'no-account']) expect(await fieldsOf('db', { kind: 'mysql', adminSecretName })).toEqual(['INVALID_PARAMETER', 'adminSecretName'])
    await vault.setTarget('db', { kind: 'redis', adminSecretName: 'no-account' })
    expect(await fieldsOf('db', { kind: 'mysql', socketPath: 'relative.sock' })).toEqual(['INVALID_PARAMETER', 'socketPath'])
    expect(await fieldsOf('key', { kind: 'ssh', user: 'u', hostKeyFingerprint: 'MD5:00' })).toEqual(['INVALID_PARAMETER', 'hostKeyFingerprint'])
    expect(await fieldsOf('key', { kind: 'ssh', user: 'u', host: '192.168.0.1' })).toEqual(['INVALID_PARAMETER', 'host'])
  })

  it('may be a program that only its owner can write, which stays when nothing is said of it', async () => {
    const program = path('rotate')
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o700 })
    expect(await fieldsOf('db', { kind: 'command', args: [] })).toEqual(['MISSING_PARAMETER', 'program'])
    await vault.setTarget('db', { kind: 'command', program: handleOf(program), args: ['a', 'b'], timeoutSeconds: 5 })
    await vault.setTarget('db', { kind: 'command', args: ['c'] })
    expect((await vault.rotation('db')).target).toMatchObject({ kind: 'command', address: program, program, args: ['c'], timeoutSeconds: 60 })
    chmodSync(program, 0o722)
    expect(await fieldsOf('db', { kind: 'command', program: handleOf(program) })).toEqual(['INVALID_PARAMETER', 'program'])
    expect(await fieldsOf('db', { kind: 'command', program: vault.application.handles.issue(program, 'source') })).toEqual(['HANDLE_INVALID'])
    expect((await vault.rotation('db')).target).toMatchObject({ args: ['c'] })
  })

  it('makes a Generic secret one that rotates', async () => {
    await vault.call('createSecret', { secretName: 'login', versionId: 'v1', secretData: bytesOf('{"username":"u","password":"p"}') })
    expect(await vault.codeFor('updateSecretRotationPolicy', { secretName: 'login', enableAutomaticRotation: true, rotationInterval: '7d' })).toBe('UNSUPPORTED_OPERATION')
    await vault.setTarget('login', { kind: 'postgresql' })
    await vault.call('updateSecretRotationPolicy', { secretName: 'login', enableAutomaticRotation: true, rotationInterval: '7d' })
    expect(await vault.rotation('login')).toMatchObject({ isEnabled: true, intervalSeconds: 7 * 86_400, subType: null })
    expect((await vault.rotation('db')).subType).toBe('SingleUser')
  })
})

describe('the address of a target', () => {
  it.each(elsewhere)('%j is not this machine', (host) => {
    expect(isLoopback(host)).toBe(false)
  })

  it('is never looked up by name', () => {
    expect(['localhost', '127.0.0.2', '::1'].map(addressOf)).toEqual(['127.0.0.1', '127.0.0.2', '::1'])
    expect(() => addressOf('example.com')).toThrow()
    expect(placeText({ host: '::1', port: 1, socketPath: null })).toBe('[::1]:1')
  })
})

describe('the row of a rotation', () => {
  const full: RotationState = {
    target: { kind: 'postgresql', host: '::1', port: 1, socketPath: '/run', adminSecretId: 'id', database: 'd' },
    run: { versionId: 'r', baseVersionId: 'v', startedAt: 1, trigger: 'retry', account: 'a', doneStep: 'apply', failure: { step: 'test', code: 'X', reason: 'why' }, mayBeApplied: true, mayBeElsewhere: true },
    history: [{ time: 1, versionId: 'r', account: null, result: 'rolled-back', failure: null, trigger: 'schedule' }],
  }

  it.each<[string, RotationState]>([
    ['everything', full],
    ['nothing', { target: null, run: null, history: [] }],
    ['an SSH account', { ...full, target: { kind: 'ssh', host: '127.0.0.1', port: 22, user: 'u', hostKeyFingerprint: null } }],
    ['a program', { ...full, target: { kind: 'command', program: '/p', args: ['a'], timeoutSeconds: 1 } }],
    ['MariaDB', { ...full, target: { kind: 'mysql', host: 'localhost', port: 2, socketPath: null, adminSecretId: null, accountHost: '%' } }],
    ['Redis', { ...full, target: { kind: 'redis', host: 'localhost', port: 2, socketPath: null, adminSecretId: null } }],
  ])('keeps %s', (_, state) => {
    expect(decodeRotation(encodeRotation(state))).toEqual(state)
  })

  it('without a word of a former target has none', () => {
    const { mayBeElsewhere, ...run } = full.run as NonNullable<RotationState['run']>
    expect([mayBeElsewhere, decodeRotation(encodeRow(1, [full.target, run, []])).run?.mayBeElsewhere]).toEqual([true, false])
  })

  it('keeps the newest fifty entries', () => {
    const history = Array.from({ length: 60 }, (_, time) => ({ ...full.history[0], time }) as RotationState['history'][number])
    expect(decodeRotation(encodeRotation({ ...full, history })).history.map(({ time }) => time)).toEqual(Array.from({ length: 50 }, (_, time) => time))
  })

  it.each([
    ['a newer layout', encodeRow(2, [null, null, []]), 'VAULT_NEWER_VERSION'],
    ['too few fields', encodeRow(1, [null, null]), 'VAULT_DAMAGED'],
    ['an unknown target', encodeRow(1, [{ kind: 'ftp' }, null, []]), 'VAULT_DAMAGED'],
    ['an unknown step', encodeRow(1, [null, { ...full.run, doneStep: 'later' }, []]), 'VAULT_DAMAGED'],
    ['no JSON', bytesOf('{'), 'VAULT_DAMAGED'],
  ])('is refused for %s', (_, bytes, code) => {
    expect(() => decodeRotation(bytes)).toThrow(expect.objectContaining({ code }) as Error)
  })
})
