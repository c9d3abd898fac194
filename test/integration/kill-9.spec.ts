import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleForNode } from '../support/bundle'
import { parsed } from '../support/keystore-fixture'
import { cheapPassphrase, openCheapVault } from '../support/cheap-vault'
import { applied, fingerprint, type ModelKey, type Mutation, type VaultState } from '../support/vault-model'

const kills = 200
const caller = { face: 'cli' as const, client: 'test', operation: 'unlockVault' }
const base = mkdtempSync(join(tmpdir(), 'keystead-kill-'))
const folder = join(base, 'vault')
let writer = ''

interface Run {
  acknowledged: Mutation[]
  /** Begun and not acknowledged when the process died. */
  inFlight: Mutation | null
}

/** Runs the writer and kills it with SIGKILL a random time after it has opened the vault. */
function runAndKill(): Promise<Run> {
  const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const run: Run = { acknowledged: [], inFlight: null }
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = JSON.parse(line) as { ready?: true; begin?: Mutation; done?: true; created?: string }
    if (said.ready) setTimeout(() => child.kill('SIGKILL'), randomInt(40))
    if (said.begin) run.inFlight = said.begin
    if (said.done && run.inFlight) {
      run.acknowledged.push(run.inFlight.kind === 'create' && said.created ? { ...run.inFlight, keyId: said.created } : run.inFlight)
      run.inFlight = null
    }
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (_code, signal) => (signal === 'SIGKILL' ? resolve(run) : reject(new Error('the writer ended by itself'))))
  })
}

/** Opens the vault as the application does and reads all of it, with a check of the audit chain. */
async function readVault(): Promise<{ state: VaultState; auditIntact: boolean; auditEntries: number }> {
  const { vault, keystore } = openCheapVault(folder)
  try {
    await vault.unlockWithPassphrase(caller, cheapPassphrase())
    const state = new Map<string, ModelKey>()
    for (let offset = 0, total = 1; offset < total; offset += 500) {
      const page = await keystore.run('searchKeys', caller, parsed('searchKeys', { offset, count: 500, descending: false }))
      total = page.total
      for (const { keyId, description, aliases } of page.rows) {
        state.set(keyId, { description, aliases: aliases.map((alias) => `alias/${alias.replace(/^alias\//, '')}`) })
      }
    }
    const { intact, entries } = await vault.verifyAudit()
    return { state, auditIntact: intact, auditEntries: entries }
  } finally {
    await vault.lock(caller)
    await vault.dispose()
  }
}

describe('kill -9 during writes', () => {
  beforeAll(async () => {
    writer = await bundleForNode('test/support/mutating-writer.ts', 'mutating-writer')
    const { vault } = openCheapVault(folder)
    await vault.create({ passphrase: cheapPassphrase(), name: 'durability' })
    await vault.lock(caller)
    await vault.dispose()
  }, 60_000)

  afterAll(() => rmSync(base, { recursive: true, force: true }))

  it(`keeps exactly the acknowledged mutations over ${kills} kills, and the audit chain holds`, async () => {
    let expected: VaultState = (await readVault()).state
    let mutations = 0
    let entriesBefore = 0
    for (let kill = 0; kill < kills; kill += 1) {
      const { acknowledged, inFlight } = await runAndKill()
      mutations += acknowledged.length
      const certain = acknowledged.reduce(applied, expected)
      const possible = inFlight ? applied(certain, inFlight) : certain
      const { state, auditIntact, auditEntries } = await readVault()
      expect([fingerprint(certain), fingerprint(possible)]).toContainEqual(fingerprint(state))
      expect(auditIntact).toBe(true)
      expect(auditEntries).toBeGreaterThanOrEqual(entriesBefore + acknowledged.length)
      entriesBefore = auditEntries
      expected = state
    }
    expect(mutations).toBeGreaterThan(kills)
  }, 600_000)
})
