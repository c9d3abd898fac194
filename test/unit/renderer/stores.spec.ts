import { createPinia, defineStore, setActivePinia, type Pinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { createApp, onScopeDispose, ref } from 'vue'
import { homeOf } from '../../../src-renderer/router/home'
import { forgetStores, rememberStores } from '../../../src-renderer/stores/forget'
import { useSettingsStore } from '../../../src-renderer/stores/settings'
import { useVaultStore } from '../../../src-renderer/stores/vault'
import { KmsError } from '../../../src-shared/errors'
import { installFakeBridge, lockedStatus, noVault } from '../../support/fake-bridge'
import type { FakeState } from '../../support/fake/state'

let state: FakeState
let pinia: Pinia
beforeEach(() => {
  state = installFakeBridge({ status: { state: 'unlocked' }, systemLanguage: 'zh-CN', keyCount: 3 })
  pinia = createPinia().use(rememberStores)
  createApp({}).use(pinia)
  setActivePinia(pinia)
})

describe('the vault store', () => {
  it('knows nothing before main has answered', () => {
    const vault = useVaultStore()
    expect(vault.isUnlocked).toBe(false)
    expect(vault.name).toBe('')
  })

  it('loads the status and locks', async () => {
    const vault = useVaultStore()
    await vault.load()
    expect(vault.isUnlocked).toBe(true)
    expect(vault.name).toBe('Workstation')
    await vault.lock()
    expect(vault.status?.state).toBe('locked')
    expect(state.status.state).toBe('locked')
  })

  it('follows main until it is told to stop', async () => {
    const vault = useVaultStore()
    await vault.load()
    const stop = vault.follow()
    state.emit('vaultChanged', { ...lockedStatus, state: 'locked' })
    expect(vault.isUnlocked).toBe(false)
    stop()
    state.emit('vaultChanged', { ...lockedStatus, state: 'unlocked' })
    expect(vault.isUnlocked).toBe(false)
  })

  it('stays as it was when the lock is refused', async () => {
    const vault = useVaultStore()
    await vault.load()
    state.failures.set('lockVault', new KmsError('VAULT_WRITE_FAILED', 'refused'))
    await expect(vault.lock()).rejects.toMatchObject({ code: 'VAULT_WRITE_FAILED' })
    expect(vault.isUnlocked).toBe(true)
  })
})

describe('the settings store', () => {
  it('shows the language of the system until one is chosen', async () => {
    const settings = useSettingsStore()
    expect(settings.language).toBe('en')
    await settings.load()
    expect(settings.language).toBe('zh-CN')
    await settings.update({ language: 'en' })
    expect(settings.language).toBe('en')
    expect(state.settings.language).toBe('en')
  })

  it('keeps what is shown when a change is refused', async () => {
    const settings = useSettingsStore()
    await settings.load()
    state.failures.set('updateSettings', new KmsError('VAULT_WRITE_FAILED', 'refused'))
    await expect(settings.update({ theme: 'dark' })).rejects.toMatchObject({ code: 'VAULT_WRITE_FAILED' })
    expect(settings.current?.theme).toBe('system')
  })

  it('follows changes made elsewhere', async () => {
    const settings = useSettingsStore()
    await settings.load()
    settings.follow()
    state.emit('settingsChanged', { ...state.settings, theme: 'dark' })
    expect(settings.current?.theme).toBe('dark')
  })
})

describe('locking', () => {
  it('forgets every store but vault and settings, and stops what they follow', async () => {
    let stopped = 0
    const useSecretive = defineStore('secretive', () => {
      onScopeDispose(() => (stopped += 1))
      return { aliases: ref<string[]>([]) }
    })
    const vault = useVaultStore()
    await vault.load()
    useSecretive().aliases = ['payments/archive']

    forgetStores(pinia)

    expect(stopped).toBe(1)
    expect(JSON.stringify(pinia.state.value)).not.toContain('payments')
    expect(useSecretive().aliases).toEqual([])
    expect(useVaultStore().name).toBe('Workstation')
  })

  it('goes where the state allows it to be', () => {
    expect(homeOf(null)).toBe('/unlock')
    expect(homeOf(noVault)).toBe('/welcome')
    expect(homeOf({ ...noVault, problem: 'VAULT_INSECURE' })).toBe('/unlock')
    expect(homeOf(lockedStatus)).toBe('/unlock')
    expect(homeOf({ ...lockedStatus, state: 'unlocked' })).toBe('/keys')
    expect(homeOf({ ...lockedStatus, state: 'unlocked', recoveryKitPending: true })).toBe('/welcome/kit')
  })
})
