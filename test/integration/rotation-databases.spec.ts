import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OpenTarget } from '../../src-main/secrets/rotation/targets/open-target'
import type { RotationTargetInput } from '../../src-shared/contract/secret-rotation'
import { openRotationVault, type RotationVault } from '../support/rotation-vault'
import { bytesOf } from '../support/secrets-fixture'
import { MariadbServer } from '../support/servers/mariadb'
import { PostgresqlServer } from '../support/servers/postgresql'
import { freePort, removeFolder } from '../support/servers/server'
import { bundledTargets } from '../support/target-bundle'

interface Database {
  name: string
  start: () => Promise<PostgresqlServer | MariadbServer>
  kind: 'postgresql' | 'mysql'
  newAccount: (account: string, password: string) => string
  dropAccount: (account: string) => string
  newPassword: (account: string, password: string) => string
}

const databases: Database[] = [
  {
    name: 'PostgreSQL',
    start: () => PostgresqlServer.start(),
    kind: 'postgresql',
    newAccount: (account, password) => `CREATE ROLE ${account} LOGIN PASSWORD '${password}'`,
    dropAccount: (account) => `DROP ROLE ${account}`,
    newPassword: (account, password) => `ALTER ROLE ${account} PASSWORD '${password}'`,
  },
  {
    name: 'MariaDB',
    start: () => MariadbServer.start(),
    kind: 'mysql',
    newAccount: (account, password) => `CREATE USER ${account}@'%' IDENTIFIED BY '${password}'`,
    dropAccount: (account) => `DROP USER ${account}@'%'`,
    newPassword: (account, password) => `ALTER USER ${account}@'%' IDENTIFIED BY '${password}'`,
  },
]

