import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolders, removeFolders } from '../e2e/support/folders'
import { hasSandbox, RunningApp } from '../e2e/support/launch'
import { chineseTour } from './chinese-tour'
import { Guide } from './guide'
import { mainTour, tourPassphrase } from './main-tour'
import { smallTour } from './small-tour'
import { tourHsm } from './token-tour'
import { writeReport, type TourReport } from './report'

/** Runs the tour and answers the exit code: 0 only when all of it worked. With `readme` it also takes the pictures of the README, into the folder `images` of the output. */
export async function runTour({ readme }: { readme: boolean }): Promise<number> {
  const output = process.env['KEYSTEAD_OUTPUT'] ?? join('out', 'tour')
  mkdirSync(output, { recursive: true })
  const images = readme ? join(output, 'images') : null
  if (images) mkdirSync(images, { recursive: true })
  const report: TourReport = { ok: false, electron: '', chromiumSandbox: hasSandbox, seconds: 0, steps: [], facts: {}, problem: null }
  const started = performance.now()
  const folders = makeFolders()
  const hsm = tourHsm()
  try {
    const app = await RunningApp.start({ folders, env: { SOFTHSM2_CONF: hsm.configuration } })
    try {
      await visit(app, output, images, report)
    } finally {
      await app.kill()
    }
    report.ok = true
  } catch (error) {
    report.problem = error instanceof Error ? (error.stack ?? error.message) : String(error)
    process.stderr.write(`${report.problem}\n`)
  } finally {
    removeFolders(folders)
    hsm.remove()
    report.seconds = (performance.now() - started) / 1000
    writeReport(output, report)
  }
  return report.ok ? 0 : 1
}

async function visit(app: RunningApp, output: string, images: string | null, report: TourReport): Promise<void> {
  const guide = new Guide(app.page, output)
  report.steps = guide.steps
  report.electron = await app.electron.evaluate(() => process.versions['electron'] ?? '')
  try {
    Object.assign(report.facts, await mainTour(app, guide, images))
    await chineseTour(app, guide, tourPassphrase, images)
    await smallTour(app, guide)
  } catch (error) {
    await guide.take('failed').catch(() => undefined)
    throw error
  }
  const { consoleErrors, violations, leavingRequests } = await app.close()
  const problems = [...consoleErrors, ...violations, ...leavingRequests]
  if (problems.length > 0) throw new Error(`The window reported problems:\n${problems.join('\n')}`)
  report.facts['requests that left the app'] = '0'
}
