import { randomFillSync } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { ownBytes } from '../../../../src-main/crypto/bytes'
import { packValues } from '../../../../src-shared/model/packed-values'
import { bundleForNode } from '../../../support/bundle'
import { copiesOf, turned } from '../../../support/process-memory'
import { useTemporaryFolder } from '../../../support/temporary-folder'
import { useSecretWindow } from './support'

/** Memory that was freed comes back at once from Electron's allocator, where the product runs; plain Node's gives no such order. */
const isElectron = 'electron' in process.versions
let workerUrl: URL | undefined
const { call } = useSecretWindow(useTemporaryFolder(), () => workerUrl)

beforeAll(async () => {
  workerUrl = pathToFileURL(await bundleForNode('src-main/secrets/window/strength-worker.ts', `strength-worker-memory-${isElectron ? 'electron' : 'node'}`))
}, 120_000)

/** A password of 40 letters that has never been a string, and what it is looked for by. */
function newValue(): { value: Uint8Array; needle: Uint8Array } {
  const value = randomFillSync(ownBytes(40)).map((byte) => 0x61 + (byte % 26))
  const own = ownBytes(40)
  own.set(value)
  value.fill(0)
  return { value: own, needle: turned(own) }
}

const fields = (isGiven: boolean) => [{ name: 'password', kind: 'password' as const, isSecret: true, isGiven }]

function save(value: Uint8Array | null, more = {}) {
  const values = value ? packValues([value]) : new Uint8Array(0)
  value?.fill(0)
  return call('saveSecret', { name: 'a', template: 'login', fields: fields(value !== null), values, ...more })
}

// To look through all memory takes some seconds each time.
describe('values', { timeout: 120_000 }, () => {
  it('are found while they are there', async () => {
    const { value, needle } = newValue()
    await save(value)
    const before = copiesOf(needle)
    const revealed = await call('revealSecretValue', { secretName: 'a', field: 'password' })
    expect(copiesOf(needle)).toBeGreaterThan(before)
    revealed.value.fill(0)
  })

  if (isElectron) {
    it('are nowhere in memory after saving, keeping, revealing, comparing and checking details, and after a lock', async () => {
      const [first, second] = [newValue(), newValue()]
      await save(first.value)
      await save(null, { existing: 'a', description: 'changed' })
      await save(second.value, { existing: 'a' })
      await call('compareSecretVersions', { secretName: 'a', fromVersionId: 'v1', toVersionId: 'v2' })
      await call('getSecretDetails', { secretName: 'a' })
      for (const field of [{}, { field: 'password' }]) (await call('revealSecretValue', { secretName: 'a', ...field })).value.fill(0)
      expect([copiesOf(first.needle), copiesOf(second.needle)]).toEqual([1, 1])
      await call('lockVault', {})
      expect([copiesOf(first.needle), copiesOf(second.needle)]).toEqual([1, 1])
    })

    it('are nowhere in memory after a check of their health, whose strings go with the thread that made them', async () => {
      const { value, needle } = newValue()
      await save(value)
      expect((await call('checkSecretHealth', {})).checked).toBe(1)
      expect(copiesOf(needle)).toBe(1)
    })
  }
})
