import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PostgresqlTarget } from '../../src-main/secrets/rotation/targets/postgresql'
import { PostgresqlServer } from '../support/servers/postgresql'
import { fileHolds, freePort } from '../support/servers/server'
import { failureOf, passwordOf, placeOf } from '../support/target-fixture'

describe('a role of a real PostgreSQL', { timeout: 120_000 }, () => {
  let server: PostgresqlServer
  let target: PostgresqlTarget
  const admin = () => passwordOf('admin', server.adminPassword)
  const at = (socketPath: string | null = null) => new PostgresqlTarget({ ...placeOf(server.port, socketPath), database: 'postgres' })

  beforeAll(async () => {
    server = await PostgresqlServer.start()
    target = at()
  }, 120_000)
  afterAll(() => server.dispose())

  /** A new role that can log in with `password`. */
  async function newRole(name: string, password: string): Promise<void> {
    await server.sql(`CREATE ROLE "${name.replaceAll('"', '""')}" LOGIN PASSWORD '${password}'`)
  }

  it('gets a new password from the administrator: the old one fails, the new one logs in', async () => {
    await newRole('app', 'Old-1')
    expect(await target.login(passwordOf('app', 'Old-1'))).toEqual({ isAccepted: true, reason: null, hostKey: null })
    expect(await target.login(passwordOf('app', 'NewSecret0987654321'))).toMatchObject({ isAccepted: false, reason: 'PostgreSQL refuses this role with this password (28P01).' })
    await target.apply({ admin: admin(), from: passwordOf('app', 'Old-1'), to: passwordOf('app', 'NewSecret0987654321'), isRollback: false })
    expect(await Promise.all([server.logsIn('app', 'Old-1'), server.logsIn('app', 'NewSecret0987654321')])).toEqual([false, true])
    expect(await target.login(passwordOf('app', 'NewSecret0987654321'))).toMatchObject({ isAccepted: true })
    expect(await target.login(passwordOf('app', 'Old-1'))).toMatchObject({ isAccepted: false })
  })

  it('changes its own password when there is no administrator, over the socket as well', async () => {
    await newRole('own', 'Old-2')
    await at(server.folder).apply({ admin: null, from: passwordOf('own', 'Old-2'), to: passwordOf('own', 'OwnSecret0987654321'), isRollback: false })
    expect(await Promise.all([server.logsIn('own', 'Old-2'), server.logsIn('own', 'OwnSecret0987654321')])).toEqual([false, true])
  })

  it.each([`we"ird; DROP ROLE x; --`, `o'neill\\`, '名前', ' space '])('may have any name: %s', async (name) => {
    await newRole(name, 'Old-3')
    await target.apply({ admin: admin(), from: passwordOf(name, 'Old-3'), to: passwordOf(name, 'AnySecret0987654321'), isRollback: false })
    expect(await server.logsIn(name, 'AnySecret0987654321')).toBe(true)
  })

  it('may have any password back that it had', async () => {
    await newRole('odd', 'plain')
    for (const password of [`quo'te"s\\and$$`, 'Ünïcödé pass\u00a0word ﬁ', '密码']) {
      await target.apply({ admin: admin(), from: passwordOf('odd', 'x'), to: passwordOf('odd', password), isRollback: true })
      expect(await server.logsIn('odd', password)).toBe(true)
      expect(await target.login(passwordOf('odd', password))).toMatchObject({ isAccepted: true })
    }
  })

  it('keeps every other property, and no log of the server has the new password', async () => {
    await server.sql(`CREATE ROLE limited LOGIN PASSWORD 'Old-4' VALID UNTIL '2099-01-01' CONNECTION LIMIT 7`)
    await target.apply({ admin: admin(), from: passwordOf('limited', 'Old-4'), to: passwordOf('limited', 'LogSecret0987654321'), isRollback: false })
    expect(await server.sql(`SELECT rolconnlimit, rolvaliduntil::date, (SELECT left(rolpassword, 18) FROM pg_authid a WHERE a.rolname = r.rolname) FROM pg_roles r WHERE rolname = 'limited'`)).toBe('7|2099-01-01|SCRAM-SHA-256$4096')
    expect(fileHolds(server.log, ['ALTER ROLE "limited" PASSWORD \'SCRAM-SHA-256$4096:'])).toBe(true)
    expect(fileHolds(server.log, ['LogSecret0987654321'])).toBe(false)
  })

  it('says what is wrong, and changes nothing', async () => {
    await newRole('still', 'Old-5')
    await newRole('weak_admin', 'Admin-5')
    const change = { from: passwordOf('still', 'Old-5'), to: passwordOf('still', 'NeverSecret0987654321'), isRollback: false }
    expect(await failureOf(target.apply({ ...change, admin: passwordOf('admin', 'wrong') }))).toEqual({ code: 'ROTATION_LOGIN_REFUSED', reason: 'The administrator: PostgreSQL refuses this role with this password (28P01).' })
    expect(await failureOf(target.apply({ ...change, admin: passwordOf('nobody', 'x') }))).toMatchObject({ code: 'ROTATION_LOGIN_REFUSED' })
    expect(await failureOf(target.apply({ ...change, admin: passwordOf('weak_admin', 'Admin-5') }))).toEqual({ code: 'ROTATION_APPLY_FAILED', reason: 'PostgreSQL does not change the role (42501).' })
    expect(await failureOf(new PostgresqlTarget({ ...placeOf(server.port), database: 'nowhere' }).login(change.from))).toEqual({ code: 'ROTATION_TARGET_UNREACHABLE', reason: `PostgreSQL at 127.0.0.1:${server.port} cannot be reached (3D000).` })
    const port = await freePort()
    expect(await failureOf(new PostgresqlTarget({ ...placeOf(port), database: 'postgres' }).login(change.from))).toEqual({ code: 'ROTATION_TARGET_UNREACHABLE', reason: `PostgreSQL at 127.0.0.1:${port} cannot be reached (ECONNREFUSED).` })
    expect(await target.login(passwordOf('still', ''))).toMatchObject({ isAccepted: false })
    expect(await server.logsIn('still', 'Old-5')).toBe(true)
  })
})
