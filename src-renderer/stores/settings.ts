import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Settings } from '../../src-shared/contract/settings'
import { kms, onEvent } from '../bridge'
import type { Language } from '../i18n'

/** Settings of the application; null until main has answered. Every change is written at once. */
export const useSettingsStore = defineStore('settings', () => {
  const current = shallowRef<Settings | null>(null)
  const systemLanguage = ref<Language>('en')

  /** The language to show: the chosen one, or that of the system. */
  const language = computed<Language>(() => {
    const chosen = current.value?.language ?? 'system'
    return chosen === 'system' ? systemLanguage.value : chosen
  })

  /** Asks main for the settings. Throws KmsError. */
  async function load(): Promise<void> {
    const answer = await kms.getSettings()
    systemLanguage.value = answer.systemLanguage
    current.value = answer.settings
  }

  /** Writes some settings. Throws KmsError; the shown settings then stay as they were. */
  async function update(patch: Partial<Settings>): Promise<void> {
    current.value = (await kms.updateSettings(patch)).settings
  }

  /** Follows the events of main; answers the function that stops. */
  function follow(): () => void {
    return onEvent('settingsChanged', (settings) => (current.value = settings))
  }

  return { current, systemLanguage, language, load, update, follow }
})
