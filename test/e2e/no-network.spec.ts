import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

let output = ''

beforeEach(() => {
  output = mkdtempSync(join(tmpdir(), 'keystead-no-network-'))
})

afterEach(() => rmSync(output, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }))

/**
 * Runs a command where there is no network at all but a loopback interface, which the tests' driver needs. The inner
 * user namespace gives the ordinary user back, so that Chromium's sandbox works as it does outside.
 */
function withoutNetwork(command: string[]): [string, string[]] {
  const user = ['unshare', '--user', `--map-user=${process.getuid?.() ?? 0}`, `--map-group=${process.getgid?.() ?? 0}`, '--']
  const script = 'ip link set lo up && exec "$@"'
  return ['unshare', ['--user', '--map-root-user', '--net', '--', 'sh', '-c', script, 'sh', ...user, ...command]]
}

it('has nothing but loopback in there', () => {
  const [command, args] = withoutNetwork(['cat', '/proc/net/dev', '/proc/net/route'])
  const shown = execFileSync(command, args, { encoding: 'utf8' })
  expect(shown.match(/^ *\w+(?=:)/gm)?.map((name) => name.trim())).toEqual(['lo'])
  expect(shown.trim().split('\n').filter((line) => !/[:|]|Iface/.test(line))).toEqual([])
})

it('does the main job, and everything on the tour, without any network', async () => {
  const [command, args] = withoutNetwork([process.execPath, 'test/tour/tour.mjs'])
  const tour = spawn(command, args, { env: { ...process.env, KEYSTEAD_OUTPUT: output }, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  for (const stream of [tour.stdout, tour.stderr]) stream.on('data', (data: Buffer) => void said.push(data.toString('utf8')))
  const [code] = (await once(tour, 'close')) as [number | null]
  expect({ code, said: code === 0 ? '' : said.join('') }).toEqual({ code: 0, said: '' })
  const report = JSON.parse(readFileSync(join(output, 'report.json'), 'utf8')) as { ok: boolean; chromiumSandbox: boolean }
  expect(report).toMatchObject({ ok: true, chromiumSandbox: process.getuid?.() !== 0 })
})
