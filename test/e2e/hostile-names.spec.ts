import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createKeyQuickly, createVaultQuickly } from './support/bridge'
import { chooseFiles } from './support/desktop'
import { openFiles, queueOf, startQueue } from './support/steps'
import { useSharedApp } from './support/use-apps'

const theApp = useSharedApp(({ page }) => createVaultQuickly(page))

describe('hostile names', () => {
  it('are shown as text in descriptions', async () => {
    const app = theApp()
    const { page } = app
    const descriptions = ['<img src=x onerror="window.probeRan=true">', '\u202Egnp.exe\u202C', '<script>window.probeRan=true</script>', '{{ constructor.constructor("window.probeRan=true")() }}', 'a\nb\tc', `${'长'.repeat(2000)}`]
    const ids = []
    for (const [index, text] of descriptions.entries()) ids.push(await createKeyQuickly(page, `alias/hostile-${index}`, text))
    for (const [index, text] of descriptions.entries()) {
      await page.getByRole('link', { name: 'Keys' }).first().click()
      await page.getByRole('row', { name: `hostile-${index}` }).click()
      await expect.poll(() => page.evaluate((wanted) => document.body.textContent?.includes(wanted), text.slice(0, 60))).toBe(true)
    }
    expect(await page.evaluate(() => 'probeRan' in window)).toBe(false)
    expect(ids).toHaveLength(descriptions.length)
  })

  it('are shown as text in lists of files', async () => {
    const { page, folders, electron } = theApp()
    await createKeyQuickly(page, 'alias/names')
    const names = ['<img src=x onerror=window.probeRan=true>.txt', 'invoice-\u202Egnp.exe', 'two\nlines.txt', '{{7*7}} ${7*7} %n.txt', `${'长'.repeat(80)}.txt`]
    for (const name of names) writeFileSync(join(folders.work, name), 'x')
    await openFiles(page)
    // Chosen and not dropped: a list of dropped files cannot carry a name of two lines.
    await chooseFiles(electron, names.map((name) => join(folders.work, name)))
    await page.getByRole('button', { name: 'Choose files' }).click()
    await queueOf(page, 'encrypt').getByRole('button', { name: 'Encrypt 5 files' }).waitFor()
    const shown = await queueOf(page, 'encrypt').getByRole('listitem').evaluateAll((items) => items.map((item) => item.textContent ?? ''))
    for (const name of names) expect(shown.some((text) => text.includes(name))).toBe(true)
    await startQueue(page, 'encrypt')
    for (const name of names) expect(existsSync(join(folders.work, `${name}.keystead`))).toBe(true)
    expect(await page.evaluate(() => 'probeRan' in window)).toBe(false)
  })
})
