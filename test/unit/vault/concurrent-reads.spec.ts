import { describe, expect, it } from 'vitest'
import type { UnlockedService, VaultRecords } from '../../../src-main/vault/records'
import { useTemporaryFolder } from '../../support/temporary-folder'
import { caller, openFixture, passphrase, putKey } from './fixture'

const at = useTemporaryFolder()
const ticks = 40

describe('what is read at any moment of a commit', () => {
  it('is the old row or the new one, never damaged', async () => {
    const { vault } = openFixture(at('vault'))
    let open: VaultRecords | null = null
    const service: UnlockedService = { load: async (records) => void (open = records), unload: () => undefined }
    vault.register(service)
    await vault.create({ passphrase: passphrase(), name: 'v' })
    const records = open as unknown as VaultRecords
    const put = (value: number) => records.mutate(caller(), 'x', (tx) => tx.put('rotation-run', 'x', null, Uint8Array.of(value)))
    const readings = [
      async () => [...((await records.read('rotation-run', 'x')) ?? [])],
      async () => (await records.list('rotation-run')).flatMap(({ bytes }) => [...bytes]),
      async () => {
        const found: number[] = []
        await records.scan('rotation-run', (rows) => found.push(...rows.flatMap(({ bytes }) => [...bytes])))
        return found
      },
    ]
    await put(0)
    let value = 0
    for (const reading of readings) {
      for (let tick = 0; tick < ticks; tick++) {
        const written = put(++value)
        for (let waited = 0; waited < tick; waited++) await Promise.resolve()
        expect([[value - 1], [value]]).toContainEqual(await reading())
        await written
      }
    }
    await vault.dispose()
  })

  it('is no break in the audit log either', async () => {
    const { vault } = openFixture(at('vault'))
    await vault.create({ passphrase: passphrase(), name: 'v' })
    for (let tick = 0; tick < ticks; tick++) {
      const written = putKey(vault, 'one', String(tick))
      for (let waited = 0; waited < tick; waited++) await Promise.resolve()
      expect(await vault.verifyAudit()).toMatchObject({ intact: true, brokenAt: null })
      await written
    }
    await vault.dispose()
  })
})
