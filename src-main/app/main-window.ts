import { app, BrowserWindow, nativeTheme, screen, type Session } from 'electron'
import type { Log } from '../platform/ports'
import { blankPageUrl, mainPageUrl } from './app-protocol'
import { minimumSize, readPlace, writePlace } from './window-place'

export interface MainWindowOptions {
  session: Session
  preload: string
  /** Where the window's place is remembered. */
  placeFile: string
  log: Log
  /** Before the page's process is replaced. */
  onPageGone: (webContentsId: number) => void
}

/** The colour behind the page, so that neither start nor a new renderer flashes; slate of the page's theme. */
function background(): string {
  return nativeTheme.shouldUseDarkColors ? '#0f172a' : '#ffffff'
}

/** The application's one window. */
export class MainWindow {
  readonly #options: MainWindowOptions
  readonly #window: BrowserWindow
  #isProtected = false

  private constructor(options: MainWindowOptions, window: BrowserWindow) {
    this.#options = options
    this.#window = window
  }

  /** Opens the window; it shows itself when its page can be seen. */
  static open(options: MainWindowOptions): MainWindow {
    const place = readPlace(options.placeFile, screen.getAllDisplays().map(({ workArea }) => workArea))
    const window = new BrowserWindow({
      ...place.bounds,
      minWidth: minimumSize.width,
      minHeight: minimumSize.height,
      show: false,
      title: 'Keystead',
      backgroundColor: background(),
      autoHideMenuBar: true,
      webPreferences: {
        session: options.session,
        preload: options.preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInSubFrames: false,
        nodeIntegrationInWorker: false,
        webviewTag: false,
        webSecurity: true,
        experimentalFeatures: false,
        navigateOnDragDrop: false,
        spellcheck: false,
        devTools: !app.isPackaged,
      },
    })
    if (place.isMaximized) window.maximize()
    const main = new MainWindow(options, window)
    main.#listen()
    void main.#load(mainPageUrl)
    return main
  }

  get browserWindow(): BrowserWindow {
    return this.#window
  }

  get contents() {
    return this.#window.webContents
  }

  /** Brings the window to the front. */
  focus(): void {
    if (this.#window.isMinimized()) this.#window.restore()
    this.#window.show()
    this.#window.focus()
  }

  /** Hides the content from screen capture where the system can (not on Linux). */
  protectContent(isProtected: boolean): void {
    this.#isProtected = isProtected
    this.#window.setContentProtection(isProtected)
  }

  get isContentProtected(): boolean {
    return this.#isProtected
  }

  /**
   * Ends the page's process and loads the page in a new one; the window stays. A page of another site comes in between:
   * the engine then gives the next page a process of its own. When it did not, the process is ended by force.
   */
  async replaceRenderer(): Promise<void> {
    const { contents } = this
    this.#options.onPageGone(contents.id)
    const before = contents.getOSProcessId()
    await this.#load(blankPageUrl)
    await this.#load(mainPageUrl)
    if (contents.isDestroyed()) return
    contents.navigationHistory.clear()
    if (contents.getOSProcessId() !== before) return
    this.#options.log.warn('renderer-ended-by-force')
    contents.forcefullyCrashRenderer()
    await this.#load(mainPageUrl)
  }

  async #load(url: string): Promise<void> {
    try {
      await this.#window.loadURL(url)
    } catch (error) {
      // A load that the next one replaced, or a window closed meanwhile, is no failure.
      if (!this.#window.isDestroyed()) this.#options.log.error('page-not-loaded', error)
    }
  }

  #listen(): void {
    const window = this.#window
    window.once('ready-to-show', () => window.show())
    window.on('page-title-updated', (event) => event.preventDefault())
    window.on('close', () => void this.#remember())
    nativeTheme.on('updated', this.#repaint)
    window.on('closed', () => nativeTheme.off('updated', this.#repaint))
    this.contents.on('render-process-gone', (_event, { reason }) => {
      this.#options.log.warn('renderer-gone', { reason })
      if (reason !== 'clean-exit' && reason !== 'killed') void this.#load(mainPageUrl)
    })
  }

  readonly #repaint = (): void => this.#window.setBackgroundColor(background())

  async #remember(): Promise<void> {
    const window = this.#window
    await writePlace(this.#options.placeFile, window.getNormalBounds(), window.isMaximized()).catch((error: unknown) =>
      this.#options.log.error('window-place-not-saved', error),
    )
  }
}
