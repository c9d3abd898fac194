import { describe, expect, it } from 'vitest'
import { Keystore } from '../../../src-main/keystore/keystore'
import { callerOf, parsed, silentLog, TestClock } from '../../support/keystore-fixture'
import { MemoryRecords, RecordedUse } from '../../support/memory-records'

const day = 86_400_000
const minute = 60_000

/** An unlocked keystore whose timer is the test's own. */
async function openWithTimer() {
  const clock = new TestClock()
  const records = new MemoryRecords()
  let waiting: { delayMs: number; work: () => void } | null = null
  const wakeAfter = (delayMs: number, work: () => void) => {
    const timer = { delayMs, work }
    waiting = timer
    return () => {
      if (waiting === timer) waiting = null
    }
  }
  const keystore = new Keystore({ clock, useAudit: new RecordedUse(), log: silentLog, wakeAfter })
  await keystore.load(records)
  const delay = () => waiting?.delayMs ?? null
  /** Lets the time pass that the timer waits for; with rows in memory, what it wakes ends before the next turn. */
  const wake = async () => {
    const timer = waiting
    if (!timer) throw new Error('no timer is set')
    waiting = null
    clock.time += timer.delayMs
    timer.work()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const newKey = async (rotationInterval?: string) => {
    const rotation = rotationInterval === undefined ? {} : { enableAutomaticRotation: true, rotationInterval }
    return (await keystore.run('createKey', callerOf('createKey'), parsed('createKey', rotation))).keyMetadata.keyId
  }
  const versionCount = async (keyId: string) => (await keystore.run('listKeyVersions', callerOf('listKeyVersions'), parsed('listKeyVersions', { keyId }))).totalCount
  return { clock, records, keystore, delay, wake, newKey, versionCount }
}

describe('the schedule of the keys', () => {
  it('sets no timer before the vault is open, and looks right afterwards', async () => {
    const { keystore, delay, newKey } = await openWithTimer()
    await newKey('7d')
    expect(delay()).toBeNull()
    keystore.unlocked()
    expect(delay()).toBe(0)
  })

  it('does what came while the vault was locked', async () => {
    const { clock, keystore, records, wake, newKey, versionCount } = await openWithTimer()
    const keyId = await newKey('7d')
    keystore.unload()
    clock.passDays(8)
    await keystore.load(records)
    keystore.unlocked()
    await wake()
    expect(await versionCount(keyId)).toBe(2)
  })

  it('waits for the next due time, at most a minute, and not at all when nothing will be due', async () => {
    const { clock, keystore, delay, wake, newKey, versionCount } = await openWithTimer()
    keystore.unlocked()
    await wake()
    expect(delay()).toBeNull()
    await newKey()
    expect(delay()).toBeNull()
    const keyId = await newKey('7d')
    expect(delay()).toBe(minute)
    await wake()
    expect(delay()).toBe(minute)
    clock.time += 7 * day - 3 * minute
    await wake()
    expect([delay(), await versionCount(keyId)]).toEqual([minute, 1])
    clock.time -= 1000
    await wake()
    expect([delay(), await versionCount(keyId)]).toEqual([1000, 1])
    await wake()
    expect([delay(), await versionCount(keyId)]).toEqual([minute, 2])
  })

  it('wakes earlier when a change makes a key due earlier', async () => {
    const { clock, keystore, delay, wake, newKey, versionCount } = await openWithTimer()
    const keyId = await newKey('7d')
    await keystore.run('disableKey', callerOf('disableKey'), { keyId })
    keystore.unlocked()
    await wake()
    expect(delay()).toBeNull()
    clock.passDays(20)
    await keystore.run('enableKey', callerOf('enableKey'), { keyId })
    expect(delay()).toBe(0)
    await wake()
    expect(await versionCount(keyId)).toBe(2)
  })

  it('stops at lock', async () => {
    const { keystore, delay, newKey } = await openWithTimer()
    await newKey('7d')
    keystore.unlocked()
    keystore.unload()
    expect(delay()).toBeNull()
    keystore.unlocked()
    expect(delay()).toBeNull()
  })
})
