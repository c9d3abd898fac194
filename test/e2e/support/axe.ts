import axe from 'axe-core'
import type { Page } from 'playwright'
import { expect } from 'vitest'
import { holdStill } from './focus'
import type { RunningApp } from './launch'

/** Looks at the screen as it is, under a name for the report. */
export type Check = (screen: string) => Promise<void>

/** A way through some screens. */
export type Walk = (app: RunningApp, check: Check) => Promise<void>

/** Collects what axe calls serious or critical, by screen. */
function inspector(page: Page): { check: Check; found: string[] } {
  const found: string[] = []
  const check: Check = async (screen) => {
    await holdStill(page)
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
    const serious = await page.evaluate(async () => {
      const { axe: engine } = window as unknown as { axe: typeof axe }
      // The ends of the toast list: they pass the focus on at once, so it never rests on something hidden.
      const focusGuards = '[role=region] > span[aria-hidden=true][tabindex="0"]:empty'
      const { violations } = await engine.run({ include: [document], exclude: [[focusGuards]] } as unknown as axe.ElementContext, { resultTypes: ['violations'] })
      // A list of choices that can be searched has its search field inside of it: that is how the library builds it.
      const isSearchedList = ({ target }: axe.NodeResult) => document.querySelector(String(target[0]))?.matches('[role=listbox]:has(input)') === true
      const isKnown = ({ id, nodes }: axe.Result) => id === 'aria-required-children' && nodes.every(isSearchedList)
      return violations
        .filter((violation) => (violation.impact === 'serious' || violation.impact === 'critical') && !isKnown(violation))
        .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ html }) => html.slice(0, 300)).join(' | ')})`)
    })
    found.push(...serious.map((text) => `${screen}: ${text}`))
  }
  return { check, found }
}

/** Takes the walks in one theme and tells what axe found. */
export async function findProblems(app: RunningApp, theme: 'light' | 'dark', walks: readonly Walk[]): Promise<string[]> {
  const { check, found } = inspector(app.page)
  await app.page.evaluate((chosen) => window.keystead.operations.updateSettings({ theme: chosen }), theme)
  await expect.poll(() => app.page.evaluate(() => document.documentElement.classList.contains('dark'))).toBe(theme === 'dark')
  for (const walk of walks) await walk(app, check)
  return found
}
