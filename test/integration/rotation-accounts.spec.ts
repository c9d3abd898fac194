import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRotationVault, type RotationVault } from '../support/rotation-vault'
import { bytesOf } from '../support/secrets-fixture'
import { MariadbServer } from '../support/servers/mariadb'
import { RedisServer } from '../support/servers/redis'
import { removeFolder } from '../support/servers/server'
import { SshServer } from '../support/servers/ssh'
import { bundledTargets } from '../support/target-bundle'

describe('secrets of accounts', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'keystead-rotation-'))
  let vault: RotationVault

  beforeAll(async () => {
    vault = await openRotationVault(folder, { openTarget: await bundledTargets('accounts') })
  }, 120_000)
  afterAll(async () => {
    await vault?.close()
    removeFolder(folder)
  })

  describe('behind a real sshd', () => {
    let server: SshServer
    beforeAll(async () => {
      server = await SshServer.start()
    }, 120_000)
    afterAll(() => server?.dispose())

    const createEcs = async (secretName: string) => {
      const { privateKey, publicKey } = await server.newKey('-t', 'rsa', '-b', '2048')
      await vault.call('createSecret', {
        secretName,
        secretType: 'ECS',
        versionId: 'v1',
        secretData: bytesOf(JSON.stringify({ UserName: server.user, PublicKey: publicKey, PrivateKey: privateKey })),
        extendedConfig: JSON.stringify({ SecretSubType: 'SSHKey', RegionId: 'local', InstanceId: 'i-1' }),
      })
      return { privateKey, publicKey }
    }

    it('get a new RSA pair: the old key is removed after the new one has logged in', async () => {
      const { privateKey, publicKey } = await createEcs('acs/ecs/one')
      const bystander = await server.newKey('-t', 'ed25519')
      await server.authorize(`${bystander.publicKey}\n${publicKey}\n`)
      await vault.setTarget('acs/ecs/one', { kind: 'ssh', host: 'localhost', port: server.port, user: server.user, hostKeyFingerprint: await server.fingerprint() })
      await vault.rotate('acs/ecs/one', 'r1')
      const { UserName, PublicKey = '', PrivateKey = '' } = await vault.accountOf('acs/ecs/one')
      expect([UserName, PublicKey.split(' ')[0], PrivateKey.split('\n')[0]]).toEqual([server.user, 'ssh-rsa', '-----BEGIN RSA PRIVATE KEY-----'])
      expect(server.authorized()).toBe(`${bystander.publicKey}\n${PublicKey} made by ssh-keygen\n`)
      expect([await server.logsIn(privateKey), await server.logsIn(PrivateKey), await server.logsIn(bystander.privateKey)]).toEqual([false, true, true])
      expect(await vault.rotation('acs/ecs/one')).toMatchObject({ pending: null, subType: 'SSHKey', history: [{ result: 'success', account: server.user }] })
      expect(await vault.audit('rotateSecret')).toEqual(['acs/ecs/one  ipc', 'acs/ecs/one  ipc', 'acs/ecs/one  ipc', 'acs/ecs/one  ipc'])
    })

    it('learn the key of the server with the first test, and go nowhere else from then on', async () => {
      const { publicKey, privateKey } = await createEcs('acs/ecs/two')
      await server.authorize(`${publicKey}\n`)
      await vault.setTarget('acs/ecs/two', { kind: 'ssh', port: server.port, user: server.user })
      expect(await vault.codeFor('rotateSecret', { secretName: 'acs/ecs/two', versionId: 'r1' })).toBe('ROTATION_TARGET_UNREACHABLE')
      expect((await vault.rotation('acs/ecs/two')).pending).toMatchObject({ reason: 'The key of the SSH server is not known yet: test the target first.' })
      expect(await vault.call('testSecretRotationTarget', { secretName: 'acs/ecs/two' })).toEqual({ adminLogin: 'not-used', currentLogin: 'ok', code: null, reason: null })
      expect((await vault.rotation('acs/ecs/two')).target).toMatchObject({ hostKeyFingerprint: await server.fingerprint() })
      await vault.setTarget('acs/ecs/two', { kind: 'ssh', port: server.port, user: server.user, hostKeyFingerprint: `SHA256:${'B'.repeat(43)}` })
      expect(await vault.codeFor('retrySecretRotation', { secretName: 'acs/ecs/two' })).toBe('ROTATION_TARGET_UNREACHABLE')
      expect(await server.logsIn(privateKey)).toBe(true)
      await vault.call('rollBackSecretRotation', { secretName: 'acs/ecs/two' })
      expect(await vault.versions('acs/ecs/two')).toEqual(['v1 ACSCurrent'])
    })

    it('rotate an SSH key that was made of fields and came with a passphrase, to Ed25519', async () => {
      const { privateKey, publicKey } = await server.newKey('-t', 'ed25519', '-N', 'a passphrase')
      await server.authorize(`${publicKey}\n`)
      const value = { username: server.user, host: 'here', private_key: privateKey, public_key: publicKey, passphrase: 'a passphrase' }
      await vault.call('createSecret', { secretName: 'ssh/generic', versionId: 'v1', secretData: bytesOf(JSON.stringify(value)) })
      await vault.setTarget('ssh/generic', { kind: 'ssh', port: server.port, user: server.user, hostKeyFingerprint: await server.fingerprint() })
      await vault.rotate('ssh/generic', 'r1')
      const after = await vault.accountOf('ssh/generic')
      expect(after).toMatchObject({ username: server.user, host: 'here', passphrase: '', public_key: expect.stringMatching(/^ssh-ed25519 [A-Za-z0-9+/=]+$/) as string })
      expect(server.authorized()).toBe(`${after['public_key']} made by ssh-keygen\n`)
      expect(await server.logsIn(after['private_key'] ?? '')).toBe(true)
    })

    it('roll back: the new key goes, the old one stays', async () => {
      const { privateKey, publicKey } = await createEcs('acs/ecs/three')
      await server.authorize(`${publicKey}\n`)
      await vault.setTarget('acs/ecs/three', { kind: 'ssh', port: server.port, user: server.user, hostKeyFingerprint: await server.fingerprint() })
      await server.stop()
      expect(await vault.codeFor('rotateSecret', { secretName: 'acs/ecs/three', versionId: 'r1' })).toBe('ROTATION_TARGET_UNREACHABLE')
      await server.startAgain()
      await vault.call('rollBackSecretRotation', { secretName: 'acs/ecs/three' })
      expect(server.authorized()).toBe(`${publicKey}\n`)
      expect([await server.logsIn(privateKey), await vault.versions('acs/ecs/three')]).toEqual([true, ['v1 ACSCurrent']])
    })
  })

  it('at a real Redis rotate by the administrator, who may be the default account', async () => {
    const server = await RedisServer.start('acl-file', ['app on >Old-1 ~* +@all -@admin'])
    try {
      await vault.createRds('redis/app', [['app', 'Old-1']])
      await vault.call('createSecret', { secretName: 'redis/admin', versionId: 'v1', secretData: bytesOf(JSON.stringify({ password: server.adminPassword })) })
      await vault.setTarget('redis/app', { kind: 'redis', port: server.port, adminSecretName: 'redis/admin' })
      expect(await vault.call('testSecretRotationTarget', { secretName: 'redis/app' })).toEqual({ adminLogin: 'ok', currentLogin: 'ok', code: null, reason: null })
      await vault.rotate('redis/app', 'r1')
      await server.stop()
      await server.startAgain()
      const { AccountPassword = '' } = await vault.accountOf('redis/app')
      expect(await server.command('AUTH', 'app', AccountPassword)).toBe('OK')
      expect(await server.command('AUTH', 'app', 'Old-1')).toContain('WRONGPASS')
    } finally {
      await server.dispose()
    }
  })

  it('at a real MariaDB are put back where the administrator changed another account than the one that logs in', async () => {
    const server = await MariadbServer.start()
    try {
      for (const host of ['%', '127.0.0.1']) await server.sql(`CREATE USER app@'${host}' IDENTIFIED BY 'Old-1'`)
      const hashes = () => server.sql(`SELECT authentication_string FROM mysql.user WHERE user = 'app'`)
      const before = await hashes()
      await vault.createRds('mariadb/app', [['app', 'Old-1']])
      await vault.createRds('mariadb/admin', [['admin', server.adminPassword]])
      await vault.setTarget('mariadb/app', { kind: 'mysql', port: server.port, adminSecretName: 'mariadb/admin' })
      expect(await vault.codeFor('rotateSecret', { secretName: 'mariadb/app', versionId: 'r1' })).toBe('ROTATION_TEST_FAILED')
      expect(await hashes()).not.toBe(before)
      await vault.call('rollBackSecretRotation', { secretName: 'mariadb/app' })
      expect([await hashes(), await vault.versions('mariadb/app')]).toEqual([before, ['v1 ACSCurrent']])
    } finally {
      await server.dispose()
    }
  })

  it('rotate an access key by a program of the user, and put it back', async () => {
    const [program, state] = [join(folder, 'program'), join(folder, 'state')]
    // Keeps the key that is in force in a file; does what it is told until it is told to fail.
    writeFileSync(program, `#!${process.execPath}\n${keeper(state)}`, { mode: 0o700 })
    writeFileSync(state, JSON.stringify({ key: 'AK-1', fails: null }))
    await vault.call('createSecret', {
      secretName: '$Auto',
      secretType: 'RAMCredentials',
      versionId: 'v1',
      secretData: bytesOf(JSON.stringify({ AccessKeys: [{ AccessKeyId: 'AK-1', AccessKeySecret: 'secret-1' }] })),
      extendedConfig: JSON.stringify({ SecretSubType: 'RamUserAccessKey', UserName: 'robot' }),
    })
    const secretName = 'acs/ram/user/robot'
    await vault.setTarget(secretName, { kind: 'command', program: vault.application.handles.issue(program, 'program'), args: ['one', 'two'] })
    expect(await vault.call('testSecretRotationTarget', { secretName })).toEqual({ adminLogin: 'not-used', currentLogin: 'ok', code: null, reason: null })
    await vault.rotate(secretName, 'r1')
    const first = (await vault.accountOf(secretName))['AccessKeyId']
    expect(JSON.parse(readFileSync(state, 'utf8'))).toMatchObject({ key: first, log: ['test one two', 'apply one two', 'test one two'] })

    writeFileSync(state, JSON.stringify({ key: first, fails: 'test' }))
    expect(await vault.codeFor('rotateSecret', { secretName, versionId: 'r2' })).toBe('ROTATION_TEST_FAILED')
    expect((await vault.rotation(secretName)).pending).toMatchObject({ doneStep: 'apply', failedStep: 'test', reason: 'The program ended with the exit code 9: told to fail' })
    const { key } = JSON.parse(readFileSync(state, 'utf8')) as { key: string }
    expect(key).not.toBe(first)
    writeFileSync(state, JSON.stringify({ key, fails: null }))
    await vault.call('rollBackSecretRotation', { secretName })
    expect(JSON.parse(readFileSync(state, 'utf8'))).toMatchObject({ key: first, log: ['rollback one two', 'test one two'] })
    expect((await vault.accountOf(secretName))['AccessKeyId']).toBe(first)
  })
})

/** A program that plays the service for which the access key is. */
function keeper(state: string): string {
  return `const fs = require('node:fs')
const { step, oldValue, newValue } = JSON.parse(fs.readFileSync(0, 'utf8'))
const state = JSON.parse(fs.readFileSync(${JSON.stringify(state)}, 'utf8'))
state.log = [...(state.log ?? []), [step, ...process.argv.slice(2)].join(' ')]
if (step === 'apply') state.key = newValue.AccessKeyId
if (step === 'rollback') state.key = oldValue.AccessKeyId
fs.writeFileSync(${JSON.stringify(state)}, JSON.stringify(state))
if (state.fails === step) { console.error('told to fail'); process.exit(9) }
process.exit(step !== 'test' || state.key === newValue.AccessKeyId ? 0 : 1)
`
}
