#!/usr/bin/env node
import { ensureBuild } from './build.mjs'
import { formatSeconds, runMain, say, SetupError, stopwatch } from './lib/report.mjs'
import { testParts } from './lib/test-parts.mjs'
import { setup } from './setup.mjs'

function selectParts(names) {
  const known = new Set(testParts.map(({ part }) => part))
  const unknown = names.filter((name) => !known.has(name))
  if (unknown.length > 0) {
    throw new SetupError(`Unknown part: ${unknown.join(', ')}. There are: ${[...known].join(', ')}.`)
  }
  return names.length === 0 ? testParts : testParts.filter(({ part }) => names.includes(part))
}

async function runPart({ title, run }, electron) {
  say(`\n=== ${title}`)
  const elapsed = stopwatch()
  const counts = await run(electron).catch((error) => {
    process.stderr.write(`${error instanceof SetupError ? error.message : error.stack}\n`)
    return { passed: 0, failed: 1, note: 'could not run' }
  })
  const note = counts.note ? ` (${counts.note})` : ''
  const summary = `${title}: ${counts.passed} passed, ${counts.failed} failed${note}, ${formatSeconds(elapsed())}`
  say(summary)
  return { ...counts, summary }
}

/** Runs every part, also after a failed one; only a failed set-up or build stops, because nothing can run then. */
async function runParts(parts, results) {
  const electron = await setup('test')
  let built = false
  for (const part of parts) {
    if (part.needsBuild && !built) {
      say('\n=== Build')
      await ensureBuild(electron)
      built = true
    }
    results.push(await runPart(part, electron))
  }
}

async function main() {
  const parts = selectParts(process.argv.slice(2))
  const results = []
  try {
    await runParts(parts, results)
  } catch (error) {
    process.stderr.write(`\n${error instanceof SetupError ? error.message : error.stack}\n`)
    results.push({ passed: 0, failed: 1, summary: 'Set-up or build: failed, the rest did not run' })
  }
  say(`\n${results.map(({ summary }) => summary).join('\n')}\n`)
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0)
  process.stdout.write(`${total('passed')} passed, ${total('failed')} failed\n`)
  return total('failed') > 0 ? 1 : 0
}

await runMain(main)
