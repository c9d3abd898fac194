import { describe, expect, it } from 'vitest'
import { SecretClipboard } from '../../../src-main/operations/clipboard'
import { composeIn, createTestVault } from '../../support/composed-application'
import { codeOf, silentLog, TestClock } from '../../support/keystore-fixture'
import { bytesOf, textOf } from '../../support/secrets-fixture'
import { useTemporaryFolder } from '../../support/temporary-folder'
import { formOf, login } from '../secrets/window/support'

/** A clipboard as the system's, with what can go wrong there. */
class Board {
  text = ''
  cleared = 0
  fails: 'write' | 'read' | 'clear' | null = null

  readonly desktop = {
    writeSecret: async (text: Uint8Array) => {
      this.#fail('write')
      this.text = textOf(text)
    },
    readClipboard: async () => {
      this.#fail('read')
      return bytesOf(this.text)
    },
    clearClipboard: async () => {
      this.#fail('clear')
      this.cleared += 1
      this.text = ''
    },
  }

  #fail(what: Board['fails']): void {
    if (this.fails === what) throw new Error(`the system does not ${what}`)
  }
}

/** A clipboard whose timers ring when they are told to. */
function newClipboard(clearSeconds = () => 10) {
  const board = new Board()
  const timers = new Map<() => void, number>()
  const logged: string[] = []
  const clipboard = new SecretClipboard({
    desktop: board.desktop,
    clock: new TestClock(),
    log: { ...silentLog, error: (event) => void logged.push(event) },
    clearSeconds,
    wakeAfter: (delayMs, work) => {
      timers.set(work, delayMs)
      return () => timers.delete(work)
    },
  })
  const heard: (string | null)[] = []
  const stop = clipboard.onChange((clearsAt) => heard.push(clearsAt))
  return { board, timers, logged, clipboard, heard, stop }
}

describe('a secret on the clipboard', () => {
  it('goes when its time is over', async () => {
    const { board, timers, clipboard, heard } = newClipboard(() => 15)
    expect(await clipboard.copy(bytesOf('canary'))).toBe('2026-09-01T12:00:15.789Z')
    expect([board.text, [...timers.values()], heard]).toEqual(['canary', [15_000], ['2026-09-01T12:00:15.789Z']])
    const [ring] = timers.keys()
    ring?.()
    await clipboard.clear()
    expect([board.text, board.cleared, timers.size, heard.at(-1)]).toEqual(['', 1, 0, null])
  })

  it('goes at once when that is asked for, and only once', async () => {
    const { board, timers, clipboard } = newClipboard()
    await clipboard.copy(bytesOf('canary'))
    await clipboard.clear()
    await clipboard.clear()
    expect([board.text, board.cleared, timers.size]).toEqual(['', 1, 0])
  })

  it('stays away from what somebody else has copied since', async () => {
    const { board, clipboard, heard } = newClipboard()
    await clipboard.copy(bytesOf('canary'))
    board.text = 'a shopping list'
    await clipboard.clear()
    expect([board.text, board.cleared, heard.at(-1)]).toEqual(['a shopping list', 0, null])
  })

  it('is not cleared by the timer of a copy before it', async () => {
    const { board, timers, clipboard, heard } = newClipboard()
    await clipboard.copy(bytesOf('first'))
    const [first] = timers.keys()
    await clipboard.copy(bytesOf('second'))
    first?.()
    await clipboard.copy(bytesOf('third'))
    expect([board.text, board.cleared, heard.includes(null)]).toEqual(['third', 0, false])
  })

  it('is no secret that is kept: nothing of the clipboard object holds it', async () => {
    const { clipboard } = newClipboard()
    await clipboard.copy(bytesOf('canary'))
    expect(JSON.stringify(clipboard)).not.toContain('canary')
  })

  it('that could not be written leaves no timer and says why', async () => {
    const { board, timers, clipboard, heard } = newClipboard()
    board.fails = 'write'
    await expect(clipboard.copy(bytesOf('canary'))).rejects.toThrow('does not write')
    expect([timers.size, heard]).toEqual([0, []])
    board.fails = null
    await clipboard.copy(bytesOf('canary'))
    expect(board.text).toBe('canary')
  })

  it.each(['read', 'clear'] as const)('that cannot be cleared because the system does not %s is logged, and nothing fails', async (what) => {
    const { board, clipboard, logged, heard } = newClipboard()
    await clipboard.copy(bytesOf('canary'))
    board.fails = what
    await clipboard.clear()
    expect([logged, heard.at(-1)]).toEqual([['clipboard-not-cleared'], null])
  })

  it('is told to nobody who does not listen any more', async () => {
    const { clipboard, heard, stop } = newClipboard()
    stop()
    await clipboard.copy(bytesOf('canary'))
    expect(heard).toEqual([])
  })
})

describe('the clipboard of the application', () => {
  const at = useTemporaryFolder()
  const from = { face: 'ipc', client: 'window' } as const

  async function open() {
    const board = new Board()
    const application = await composeIn(at(), board.desktop)
    const heard: unknown[] = []
    application.forwardEvents((event, payload) => {
      if (event === 'clipboardChanged') heard.push(payload)
    })
    await createTestVault(application)
    await application.dispatcher.run('saveSecret', { name: 'a', template: 'login', ...formOf(login('anna', 'canary')) }, from)
    return { board, application, heard, copy: () => application.dispatcher.run('copySecretValue', { secretName: 'a', field: 'password' }, from) }
  }

  it('is cleared when the page asks, and tells the page', async () => {
    const { board, application, heard, copy } = await open()
    const { clearsAt } = await copy()
    expect([board.text, heard]).toEqual(['canary', [{ clearsAt }]])
    await application.dispatcher.run('clearClipboard', {}, from)
    expect([board.text, heard]).toEqual(['', [{ clearsAt }, { clearsAt: null }]])
    await application.dispatcher.run('copySecretText', { value: bytesOf('generated') }, from)
    expect(board.text).toBe('generated')
    await application.dispose()
  })

  it.each(['lock', 'quit'] as const)('is cleared at %s', async (end) => {
    const { board, application, copy } = await open()
    await copy()
    if (end === 'lock') await application.dispatcher.run('lockVault', {}, from)
    else await application.dispose()
    expect([board.text, board.cleared]).toEqual(['', 1])
    await application.dispose()
  })

  it('keeps at lock what somebody else has copied since', async () => {
    const { board, application, copy } = await open()
    await copy()
    board.text = 'a shopping list'
    await application.dispatcher.run('lockVault', {}, from)
    expect(board.text).toBe('a shopping list')
    await application.dispose()
  })

  it('does not keep the vault open when it cannot be read', async () => {
    const { board, application, copy } = await open()
    await copy()
    board.fails = 'read'
    await application.dispatcher.run('lockVault', {}, from)
    expect(application.vault.isUnlocked).toBe(false)
    await application.dispose()
  })

  it('is not there without a window', async () => {
    const application = await composeIn(at())
    await createTestVault(application)
    await application.dispatcher.run('saveSecret', { name: 'a', template: 'login', ...formOf(login('anna', 'canary')) }, from)
    const copyFrom = (face: 'ipc' | 'cli') => codeOf(application.dispatcher.run('copySecretValue', { secretName: 'a', field: 'password' }, { face, client: 'tests' }))
    expect([await copyFrom('ipc'), await copyFrom('cli')]).toEqual(['UNSUPPORTED_OPERATION', 'UNKNOWN_OPERATION'])
    await application.dispose()
  })
})
