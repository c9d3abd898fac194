import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MysqlTarget } from '../../src-main/secrets/rotation/targets/mysql'
import { MariadbServer } from '../support/servers/mariadb'
import { fileHolds, freePort } from '../support/servers/server'
import { failureOf, passwordOf, placeOf } from '../support/target-fixture'

describe('an account of a real MariaDB', { timeout: 120_000 }, () => {
  let server: MariadbServer
  let target: MysqlTarget
  const admin = () => passwordOf('admin', server.adminPassword)
  const at = (socketPath: string | null = null, accountHost = '%') => new MysqlTarget({ ...placeOf(server.port, socketPath), accountHost })

  beforeAll(async () => {
    server = await MariadbServer.start()
    target = at()
  }, 120_000)
  afterAll(() => server.dispose())

  it('gets a new password from the administrator: the old one fails, the new one logs in', async () => {
    await server.sql(`CREATE USER app@'%' IDENTIFIED BY 'Old-1'`)
    expect(await target.login(passwordOf('app', 'Old-1'))).toEqual({ isAccepted: true, reason: null, hostKey: null })
    expect(await target.login(passwordOf('app', 'NewSecret0987654321'))).toMatchObject({ isAccepted: false, reason: 'The server refuses this account with this password (ER_ACCESS_DENIED_ERROR).' })
    await target.apply({ admin: admin(), from: passwordOf('app', 'Old-1'), to: passwordOf('app', 'NewSecret0987654321'), isRollback: false })
    expect(await Promise.all([server.logsIn('app', 'Old-1'), server.logsIn('app', 'NewSecret0987654321')])).toEqual([false, true])
    expect(await target.login(passwordOf('app', 'NewSecret0987654321'))).toMatchObject({ isAccepted: true })
    expect(await target.login(passwordOf('app', 'Old-1'))).toMatchObject({ isAccepted: false })
  })

  it('changes its own password when there is no administrator, over the socket as well', async () => {
    await server.sql(`CREATE USER own@'%' IDENTIFIED BY 'Old-2'`)
    await at(server.socket).apply({ admin: null, from: passwordOf('own', 'Old-2'), to: passwordOf('own', 'OwnSecret0987654321'), isRollback: false })
    expect(await Promise.all([server.logsIn('own', 'Old-2'), server.logsIn('own', 'OwnSecret0987654321')])).toEqual([false, true])
  })

  it('is the one with the host part that the target says', async () => {
    await server.sql(`CREATE USER two@'127.0.0.1' IDENTIFIED BY 'Old-3'; CREATE USER two@'10.%' IDENTIFIED BY 'Elsewhere-3'`)
    const before = await server.sql(`SELECT authentication_string FROM mysql.user WHERE user = 'two' AND host = '10.%'`)
    await at(null, '127.0.0.1').apply({ admin: admin(), from: passwordOf('two', 'Old-3'), to: passwordOf('two', 'TwoSecret0987654321'), isRollback: false })
    expect(await server.logsIn('two', 'TwoSecret0987654321')).toBe(true)
    expect(await server.sql(`SELECT authentication_string FROM mysql.user WHERE user = 'two' AND host = '10.%'`)).toBe(before)
    expect(await failureOf(target.apply({ admin: admin(), from: passwordOf('two', 'x'), to: passwordOf('two', 'y'), isRollback: false }))).toMatchObject({ code: 'ROTATION_APPLY_FAILED' })
  })

  it.each(['we`ird\'"; DROP', `o'neill\\`, '名前'])('may have any name: %s', async (name) => {
    await server.sql(`CREATE USER \`${name.replaceAll('`', '``')}\`@'%' IDENTIFIED BY 'Old-4'`)
    await target.apply({ admin: admin(), from: passwordOf(name, 'Old-4'), to: passwordOf(name, 'AnySecret0987654321'), isRollback: false })
    expect(await server.logsIn(name, 'AnySecret0987654321')).toBe(true)
  })

  it('may have any password back that it had', async () => {
    await server.sql(`CREATE USER odd@'%' IDENTIFIED BY 'plain'`)
    for (const password of [`quo'te"s\\and\`back`, 'Ünïcödé 密码']) {
      await target.apply({ admin: admin(), from: passwordOf('odd', 'x'), to: passwordOf('odd', password), isRollback: true })
      expect(await server.logsIn('odd', password)).toBe(true)
      expect(await target.login(passwordOf('odd', password))).toMatchObject({ isAccepted: true })
    }
  })

  it('keeps its other ways to log in and its limits, and no log of the server has the new password', async () => {
    await server.sql(`CREATE USER limited@'%' IDENTIFIED VIA mysql_native_password USING PASSWORD('Old-5') OR unix_socket WITH MAX_USER_CONNECTIONS 7`)
    await target.apply({ admin: admin(), from: passwordOf('limited', 'Old-5'), to: passwordOf('limited', 'LogSecret0987654321'), isRollback: false })
    expect(await server.sql(`SHOW CREATE USER limited@'%'`)).toMatch(/VIA mysql_native_password USING '\*[0-9A-F]{40}' OR unix_socket WITH MAX_USER_CONNECTIONS 7/)
    expect(await server.logsIn('limited', 'LogSecret0987654321')).toBe(true)
    expect(fileHolds(server.log, ["SET PASSWORD FOR `limited`@`%` = '"])).toBe(true)
    expect(fileHolds(server.log, ['LogSecret0987654321'])).toBe(false)
  })

  it('is given up when the server does not come to the change in time', { timeout: 20_000 }, async () => {
    await server.sql(`CREATE USER slow@'%' IDENTIFIED BY 'Old-7'`)
    const blocker = await createConnection({ host: '127.0.0.1', port: server.port, user: 'admin', password: server.adminPassword, disableEval: true })
    try {
      await blocker.query('LOCK TABLES mysql.global_priv WRITE')
      const impatient = new MysqlTarget({ ...placeOf(server.port), accountHost: '%' }, 300)
      for (const login of [admin(), null]) {
        const failure = await failureOf(impatient.apply({ admin: login, from: passwordOf('slow', 'Old-7'), to: passwordOf('slow', 'SlowSecret0987654321'), isRollback: false }))
        expect(failure).toEqual({ code: 'ROTATION_APPLY_FAILED', reason: 'The server does not change the account (PROTOCOL_SEQUENCE_TIMEOUT).' })
      }
    } finally {
      await blocker.end()
    }
  })

  it('says what is wrong, and changes nothing', async () => {
    await server.sql(`CREATE USER still@'%' IDENTIFIED BY 'Old-6'; CREATE USER weak_admin@'%' IDENTIFIED BY 'Admin-6'`)
    const change = { from: passwordOf('still', 'Old-6'), to: passwordOf('still', 'NeverSecret0987654321'), isRollback: false }
    expect(await failureOf(target.apply({ ...change, admin: passwordOf('admin', 'wrong') }))).toEqual({ code: 'ROTATION_LOGIN_REFUSED', reason: 'The administrator: The server refuses this account with this password (ER_ACCESS_DENIED_ERROR).' })
    expect(await failureOf(target.apply({ ...change, admin: passwordOf('weak_admin', 'Admin-6') }))).toMatchObject({ code: 'ROTATION_APPLY_FAILED' })
    const port = await freePort()
    expect(await failureOf(new MysqlTarget({ ...placeOf(port), accountHost: '%' }).login(change.from))).toEqual({ code: 'ROTATION_TARGET_UNREACHABLE', reason: `The server at 127.0.0.1:${port} cannot be reached (ECONNREFUSED).` })
    expect(await server.logsIn('still', 'Old-6')).toBe(true)
  })
})
