import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTargetsWith } from '../../src-main/secrets/rotation/targets/open-target'
import { bundleForNode } from '../support/bundle'
import { openRotationVault, type RotationVault } from '../support/rotation-vault'
import { bytesOf } from '../support/secrets-fixture'
import { MariadbServer } from '../support/servers/mariadb'
import { PostgresqlServer } from '../support/servers/postgresql'
import { removeFolder } from '../support/servers/server'
import { SshServer } from '../support/servers/ssh'
import { targetBundle } from '../support/target-bundle'

/** The two ways out of a rotation that was cut off. */
type WayOut = 'retry' | 'roll back'

/** Both ways from each moment. */
const bothWays = (moments: readonly string[]) => moments.flatMap((moment) => [[moment, 'retry'] as const, [moment, 'roll back'] as const])

/** One way and the other in turn: what the engine does after each moment is seen at the first server. */
const inTurn = (moments: readonly string[]) => moments.map((moment, at) => [moment, at % 2 === 0 ? ('retry' as const) : ('roll back' as const)] as const)

/** A real target with one account, and a secret for it. */
interface Scene {
  /** Makes the account and the secret. */
  prepare: (vault: RotationVault) => Promise<void>
  /** Whether a value (as JSON) logs in. */
  logsIn: (value: Record<string, string>) => Promise<boolean>
  dispose: () => Promise<void>
}

const secretName = 'the/account'
const passwordMoments = ['login:1:before', 'login:1:after', 'apply:before', 'apply:during', 'apply:after', 'login:2:before', 'login:2:after', 'login:3:after', 'end']
const keyMoments = ['login:1:before', 'apply:before', 'apply:during', 'apply:after', 'login:2:before', 'login:2:after', 'retire:before', 'retire:during', 'retire:after', 'login:3:after', 'end']

const scenes: { name: string; cases: readonly (readonly [string, WayOut])[]; start: () => Promise<Scene> }[] = [
  {
    name: 'PostgreSQL',
    cases: bothWays(passwordMoments),
    async start() {
      const server = await PostgresqlServer.start()
      return {
        async prepare(vault) {
          await server.sql(`CREATE ROLE account LOGIN PASSWORD 'Old-1'`)
          await vault.createRds('db/admin', [['admin', server.adminPassword]])
          await vault.createRds(secretName, [['account', 'Old-1']])
          await vault.setTarget(secretName, { kind: 'postgresql', port: server.port, adminSecretName: 'db/admin' })
        },
        logsIn: ({ AccountPassword = '' }) => server.logsIn('account', AccountPassword),
        dispose: () => server.dispose(),
      }
    },
  },
  {
    name: 'MariaDB, where the account changes its own password',
    cases: inTurn(['apply:before', 'apply:during', 'apply:after', 'login:3:after']),
    async start() {
      const server = await MariadbServer.start()
      return {
        async prepare(vault) {
          await server.sql(`CREATE USER account@'%' IDENTIFIED BY 'Old-1'`)
          await vault.createRds(secretName, [['account', 'Old-1']])
          await vault.setTarget(secretName, { kind: 'mysql', port: server.port })
        },
        logsIn: ({ AccountPassword = '' }) => server.logsIn('account', AccountPassword),
        dispose: () => server.dispose(),
      }
    },
  },
  {
    name: 'sshd',
    cases: [...inTurn(keyMoments), ['apply:after', 'retry'], ['retire:after', 'roll back']],
    async start() {
      const server = await SshServer.start()
      return {
        async prepare(vault) {
          const { privateKey, publicKey } = await server.newKey('-t', 'rsa', '-b', '2048')
          await server.authorize(`${publicKey}\n`)
          const value = { UserName: server.user, PublicKey: publicKey, PrivateKey: privateKey }
          await vault.call('createSecret', {
            secretName: 'acs/ecs/the-account',
            secretType: 'ECS',
            versionId: 'v1',
            secretData: bytesOf(JSON.stringify(value)),
            extendedConfig: JSON.stringify({ SecretSubType: 'SSHKey', RegionId: 'local', InstanceId: 'i-1' }),
          })
          await vault.setTarget('acs/ecs/the-account', { kind: 'ssh', port: server.port, user: server.user, hostKeyFingerprint: await server.fingerprint() })
        },
        logsIn: ({ PrivateKey = '' }) => server.logsIn(PrivateKey),
        dispose: () => server.dispose(),
      }
    },
  },
]

