import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron as electron, type ElectronApplication, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Keystore } from '../../src-main/keystore/keystore'
import { systemClock } from '../../src-main/platform/system-clock'
import { writeSecret } from '../../src-main/secrets/change-secret'
import { writeValues } from '../../src-main/secrets/secret-values'
import { Vault } from '../../src-main/vault/vault'
import { noKeyring, silentLog } from '../support/cheap-vault'
import { parsed } from '../support/keystore-fixture'
import { projectRoot } from '../support/source-files'
import { sealedValues, secretNumber } from './secret-rows'
import { median, report } from './support'

const secretCount = 100_000
const secretsPerTransaction = 5000
const plainRows = 5000
/** Below 50 frames a second. */
const slowFrameMs = 20
const [wheelTurns, wheelPixels, arrowPresses, pagePresses] = [240, 240, 160, 60]
const typed = 'billing-4217'
const [repeatMs, keyRestMs] = [33, 500]
const passphrase = 'correct horse battery staple'
const caller = { face: 'cli' as const, client: 'bench', operation: 'bench' }
const base = mkdtempSync(join(tmpdir(), 'keystead-bench-'))
const plainApp = join(base, 'plain')

async function fillVault(): Promise<void> {
  const vault = new Vault({ folder: join(base, 'vault'), clock: systemClock, keyring: noKeyring, log: silentLog })
  const keystore = new Keystore({ clock: systemClock, useAudit: vault.useAudit, log: silentLog })
  vault.register(keystore)
  await vault.create({ passphrase: new TextEncoder().encode(passphrase), name: 'bench', kdfTargetMs: 1 })
  const { keyMetadata } = await keystore.run('createKey', caller, parsed('createKey', {}))
  const [values, now] = [sealedValues(), Date.now()]
  for (let first = 0; first < secretCount; first += secretsPerTransaction) {
    await vault.mutate(caller, '', async (tx) => {
      for (let ordinal = first; ordinal < first + secretsPerTransaction; ordinal += 1) {
        const record = secretNumber(ordinal, now, keyMetadata.keyId)
        await writeSecret(tx, record)
        await writeValues(tx, record.secretId, values)
      }
    })
  }
  await vault.lock(caller)
  await vault.dispose()
}

/** The peer: a window of the same size with rows that are simply there. */
function writePlainApp(): void {
  mkdirSync(plainApp)
  writeFileSync(join(plainApp, 'package.json'), '{"name":"plain","version":"1.0.0","main":"main.js"}')
  const rows = Array.from({ length: plainRows }, (_, row) => `<div role="row" tabindex="0" style="height:48px">prod/billing/billing-${row}</div>`)
  writeFileSync(join(plainApp, 'index.html'), `<!doctype html><body style="margin:0"><div role="grid">${rows.join('')}</div>`)
  writeFileSync(
    join(plainApp, 'main.js'),
    `const { app, BrowserWindow } = require('electron')
app.whenReady().then(() => new BrowserWindow({ width: 1200, height: 760, webPreferences: { sandbox: true } }).loadFile('index.html'))`,
  )
}

function launch(application: string, name: string): Promise<ElectronApplication> {
  const { ELECTRON_RUN_AS_NODE: _unset, ...env } = process.env
  return electron.launch({
    executablePath: process.execPath,
    args: [application, `--user-data-dir=${join(base, `profile-${name}`)}`],
    env: { ...(env as Record<string, string>), KEYSTEAD_VAULT: join(base, 'vault') },
    chromiumSandbox: process.getuid?.() !== 0,
  })
}

async function openList(page: Page): Promise<void> {
  await page.getByLabel(/^Passphrase/).fill(passphrase)
  await page.getByRole('button', { name: 'Unlock', exact: true }).click()
  await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: 'Secrets' }).click()
  await page.getByText(`${secretCount} secrets`, { exact: true }).waitFor()
}

