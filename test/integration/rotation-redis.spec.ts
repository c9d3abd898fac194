import { afterEach, describe, expect, it } from 'vitest'
import { RedisTarget } from '../../src-main/secrets/rotation/targets/redis'
import { RedisServer } from '../support/servers/redis'
import { fileHolds, freePort } from '../support/servers/server'
import { failureOf, passwordOf, placeOf } from '../support/target-fixture'

describe('an account of a real Redis', { timeout: 120_000 }, () => {
  let server: RedisServer | null = null
  afterEach(async () => {
    await server?.dispose()
    server = null
  })

  const start = async (...call: Parameters<typeof RedisServer.start>) => {
    server = await RedisServer.start(...call)
    const redis = server
    const target = new RedisTarget(placeOf(redis.port))
    const rotate = (account: string, before: string, after: string, admin: string | null = redis.adminPassword) =>
      target.apply({ admin: admin === null ? null : passwordOf('default', admin), from: passwordOf(account, before), to: passwordOf(account, after), isRollback: false })
    return { redis, target, rotate }
  }

  it.each(['acl-file', 'config-file'] as const)('gets a new password that outlives the server, which keeps its accounts in a %s', async (keeps) => {
    const { redis, target, rotate } = await start(keeps, ['app on >Old-1 >Other-1 ~cache:* -@all +get +set'])
    expect(await target.login(passwordOf('app', 'Old-1'))).toEqual({ isAccepted: true, reason: null, hostKey: null })
    const rulesBefore = await rulesOf(redis, 'app')
    await rotate('app', 'Old-1', 'NewSecret0987654321')
    await redis.stop()
    await redis.startAgain()
    expect(await target.login(passwordOf('app', 'NewSecret0987654321'))).toMatchObject({ isAccepted: true })
    expect(await target.login(passwordOf('app', 'Old-1'))).toMatchObject({ isAccepted: false, reason: 'Redis refuses this account with this password (WRONGPASS).' })
    expect(await rulesOf(redis, 'app')).toEqual(rulesBefore)
    expect(fileHolds(`${redis.folder}/${keeps === 'acl-file' ? 'users.acl' : 'redis.conf'}`, ['NewSecret0987654321'])).toBe(false)
  })

  it('keeps the other passwords that it has, when its own is changed and when it is put back', async () => {
    const { redis, target, rotate } = await start('acl-file', ['app on >Old-5 >OfAnotherService +@all'])
    const logIn = (...passwords: string[]) => Promise.all(passwords.map((password) => redis.logsIn('app', password)))
    await rotate('app', 'Old-5', 'NewSecret0987654321')
    expect(await logIn('Old-5', 'NewSecret0987654321', 'OfAnotherService')).toEqual([false, true, true])
    // Once more: the answer may have been lost.
    await rotate('app', 'Old-5', 'NewSecret0987654321')
    expect(await logIn('Old-5', 'NewSecret0987654321', 'OfAnotherService')).toEqual([false, true, true])
    for (let time = 0; time < 2; time++) {
      await target.apply({ admin: passwordOf('default', redis.adminPassword), from: passwordOf('app', 'NewSecret0987654321'), to: passwordOf('app', 'Old-5'), isRollback: true })
      expect(await logIn('Old-5', 'NewSecret0987654321', 'OfAnotherService')).toEqual([true, false, true])
    }
  })

  it('is refused when it asks for no password, and stays so', async () => {
    const { redis, rotate } = await start('acl-file', ['open on nopass +@all'])
    for (const admin of [redis.adminPassword, null]) {
      expect(await failureOf(rotate('open', 'any', 'NeverSecret0987654321', admin))).toEqual({ code: 'ROTATION_LOGIN_REFUSED', reason: 'Redis lets this account in with any password (nopass): give it a password first.' })
    }
    expect(await rulesOf(redis, 'open')).toContain('nopass')
  })

  it('gets a new password on a server that keeps nothing; redis-cli agrees', async () => {
    const { redis, rotate } = await start('nothing', ['app on >Old-2 +@all'])
    await rotate('app', 'Old-2', 'NewSecret0987654321')
    expect(await Promise.all([redis.logsIn('app', 'Old-2'), redis.logsIn('app', 'NewSecret0987654321')])).toEqual([false, true])
  })

  it('changes its own password when there is no administrator, over the socket as well', async () => {
    const { redis } = await start('acl-file', ['own on >Old-3 +@all'])
    await new RedisTarget(placeOf(redis.port, redis.socket)).apply({ admin: null, from: passwordOf('own', 'Old-3'), to: passwordOf('own', 'OwnSecret0987654321'), isRollback: false })
    expect(await Promise.all([redis.logsIn('own', 'Old-3'), redis.logsIn('own', 'OwnSecret0987654321')])).toEqual([false, true])
  })

  it('says what is wrong, and changes nothing', async () => {
    const { redis, rotate, target } = await start('acl-file', ['still on >Old-4 +@all -acl|setuser'])
    expect(await failureOf(rotate('still', 'Old-4', 'NeverSecret0987654321', 'wrong'))).toEqual({ code: 'ROTATION_LOGIN_REFUSED', reason: 'Redis refuses the administrator (WRONGPASS).' })
    expect(await failureOf(rotate('still', 'Old-4', 'NeverSecret0987654321', null))).toEqual({ code: 'ROTATION_APPLY_FAILED', reason: 'Redis does not change the account (NOPERM).' })
    expect(await redis.logsIn('still', 'Old-4')).toBe(true)
    const port = await freePort()
    expect(await failureOf(new RedisTarget(placeOf(port)).login(passwordOf('still', 'Old-4')))).toEqual({ code: 'ROTATION_TARGET_UNREACHABLE', reason: `Redis at 127.0.0.1:${port} cannot be reached (ECONNREFUSED).` })
    await redis.stop()
    expect(await failureOf(target.login(passwordOf('still', 'Old-4')))).toMatchObject({ code: 'ROTATION_TARGET_UNREACHABLE' })
  })
})

/** The rules of an account but its passwords, in an order of their own. */
async function rulesOf(redis: RedisServer, account: string): Promise<string[]> {
  const line = (await redis.command('ACL', 'LIST')).split('\n').find((one) => one.includes(`user ${account} `)) ?? ''
  return line.split(' ').filter((word) => !word.startsWith('#')).sort()
}
