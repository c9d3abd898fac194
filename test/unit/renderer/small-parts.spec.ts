import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterEach, describe, expect, it } from 'vitest'
import { countWords, pickTwo, sameWord } from '../../../src-renderer/composables/kit-check'
import { useCall } from '../../../src-renderer/composables/use-call'
import { actionOf, shortcutKeys } from '../../../src-renderer/composables/use-keyboard'
import { addShortcut, triggerShortcut } from '../../../src-renderer/composables/use-shortcut'
import { methodRows } from '../../../src-renderer/features/settings/method-rows'
import { isGoodPin } from '../../../src-renderer/features/settings/pin'
import { canUsePin, quickUnlockTrouble } from '../../../src-renderer/features/unlock/methods'
import { formatBytes, formatExactTime, formatTime, shortenMiddle } from '../../../src-renderer/i18n/format'
import { KmsError } from '../../../src-shared/errors'
import { lockedStatus } from '../../support/fake-bridge'
import { newSlot, newTokenSlot } from '../../support/fake/vault-operations'
import { sourceFiles } from '../../support/source-files'

describe('checking the recovery kit', () => {
  it('asks for two different words in order', () => {
    for (let turn = 0; turn < 300; turn += 1) {
      const [first, second] = pickTwo(24)
      expect(first).toBeLessThan(second)
      expect(first).toBeGreaterThanOrEqual(0)
      expect(second).toBeLessThan(24)
    }
  })

  it('compares without case and white space, and exactly otherwise', () => {
    expect(sameWord(' Canyon ', 'canyon')).toBe(true)
    expect(sameWord('canyo', 'canyon')).toBe(false)
    expect(sameWord('', 'canyon')).toBe(false)
  })

  it('counts words and not their numbers', () => {
    expect(countWords('')).toBe(0)
    expect(countWords('1. canyon 2. lamp\n3 orbit')).toBe(3)
  })
})

describe('useCall', () => {
  it('answers the result and the state on the way', async () => {
    let finish = (_value: number): void => undefined
    const call = useCall(() => new Promise<number>((resolve) => (finish = resolve)))
    const result = call.run()
    expect(call.pending.value).toBe(true)
    finish(7)
    expect(await result).toBe(7)
    expect(call.pending.value).toBe(false)
    expect(call.error.value).toBeNull()
  })

  it('holds a KmsError, and makes INTERNAL of anything else', async () => {
    const problems: unknown[] = [new KmsError('KEY_DISABLED', ''), new TypeError('bug')]
    const call = useCall(async () => {
      throw problems.shift()
    })
    expect(await call.run()).toBeUndefined()
    expect(call.error.value?.code).toBe('KEY_DISABLED')
    await call.run()
    expect(call.error.value?.code).toBe('INTERNAL')
    call.clear()
    expect(call.error.value).toBeNull()
  })

  it('ignores the failure of an overtaken run', async () => {
    const rejects: ((problem: unknown) => void)[] = []
    const call = useCall((isLate: boolean) => (isLate ? Promise.resolve() : new Promise<void>((_, reject) => rejects.push(reject))))
    const first = call.run(false)
    await call.run(true)
    rejects[0]?.(new KmsError('KEY_DISABLED', ''))
    await first
    expect(call.error.value).toBeNull()
  })
})

describe('shortcuts', () => {
  const removes: (() => void)[] = []
  afterEach(() => removes.splice(0).forEach((remove) => remove()))
  const press = (key: string, modifiers: object = { ctrlKey: true }) => actionOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...modifiers })

  it('are known by their keys, with Control or Command alone', () => {
    expect(press('k')).toBe('palette')
    expect(press('L')).toBe('lock')
    expect(press('g')).toBe('generate')
    expect(press(',', { metaKey: true })).toBe('settings')
    expect(press('k', {})).toBeNull()
    expect(press('k', { ctrlKey: true, shiftKey: true })).toBeNull()
    expect(press('q')).toBeNull()
    expect(new Set(Object.values(shortcutKeys)).size).toBe(7)
  })

  it('go to the handler registered last', () => {
    const seen: string[] = []
    removes.push(addShortcut('new', () => seen.push('shell')))
    const leave = addShortcut('new', () => seen.push('page'))
    expect(triggerShortcut('new')).toBe(true)
    leave()
    triggerShortcut('new')
    expect(seen).toEqual(['page', 'shell'])
    expect(triggerShortcut('search')).toBe(false)
  })
})

