import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newKeyId, newKeyVersionId } from '../../src-main/keystore/key-ids'
import { encodeKeyRecord, type KeyRecord } from '../../src-main/keystore/key-record'
import { plainKey } from '../../src-main/keystore/key-record-extras'
import type { Keystore } from '../../src-main/keystore/keystore'
import { encodeRow } from '../../src-main/keystore/stored-row'
import { type KeySortColumn, keySortColumns } from '../../src-shared/contract/key-window'
import { cheapPassphrase, openCheapVault } from '../support/cheap-vault'
import { parsed } from '../support/keystore-fixture'
import { readPlainRows, writePlainRows } from './plain-rows'
import { median, report, timed } from './support'

const keys = 100_000
const rounds = 7
const keysPerTransaction = 5000
const dayMs = 86_400_000
const unlockGoalMs = 600
const answerGoalMs = 20
const typed = 'prod/billing-4'
const base = mkdtempSync(join(tmpdir(), 'keystead-bench-'))
const caller = { face: 'cli' as const, client: 'bench', operation: 'bench' }
const plainFile = join(base, 'plain.db')
const environments = ['prod', 'staging', 'test', 'dev'] as const
const teams = ['payments', 'billing', 'search', 'identity', 'storage', 'mobile', 'reports'] as const
const specs = ['Aliyun_AES_256', 'Aliyun_SM4', 'RSA_2048', 'EC_P256', 'Aliyun_AES_256'] as const

function pick<T>(from: readonly [T, ...T[]], index: number): T {
  return from[index % from.length] ?? from[0]
}

/** A key as people have them: an alias, a description, a tag or two, some with rotation, some disabled. */
function keyNumber(ordinal: number, now: number): KeyRecord {
  const keyId = newKeyId()
  const keyVersionId = newKeyVersionId(keyId)
  const createdAt = now - 80 * dayMs + ordinal * 60_000
  const [environment, team, keySpec] = [pick(environments, ordinal), pick(teams, ordinal), pick(specs, ordinal)]
  const tags = [{ key: 'environment', value: environment }, { key: 'team', value: team }]
  return {
    ...plainKey,
    keyId,
    ordinal,
    keySpec,
    keyUsage: keySpec === 'EC_P256' ? 'SIGN/VERIFY' : 'ENCRYPT/DECRYPT',
    origin: 'Aliyun_KMS',
    protectionLevel: 'SOFTWARE',
    keyState: ordinal % 17 === 0 ? 'Disabled' : 'Enabled',
    description: `Encrypts what ${team} keeps in ${environment}, number ${ordinal}`,
    creator: 'window',
    createdAt,
    primaryVersionId: keyVersionId,
    versions: [{ keyVersionId, createdAt }],
    aliases: [`alias/${environment}/${team}-${ordinal}`],
    tags: tags.slice(ordinal % 2),
    ...(ordinal % 5 === 0 ? { rotation: { isEnabled: true, intervalSeconds: 365 * 86_400 } } : {}),
  }
}

async function fillVault(): Promise<void> {
  const { vault } = openCheapVault(join(base, 'vault'))
  await vault.create({ passphrase: cheapPassphrase(), name: 'bench' })
  const now = Date.now()
  await writePlainRows(plainFile, async (insert) => {
    for (let first = 0; first < keys; first += keysPerTransaction) {
      await vault.mutate(caller, '', async (tx) => {
        for (let ordinal = first; ordinal < first + keysPerTransaction; ordinal += 1) {
          const record = keyNumber(ordinal, now)
          await tx.put('key', record.keyId, null, encodeKeyRecord(record))
          await tx.put('key-material', record.primaryVersionId, record.keyId, randomBytes(32))
          if (ordinal % 4 === 0) await tx.put('key-usage', record.primaryVersionId, record.keyId, encodeRow(1, [ordinal, record.createdAt + dayMs]))
          insert(record.keyId, record)
        }
      })
    }
  })
  report(`lock after adding ${keys} keys, with its checkpoint: ${(await timed(() => vault.lock(caller))).toFixed(0)} ms`)
  await vault.dispose()
}

const search = (keystore: Keystore, text: string, sortBy: KeySortColumn) => () => keystore.run('searchKeys', caller, parsed('searchKeys', { search: text, sortBy, count: 50 }))

/** Milliseconds of the first page in each order, and of each character of a search. */
async function askOnce(keystore: Keystore): Promise<{ pages: number[]; searches: number[] }> {
  const pages: number[] = []
  for (const sortBy of keySortColumns) pages.push(await timed(search(keystore, '', sortBy)))
  const searches: number[] = []
  for (let length = 1; length <= typed.length; length += 1) searches.push(await timed(search(keystore, typed.slice(0, length), 'creationDate')))
  return { pages, searches }
}

const inMs = (values: readonly number[]) => values.map((value) => value.toFixed(1)).join(' ')

describe(`a vault of ${keys} keys`, () => {
  beforeAll(fillVault, 600_000)

  afterAll(() => rmSync(base, { recursive: true, force: true }))

  it('is opened, key derivation excluded, against reading plain rows', async () => {
    const ours: number[] = []
    const plain: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const { vault, keystore } = openCheapVault(join(base, 'vault'))
      ours.push(await timed(() => vault.unlockWithPassphrase(caller, cheapPassphrase())))
      expect((await search(keystore, '', 'creationDate')()).total).toBe(keys)
      await vault.lock(caller)
      await vault.dispose()
      plain.push(await timed(() => readPlainRows(plainFile)))
    }
    const [a, b] = [median(ours), median(plain)]
    report(`open vault, ${keys} keys: ${a.toFixed(0)} ms, the first time ${(ours[0] ?? 0).toFixed(0)} ms (goal ${unlockGoalMs} ms); plain SQLite rows ${b.toFixed(0)} ms; ratio ${(a / b).toFixed(2)}`)
  }, 300_000)

  it('answers lists and searches', async () => {
    const { vault, keystore } = openCheapVault(join(base, 'vault'))
    await vault.unlockWithPassphrase(caller, cheapPassphrase())
    const goal = `goal ${answerGoalMs} ms each`
    const atOnce = await askOnce(keystore)
    report(`first page by ${keySortColumns.join(', ')}, right after the unlock: ${inMs(atOnce.pages)} ms`)
    report(`search typed as "${typed}", right after the unlock: ${inMs(atOnce.searches)} ms`)
    await vault.lock(caller)
    await vault.unlockWithPassphrase(caller, cheapPassphrase())
    Array.from(keystore.session().index.prepare())
    const later = await askOnce(keystore)
    report(`first page by ${keySortColumns.join(', ')}, once prepared: ${inMs(later.pages)} ms (${goal})`)
    report(`search typed as "${typed}", once prepared: ${inMs(later.searches)} ms (${goal})`)
    const { rows } = await search(keystore, 'prod/billing-', 'alias')()
    const references = rows.flatMap(({ keyId, aliases }) => [keyId, ...aliases.map((name) => `alias/${name}`)])
    const described = await timed(async () => {
      for (const keyId of references) await keystore.run('describeKey', caller, parsed('describeKey', { keyId }))
    })
    report(`describeKey by id or alias: ${((described / references.length) * 1000).toFixed(0)} microseconds`)
    await vault.lock(caller)
    await vault.dispose()
  }, 120_000)
})
