import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { app, nativeTheme, powerMonitor, session, type Session } from 'electron'
import { compose, type Application } from '../compose'
import { electronIpc, sendEvent } from '../faces/ipc/electron-ipc'
import { IpcRouter } from '../faces/ipc/router'
import { languageOf, type DesktopPort } from '../operations/desktop-port'
import { openInBrowser } from '../platform/desktop-shell'
import { FileLog } from '../platform/file-log'
import { defaultVaultFolder } from '../platform/paths'
import { serveApp } from './app-protocol'
import { electronDesktop } from './electron-desktop'
import { externalLinkOpener } from './external-links'
import { forbidCoreDumps } from './hardening'
import { LockTriggers, type PowerEvents } from './lock-triggers'
import { MainWindow } from './main-window'
import { setApplicationMenu } from './menu'
import { guardContents, guardSession, type BlockedListener } from './navigation-guard'
import { listPageFiles, type PageFiles } from './page-files'
import { TokenWatch } from './token-watch'

/** Timers of whatever lives as long as the application. */
const every = (intervalMs: number, work: () => void) => {
  const timer = setInterval(work, intervalMs)
  return () => clearInterval(timer)
}
const hasContentProtection = process.platform === 'win32' || process.platform === 'darwin'

/** Runs the application with its window until the user quits. `bundleUrl`: the main bundle, which finds the others. */
export async function runDesktopApp(bundleUrl: string): Promise<void> {
  const log = new FileLog(join(app.getPath('userData'), 'logs', 'keystead.log'))
  const [files] = await Promise.all([listPageFiles(fileURLToPath(new URL('../renderer', bundleUrl))), app.whenReady()])
  const desktopApp = new DesktopApp(log, files, bundleUrl)
  await desktopApp.start()
}

/** Joins the services, the window and the life of the process. */
class DesktopApp {
  readonly #log: FileLog
  readonly #files: PageFiles
  readonly #bundleUrl: string
  #main: MainWindow | null = null

  constructor(log: FileLog, files: PageFiles, bundleUrl: string) {
    this.#log = log
    this.#files = files
    this.#bundleUrl = bundleUrl
  }

  async start(): Promise<void> {
    app.on('web-contents-created', (_event, contents) => guardContents(contents, this.#onBlocked, externalLinkOpener(openInBrowser)))
    const pageSession = this.#openSession()
    let triggers: LockTriggers | null = null
    const application = await compose({
      vaultFolder: defaultVaultFolder(),
      settingsFolder: app.getPath('userData'),
      desktop: this.#desktop(),
      workerUrl: new URL('file-worker.js', this.#bundleUrl),
      log: this.#log,
      onActivity: () => triggers?.activity(),
      // A new process for the page: it keeps nothing of what it has shown.
      onLocked: () => void this.#main?.replaceRenderer(),
    })
    const router = new IpcRouter({
      ipc: electronIpc,
      dispatcher: application.dispatcher,
      isOurWindow: (id) => this.#main?.contents.id === id,
      log: this.#log,
    })
    const openWindow = () => this.#openWindow(application, router, pageSession)
    this.#followSettings(application)
    openWindow()
    triggers = this.#lockTriggers(application)
    this.#followVault(application, triggers)
    this.#followLife(application, { triggers, watch: this.#tokenWatch(application) }, router, openWindow)
    await forbidCoreDumps(this.#log)
  }

  readonly #onBlocked: BlockedListener = (what, scheme) => this.#log.warn('blocked', { what, scheme })

  /** In memory only: no cache, no cookies, no storage of the page reaches the disk. */
  #openSession(): Session {
    const pageSession = session.fromPartition('keystead', { cache: false })
    for (const each of [pageSession, session.defaultSession]) guardSession(each, this.#onBlocked)
    serveApp(pageSession, this.#files)
    return pageSession
  }

  #desktop(): DesktopPort {
    return electronDesktop({
      window: () => this.#main?.browserWindow ?? null,
      contentProtection: () => (hasContentProtection ? (this.#main?.isContentProtected ? 'on' : 'off') : 'not-available'),
      onBlocked: this.#onBlocked,
    })
  }

  #openWindow(application: Application, router: IpcRouter, pageSession: Session): void {
    const main = MainWindow.open({
      session: pageSession,
      preload: fileURLToPath(new URL('../preload/index.cjs', this.#bundleUrl)),
      placeFile: join(app.getPath('userData'), 'window.json'),
      log: this.#log,
      onPageGone: (id) => router.forgetPage(id),
    })
    main.protectContent(application.vault.isUnlocked)
    main.browserWindow.on('closed', () => {
      if (this.#main === main) this.#main = null
    })
    this.#main = main
  }

  #lockTriggers(application: Application): LockTriggers {
    return new LockTriggers({
      power: powerMonitor as PowerEvents,
      clock: { wallMs: () => Date.now(), steadyMs: () => performance.now() },
      settings: () => application.settings.current,
      isUnlocked: () => application.vault.isUnlocked,
      lock: (reason) => void application.dispatcher.call('lockVault', {}, { face: 'system', client: reason }),
      every,
    })
  }

  #tokenWatch(application: Application): TokenWatch {
    const { tokens, vault } = application
    return new TokenWatch({ look: () => tokens.look(), isWanted: () => this.#main !== null && vault.isUnlocked, every, log: this.#log })
  }

  /** Tells the page what changed. */
  #followVault(application: Application, triggers: LockTriggers): void {
    application.forwardEvents((event, payload) => {
      if (this.#main) sendEvent(this.#main.contents, event, payload)
    })
    application.vault.onChange(({ state }) => {
      this.#main?.protectContent(state === 'unlocked')
      if (state === 'unlocked') triggers.activity()
    })
  }

  #followLife(application: Application, { triggers, watch }: { triggers: LockTriggers; watch: TokenWatch }, router: IpcRouter, openWindow: () => void): void {
    let isClosed = false
    app.on('second-instance', () => this.#main?.focus())
    app.on('activate', () => {
      if (!this.#main) openWindow()
    })
    app.on('window-all-closed', () => {
      triggers.windowClosed()
      if (process.platform !== 'darwin') app.quit()
    })
    app.on('will-quit', (event) => {
      if (isClosed) return
      event.preventDefault()
      triggers.stop()
      watch.stop()
      router.close()
      void application.dispose().finally(() => {
        isClosed = true
        // Not in a microtask of this event: until it has returned, Electron takes the first quit to be still under way.
        setImmediate(() => app.quit())
      })
    })
  }

  #followSettings(application: Application): void {
    const { settings, dispatcher } = application
    const desktop = { systemLanguage: this.#desktop().systemLanguage }
    const apply = () => {
      nativeTheme.themeSource = settings.current.theme
      setApplicationMenu({
        language: languageOf(settings.current, desktop),
        lock: () => void dispatcher.call('lockVault', {}, { face: 'ipc', client: 'menu' }),
        shortcut: (action) => {
          if (this.#main) sendEvent(this.#main.contents, 'shortcut', { action })
        },
      })
    }
    apply()
    settings.onChange(apply)
  }
}