describe('the ways to unlock', () => {
  const withPin = { ...lockedStatus, slots: ['passphrase', 'quick-unlock'] as const, pinAttemptsLeft: 5 }
  const status = (patch: object) => ({ ...lockedStatus, ...withPin, slots: [...withPin.slots], ...patch })

  it('offer the PIN when it can work', () => {
    expect(canUsePin(status({ keychain: 'available' }))).toBe(true)
    expect(canUsePin(status({ keychain: null }))).toBe(true)
    expect(canUsePin(status({ keychain: 'locked' }))).toBe(false)
    expect(canUsePin(status({ pinAttemptsLeft: 0 }))).toBe(false)
    expect(canUsePin(lockedStatus)).toBe(false)
    expect(canUsePin(null)).toBe(false)
  })

  it('say why a PIN that is set up cannot be used', () => {
    expect(quickUnlockTrouble(status({ keychain: 'timeout' }))).toBe('timeout')
    expect(quickUnlockTrouble(status({ keychain: 'available' }))).toBeNull()
    expect(quickUnlockTrouble({ ...lockedStatus, keychain: 'missing' })).toBeNull()
  })

  it('are listed in a fixed order, with those that are missing', () => {
    const slot = newSlot('quick-unlock', '2026-01-01T00:00:00Z')
    expect(methodRows([slot]).map((row) => [row.kind, row.slot])).toEqual([['passphrase', null], ['recovery-kit', null], ['quick-unlock', slot], ['token', null]])
    const tokens = ['a', 'b'].map((slotId) => ({ ...newTokenSlot('2026-01-01T00:00:00Z'), slotId }))
    expect(methodRows(tokens).slice(3)).toMatchObject([{ kind: 'token', slot: { slotId: 'a' } }, { kind: 'token', slot: { slotId: 'b' } }])
  })

  it('take a PIN of six digits and more', () => {
    expect(['123456', '0000000000'].every(isGoodPin)).toBe(true)
    expect(['12345', '12345a', '', '１２３４５６', '1'.repeat(65)].some(isGoodPin)).toBe(false)
  })
})

describe('formats', () => {
  it('write sizes in binary units', () => {
    expect([0, 1023, 1024, 12_700, 1_048_576, 1.25 * 2 ** 30, 5 * 2 ** 40].map(formatBytes)).toEqual(['0 B', '1023 B', '1.00 KiB', '12.4 KiB', '1.00 MiB', '1.25 GiB', '5.00 TiB'])
  })

  it('write recent times relatively and others with their date', () => {
    const now = Date.parse('2026-03-14T12:00:00Z')
    expect(formatTime('2026-03-14T11:57:00Z', 'en', now)).toBe('3 min. ago')
    expect(formatTime('2026-03-14T11:57:00Z', 'zh-CN', now)).toBe('3分钟前')
    expect(formatTime('2026-03-14T11:59:40Z', 'en', now)).toBe('now')
    expect(formatTime('2025-12-24T12:00:00Z', 'en', now)).toContain('2025')
    expect(formatTime('2026-03-20T12:00:00Z', 'en', now)).toContain('2026')
    expect(formatExactTime('2026-03-14T11:57:00Z', 'en')).toMatch(/March 14, 2026.*\d\d:\d\d.*(GMT|UTC|[A-Z]{3,4})/)
  })

  it('shorten long ids in the middle', () => {
    expect(shortenMiddle('0123456789abcdef', 4, 3)).toBe('0123…def')
    expect(shortenMiddle('short')).toBe('short')
  })
})

describe('icons', () => {
  it('named in the sources exist in the collection that the build takes them from', () => {
    const path = createRequire(import.meta.url).resolve('@iconify-json/lucide/icons.json')
    const collection = JSON.parse(readFileSync(path, 'utf8')) as { icons: object; aliases: object }
    const known = new Set([...Object.keys(collection.icons), ...Object.keys(collection.aliases)])
    const used = sourceFiles('src-renderer').flatMap(({ text }) => [...text.matchAll(/i-lucide-([a-z0-9-]+)/g)].map(([, name]) => name ?? ''))
    expect(used.length).toBeGreaterThan(30)
    expect(used.filter((name) => !known.has(name))).toEqual([])
  })
})
