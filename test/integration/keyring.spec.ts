import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bundleForNode } from '../support/bundle'
import { projectRoot } from '../support/source-files'

let program = ''
let home = ''
const running: ChildProcessWithoutNullStreams[] = []

interface Answer {
  result?: unknown
  code?: string
}

/** The keyring program in a D-Bus session of its own, or without any. */
class Session {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>

  constructor(mode: 'unlocked' | 'none' | 'no-bus') {
    const password = join(home, 'password')
    writeFileSync(password, 'keyring password\n')
    const { DBUS_SESSION_BUS_ADDRESS: _bus, DISPLAY: _display, ...env } = process.env
    const inSession = ['dbus-run-session', '--', 'bash', join(projectRoot, 'test/support/private-session.sh'), mode, password]
    const [command = '', ...args] = [...(mode === 'no-bus' ? [] : inSession), process.execPath, program]
    this.#child = spawn(command, args, { env: { ...env, HOME: home, XDG_DATA_HOME: join(home, 'data'), XDG_RUNTIME_DIR: home }, detached: true })
    this.#child.stderr.resume()
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
    running.push(this.#child)
  }

  async ask(...command: string[]): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`)
    const { value } = await this.#lines.next()
    return JSON.parse(value as string) as Answer
  }

  /** Asks until the service has come up; each try waits for an answer, and the test's own limit bounds them. */
  async untilAvailable(): Promise<void> {
    while ((await this.ask('probe')).result !== 'available');
  }

  /** The pid of the gnome-keyring of this session. */
  keyringPid(): number {
    return Number(readFileSync(join(home, 'keyring.pid'), 'utf8'))
  }
}

describe('the keychain of the system, for real', () => {
  beforeAll(async () => {
    program = await bundleForNode('test/support/keyring-program.ts', 'keyring-program')
  }, 60_000)

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'keystead-keyring-'))
  })

  afterEach(async () => {
    for (const child of running.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) continue
      const closed = once(child, 'close')
      process.kill(-child.pid, 'SIGKILL')
      await closed
    }
    rmSync(home, { recursive: true, force: true })
  })

  it('keeps, gives and removes an entry', async () => {
    const session = new Session('unlocked')
    await session.untilAvailable()
    expect(await session.ask('get', 'device')).toEqual({ result: null })
    expect(await session.ask('set', 'device', 'a value')).toEqual({ result: null })
    expect(await session.ask('get', 'device')).toEqual({ result: 'a value' })
    expect(await session.ask('remove', 'device')).toEqual({ result: true })
    expect(await session.ask('remove', 'device')).toEqual({ result: false })
    expect(await session.ask('get', 'device')).toEqual({ result: null })
  })

  it('says missing where there is no D-Bus session', async () => {
    const session = new Session('no-bus')
    expect(await session.ask('probe')).toEqual({ result: 'missing' })
    expect(await session.ask('get', 'device')).toEqual({ code: 'KEYCHAIN_MISSING' })
    expect(await session.ask('set', 'device', 'v')).toEqual({ code: 'KEYCHAIN_MISSING' })
  })

  it('answers within the time limit when the service hangs, and goes on when it is back', async () => {
    const session = new Session('unlocked')
    await session.untilAvailable()
    await session.ask('set', 'device', 'a value')
    const pid = session.keyringPid()
    process.kill(pid, 'SIGSTOP')
    const started = performance.now()
    expect(await session.ask('get', 'device')).toEqual({ code: 'KEYCHAIN_TIMEOUT' })
    expect(await session.ask('probe')).toEqual({ result: 'timeout' })
    expect(performance.now() - started).toBeLessThan(6_000)
    process.kill(pid, 'SIGCONT')
    await session.untilAvailable()
    expect(await session.ask('get', 'device')).toEqual({ result: 'a value' })
  })
})
