import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A failure whose message tells the reader what to do; shown without a stack. */
export class SetupError extends Error {
  name = 'SetupError'
}

const started = () => process.hrtime.bigint()
const secondsSince = (start) => Number(process.hrtime.bigint() - start) / 1e9

export const formatSeconds = (seconds) => `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`

let output = process.stdout

/** Sends all further step lines to stderr, for commands whose stdout is data. */
export function reportToStderr() {
  output = process.stderr
}

export function say(text) {
  output.write(`${text}\n`)
}

/** Runs one step, printing what it does and how long it took, also when it fails. */
export async function step(title, work) {
  say(`> ${title}`)
  const start = started()
  try {
    const result = await work()
    say(`  done in ${formatSeconds(secondsSince(start))}`)
    return result
  } catch (error) {
    say(`  failed after ${formatSeconds(secondsSince(start))}`)
    throw error
  }
}

/** Whether the module with this URL is the script that was started, also when through a link. */
export const isMain = (url) => Boolean(process.argv[1]) && realpathSync(process.argv[1]) === fileURLToPath(url)

/** Runs a script's main function and turns a failure into a readable text and exit code 1. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0
  } catch (error) {
    process.stderr.write(`\n${error instanceof SetupError ? error.message : error?.stack}\n`)
    process.exitCode = 1
  }
}

export const stopwatch = () => {
  const start = started()
  return () => secondsSince(start)
}
