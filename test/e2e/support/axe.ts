import axe from 'axe-core'
import type { Page } from 'playwright'
import { holdStill } from './focus'
import type { RunningApp } from './launch'

/** Looks at the screen as it is, under a name for the report. */
export type Check = (screen: string) => Promise<void>

/** A way through some screens. */
export type Walk = (app: RunningApp, check: Check) => Promise<void>

type Theme = 'light' | 'dark'

/** What a theme can change: its colours alone. */
const colourRules = ['color-contrast', 'link-in-text-block']

/** What axe calls serious or critical on the screen as it is; `rules`: by these rules only. */
async function inspect(page: Page, rules: string[] | null): Promise<string[]> {
  await holdStill(page)
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  return page.evaluate(async (runOnly) => {
    const { axe: engine } = window as unknown as { axe: typeof axe }
    // The ends of the toast list: they pass the focus on at once, so it never rests on something hidden.
    const focusGuards = '[role=region] > span[aria-hidden=true][tabindex="0"]:empty'
    const { violations } = await engine.run({ include: [document], exclude: [[focusGuards]] } as unknown as axe.ElementContext, { resultTypes: ['violations'], ...(runOnly ? { runOnly } : {}) })
    // A list of choices that can be searched has its search field inside of it: that is how the library builds it.
    const isSearchedList = ({ target }: axe.NodeResult) => document.querySelector(String(target[0]))?.matches('[role=listbox]:has(input)') === true
    const isKnown = ({ id, nodes }: axe.Result) => id === 'aria-required-children' && nodes.every(isSearchedList)
    return violations
      .filter((violation) => (violation.impact === 'serious' || violation.impact === 'critical') && !isKnown(violation))
      .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ html }) => html.slice(0, 300)).join(' | ')})`)
  }, rules)
}

async function showIn(page: Page, theme: Theme): Promise<void> {
  await page.evaluate((chosen) => window.keystead.operations.updateSettings({ theme: chosen }), theme)
  await page.waitForFunction((isDark) => document.documentElement.classList.contains('dark') === isDark, theme === 'dark')
}

/** Takes the walks once, looks at each screen in the light theme and, as far as colours go, in the dark one, and tells what axe found. */
export async function findProblems(app: RunningApp, walks: readonly Walk[]): Promise<string[]> {
  const { page } = app
  const found: string[] = []
  const look = async (screen: string, theme: Theme, rules: string[] | null) => {
    await showIn(page, theme)
    found.push(...(await inspect(page, rules)).map((text) => `${screen}, ${theme}: ${text}`))
  }
  const check: Check = async (screen) => {
    await look(screen, 'light', null)
    await look(screen, 'dark', colourRules)
  }
  for (const walk of walks) await walk(app, check)
  return found
}
