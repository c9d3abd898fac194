import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { operationNames } from '../../src-shared/contract/catalog'
import { eventNames } from '../../src-shared/contract/events'
import { createVaultQuickly } from './support/bridge'
import { dropFiles, rendererPid } from './support/desktop'
import type { RunningApp } from './support/launch'
import { useSharedApp } from './support/use-apps'

const theApp = useSharedApp(({ page }) => createVaultQuickly(page))

/** What a page of Electron's engine has of its own, without anything of Node. */
const forbiddenGlobals = ['require', 'module', 'exports', 'process', 'Buffer', 'global', '__dirname', '__filename', 'setImmediate', 'electron', 'ipcRenderer']

function statusOf(app: RunningApp, url: string): Promise<number | string> {
  return app.electron.evaluate(async ({ BrowserWindow }, address) => {
    const [window] = BrowserWindow.getAllWindows()
    const answer = await window?.webContents.session.fetch(address).catch((error: Error) => error.message)
    return typeof answer === 'object' ? answer.status : String(answer)
  }, url)
}

describe('windows and pages', () => {
  it('gives every window a sandbox and nothing of Node', async () => {
    const app = theApp()
    const preferences = await app.electron.evaluate(({ webContents }) =>
      webContents.getAllWebContents().map((contents) => {
        const { getLastWebPreferences } = contents as typeof contents & { getLastWebPreferences(): Electron.WebPreferences }
        return getLastWebPreferences.call(contents)
      }),
    )
    expect(preferences.length).toBeGreaterThan(0)
    for (const each of preferences) {
      expect(each).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false, experimentalFeatures: false, webSecurity: true })
      expect(each.nodeIntegrationInWorker ?? false).toBe(false)
      expect(each.nodeIntegrationInSubFrames ?? false).toBe(false)
      expect(each.allowRunningInsecureContent ?? false).toBe(false)
    }
  })

  it('runs the page in a process without rights of its own', async () => {
    const app = theApp()
    const pid = await rendererPid(app.electron)
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    expect(status).toMatch(/^NoNewPrivs:\t1$/m)
    expect(status).toMatch(/^Seccomp:\t2$/m)
  })

  it('exposes the bridge and nothing of Node or Electron', async () => {
    const app = theApp()
    const found = await app.page.evaluate((names) => names.filter((name) => name in window), forbiddenGlobals)
    expect(found).toEqual([])
    const added = await app.page.evaluate(() => Object.getOwnPropertyNames(window).filter((name) => /^(keystead(?!Violations)|kms|ipc|electron)/i.test(name)))
    expect(added).toEqual(['keystead'])
  })

  it('has a bridge of plain functions only, one for each operation and event', async () => {
    const app = theApp()
    const shape = await app.page.evaluate(() => {
      const walk = (value: unknown, path: string): string[] => {
        if (typeof value === 'function') return [`${path}()`]
        if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`]
        if (Object.getPrototypeOf(value) !== Object.prototype) return [`${path}: not a plain object`]
        return Object.entries(value).flatMap(([name, inner]) => walk(inner, path === '' ? name : `${path}.${name}`))
      }
      return walk(window.keystead, '')
    })
    const hidden = ['generateDataKey', 'registerDroppedPaths']
    const expected = [
      ...operationNames.filter((name) => !hidden.includes(name)).map((name) => `operations.${name}()`),
      ...eventNames.map((name) => `events.${name}()`),
      'registerDroppedFiles()',
    ]
    expect(shape.sort()).toEqual(expected.sort())
    const isFrozen = await app.page.evaluate(() => {
      const bridge = window.keystead as unknown as { operations: Record<string, unknown> }
      try {
        bridge.operations['createKey'] = () => 'changed'
      } catch {
        return true
      }
      return !String(bridge.operations['createKey']).includes('changed')
    })
    expect(isFrozen).toBe(true)
  })

  it('hands subscribers the payload alone and takes them off again', async () => {
    const app = theApp()
    const seen = await app.page.evaluate(async () => {
      const { events, operations } = window.keystead
      const subscribe = () => {
        const payloads: unknown[][] = []
        let arrived: () => void = () => undefined
        const stop = events.settingsChanged((...received: unknown[]) => {
          payloads.push(received)
          arrived()
        })
        return { payloads, stop, next: () => new Promise<void>((resolve) => (arrived = resolve)) }
      }
      const stopped = subscribe()
      const kept = subscribe()
      const change = (lockAfterIdleMinutes: number) => Promise.all([kept.next(), operations.updateSettings({ lockAfterIdleMinutes })])
      await change(11)
      stopped.stop()
      await change(12)
      return { stopped: stopped.payloads, kept: kept.payloads }
    })
    expect(seen.kept).toEqual([[expect.objectContaining({ lockAfterIdleMinutes: 11 })], [expect.objectContaining({ lockAfterIdleMinutes: 12 })]])
    expect(seen.stopped).toEqual(seen.kept.slice(0, 1))
  })
})

describe('app://', () => {
  it('is where the page comes from', async () => {
    const app = theApp()
    expect(await app.page.evaluate(() => ({ origin: location.origin, isSecure: isSecureContext }))).toEqual({ origin: 'app://keystead', isSecure: true })
    expect(await statusOf(app, 'app://keystead/')).toBe(200)
  })

  it('serves the files of the page and nothing beside them', async () => {
    const app = theApp()
    const paths = [
      '../../package.json', '../package.json', '%2e%2e/%2e%2e/package.json', '..%2f..%2fpackage.json', '%2e%2e%2f%2e%2e%2fpackage.json', '..%5c..%5cpackage.json',
      'assets/../../../package.json', 'assets/%2e%2e/%2e%2e/%2e%2e/package.json', '/etc/passwd', '%2fetc%2fpasswd', 'etc/passwd', 'proc/self/environ', 'index.html%00.js', 'index.html/', 'INDEX.HTML', 'assets', 'assets/', '.', 'missing.js',
    ]
    for (const path of paths) expect([path, await statusOf(app, `app://keystead/${path}`)]).toEqual([path, path === '.' ? 200 : 404])
    for (const url of ['app://other/', 'app://keystead.evil/index.html', 'app://x/../../package.json', 'app://user@keystead/index.html']) {
      expect([url, await statusOf(app, url)]).toEqual([url, url.includes('user@') ? expect.not.stringMatching(/^200$/) : 404])
    }
  })
})

describe('leaving the page', () => {
  it('refuses navigation, windows and links', async () => {
    const app = theApp()
    const { page } = app
    const attempts: (() => void)[] = [
      () => void (location.href = 'http://127.0.0.1:9/'),
      () => void (location.href = 'file:///etc/passwd'),
      () => void (location.href = 'data:text/html,hello'),
      () => void (location.href = 'app://keystead/index.html?elsewhere'),
      () => void window.open('http://127.0.0.1:9/'),
      () => void window.open('app://keystead/'),
      () => void window.open('about:blank'),
      () => void window.open('javascript:void(0)'),
      () => {
        const link = document.createElement('a')
        link.href = 'http://127.0.0.1:9/'
        document.body.append(link)
        link.click()
      },
      () => {
        const link = document.createElement('a')
        link.href = 'app://keystead/index.html'
        link.target = '_blank'
        document.body.append(link)
        link.click()
      },
      () => {
        const link = document.createElement('a')
        link.href = 'app://keystead/index.html'
        link.download = 'page.html'
        document.body.append(link)
        link.click()
      },
    ]
    for (const attempt of attempts) await page.evaluate(attempt)
    const state = await app.electron.evaluate(async ({ BrowserWindow, webContents }) => {
      const [window] = BrowserWindow.getAllWindows()
      return { windows: BrowserWindow.getAllWindows().length, contents: webContents.getAllWebContents().length, url: window?.webContents.getURL() }
    })
    expect(state).toEqual({ windows: 1, contents: 1, url: 'app://keystead/' })
    expect((await app.problems()).leavingRequests).toEqual([])
    await app.forgetProblems()
  })

  it('ignores files and links that are dropped where nothing takes them', async () => {
    const app = theApp()
    const { page, folders } = app
    writeFileSync(join(folders.work, 'page.html'), '<title>elsewhere</title>')
    await dropFiles(page, [join(folders.work, 'page.html')])
    const session = await page.context().newCDPSession(page)
    const link = { items: [{ mimeType: 'text/uri-list', data: 'http://127.0.0.1:9/', title: 'link' }], dragOperationsMask: 1 }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await session.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data: link })
    expect(page.url()).toBe('app://keystead/')
    await page.getByRole('heading', { name: 'Keys', exact: true }).waitFor()
    expect(await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
    await page.getByRole('link', { name: 'Files' }).click()
    expect(await page.getByRole('region', { name: 'To encrypt' }).count()).toBe(0)
  })

  it('denies every permission', async () => {
    const app = theApp()
    const answers = await app.page.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read', 'midi', 'storage-access', 'persistent-storage', 'background-sync', 'local-fonts']
      const states = await Promise.all(
        names.map(async (name) => {
          const status = await navigator.permissions.query({ name: name as PermissionName }).catch(() => null)
          return [name, status?.state ?? 'unknown'] as const
        }),
      )
      const refusal = (work: Promise<unknown> | undefined) => (work ? work.then(() => 'allowed', (error: Error) => error.name) : Promise.resolve('absent'))
      const devices = navigator as Navigator & Record<'hid' | 'usb' | 'serial' | 'bluetooth', { requestDevice?(o: unknown): Promise<unknown>; requestPort?(): Promise<unknown>; getDevices?(): Promise<unknown[]> } | undefined>
      return {
        granted: states.filter(([, state]) => state === 'granted').map(([name]) => name),
        notification: await Notification.requestPermission(),
        media: await refusal(navigator.mediaDevices?.getUserMedia({ audio: true })),
        screen: await refusal(navigator.mediaDevices?.getDisplayMedia({ video: true })),
        clipboard: await refusal(navigator.clipboard?.readText()),
        hid: (await devices.hid?.getDevices?.())?.length ?? 0,
        usb: (await devices.usb?.getDevices?.())?.length ?? 0,
      }
    })
    expect(answers).toEqual({
      granted: [], notification: 'denied', media: expect.stringMatching(/NotAllowed|NotFound/), screen: expect.stringMatching(/NotAllowed|NotSupported|InvalidState/), clipboard: 'NotAllowedError', hid: 0, usb: 0,
    })
    const handlers = await app.electron.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      return contents?.session === undefined ? 'no session' : contents.session.isPersistent()
    })
    expect(handlers).toBe(false)
    await app.forgetProblems()
  })
})

