import { beforeEach, describe, expect, test } from 'vitest'
import { defaultSettings } from '../../../src-shared/contract/settings'
import { LockTriggers, type LockReason, type PowerEvent } from '../../../src-main/app/lock-triggers'

const minute = 60_000

/** A machine whose clocks, power events and timers the test owns. */
class FakeMachine {
  wall = Date.UTC(2026, 0, 1)
  steady = 0
  systemIdleSeconds = 0
  isScreenLocked = false
  isUnlocked = true
  settings = { ...defaultSettings, lockAfterIdleMinutes: 10 }
  locked: LockReason[] = []
  readonly #listeners = new Map<PowerEvent, Set<() => void>>()
  #tick: (() => void) | null = null
  readonly triggers: LockTriggers

  constructor() {
    this.triggers = new LockTriggers({
      power: {
        on: (event, listener) => this.#of(event).add(listener),
        removeListener: (event, listener) => this.#of(event).delete(listener),
        getSystemIdleTime: () => this.systemIdleSeconds,
        getSystemIdleState: () => (this.isScreenLocked ? 'locked' : 'active'),
      },
      clock: { wallMs: () => this.wall, steadyMs: () => this.steady },
      settings: () => this.settings,
      isUnlocked: () => this.isUnlocked,
      lock: (reason) => {
        this.locked.push(reason)
        this.isUnlocked = false
      },
      every: (_interval, work) => {
        this.#tick = work
        return () => (this.#tick = null)
      },
    })
  }

  pass(ms: number): void {
    this.wall += ms
    this.steady += ms
    this.tick()
  }

  tick(): void {
    this.#tick?.()
  }

  power(event: PowerEvent): void {
    for (const listener of this.#of(event)) listener()
  }

  #of(event: PowerEvent): Set<() => void> {
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners)
    return listeners
  }
}

let machine: FakeMachine
beforeEach(() => {
  machine = new FakeMachine()
})

describe('idle', () => {
  test('locks when the time of the settings is over, not before', () => {
    machine.pass(10 * minute - 1)
    expect(machine.locked).toEqual([])
    machine.pass(1)
    expect(machine.locked).toEqual(['idle'])
  })

  test('activity in the window begins the time anew', () => {
    machine.pass(9 * minute)
    machine.triggers.activity()
    machine.pass(9 * minute)
    expect(machine.locked).toEqual([])
    machine.pass(minute)
    expect(machine.locked).toEqual(['idle'])
  })

  test('0 minutes means never', () => {
    machine.settings.lockAfterIdleMinutes = 0
    machine.pass(10_000 * minute)
    expect(machine.locked).toEqual([])
  })

  test('a changed setting counts at once', () => {
    machine.pass(5 * minute)
    machine.settings.lockAfterIdleMinutes = 5
    machine.tick()
    expect(machine.locked).toEqual(['idle'])
  })

  test('setting the clock back does not extend the time', () => {
    machine.pass(5 * minute)
    machine.wall -= 100 * minute
    machine.pass(5 * minute)
    expect(machine.locked).toEqual(['idle'])
  })

  test('sleep counts although the steady clock stood still', () => {
    machine.wall += 10 * minute
    machine.tick()
    expect(machine.locked).toEqual(['idle'])
  })

  test('sleep counts although the key press that ended it was the latest input', () => {
    machine.systemIdleSeconds = 3
    machine.pass(minute)
    machine.systemIdleSeconds = 0
    machine.wall += 10 * minute
    machine.tick()
    expect(machine.locked).toEqual(['idle'])
  })

  test('input elsewhere on the system keeps the vault open', () => {
    machine.systemIdleSeconds = 3
    for (let passed = 0; passed < 30; passed++) machine.pass(minute)
    expect(machine.locked).toEqual([])
    machine.systemIdleSeconds = 600
    machine.tick()
    expect(machine.locked).toEqual(['idle'])
  })

  test('a system that always answers 0 does not', () => {
    machine.systemIdleSeconds = 0
    machine.pass(10 * minute)
    expect(machine.locked).toEqual(['idle'])
  })

  test('time before the unlock does not count', () => {
    machine.isUnlocked = false
    machine.pass(100 * minute)
    machine.isUnlocked = true
    machine.pass(9 * minute)
    expect(machine.locked).toEqual([])
  })
})

describe('events of the system', () => {
  test.each([
    ['suspend', 'suspend', 'lockOnSuspend'],
    ['lock-screen', 'screen-lock', 'lockOnScreenLock'],
    ['user-did-resign-active', 'session-switch', 'lockOnScreenLock'],
  ] as const)('%s locks when the settings say so', (event, reason, setting) => {
    machine.settings[setting] = false
    machine.power(event)
    expect(machine.locked).toEqual([])
    machine.settings[setting] = true
    machine.power(event)
    expect(machine.locked).toEqual([reason])
  })

  test('a locked screen is noticed where the system has no event for it', () => {
    machine.isScreenLocked = true
    machine.settings.lockOnScreenLock = false
    machine.tick()
    expect(machine.locked).toEqual([])
    machine.settings.lockOnScreenLock = true
    machine.tick()
    expect(machine.locked).toEqual(['screen-lock'])
  })

  test('the closed window locks when the settings say so', () => {
    machine.settings.lockOnWindowClose = false
    machine.triggers.windowClosed()
    expect(machine.locked).toEqual([])
    machine.settings.lockOnWindowClose = true
    machine.triggers.windowClosed()
    expect(machine.locked).toEqual(['window-closed'])
  })

  test('a locked vault is not locked again', () => {
    machine.isUnlocked = false
    machine.power('suspend')
    expect(machine.locked).toEqual([])
  })

  test('nothing happens after stop()', () => {
    machine.triggers.stop()
    machine.power('suspend')
    machine.power('lock-screen')
    machine.pass(100 * minute)
    expect(machine.locked).toEqual([])
  })
})
