import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decryptAesGcm, encryptAesGcm } from '../../src-main/crypto/aes-gcm'
import { randomBytesOf } from '../../src-main/crypto/random'
import { secretHandlers } from '../../src-main/operations/handlers/secrets'
import { CallAudit } from '../../src-main/operations/call-audit'
import { Dispatcher } from '../../src-main/operations/dispatch'
import type { Handlers } from '../../src-main/operations/handlers'
import { writeSecret } from '../../src-main/secrets/change-secret'
import type { Secrets } from '../../src-main/secrets/secrets'
import { writeValues } from '../../src-main/secrets/secret-values'
import { secretSortColumns, type SecretSortColumn } from '../../src-shared/contract/secret-window'
import { cheapPassphrase, openCheapVault, silentLog } from '../support/cheap-vault'
import { parsed } from '../support/keystore-fixture'
import { readPlainRows, writePlainRows } from './plain-rows'
import { sealedValues, secretNumber } from './secret-rows'
import { median, report, timed } from './support'

const secretCount = 100_000
const rounds = 7
const secretsPerTransaction = 5000
const [unlockGoalMs, searchGoalMs, readGoalMs] = [800, 30, 0.5]
const typed = 'prod billing-4'
const reads = 2000
const base = mkdtempSync(join(tmpdir(), 'keystead-bench-'))
const caller = { face: 'cli' as const, client: 'bench', operation: 'bench' }
const plainFile = join(base, 'plain.db')
/** Nothing rotates here. */
const noRotations = { rotate: () => Promise.reject(new Error('nothing rotates here')) }

function open() {
  const { vault, keystore, secrets } = openCheapVault(join(base, 'vault'))
  const audit = new CallAudit(vault.useAudit)
  const dispatcher = new Dispatcher({ handlers: secretHandlers({ keystore, secrets, rotations: noRotations }) as Handlers, isUnlocked: () => vault.isUnlocked, audit, log: silentLog })
  return { vault, keystore, secrets, dispatcher }
}

async function fillVault(): Promise<void> {
  const { vault, secrets } = open()
  await vault.create({ passphrase: cheapPassphrase(), name: 'bench' })
  const request = { secretName: 'one', versionId: 'v1', secretData: new TextEncoder().encode('{"username":"ada","password":"canary"}') }
  await secrets.run('createSecret', caller, parsed('createSecret', request))
  const { keyId } = secrets.session().resolve('one').record
  const values = sealedValues()
  const now = Date.now()
  await writePlainRows(plainFile, async (insert) => {
    for (let first = 1; first < secretCount; first += secretsPerTransaction) {
      await vault.mutate(caller, '', async (tx) => {
        for (let ordinal = first; ordinal < Math.min(first + secretsPerTransaction, secretCount); ordinal += 1) {
          const record = secretNumber(ordinal, now, keyId)
          await writeSecret(tx, record)
          await writeValues(tx, record.secretId, values)
          insert(record.secretId, { ...record, publicValues: [...record.publicValues] })
        }
      })
    }
  })
  report(`lock after adding ${secretCount} secrets, with its checkpoint: ${(await timed(() => vault.lock(caller))).toFixed(0)} ms`)
  await vault.dispose()
}

const search = (secrets: Secrets, text: string, sortBy: SecretSortColumn) => secrets.session().index.search({ search: text, sortBy, descending: false }, Date.now())

const inMs = (values: readonly number[]) => values.map((value) => value.toFixed(1)).join(' ')

/** Milliseconds of the list in each order, and of each character of a search. */
async function askOnce(secrets: Secrets): Promise<{ pages: number[]; searches: number[] }> {
  const pages: number[] = []
  for (const sortBy of secretSortColumns) pages.push(await timed(() => search(secrets, '', sortBy)))
  const searches: number[] = []
  for (let length = 1; length <= typed.length; length += 1) searches.push(await timed(() => search(secrets, typed.slice(0, length), 'name')))
  return { pages, searches }
}

describe(`a vault of ${secretCount} secrets with 3 versions`, () => {
  beforeAll(fillVault, 600_000)

  afterAll(() => rmSync(base, { recursive: true, force: true }))

  it('is opened, key derivation excluded, against reading plain rows', async () => {
    const ours: number[] = []
    const plain: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const { vault, secrets } = open()
      ours.push(await timed(() => vault.unlockWithPassphrase(caller, cheapPassphrase())))
      expect(secrets.session().index.size).toBe(secretCount)
      await vault.lock(caller)
      await vault.dispose()
      plain.push(await timed(() => readPlainRows(plainFile)))
    }
    const [a, b] = [median(ours), median(plain)]
    report(`open vault, ${secretCount} secrets: ${a.toFixed(0)} ms, the first time ${(ours[0] ?? 0).toFixed(0)} ms (goal ${unlockGoalMs} ms); plain SQLite rows ${b.toFixed(0)} ms; ratio ${(a / b).toFixed(2)}`)
  }, 300_000)

  it('answers lists and searches', async () => {
    const { vault, secrets } = open()
    await vault.unlockWithPassphrase(caller, cheapPassphrase())
    const atOnce = await askOnce(secrets)
    report(`list by ${secretSortColumns.join(', ')}, right after the unlock: ${inMs(atOnce.pages)} ms`)
    report(`search typed as "${typed}", right after the unlock: ${inMs(atOnce.searches)} ms`)
    await vault.lock(caller)
    await vault.unlockWithPassphrase(caller, cheapPassphrase())
    Array.from(secrets.session().index.prepare())
    const later = await askOnce(secrets)
    report(`list by ${secretSortColumns.join(', ')}, once prepared: ${inMs(later.pages)} ms (goal ${searchGoalMs} ms each)`)
    report(`search typed as "${typed}", once prepared: ${inMs(later.searches)} ms (goal ${searchGoalMs} ms each)`)
    for (const text of ['tag:team=billing', 'field:username=billing_user', 'is:expired', '-prod type:login']) {
      report(`search for "${text}": ${(await timed(() => search(secrets, text, 'name'))).toFixed(1)} ms`)
    }
    report(`folders: ${(await timed(() => secrets.session().index.foldersBelow(''))).toFixed(1)} ms; counts ${(await timed(() => secrets.session().index.counts())).toFixed(1)} ms`)
    await vault.lock(caller)
    await vault.dispose()
  }, 120_000)

  it('reads a value through dispatch, against opening two AES-256-GCM messages', async () => {
    const { vault, dispatcher } = open()
    await vault.unlockWithPassphrase(caller, cheapPassphrase())
    const ours: number[] = []
    const bare: number[] = []
    const [key, iv, none] = [randomBytesOf(32), randomBytesOf(12), new Uint8Array(0)]
    const { ciphertext, tag } = encryptAesGcm(key, iv, randomBytesOf(62), none)
    for (let round = 0; round < reads; round += 1) {
      const started = performance.now()
      const { secretData } = await dispatcher.run('getSecretValue', { secretName: 'one' }, caller)
      ours.push(performance.now() - started)
      expect(secretData.length).toBe(38)
      secretData.fill(0)
      bare.push(await timed(() => [1, 2].map(() => decryptAesGcm(key, iv, ciphertext, tag, none)?.fill(0))))
    }
    const [a, b] = [median(ours), median(bare)]
    report(`getSecretValue through dispatch: median ${a.toFixed(3)} ms (goal ${readGoalMs} ms); bare primitive ${b.toFixed(3)} ms`)
    await vault.lock(caller)
    await vault.dispose()
  }, 120_000)
})