describe('the bridge', () => {
  it('refuses a second window although it shows our page with our preload', async () => {
    const app = theApp()
    const answer = await app.electron.evaluate(async ({ BrowserWindow }, preload) => {
      const [own] = BrowserWindow.getAllWindows()
      if (!own) return 'no window'
      const foreign = new BrowserWindow({ show: false, webPreferences: { session: own.webContents.session, preload, sandbox: true, contextIsolation: true } })
      try {
        await foreign.loadURL('app://keystead/')
        return await foreign.webContents.executeJavaScript(`Promise.all([
          window.keystead.operations.vaultStatus({}), window.keystead.operations.listKeys({}), window.keystead.operations.lockVault({}),
          window.keystead.operations.unlockVault({ passphrase: new Uint8Array([1]) }),
        ]).then((answers) => answers.map((answer) => answer.ok ? 'ok' : answer.code))`)
      } finally {
        foreign.destroy()
      }
    }, join(process.cwd(), 'out', 'preload', 'index.cjs'))
    expect(answer).toEqual(['FORBIDDEN_SENDER', 'FORBIDDEN_SENDER', 'FORBIDDEN_SENDER', expect.stringMatching(/FORBIDDEN_SENDER|INVALID_PARAMETER/)])
    expect(await app.page.evaluate(async () => (await window.keystead.operations.vaultStatus({})).ok)).toBe(true)
    await app.forgetProblems()
  })

  it('refuses paths, prototypes, functions and unknown fields with a typed answer', async () => {
    const app = theApp()
    const codes = await app.page.evaluate(async () => {
      const { operations } = window.keystead as unknown as { operations: Record<string, (request: unknown) => Promise<{ ok: boolean; code?: string; message?: string }>> }
      const requests: [string, unknown][] = [
        ['encryptFiles', { sources: ['/etc/passwd'], keyId: 'alias/x' }],
        ['inspectFile', { file: '/etc/passwd' }],
        ['inspectFile', { file: 'h-00000000000000000000000000000000' }],
        ['createKey', { description: 'x', extra: true }],
        ['createKey', { constructor: { description: 'x' } }],
        ['createKey', { description: () => 'x' }],
        ['createKey', null],
        ['describeKey', { keyId: 'x'.repeat(100_000) }],
        ['describeKey', { keyId: ['a'] }],
      ]
      const answers = []
      for (const [name, request] of requests) {
        const answer = await operations[name]?.(request)
        answers.push(answer?.ok ? 'ok' : `${answer?.code}`)
        if (answer && !answer.ok && /\/(home|tmp|root|etc)|\bat .*:\d+/.test(answer.message ?? '')) answers.push(`leaks: ${answer.message}`)
      }
      return answers
    })
    expect(codes).toEqual([
      'INVALID_PARAMETER', 'INVALID_PARAMETER', 'HANDLE_INVALID', 'INVALID_PARAMETER', 'INVALID_PARAMETER', 'INVALID_PARAMETER', 'INVALID_PARAMETER', 'INVALID_PARAMETER', 'INVALID_PARAMETER',
    ])
  })
})
