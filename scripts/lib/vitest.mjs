import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { inRoot, root } from './paths.mjs'
import { run } from './process.mjs'

/** Long enough for the slowest machine; a part that takes longer hangs. */
const PART_LIMIT_MS = 45 * 60_000

export const vitestScript = 'node_modules/vitest/vitest.mjs'

/** Arguments for vitest that also leave a JSON report for `countTests` at `report`. */
export const vitestArguments = (report, ...args) => [
  vitestScript,
  'run',
  ...args,
  '--reporter=default',
  '--reporter=json',
  `--outputFile=${report}`,
]

/** Where the JSON report of a part is kept. */
export const reportFile = (name) => inRoot('out', 'test', `${name}.json`)

export async function prepareReport(report) {
  await mkdir(dirname(report), { recursive: true })
  await rm(report, { force: true })
}

/** Files that failed without a failed test in them: they could not be loaded, or a hook threw. */
const brokenFiles = (results) =>
  results.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'))

/**
 * Counts the tests of a report as `{ passed, failed }`. What did not run counts as failed: skipped tests, files that
 * could not be loaded, and a run that ended badly though each of its tests passed.
 */
export async function countTests(report, exitCode) {
  const text = await readFile(report, 'utf8').catch(() => null)
  if (text === null) return { passed: 0, failed: 1, note: 'ended without a report' }
  const { numPassedTests: passed, numTotalTests: total, testResults } = JSON.parse(text)
  const broken = brokenFiles(testResults).length
  if (total === 0 && broken === 0) return { passed: 0, failed: 1, note: 'ran no test' }
  const failed = total - passed + broken
  if (failed > 0 || exitCode === 0) return { passed, failed }
  return { passed, failed: 1, note: `exit code ${exitCode} although each test passed` }
}

/** Runs vitest in Node, or in the given runtime, and resolves with its counts. */
export async function runVitest({ name, command = process.execPath, args, env }) {
  const report = reportFile(name)
  await prepareReport(report)
  const code = await run(command, vitestArguments(report, ...args), { cwd: root, env, timeout: PART_LIMIT_MS })
  return countTests(report, code)
}
