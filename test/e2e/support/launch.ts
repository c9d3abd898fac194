import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { _electron as electron, type ConsoleMessage, type ElectronApplication, type Page } from 'playwright'
import { isRunning, processIds } from '../../support/processes'
import { makeFolders, type AppFolders } from './folders'

export interface LaunchOptions {
  /** The folders of an earlier run, to start again on them. */
  folders?: AppFolders
  env?: Record<string, string>
}

/** What must not have happened by the end of a test. */
export interface Problems {
  consoleErrors: string[]
  violations: string[]
  /** Requests to anything but app://, whether they were stopped or not. */
  leavingRequests: string[]
}

/** Chromium's sandbox refuses to run as root. */
export const hasSandbox = process.getuid?.() !== 0

const closeLimitMs = 20_000

/** The built app, started like a person would start it, on folders of its own. */
export class RunningApp {
  readonly electron: ElectronApplication
  readonly page: Page
  readonly folders: AppFolders
  readonly pid: number
  readonly #process: ChildProcess
  readonly #consoleErrors: string[] = []
  #output = ''
  #closed: Promise<Problems> | null = null

  private constructor(electronApp: ElectronApplication, page: Page, folders: AppFolders) {
    this.electron = electronApp
    this.page = page
    this.folders = folders
    this.#process = electronApp.process()
    this.pid = this.#process.pid ?? 0
  }

  static async start({ folders = makeFolders(), env = {} }: LaunchOptions = {}): Promise<RunningApp> {
    const app = await electron.launch({
      executablePath: executable(),
      args: [process.cwd(), `--user-data-dir=${folders.profile}`],
      env: { ...environment(folders), ...env },
      cwd: folders.work,
      chromiumSandbox: hasSandbox,
      // As the window finds it, not as the tests' driver would have it.
      colorScheme: null,
      timeout: 30_000,
    })
    const streams = [app.process().stdout, app.process().stderr]
    let early = ''
    const collectEarly = (data: Buffer) => void (early += data.toString('utf8'))
    for (const stream of streams) stream?.on('data', collectEarly)
    const running = new RunningApp(app, await app.firstWindow(), folders)
    for (const stream of streams) {
      stream?.off('data', collectEarly)
      stream?.on('data', (data: Buffer) => void (running.#output += data.toString('utf8')))
    }
    running.#output = early
    await running.#observe()
    return running
  }

  /** What the app has written to its terminal so far. */
  get output(): string {
    return this.#output
  }

  /** What went wrong so far; a test that provokes such things looks at it and forgets it with `forgetProblems`. */
  async problems(): Promise<Problems> {
    const leavingRequests = await this.electron.evaluate(() => globalThis.keysteadObserved?.leavingRequests ?? ['not observed'])
    const violations = await this.page.evaluate(() => globalThis.keysteadViolations ?? ['not observed'])
    return { consoleErrors: [...this.#consoleErrors], violations, leavingRequests }
  }

  async forgetProblems(): Promise<void> {
    this.#consoleErrors.length = 0
    await this.electron.evaluate(() => void globalThis.keysteadObserved?.leavingRequests.splice(0))
    await this.page.evaluate(() => void globalThis.keysteadViolations?.splice(0))
  }

  /** Quits the app as its menu does, waits for the process to end, and tells what went wrong meanwhile. */
  close(): Promise<Problems> {
    return (this.#closed ??= this.#close())
  }

  /** An end without questions, for a test that has failed; nothing when the app has ended. */
  async kill(): Promise<void> {
    const { exitCode, signalCode } = this.#process
    if (exitCode !== null || signalCode !== null) return
    const ended = once(this.#process, 'exit')
    const pids = processIds(this.pid)
    for (const pid of pids) killIfThere(pid)
    await ended
    // Its helpers write to its folders until they have ended.
    for (let looks = 0; looks < 200 && pids.some(isRunning); looks += 1) await setTimeout(50)
  }

  async #close(): Promise<Problems> {
    const problems = await this.problems()
    const timer = globalThis.setTimeout(() => void this.kill(), closeLimitMs)
    await this.electron.close()
    clearTimeout(timer)
    if (this.#process.signalCode === 'SIGKILL') throw new Error(`The app did not quit within ${closeLimitMs / 1000} s.\n${this.#output}`)
    return problems
  }

  async #observe(): Promise<void> {
    const { page } = this
    page.setDefaultTimeout(20_000)
    page.on('console', (message) => this.#listen(message))
    page.on('pageerror', (error) => void this.#consoleErrors.push(`uncaught: ${error.message}`))
    await page.addInitScript(observeViolations)
    await page.evaluate(observeViolations)
    await this.electron.evaluate(observeRequests)
    await this.electron.evaluate(stayAwake)
  }

  #listen(message: ConsoleMessage): void {
    if (message.type() === 'error') this.#consoleErrors.push(message.text())
  }
}

/** Runs in the page. */
function observeViolations(): void {
  if (globalThis.keysteadViolations) return
  const seen: string[] = []
  globalThis.keysteadViolations = seen
  document.addEventListener('securitypolicyviolation', (event) => {
    seen.push(`${event.effectiveDirective} ${event.blockedURI}`)
  })
}

/** Runs in main. The app's own guard stays in place: these hooks come after it, for requests sent and requests stopped. */
function observeRequests({ app, session, BrowserWindow }: typeof Electron.CrossProcessExports): void {
  const leavingRequests: string[] = []
  globalThis.keysteadObserved = { leavingRequests }
  const note = (how: string) => (details: { url: string }) => {
    if (!/^(app|devtools|data|blob):/.test(details.url)) leavingRequests.push(`${how} ${details.url}`)
  }
  const watch = ({ webRequest }: Electron.Session) => {
    webRequest.onSendHeaders(note('sent'))
    webRequest.onErrorOccurred(note('stopped'))
  }
  app.on('session-created', watch)
  const sessions = BrowserWindow.getAllWindows().map(({ webContents }) => webContents.session)
  for (const each of new Set([session.defaultSession, ...sessions])) watch(each)
}

/** Runs in main. What tests type and click is no input of the display, which would be idle after ten minutes of tests. */
function stayAwake({ powerMonitor }: typeof Electron.CrossProcessExports): void {
  powerMonitor.getSystemIdleTime = () => 0
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** The Electron runtime that the tests were given. */
export function executable(): string {
  const path = process.env['KEYSTEAD_ELECTRON']
  if (!path) throw new Error('KEYSTEAD_ELECTRON is not set. Run the tests with: npm run test:e2e')
  return path
}

/** Nothing of the developer's own session: no keychain, no settings, English. */
export function environment(folders: AppFolders): Record<string, string> {
  const kept = ['PATH', 'DISPLAY', 'XAUTHORITY', 'USER', 'LOGNAME'].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    ...Object.fromEntries(kept),
    LANG: 'en_US.UTF-8',
    LANGUAGE: 'en',
    HOME: folders.home,
    TMPDIR: folders.tmp,
    XDG_RUNTIME_DIR: folders.runtime,
    XDG_CONFIG_HOME: join(folders.home, '.config'),
    XDG_DATA_HOME: join(folders.home, '.local', 'share'),
    XDG_CACHE_HOME: join(folders.home, '.cache'),
    KEYSTEAD_VAULT: folders.vault,
  }
}

declare global {
  var keysteadViolations: string[] | undefined
  var keysteadObserved: { leavingRequests: string[] } | undefined
}