describe.each(databases)('secrets at a real $name', { timeout: 120_000 }, ({ start, kind, newAccount, dropAccount, newPassword }) => {
  const folder = mkdtempSync(join(tmpdir(), 'keystead-rotation-'))
  let server: PostgresqlServer | MariadbServer
  let openTarget: OpenTarget
  let vault: RotationVault
  const target = (more: object = {}): RotationTargetInput => ({ kind, port: server.port, ...more }) as RotationTargetInput

  beforeAll(async () => {
    openTarget = await bundledTargets(`databases-${kind}`)
    server = await start()
    vault = await openRotationVault(folder, { openTarget })
    await vault.createRds('db/admin', [['admin', server.adminPassword]])
  }, 120_000)
  afterAll(async () => {
    await vault?.close()
    await server?.dispose()
    removeFolder(folder)
  })

  it('rotates a single account by the administrator, and again', async () => {
    await server.sql(newAccount('single', 'Old-1'))
    await vault.createRds('db/single', [['single', 'Old-1']])
    await vault.setTarget('db/single', target({ adminSecretName: 'db/admin' }))
    expect(await vault.call('testSecretRotationTarget', { secretName: 'db/single' })).toEqual({ adminLogin: 'ok', currentLogin: 'ok', code: null, reason: null })
    let before = 'Old-1'
    for (const versionId of ['r1', 'r2']) {
      expect(await vault.rotate('db/single', versionId)).toMatchObject({ secretName: 'db/single', versionId })
      const { AccountName, AccountPassword: after = '' } = await vault.accountOf('db/single')
      expect(AccountName).toBe('single')
      expect(after).toMatch(/^[A-Za-z][A-Za-z0-9_.-]{31}$/)
      expect([await server.logsIn('single', before), await server.logsIn('single', after)]).toEqual([false, true])
      expect(await vault.accountOf('db/single', 'ACSPrevious')).toEqual({ AccountName: 'single', AccountPassword: before })
      before = after
    }
    expect(await vault.versions('db/single')).toEqual(['v1', 'r1 ACSPrevious', 'r2 ACSCurrent'])
    const { pending, history, isRunning } = await vault.rotation('db/single')
    expect({ pending, isRunning }).toEqual({ pending: null, isRunning: false })
    expect(history).toMatchObject([{ versionId: 'r2', account: 'single', result: 'success', step: null, code: null, reason: null, trigger: 'manual' }, { versionId: 'r1', result: 'success' }])
  })

  it('lets an account change its own password', async () => {
    await server.sql(newAccount('self', 'Old-2'))
    await vault.createRds('db/self', [['self', 'Old-2']])
    await vault.setTarget('db/self', target())
    expect(await vault.call('testSecretRotationTarget', { secretName: 'db/self' })).toEqual({ adminLogin: 'not-used', currentLogin: 'ok', code: null, reason: null })
    await vault.rotate('db/self', 'r1')
    expect([await server.logsIn('self', 'Old-2'), await server.logsIn('self', (await vault.accountOf('db/self'))['AccountPassword'] ?? '')]).toEqual([false, true])
  })

  it('resets the account that rests of two, and swaps them', async () => {
    await server.sql(newAccount('first', 'First-3'))
    await server.sql(newAccount('second', 'Second-3'))
    await vault.createRds('db/double', [
      ['first', 'First-3'],
      ['second', 'Second-3'],
    ])
    await vault.setTarget('db/double', target({ adminSecretName: 'db/admin' }))
    await vault.rotate('db/double', 'r1')
    const second = await vault.accountOf('db/double')
    expect(second['AccountName']).toBe('second')
    expect(await vault.accountOf('db/double', 'ACSPrevious')).toEqual({ AccountName: 'first', AccountPassword: 'First-3' })
    expect([await server.logsIn('first', 'First-3'), await server.logsIn('second', 'Second-3'), await server.logsIn('second', second['AccountPassword'] ?? '')]).toEqual([true, false, true])
    await vault.rotate('db/double', 'r2')
    const first = await vault.accountOf('db/double')
    expect(first['AccountName']).toBe('first')
    expect([await server.logsIn('first', 'First-3'), await server.logsIn('first', first['AccountPassword'] ?? ''), await server.logsIn('second', second['AccountPassword'] ?? '')]).toEqual([false, true, true])
    expect(await vault.accountOf('db/double', 'ACSPrevious')).toEqual(second)
  })

  it('rotates the password of a login that was made of fields, and keeps the other fields', async () => {
    await server.sql(newAccount('fields', 'Old-4'))
    const value = { username: 'fields', password: 'Old-4', url: 'https://db.example', notes: 'line one\nline two' }
    await vault.call('createSecret', { secretName: 'login', versionId: 'v1', secretData: bytesOf(JSON.stringify(value)) })
    expect(await vault.codeFor('rotateSecret', { secretName: 'login', versionId: 'r1' })).toBe('UNSUPPORTED_OPERATION')
    await vault.setTarget('login', target({ adminSecretName: 'db/admin' }))
    await vault.rotate('login', 'r1')
    const { password = '', ...others } = await vault.accountOf('login')
    expect(others).toEqual({ username: 'fields', url: 'https://db.example', notes: 'line one\nline two' })
    expect([await server.logsIn('fields', 'Old-4'), await server.logsIn('fields', password)]).toEqual([false, true])
  })

  it('keeps the old value when the target cannot be reached; retried when it can', async () => {
    await server.sql(newAccount('away', 'Old-5'))
    await vault.createRds('db/away', [['away', 'Old-5']], { enableAutomaticRotation: true, rotationInterval: '7d' })
    const port = await freePort()
    await vault.setTarget('db/away', target({ adminSecretName: 'db/admin', port }))
    expect(await vault.call('testSecretRotationTarget', { secretName: 'db/away' })).toMatchObject({ adminLogin: 'failed', currentLogin: 'not-tried', code: 'ROTATION_TARGET_UNREACHABLE' })
    expect(await vault.codeFor('rotateSecret', { secretName: 'db/away', versionId: 'r1' })).toBe('ROTATION_TARGET_UNREACHABLE')
    expect(await vault.accountOf('db/away')).toMatchObject({ AccountPassword: 'Old-5' })
    expect(await vault.automatic('db/away')).toBe('Invalid')
    expect((await vault.rotation('db/away')).pending).toMatchObject({ versionId: 'r1', doneStep: 'prepare', failedStep: 'apply', code: 'ROTATION_TARGET_UNREACHABLE', reason: expect.stringContaining('ECONNREFUSED') as string, account: 'away' })
    expect(await vault.codeFor('rotateSecret', { secretName: 'db/away', versionId: 'r2' })).toBe('ROTATION_PENDING')
    await vault.setTarget('db/away', target({ adminSecretName: 'db/admin' }))
    expect(await vault.call('retrySecretRotation', { secretName: 'db/away' })).toEqual({ secretName: 'db/away', versionId: 'r1' })
    expect([await server.logsIn('away', 'Old-5'), await server.logsIn('away', (await vault.accountOf('db/away'))['AccountPassword'] ?? '')]).toEqual([false, true])
    expect(await vault.automatic('db/away')).toBe('Enabled')
    expect((await vault.rotation('db/away')).history.map(({ result, trigger, step }) => [result, trigger, step])).toEqual([['success', 'retry', null], ['failure', 'manual', 'apply']])
  })

  it('changes nothing with a wrong login of the administrator, and rolls back without asking the target', async () => {
    await server.sql(newAccount('wrong', 'Old-6'))
    await vault.createRds('db/bad-admin', [['admin', 'not the password']])
    await vault.createRds('db/wrong', [['wrong', 'Old-6']])
    await vault.setTarget('db/wrong', target({ adminSecretName: 'db/bad-admin' }))
    expect(await vault.call('testSecretRotationTarget', { secretName: 'db/wrong' })).toMatchObject({ adminLogin: 'failed', currentLogin: 'ok', code: 'ROTATION_LOGIN_REFUSED' })
    expect(await vault.codeFor('rotateSecret', { secretName: 'db/wrong', versionId: 'r1' })).toBe('ROTATION_LOGIN_REFUSED')
    expect(await server.logsIn('wrong', 'Old-6')).toBe(true)
    await vault.setTarget('db/wrong', target({ adminSecretName: 'db/bad-admin', port: await freePort() }))
    await vault.call('rollBackSecretRotation', { secretName: 'db/wrong' })
    expect(await vault.versions('db/wrong')).toEqual(['v1 ACSCurrent'])
    expect((await vault.rotation('db/wrong')).pending).toBeNull()
    expect(await vault.codeFor('rollBackSecretRotation', { secretName: 'db/wrong' })).toBe('ROTATION_NOT_PENDING')
    expect(await vault.codeFor('retrySecretRotation', { secretName: 'db/wrong' })).toBe('ROTATION_NOT_PENDING')
  })

  it('refuses to reset an account that was changed behind its back', async () => {
    await server.sql(newAccount('behind', 'Old-7'))
    await vault.createRds('db/behind', [['behind', 'Old-7']])
    await vault.setTarget('db/behind', target({ adminSecretName: 'db/admin' }))
    await server.sql(newPassword('behind', 'Changed-7'))
    expect(await vault.codeFor('rotateSecret', { secretName: 'db/behind', versionId: 'r1' })).toBe('ROTATION_LOGIN_REFUSED')
    expect((await vault.rotation('db/behind')).pending).toMatchObject({ reason: 'The target refuses the current value: the account was changed elsewhere.' })
    expect(await server.logsIn('behind', 'Changed-7')).toBe(true)
    await server.sql(newPassword('behind', 'Old-7'))
    await vault.call('retrySecretRotation', { secretName: 'db/behind' })
    expect(await server.logsIn('behind', (await vault.accountOf('db/behind'))['AccountPassword'] ?? '')).toBe(true)
  })

  it('tells when the account is gone, and forgets the rotation with its target', async () => {
    await server.sql(newAccount('gone', 'Old-8'))
    await vault.createRds('db/gone', [['gone', 'Old-8']])
    await vault.setTarget('db/gone', target({ adminSecretName: 'db/admin' }))
    await server.sql(dropAccount('gone'))
    expect(await vault.codeFor('rotateSecret', { secretName: 'db/gone', versionId: 'r1' })).toBe('ROTATION_LOGIN_REFUSED')
    await vault.setTarget('db/gone', null)
    expect(await vault.versions('db/gone')).toEqual(['v1 ACSCurrent'])
    expect(await vault.codeFor('rotateSecret', { secretName: 'db/gone', versionId: 'r2' })).toBe('ROTATION_TARGET_MISSING')
  })
})
