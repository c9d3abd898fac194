import { spawn } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { LockFile, lockOwner } from '../../../src-main/vault/lock-file'
import { useTemporaryFolder } from '../../support/temporary-folder'
import { caller, codeOf, makeVault, openFixture, passphrase, readAll, twoKeys } from './fixture'

const at = useTemporaryFolder()

describe('the lock file', () => {
  it('lets one opener in at a time and says who it is', async () => {
    await makeVault(at('vault'))
    const first = openFixture(at('vault')).vault
    const second = openFixture(at('vault')).vault
    await first.unlockWithPassphrase(caller(), passphrase())
    await expect(second.unlockWithPassphrase(caller(), passphrase())).rejects.toMatchObject({ code: 'VAULT_IN_USE', details: { ownerPid: process.pid } })
    expect((await second.status()).problem).toBe('VAULT_IN_USE')
    await first.lock(caller())
    expect(await codeOf(second.unlockWithPassphrase(caller(), passphrase()))).toBe('VAULT_IN_USE')
    await first.dispose()
    expect(existsSync(at('vault', 'vault.lock'))).toBe(false)
    await second.unlockWithPassphrase(caller(), passphrase())
    expect((await second.status()).problem).toBeNull()
    await second.dispose()
  })

  it('of another living process is respected, that of a dead one taken over', async () => {
    await makeVault(at('vault'))
    const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'ignore', env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } })
    const pid = child.pid ?? 0
    const startTime = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19]
    writeFileSync(at('vault', 'vault.lock'), '')
    const inode = String(statSync(at('vault', 'vault.lock'), { bigint: true }).ino)
    writeFileSync(at('vault', 'vault.lock'), JSON.stringify({ pid, startTime, inode, nonce: '' }))
    expect(await lockOwner(at('vault', 'vault.lock'))).toBe(pid)
    expect(await codeOf(readAll(at('vault')))).toBe('VAULT_IN_USE')

    writeFileSync(at('vault', 'vault.lock'), JSON.stringify({ pid, startTime: '1', inode, nonce: '' }))
    expect(await lockOwner(at('vault', 'vault.lock'))).toBeNull()
    writeFileSync(at('vault', 'vault.lock'), JSON.stringify({ pid, startTime, inode, nonce: '' }))
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
    expect(await readAll(at('vault'))).toEqual(twoKeys)
  })

  it('that was copied with its folder locks nothing', async () => {
    await makeVault(at('vault'))
    const { vault } = openFixture(at('vault'))
    await vault.unlockWithPassphrase(caller(), passphrase())
    await vault.lock(caller())
    cpSync(at('vault'), at('copy'), { recursive: true })
    expect(existsSync(at('copy', 'vault.lock'))).toBe(true)
    expect(await readAll(at('copy'))).toEqual(twoKeys)
    copyFileSync(at('vault', 'vault.lock'), at('vault', 'vault.lock.copy'))
    await vault.dispose()
    renameSync(at('vault', 'vault.lock.copy'), at('vault', 'vault.lock'))
    expect(await readAll(at('vault'))).toEqual(twoKeys)
  })

  it('with any content that is none of ours is stale', async () => {
    for (const content of ['', '{', '{"pid":1}', '[]', 'null', '{"pid":-1,"startTime":null,"inode":"0","nonce":""}', 'x'.repeat(100_000)]) {
      writeFileSync(at('vault.lock'), content)
      const lock = new LockFile(at('vault.lock'))
      await lock.acquire()
      expect(await lockOwner(at('vault.lock'))).toBe(process.pid)
      await lock.release()
      expect(existsSync(at('vault.lock'))).toBe(false)
    }
  })

  it('is won by one of many that try at once', async () => {
    for (let round = 0; round < 20; round++) await race(`stale ${round}`)
  })

  async function race(stale: string): Promise<void> {
    writeFileSync(at('vault.lock'), stale)
    const locks = Array.from({ length: 8 }, () => new LockFile(at('vault.lock')))
    const outcomes = await Promise.allSettled(locks.map((lock) => lock.acquire()))
    expect(locks.filter((lock) => lock.isHeld)).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
    expect(await lockOwner(at('vault.lock'))).toBe(process.pid)
    expect(readdirSync(at())).toEqual(['vault.lock'])
    for (const lock of locks) await lock.release()
    expect(readdirSync(at())).toEqual([])
  }
})

describe('an unsafe place', () => {
  it('is refused: a linked or writable folder, linked or writable files', async () => {
    await makeVault(at('vault'))
    const outcome = async (folder = at('vault')) => [await codeOf(readAll(folder)), (await openFixture(folder).vault.status()).problem]
    const refused = ['VAULT_INSECURE', 'VAULT_INSECURE']
    symlinkSync(at('vault'), at('link'))
    expect(await outcome(at('link'))).toEqual(refused)
    chmodSync(at('vault'), 0o770)
    expect(await outcome()).toEqual(refused)
    chmodSync(at('vault'), 0o700)
    for (const name of ['vault.json', 'vault.db']) {
      chmodSync(at('vault', name), 0o620)
      expect(await outcome()).toEqual(refused)
      chmodSync(at('vault', name), 0o600)
      renameSync(at('vault', name), at(name))
      symlinkSync(at(name), at('vault', name))
      expect(await outcome()).toEqual(refused)
      renameSync(at(name), at('vault', name))
    }
    expect(await readAll(at('vault'))).toEqual(twoKeys)
    mkdirSync(at('group'), { mode: 0o700 })
    chmodSync(at('group'), 0o770)
    expect(await codeOf(openFixture(at('group')).vault.create({ passphrase: passphrase(), name: 'v' }))).toBe('VAULT_INSECURE')
  })
})
