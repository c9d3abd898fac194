import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cheapPassphrase, openCheapVault } from '../support/cheap-vault'
import { parsed } from '../support/keystore-fixture'
import { readPlainRows, writePlainRows } from './plain-rows'
import { median, report, timed } from './support'

const keys = 10_000
const rounds = 9
const base = mkdtempSync(join(tmpdir(), 'keystead-bench-'))
const caller = { face: 'cli' as const, client: 'bench', operation: 'bench' }
const plainFile = join(base, 'plain.db')

async function unlockOnce(): Promise<number> {
  const { vault, keystore } = openCheapVault(join(base, 'vault'))
  try {
    const milliseconds = await timed(() => vault.unlockWithPassphrase(caller, cheapPassphrase()))
    expect((await keystore.run('searchKeys', caller, parsed('searchKeys', { count: 1 }))).total).toBe(keys)
    return milliseconds
  } finally {
    await vault.lock(caller)
    await vault.dispose()
  }
}

describe('opening a vault', () => {
  beforeAll(async () => {
    const { vault, keystore } = openCheapVault(join(base, 'vault'))
    await vault.create({ passphrase: cheapPassphrase(), name: 'bench' })
    await writePlainRows(plainFile, async (insert) => {
      for (let index = 0; index < keys; index += 1) {
        const { keyMetadata } = await keystore.run('createKey', caller, parsed('createKey', { description: `key number ${index} of the benchmark` }))
        insert(keyMetadata.keyId, keyMetadata)
      }
    })
    await vault.lock(caller)
    await vault.dispose()
  }, 300_000)

  afterAll(() => rmSync(base, { recursive: true, force: true }))

  it(`with ${keys} keys, key derivation excluded, against reading plain rows`, async () => {
    const ours: number[] = []
    const plain: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      ours.push(await unlockOnce())
      plain.push(await timed(() => readPlainRows(plainFile)))
    }
    const [a, b] = [median(ours), median(plain)]
    report(`open vault, ${keys} keys: ${a.toFixed(0)} ms (goal 150 ms); plain SQLite rows ${b.toFixed(0)} ms; ratio ${(a / b).toFixed(2)}`)
  }, 120_000)
})
