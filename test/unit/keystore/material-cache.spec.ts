import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SecretBuffer } from '../../../src-main/crypto/secret-buffer'
import { SoftwareKeyProvider } from '../../../src-main/keystore/software-key-provider'
import { idleMs, MaterialCache, openVersions } from '../../../src-main/keystore/software/material-cache'
import { OpenedMaterial } from '../../../src-main/keystore/software/opened-material'
import { keySpecs } from '../../../src-shared/model/keys'
import { callerOf, codeOf } from '../../support/keystore-fixture'
import { bytesOf } from '../../support/key-calls'
import { MemoryRecords } from '../../support/memory-records'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function opened(): { material: OpenedMaterial; isDestroyed: () => boolean } {
  const secret = SecretBuffer.random(32)
  return { material: new OpenedMaterial(secret), isDestroyed: () => secret.isDestroyed }
}

describe('opened material', () => {
  it('goes when it was not used for a while, and each use begins that anew', () => {
    const cache = new MaterialCache()
    const [one, two] = [opened(), opened()]
    cache.keep('one', one.material)
    cache.keep('two', two.material)
    vi.advanceTimersByTime(idleMs - 1)
    expect(cache.find('one')).toBe(one.material)
    vi.advanceTimersByTime(1)
    expect([one.isDestroyed(), two.isDestroyed()]).toEqual([false, true])
    expect(cache.find('two')).toBeNull()
    vi.advanceTimersByTime(idleMs - 2)
    expect(one.isDestroyed()).toBe(false)
    vi.advanceTimersByTime(1)
    expect(one.isDestroyed()).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
    cache.keep('three', opened().material)
    expect(vi.getTimerCount()).toBe(1)
  })

  it('is kept of a few versions only: the one that waited longest goes first', () => {
    const cache = new MaterialCache()
    const all = Array.from({ length: openVersions + 1 }, (_, at) => ({ name: String(at), ...opened() }))
    for (const { name, material } of all.slice(0, -1)) cache.keep(name, material)
    cache.find('0')
    const last = all.at(-1)
    if (last) cache.keep(last.name, last.material)
    expect(all.filter(({ isDestroyed }) => isDestroyed()).map(({ name }) => name)).toEqual(['1'])
  })

  it('is destroyed with forget() and clear(), and there is never more than one of a version', () => {
    const cache = new MaterialCache()
    const [one, again, two] = [opened(), opened(), opened()]
    cache.keep('one', one.material)
    expect(cache.keep('one', again.material)).toBe(one.material)
    expect([one.isDestroyed(), again.isDestroyed()]).toEqual([false, true])
    cache.keep('two', two.material)
    cache.forget('one')
    cache.forget('none')
    expect([one.isDestroyed(), two.isDestroyed()]).toEqual([true, false])
    cache.clear()
    expect([two.isDestroyed(), vi.getTimerCount()]).toEqual([true, 0])
  })
})

/** Counts how often rows of material are opened. */
class WatchedRecords extends MemoryRecords {
  reads = 0

  override read(...[kind, id]: Parameters<MemoryRecords['read']>) {
    if (kind === 'key-material') this.reads += 1
    return super.read(kind, id)
  }
}

async function providerWithKey() {
  const records = new WatchedRecords()
  const provider = new SoftwareKeyProvider(records)
  const version = { keyId: 'key-aaaaaaaaaaaaaaaaaaaaaaaa', keyVersionId: 'key-aaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbb', keySpec: 'Aliyun_AES_256', protectionLevel: 'SOFTWARE' } as const
  const change = (work: 'store' | 'remove') =>
    records.mutate(callerOf('test'), version.keyId, async (tx) => {
      if (work === 'remove') return provider.remove(tx, version)
      const material = await provider.generate(version.keySpec)
      await provider.store(tx, version, material)
      material.destroy()
    })
  await change('store')
  const encrypt = () => provider.encrypt(version, bytesOf('x'), bytesOf(''))
  return { records, provider, version, change, encrypt }
}

describe('the software provider', () => {
  it('opens a row once for a row of uses, and anew after a while', async () => {
    const { records, encrypt } = await providerWithKey()
    for (let round = 0; round < 3; round++) await encrypt()
    expect(records.reads).toBe(1)
    vi.advanceTimersByTime(idleMs)
    await Promise.all([encrypt(), encrypt()])
    expect(records.reads).toBe(3)
    await encrypt()
    expect(records.reads).toBe(3)
  })

  it('uses no material after its removal', async () => {
    const { encrypt, change } = await providerWithKey()
    await encrypt()
    await change('remove')
    expect(await codeOf(encrypt())).toBe('VAULT_DAMAGED')
  })

  it('keeps nothing of a use that ran while the material was removed, and opens what is stored after it', async () => {
    const { records, encrypt, change } = await providerWithKey()
    const release = records.holdCommits()
    const removed = change('remove')
    const begun = encrypt()
    await vi.advanceTimersByTimeAsync(0)
    await encrypt()
    release()
    await Promise.all([removed, begun])
    expect(await codeOf(encrypt())).toBe('VAULT_DAMAGED')
    await change('store')
    const before = records.reads
    await encrypt()
    await encrypt()
    expect(records.reads).toBe(before + 1)
  })

  it('does nothing after close(), not even what had begun', async () => {
    const { encrypt, provider } = await providerWithKey()
    const begun = encrypt()
    provider.close()
    expect([await codeOf(begun), await codeOf(encrypt()), vi.getTimerCount()]).toEqual(['VAULT_LOCKED', 'VAULT_LOCKED', 0])
  })

  it.each(keySpecs.filter((keySpec) => !keySpec.startsWith('RSA_')))('refuses a row of %s that is cut, longer or of another version', async (keySpec) => {
    const { records, provider, version } = await providerWithKey()
    const material = await provider.generate(keySpec)
    await records.mutate(callerOf('test'), version.keyId, (tx) => provider.store(tx, { ...version, keySpec }, material))
    const row = (await records.read('key-material', version.keyVersionId)) ?? new Uint8Array(0)
    for (const bad of [row.subarray(0, -1), Buffer.concat([row, Buffer.of(0)]), row.map((byte, at) => (at === 0 ? 2 : byte)), row.subarray(0, 1), new Uint8Array(0)]) {
      records.plant('key-material', version.keyVersionId, version.keyId, bad)
      expect(await codeOf(provider.mac({ ...version, keySpec }, 'HMAC_SHA_256', bytesOf('x')))).toBe('VAULT_DAMAGED')
    }
  })
})
