import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, type TestContext } from 'vitest'
import { removeFolders, type AppFolders } from './folders'
import { RunningApp, type LaunchOptions } from './launch'

const noProblems = { consoleErrors: [], violations: [], leavingRequests: [] }

/**
 * Starts apps for the tests of a file. After each test they are closed, and the test fails when the console had an
 * error, the policy was violated or a request was made that leaves the app. Folders are removed.
 */
export function useApps({ beforeRemoval }: { beforeRemoval?: () => Promise<void> } = {}): { start: (options?: LaunchOptions) => Promise<RunningApp> } {
  const apps: RunningApp[] = []
  const folders = new Set<AppFolders>()

  afterEach(async (context) => {
    const ended = apps.splice(0)
    try {
      if (context.task.result?.state === 'fail') await keepEvidence(context, ended)
      else for (const app of ended) expect(await app.close()).toEqual(noProblems)
    } finally {
      for (const app of ended) await app.kill()
      await beforeRemoval?.()
      for (const each of folders) removeFolders(each)
      folders.clear()
    }
  })

  return {
    async start(options) {
      const app = await RunningApp.start(options)
      apps.push(app)
      folders.add(app.folders)
      return app
    },
  }
}

/**
 * One app for all tests of a file, which ask nothing of it but what they make themselves: starting it takes longer than most
 * of them do. After each test the same is looked for as by useApps(), and the page is loaded anew.
 */
export function useSharedApp(prepare: (app: RunningApp) => Promise<unknown> = () => Promise.resolve()): () => RunningApp {
  let app: RunningApp | null = null
  const shared = () => {
    if (!app) throw new Error('The app did not start.')
    return app
  }

  beforeAll(async () => {
    app = await RunningApp.start()
    await prepare(app)
  })

  afterEach(async (context) => {
    if (context.task.result?.state === 'fail') await keepEvidence(context, [shared()])
    else expect(await shared().problems()).toEqual(noProblems)
    await shared().forgetProblems()
    await shared().page.reload()
  })

  afterAll(async () => {
    if (!app) return
    try {
      expect(await app.close()).toEqual(noProblems)
    } finally {
      await app.kill()
      removeFolders(app.folders)
    }
  })

  return shared
}

/** A picture of each window of a failed test, beside the report. */
async function keepEvidence({ task }: TestContext, apps: readonly RunningApp[]): Promise<void> {
  const folder = join(process.env['KEYSTEAD_OUTPUT'] ?? tmpdir(), 'failed')
  mkdirSync(folder, { recursive: true })
  const name = `${task.file.name}-${task.name}`.replaceAll(/[^a-z0-9]+/gi, '-').slice(-100)
  for (const [index, app] of apps.entries()) {
    const path = join(folder, `${name}-${index + 1}.png`)
    await app.page.screenshot({ path, timeout: 5000 }).catch((error: unknown) => console.error(`No picture of the failure: ${String(error)}`))
    console.error(`The app's terminal:\n${app.output}`)
  }
}
