import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exchangeThreads } from '../../src-main/secrets/exchange/exchange-thread'
import { exportSecrets } from '../../src-main/secrets/exchange/secret-exports'
import { SecretImports } from '../../src-main/secrets/exchange/secret-imports'
import { bundleForNode } from '../support/bundle'
import { cheapPassphrase, openCheapVault } from '../support/cheap-vault'
import { parsed } from '../support/keystore-fixture'
import { median, report, timed } from './support'

const entries = 10_000
const entriesPerGroup = 100
const goalMs = 10_000
const rounds = 3
const base = mkdtempSync(join(tmpdir(), 'keystead-bench-'))
const file = join(base, 'many.kdbx')
const password = 'correct horse'
const caller = { face: 'cli' as const, client: 'bench', operation: 'runSecretImport' }
const bytesOf = (text: string) => new TextEncoder().encode(text)
let workerUrl: URL

function keepassxc(args: readonly string[], ...input: string[]): string {
  const { status, stdout, stderr, error } = spawnSync('keepassxc-cli', args, { input: `${input.join('\n')}\n`, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, env: { PATH: process.env['PATH'] ?? '', HOME: base, LC_ALL: 'C.UTF-8', QT_QPA_PLATFORM: 'offscreen' } })
  if (error) throw error
  if (status !== 0) throw new Error(stderr)
  return stdout
}

/** Entries as people have them, in a file that keepassxc-cli makes. */
function makeFile(): void {
  const id = () => randomBytes(16).toString('base64')
  const string = (key: string, value: string) => `<String><Key>${key}</Key><Value${key === 'Password' ? ' ProtectInMemory="True"' : ''}>${value}</Value></String>`
  const entry = (number: number) =>
    `<Entry><UUID>${id()}</UUID>${string('Title', `Entry ${number}`)}${string('UserName', `user${number}@example.org`)}${string('Password', randomBytes(15).toString('base64'))}${string('URL', `https://site-${number}.example.org/login`)}${string('Notes', 'Some words about this entry.\nAnd a second line.')}<CustomData><Item><Key>a</Key><Value>b</Value></Item></CustomData></Entry>`
  const group = (number: number) => `<Group><UUID>${id()}</UUID><Name>Group ${number}</Name>${Array.from({ length: entriesPerGroup }, (_, at) => entry(number * entriesPerGroup + at)).join('')}</Group>`
  const groups = Array.from({ length: entries / entriesPerGroup }, (_, number) => group(number)).join('')
  writeFileSync(join(base, 'many.xml'), `<?xml version="1.0" encoding="UTF-8"?><KeePassFile><Meta/><Root><Group><UUID>${id()}</UUID><Name>Root</Name>${groups}</Group></Root></KeePassFile>`)
  keepassxc(['import', '-p', join(base, 'many.xml'), file], password, password)
}

async function newVault(name: string) {
  const { vault, secrets } = openCheapVault(join(base, name))
  await vault.create({ passphrase: cheapPassphrase(), name: 'bench' })
  return { vault, secrets }
}

const previewRequest = (word: string) => parsed('previewSecretImport', { file: `h-${'0'.repeat(32)}`, password: bytesOf(word) })
const read = () => ({ name: 'many.kdbx', bytes: Uint8Array.from(readFileSync(file)) })

describe(`a KDBX file of ${entries} entries`, () => {
  beforeAll(async () => {
    workerUrl = pathToFileURL(await bundleForNode('src-main/secrets/exchange/worker.ts', 'exchange-worker-bench'))
    makeFile()
  })

  afterAll(() => rmSync(base, { recursive: true, force: true }))

  it('is imported, against listing it with keepassxc-cli, and exported', async () => {
    const [previews, runs, derivations, exports, peers]: number[][] = [[], [], [], [], []]
    for (let round = 0; round < rounds; round += 1) {
      const { vault, secrets } = await newVault(`vault-${round}`)
      const threads = exchangeThreads(workerUrl)
      const imports = new SecretImports(threads)
      const session = secrets.session()
      derivations?.push(await timed(() => imports.preview(session, read(), previewRequest('wrong')).catch(() => undefined)))
      let importId = ''
      previews?.push(await timed(async () => {
        importId = (await imports.preview(session, read(), previewRequest(password))).importId
      }))
      runs?.push(await timed(() => imports.run(caller, parsed('runSecretImport', { importId }), () => undefined)))
      expect(session.index.size).toBe(entries)
      const request = parsed('exportSecrets', { format: 'kdbx', target: `h-${'0'.repeat(32)}`, passphrase: bytesOf(password) })
      exports?.push(await timed(() => exportSecrets(session, caller, threads, request, { path: join(base, 'out.kdbx'), progress: () => undefined, signal: new AbortController().signal })))
      peers?.push(await timed(() => expect(keepassxc(['ls', '-q', '-R', '-f', file], password).split('\n').length).toBeGreaterThan(entries)))
      await vault.lock(caller)
      await vault.dispose()
    }
    const [preview = 0, run = 0, derivation = 0, write = 0, peer = 0] = [previews, runs, derivations, exports, peers].map((values) => median(values ?? []))
    report(`import of ${entries} entries: ${((preview + run) / 1000).toFixed(1)} s (goal ${goalMs / 1000} s), of it thread and key derivation ${derivation.toFixed(0)} ms, reading ${(preview - derivation).toFixed(0)} ms, writing to the vault ${run.toFixed(0)} ms`)
    report(`reading the file with its key derivation ${preview.toFixed(0)} ms; keepassxc-cli ls on the same file ${peer.toFixed(0)} ms; ratio ${(preview / peer).toFixed(2)}`)
    report(`export of ${entries} secrets as KDBX with its key derivation: ${(write / 1000).toFixed(1)} s`)
  })
})
