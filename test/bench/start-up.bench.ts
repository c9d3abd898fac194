import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron as electron } from 'playwright'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { cheapPassphrase, openCheapVault } from '../support/cheap-vault'
import { projectRoot } from '../support/source-files'
import { median, report } from './support'

const rounds = 7
const base = mkdtempSync(join(tmpdir(), 'keystead-bench-'))
const caller = { face: 'cli' as const, client: 'bench', operation: 'bench' }
const bareApp = join(base, 'bare')

/** The peer: an Electron window of the same size with one field and nothing else. */
function writeBareApp(): void {
  mkdirSync(bareApp)
  writeFileSync(join(bareApp, 'package.json'), '{"name":"bare","version":"1.0.0","main":"main.js"}')
  writeFileSync(join(bareApp, 'index.html'), '<!doctype html><label>Passphrase <input></label>')
  writeFileSync(
    join(bareApp, 'main.js'),
    `const { app, BrowserWindow } = require('electron')
app.whenReady().then(() => new BrowserWindow({ width: 1200, height: 760, webPreferences: { sandbox: true } }).loadFile('index.html'))`,
  )
}

/** Milliseconds from launching to the passphrase field on the screen. */
async function startOnce(application: string, name: string): Promise<number> {
  const { ELECTRON_RUN_AS_NODE: _unset, ...env } = process.env
  const started = performance.now()
  const app = await electron.launch({
    executablePath: process.execPath,
    args: [application, `--user-data-dir=${join(base, `profile-${name}`)}`],
    env: { ...(env as Record<string, string>), KEYSTEAD_VAULT: join(base, 'vault') },
    chromiumSandbox: process.getuid?.() !== 0,
  })
  const page = await app.firstWindow()
  await page.getByLabel(/^Passphrase/).waitFor()
  const milliseconds = performance.now() - started
  await app.close()
  return milliseconds
}

describe('starting', () => {
  beforeAll(async () => {
    writeBareApp()
    const { vault } = openCheapVault(join(base, 'vault'))
    await vault.create({ passphrase: cheapPassphrase(), name: 'bench' })
    await vault.lock(caller)
    await vault.dispose()
    await startOnce(bareApp, 'bare')
    await startOnce(projectRoot, 'keystead')
  }, 60_000)

  afterAll(() => rmSync(base, { recursive: true, force: true }))

  it('to the unlock screen, against a bare window', async () => {
    const ours: number[] = []
    const bare: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      ours.push(await startOnce(projectRoot, 'keystead'))
      bare.push(await startOnce(bareApp, 'bare'))
    }
    const [a, b] = [median(ours), median(bare)]
    report(`start to unlock screen: ${a.toFixed(0)} ms; bare Electron window ${b.toFixed(0)} ms; ratio ${(a / b).toFixed(2)} (goal 1.3)`)
  }, 180_000)
})