describe.each(scenes)('a power cut during a rotation at a real $name', { timeout: 120_000 }, ({ name, cases, start }) => {
  const folder = mkdtempSync(join(tmpdir(), 'keystead-rotation-'))
  const secret = name === 'sshd' ? 'acs/ecs/the-account' : secretName
  let bundle: URL
  let program = ''
  let scene: Scene
  let vault: RotationVault | null = null
  let versions = 0

  const open = async (isNew = false) => (vault = await openRotationVault(folder, { openTarget: openTargetsWith(bundle) }, isNew))
  const close = async () => {
    await vault?.close()
    vault = null
  }
  /** Rotates in a process of its own, which dies at a moment. */
  const rotateAndDie = async (versionId: string, moment: string) => {
    const child = spawn(process.execPath, [program, folder, fileURLToPath(bundle), secret, versionId, moment, String(versions % 25)], { stdio: ['ignore', 'inherit', 'inherit'] })
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (...how) => resolve(how))
    })
    return signal ?? String(code)
  }

  beforeAll(async () => {
    bundle = await targetBundle('kill-9')
    program = await bundleForNode('test/support/rotating-program.ts', 'rotating-program')
    scene = await start()
    await scene.prepare(await open(true))
    await close()
  }, 120_000)
  afterAll(async () => {
    await close()
    await scene?.dispose()
    removeFolder(folder)
  })

  it.each(cases)('at %s: found at the next unlock, %s', async (moment, wayOut) => {
    const versionId = `r${++versions}`
    expect(await rotateAndDie(versionId, moment)).toMatch(moment.endsWith(':during') ? /^(?:SIGKILL|0)$/ : /^SIGKILL$/)
    const { call, accountOf, rotation, versions: versionsOf, codeFor } = await open()
    const { pending, isRunning } = await rotation(secret)
    expect(isRunning).toBe(false)
    const isOver = pending === null
    if (moment !== 'end' && !moment.endsWith(':during')) expect(pending).toMatchObject({ versionId, failedStep: null, code: null, account: name === 'sshd' ? expect.any(String) as string : 'account' })
    if (moment === 'end') expect(isOver).toBe(true)

    const before = await accountOf(secret)
    const isSwitched = pending?.doneStep === 'switch'
    if (!isOver) {
      if (!isSwitched) expect(await codeFor('rotateSecret', { secretName: secret, versionId: 'another' })).toBe('ROTATION_PENDING')
      if (wayOut === 'retry') expect(await call('retrySecretRotation', { secretName: secret })).toEqual({ secretName: secret, versionId })
      else if (isSwitched) expect(await codeFor('rollBackSecretRotation', { secretName: secret })).toBe('ROTATION_NOT_PENDING')
      else await call('rollBackSecretRotation', { secretName: secret })
    }
    if (isSwitched && wayOut === 'roll back') await call('retrySecretRotation', { secretName: secret })

    const after = await accountOf(secret)
    const isNew = isOver || isSwitched || wayOut === 'retry'
    expect(await versionsOf(secret)).toEqual(expect.arrayContaining([expect.stringMatching(isNew ? new RegExp(`^${versionId} ACSCurrent$`) : /ACSCurrent$/)]))
    expect((await versionsOf(secret)).join()).not.toContain('ACSPending')
    expect((await rotation(secret)).pending).toBeNull()
    // The secret and the target agree, and no other value that the secret had logs in.
    expect(await scene.logsIn(after)).toBe(true)
    if (isNew) expect(await scene.logsIn(await accountOf(secret, 'ACSPrevious'))).toBe(false)
    else expect(after).toEqual(before)
    await close()
  })
})
