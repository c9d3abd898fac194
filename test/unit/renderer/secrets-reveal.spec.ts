import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, type EffectScope } from 'vue'
import { revealSeconds, useReveal } from '../../../src-renderer/features/secrets/page/use-reveal'
import { useOneTimeCode } from '../../../src-renderer/features/secrets/page/use-one-time-code'
import { KmsError } from '../../../src-shared/errors'
import { installFakeBridge } from '../../support/fake-bridge'
import type { FakeState } from '../../support/fake/state'

let page: EventTarget & { hidden: boolean }
let scope: EffectScope
let main: FakeState

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-03-14T09:26:50Z') })
  page = Object.assign(new EventTarget(), { hidden: false })
  vi.stubGlobal('document', page)
  main = installFakeBridge({ status: { state: 'unlocked' }, keyCount: 1, secretCount: 3 })
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const bytes = (text: string) => new TextEncoder().encode(text)
const inScope = <T>(use: () => T): T => scope.run(use) as T

describe('a value that is revealed', () => {
  it('is shown, its bytes are zeroed, and it is hidden again after its time', async () => {
    const value = bytes('hunter2')
    const shown = inScope(() => useReveal(async () => value))
    expect(shown.text.value).toBeNull()
    await shown.reveal()
    expect(shown.text.value).toBe('hunter2')
    expect([...value]).toEqual(Array(7).fill(0))
    vi.advanceTimersByTime(revealSeconds * 1000 - 1)
    expect(shown.text.value).toBe('hunter2')
    vi.advanceTimersByTime(1)
    expect(shown.text.value).toBeNull()
  })

  it('starts its time anew when it is revealed again', async () => {
    const shown = inScope(() => useReveal(async () => bytes('hunter2')))
    await shown.reveal()
    vi.advanceTimersByTime(20_000)
    await shown.reveal()
    vi.advanceTimersByTime(20_000)
    expect(shown.text.value).toBe('hunter2')
  })

  it('is hidden with the window, by hand, and with its component', async () => {
    const shown = inScope(() => useReveal(async () => bytes('hunter2')))
    await shown.reveal()
    page.hidden = true
    page.dispatchEvent(new Event('visibilitychange'))
    expect(shown.text.value).toBeNull()
    await shown.reveal()
    shown.hide()
    expect(shown.text.value).toBeNull()
    await shown.reveal()
    scope.stop()
    expect(shown.text.value).toBeNull()
  })

  it('is not shown when the answer comes after it was hidden, and is zeroed all the same', async () => {
    const value = bytes('hunter2')
    let answer: (value: Uint8Array) => void = () => undefined
    const later = new Promise<Uint8Array>((resolve) => (answer = resolve))
    const shown = inScope(() => useReveal(() => later))
    const revealing = shown.reveal()
    shown.hide()
    answer(value)
    await revealing
    expect(shown.text.value).toBeNull()
    expect([...value]).toEqual(Array(7).fill(0))
  })

  it('says when it is no text', async () => {
    const shown = inScope(() => useReveal(async () => Uint8Array.of(0xff, 0xfe)))
    await shown.reveal()
    expect([shown.text.value, shown.isBinary.value]).toEqual([null, true])
  })

  it('tells why it could not be had', async () => {
    const shown = inScope(() => useReveal(() => Promise.reject(new KmsError('SECRET_IN_DELETE_WINDOW', 'in the bin'))))
    await shown.reveal()
    expect([shown.text.value, shown.error.value?.code]).toEqual([null, 'SECRET_IN_DELETE_WINDOW'])
  })
})

describe('a one-time code', () => {
  const code = () => inScope(() => useOneTimeCode(() => 'work/github', () => 'totp'))
  const asked = () => main.audit.length

  it('is shown with the time it has left and asked for again when that is over', async () => {
    const shown = code()
    await shown.show()
    const first = shown.code.value
    expect(first).toMatch(/^\d{6}$/)
    expect(shown.secondsLeft.value).toBe(10)
    await vi.advanceTimersByTimeAsync(5000)
    expect(shown.secondsLeft.value).toBe(5)
    expect(shown.left.value).toBeCloseTo(5 / 30)
    await vi.advanceTimersByTimeAsync(5500)
    expect(shown.code.value).toMatch(/^\d{6}$/)
    expect(shown.code.value).not.toBe(first)
  })

  it('is hidden after its time, and nothing is asked for from then on', async () => {
    const shown = code()
    await shown.show()
    await vi.advanceTimersByTimeAsync(90_500)
    expect(shown.code.value).toBeNull()
    const before = asked()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked()).toBe(before)
  })

  it('is hidden by hand and with its component', async () => {
    const shown = code()
    await shown.show()
    shown.hide()
    expect(shown.code.value).toBeNull()
    await shown.show()
    scope.stop()
    expect(shown.code.value).toBeNull()
  })

  it('tells why there is none', async () => {
    main.failures.set('getTotpCode', new KmsError('UNSUPPORTED_OPERATION', 'not an otpauth URI'))
    const shown = code()
    await shown.show()
    expect([shown.code.value, shown.error.value?.code]).toEqual([null, 'UNSUPPORTED_OPERATION'])
  })
})
