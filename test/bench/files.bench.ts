import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FileJobs } from '../../src-main/files/file-jobs'
import { createWorkerPool } from '../../src-main/files/worker-pool'
import { PathHandles } from '../../src-main/platform/path-handles'
import { systemClock } from '../../src-main/platform/system-clock'
import { cheapPassphrase, openCheapVault, silentLog } from '../support/cheap-vault'
import { parsed } from '../support/keystore-fixture'
import { projectRoot } from '../support/source-files'
import { median, report, timed } from './support'

const gibibyte = 2 ** 30
const rounds = 3
const base = mkdtempSync(join(process.env['KEYSTEAD_BENCH_FOLDER'] ?? tmpdir(), 'keystead-bench-'))
const at = (name: string) => join(base, name)
const caller = { face: 'cli' as const, client: 'bench', operation: 'encryptFiles' }
const perSecond = (milliseconds: number) => `${(gibibyte / 1024 / 1024 / (milliseconds / 1000)).toFixed(0)} MiB/s`

function writeRandomFile(path: string): void {
  const piece = new Uint8Array(16 * 1024 * 1024)
  const file = openSync(path, 'w')
  for (let written = 0; written < gibibyte; written += piece.length) writeSync(file, randomFillSync(piece))
  fsyncSync(file)
  closeSync(file)
}

/** Highest resident memory of a process in MiB, read until it ends. */
function peakMemory(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ code: number | null; peakMib: number }> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env })
  let peakMib = 0
  const reading = setInterval(() => {
    const [, kib = '0'] = /VmHWM:\s+(\d+) kB/.exec(readStatus(child.pid)) ?? []
    peakMib = Math.max(peakMib, Number(kib) / 1024)
  }, 20)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      clearInterval(reading)
      resolve({ code, peakMib })
    })
  })
}

function readStatus(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}

describe('a file of 1 GiB', () => {
  const { vault, keystore } = openCheapVault(at('vault'))
  const handles = new PathHandles()
  const workers = createWorkerPool(pathToFileURL(join(projectRoot, 'out/main/file-worker.js')))
  const files = new FileJobs({ keys: keystore.fileKeys, uses: keystore.fileUses, handles, clock: systemClock, workers, log: silentLog })
  let keyId = ''

  const target = (name: string) => ({ targetFile: handles.issue(at(name), 'target'), onCollision: 'replace' as const })
  const encrypt = async () => {
    const { job } = await files.encryptFiles(caller, { sources: [handles.issue(at('plain'), 'source')], ...target('sealed'), keyId })
    expect((await files.waitFor(job.jobId)).state).toBe('done')
  }
  const decrypt = async () => {
    const { job } = await files.decryptFiles(caller, { sources: [handles.issue(at('sealed'), 'source')], ...target('opened') })
    expect((await files.waitFor(job.jobId)).state).toBe('done')
  }
  /** age does not sync its output; the peer is given the same durability. */
  const age = (...args: string[]) => {
    expect(spawnSync('age', args, { cwd: base }).status).toBe(0)
    const file = openSync(at(args.at(-2) ?? ''), 'r+')
    fsyncSync(file)
    closeSync(file)
  }

  beforeAll(async () => {
    await vault.create({ passphrase: cheapPassphrase(), name: 'bench' })
    const { keyMetadata } = await keystore.run('createKey', caller, parsed('createKey', {}))
    keyId = keyMetadata.keyId
    writeRandomFile(at('plain'))
    writeFileSync(at('identity'), execFileSync('age-keygen', { stdio: ['ignore', 'pipe', 'ignore'] }))
  }, 120_000)

  afterAll(async () => {
    await vault.lock(caller)
    await vault.dispose()
    rmSync(base, { recursive: true, force: true })
  })

  it('encrypts and decrypts against age, file to file, synced', async () => {
    const recipient = execFileSync('age-keygen', ['-y', at('identity')]).toString().trim()
    const times = { encrypt: [] as number[], ageEncrypt: [] as number[], decrypt: [] as number[], ageDecrypt: [] as number[] }
    for (let round = 0; round < rounds; round += 1) {
      times.encrypt.push(await timed(encrypt))
      times.ageEncrypt.push(await timed(() => age('-r', recipient, '-o', 'sealed.age', 'plain')))
      times.decrypt.push(await timed(decrypt))
      times.ageDecrypt.push(await timed(() => age('-d', '-i', 'identity', '-o', 'opened.age', 'sealed.age')))
    }
    expect(spawnSync('cmp', [at('plain'), at('opened')]).status).toBe(0)
    const compare = (name: string, ours: number, theirs: number) =>
      report(`${name} 1 GiB: ${perSecond(ours)}; age ${perSecond(theirs)}; ratio ${(theirs / ours).toFixed(2)}x (goal 1.0x)`)
    compare('encrypt', median(times.encrypt), median(times.ageEncrypt))
    compare('decrypt', median(times.decrypt), median(times.ageDecrypt))
  }, 300_000)

  it('stays within its memory', async () => {
    const cli = join(projectRoot, 'out/main/cli.js')
    const common = [cli, '--vault', at('cli-vault'), '--passphrase-file', at('passphrase')]
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' }
    writeFileSync(at('passphrase'), 'a passphrase of the benchmark')
    execFileSync(process.execPath, [...common, 'init', '--kdf-target-ms', '1'], { env })
    const created = JSON.parse(execFileSync(process.execPath, [...common, 'call', 'CreateKey'], { env }).toString()) as { KeyMetadata: { KeyId: string } }
    const encrypted = await peakMemory(process.execPath, [...common, 'encrypt', '-k', created.KeyMetadata.KeyId, '-o', at('cli.sealed'), at('plain')], env)
    const decrypted = await peakMemory(process.execPath, [...common, 'decrypt', '-o', at('cli.opened'), at('cli.sealed')], env)
    expect([encrypted.code, decrypted.code]).toEqual([0, 0])
    report(`memory of the process: encrypt ${encrypted.peakMib.toFixed(0)} MiB, decrypt ${decrypted.peakMib.toFixed(0)} MiB (goal 300 MiB)`)
  }, 120_000)
})
