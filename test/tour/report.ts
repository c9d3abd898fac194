import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** One step of the tour: what was done, and its picture. */
export interface TourStep {
  name: string
  seconds: number
  /** File name beside the report; null when the step took none. */
  screenshot: string | null
}

/** What the tour found out. */
export interface TourReport {
  ok: boolean
  electron: string
  chromiumSandbox: boolean
  seconds: number
  steps: TourStep[]
  facts: Record<string, string>
  problem: string | null
}

/** Writes report.json and report.md into the folder. */
export function writeReport(folder: string, report: TourReport): void {
  writeFileSync(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
  writeFileSync(join(folder, 'report.md'), markdownOf(report))
}

function markdownOf({ ok, electron, chromiumSandbox, seconds, steps, facts, problem }: TourReport): string {
  const rows = steps.map(({ name, seconds: taken, screenshot }) => `| ${name} | ${taken.toFixed(1)} s | ${screenshot ? `[${screenshot}](${screenshot})` : ''} |`)
  return [
    '# Guided tour',
    '',
    `${ok ? 'Everything worked' : 'It did not work'}: the real window on Electron ${electron}, Chromium sandbox ${chromiumSandbox ? 'on' : 'off'}, ${seconds.toFixed(1)} s.`,
    ...(problem === null ? [] : ['', '```', problem, '```']),
    '',
    '| step | time | picture |',
    '| --- | --- | --- |',
    ...rows,
    '',
    ...Object.entries(facts).map(([name, value]) => `- ${name}: \`${value}\``),
    '',
  ].join('\n')
}
