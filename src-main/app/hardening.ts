import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { app } from 'electron'
import type { Log } from '../platform/ports'

const features = [
  'AutofillServerCommunication',
  'BackForwardCache',
  'CertificateTransparencyComponentUpdater',
  'DnsOverHttps',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'SpareRendererForSitePerProcess',
  'Translate',
]

/**
 * Before the application is ready: sandbox for every renderer, and the browser engine's own network and disk habits
 * switched off. No crash reporter is ever started.
 */
export function hardenCommandLine(): void {
  const { commandLine } = app
  // Asking for the sandbox would override --no-sandbox, which root needs: Chromium then refuses to start at all.
  if (!commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
  commandLine.appendSwitch('disable-features', features.join(','))
  commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND')
  const plain = [
    'disable-background-networking',
    'disable-breakpad',
    'disable-component-update',
    'disable-domain-reliability',
    'disable-gpu-shader-disk-cache',
    'disable-http-cache',
    'disable-sync',
    'dns-prefetch-disable',
    'no-pings',
    'no-proxy-server',
  ]
  for (const name of plain) commandLine.appendSwitch(name)
}

/**
 * Turns core dumps off (RLIMIT_CORE 0) for this process and those it has started; later ones inherit it. Linux only:
 * a crash must not write keys to the disk. When `prlimit` is missing, the log says so.
 */
export async function forbidCoreDumps(log: Log): Promise<void> {
  if (process.platform !== 'linux') return
  try {
    const pids = [process.pid, ...(await descendantsOf(process.pid))]
    await Promise.all(pids.map((pid) => promisify(execFile)('prlimit', ['--pid', String(pid), '--core=0:0'])))
  } catch (error) {
    log.error('core-dumps-not-disabled', error)
  }
}

async function descendantsOf(root: number): Promise<number[]> {
  const names = await readdir('/proc')
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number)
  const parents = new Map(await Promise.all(pids.map(async (pid) => [pid, await parentOf(pid)] as const)))
  const found = new Set([root])
  for (let before = 0; before < found.size; ) {
    before = found.size
    for (const [pid, parent] of parents) if (parent !== null && found.has(parent)) found.add(pid)
  }
  found.delete(root)
  return [...found]
}

/** Null when the process has ended meanwhile. */
async function parentOf(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  // The second field is the name in parentheses and may hold anything; the fields after the last ')' are fixed.
  const parent = text?.slice(text.lastIndexOf(')') + 2).split(' ')[1]
  return parent === undefined ? null : Number(parent)
}
