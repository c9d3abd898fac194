import type { Locator, Page } from 'playwright'

/** Ends movement: styles are then what they will be. */
export async function holdStill(page: Page): Promise<void> {
  await page.evaluate(() => {
    if (document.getElementById('hold-still')) return
    const style = document.createElement('style')
    style.id = 'hold-still'
    style.textContent = '*, *::before, *::after { transition: none !important; animation-duration: 1ms !important; animation-delay: 0s !important; animation-iteration-count: 1 !important; }'
    document.head.append(style)
  })
  await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'))
}

/** Waits until Enter would choose this option: a list shows its options before it listens to keys. */
export async function untilHighlighted(option: Locator): Promise<void> {
  await option.and(option.page().locator('[data-highlighted]')).waitFor()
}

/** Presses Tab until this control has the focus. Throws when it cannot be reached. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Not reached by Tab: ${String(target)}`)
}

/** What has the focus, and whether it looks different for having it. */
export interface FocusStop {
  name: string
  isVisible: boolean
}

/** Tabs once around the screen and tells each stop. */
export async function tabAround(page: Page, limit = 80): Promise<FocusStop[]> {
  await holdStill(page)
  const stops: FocusStop[] = []
  await page.evaluate(() => document.querySelectorAll('[data-stop]').forEach((element) => element.removeAttribute('data-stop')))
  while (stops.length < limit) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate(lookAtFocus)
    if (stop === null) return stops
    stops.push(stop)
  }
  return stops
}

/** Runs in the page: null when the focus has come around. */
function lookAtFocus(): { name: string; isVisible: boolean } | null {
  const element = document.activeElement
  if (!(element instanceof HTMLElement) || element === document.body || element.hasAttribute('data-stop')) return null
  element.setAttribute('data-stop', '')
  const look = (): string => {
    const parts: string[] = []
    for (let each: Element | null = element, height = 0; each && height < 4; each = each.parentElement, height += 1) {
      for (const pseudo of [undefined, '::before', '::after']) {
        const { outline, boxShadow, borderColor, backgroundColor, color, clipPath, position, width, textDecoration } = getComputedStyle(each, pseudo)
        parts.push([outline, boxShadow, borderColor, backgroundColor, color, clipPath, position, width, textDecoration].join())
      }
    }
    return parts.join('|')
  }
  const focused = look()
  element.blur()
  const blurred = look()
  element.focus({ preventScroll: true })
  const name = element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40) ?? ''
  return { name: `${element.tagName.toLowerCase()} ${name || element.outerHTML.slice(0, 160)}`, isVisible: focused !== blurred }
}