/** Milliseconds between the frames that the page makes while `work` goes on. */
async function framesDuring(page: Page, work: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => {
    const frames: number[] = []
    let last: number | null = null
    const note = (time: number) => {
      if (last !== null) frames.push(time - last)
      last = time
      if (globalThis.benchFrames === frames) requestAnimationFrame(note)
    }
    globalThis.benchFrames = frames
    requestAnimationFrame(note)
  })
  await work()
  return page.evaluate(() => {
    const frames = globalThis.benchFrames ?? []
    globalThis.benchFrames = undefined
    return frames
  })
}

function tell(what: string, frames: readonly number[]): void {
  const slow = frames.filter((time) => time > slowFrameMs).length
  report(`${what}: ${frames.length} frames, ${((slow / frames.length) * 100).toFixed(1)} % over ${slowFrameMs} ms; median ${median(frames).toFixed(1)} ms, longest ${Math.max(...frames).toFixed(0)} ms`)
}

async function scrollByWheel(page: Page): Promise<void> {
  await page.mouse.move(800, 500)
  for (let turn = 0; turn < wheelTurns; turn += 1) await page.mouse.wheel(0, wheelPixels)
}

/** Holds a key, as often as keyboards repeat it. */
async function hold(page: Page, key: string, times: number): Promise<void> {
  for (let turn = 0; turn < times; turn += 1) {
    await page.keyboard.press(key)
    await page.waitForTimeout(repeatMs)
  }
}

/** Milliseconds from each key that changes how many secrets are found to the frame that shows it. */
async function typeAndWait(page: Page): Promise<number[]> {
  await page.evaluate(() => {
    const count = [...document.querySelectorAll('p[aria-live=polite]')].find(({ textContent }) => /^\d+ secrets?$/.test(textContent.trim()))
    const times: number[] = []
    let started: number | null = null
    document.addEventListener('input', () => (started = performance.now()), true)
    const watcher = new MutationObserver(() => {
      requestAnimationFrame(() => {
        if (started !== null) times.push(performance.now() - started)
        started = null
      })
    })
    if (count) watcher.observe(count, { characterData: true, childList: true, subtree: true })
    globalThis.benchTimes = times
  })
  await page.getByRole('searchbox').focus()
  for (const letter of typed) {
    await page.keyboard.press(letter)
    await page.waitForTimeout(keyRestMs)
  }
  return page.evaluate(() => globalThis.benchTimes ?? [])
}

describe(`the window with ${secretCount} secrets`, () => {
  beforeAll(async () => {
    writePlainApp()
    await fillVault()
  }, 600_000)

  afterAll(() => rmSync(base, { recursive: true, force: true }))

  it('scrolls by wheel and keyboard, against a window of plain rows', async () => {
    const plain = await launch(plainApp, 'plain')
    const plainPage = await plain.firstWindow()
    await plainPage.getByRole('row').first().waitFor()
    tell(`wheel over ${plainRows} plain rows`, await framesDuring(plainPage, () => scrollByWheel(plainPage)))
    await plain.close()

    const app = await launch(projectRoot, 'keystead')
    const page = await app.firstWindow()
    await openList(page)
    const rows = page.getByRole('grid').locator('[role=row][data-index]')
    await rows.first().focus()
    tell(`wheel over ${secretCount} secrets`, await framesDuring(page, () => scrollByWheel(page)))
    await rows.first().focus()
    tell('arrow keys', await framesDuring(page, () => hold(page, 'ArrowDown', arrowPresses)))
    tell('page keys', await framesDuring(page, () => hold(page, 'PageDown', pagePresses)))
    await page.keyboard.press('End')
    await page.locator(`[data-index="${secretCount - 1}"]:focus`).waitFor()
    expect(await page.locator(`[data-index="${secretCount - 1}"]`).innerText()).toContain('test/storage/')

    const times = await typeAndWait(page)
    report(`search typed as "${typed}", key to rows on the screen: ${times.map((time) => time.toFixed(0)).join(' ')} ms, with a rest of 60 ms after the key (goal 30 ms for the answer of main)`)
    await app.close()
  }, 300_000)
})

declare global {
  var benchFrames: number[] | undefined
  var benchTimes: number[] | undefined
}
