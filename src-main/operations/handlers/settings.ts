import type { settingsSchemas } from '../../../src-shared/contract/settings'
import type { DesktopPort } from '../desktop-port'
import type { HandlersOf } from '../handlers'
import type { SettingsStore } from '../settings-store'

/** Settings and what the application says about itself. */
export function settingsHandlers(settings: SettingsStore, desktop: DesktopPort, vaultFolder: string): HandlersOf<typeof settingsSchemas> {
  return {
    getSettings: async () => ({ settings: settings.current, systemLanguage: desktop.systemLanguage() }),
    updateSettings: async (patch) => ({ settings: await settings.update(patch) }),
    getAppInfo: async () => ({ ...desktop.appInfo(), vaultFolder, isOffline: true }),
    async copyText({ text }) {
      desktop.writeClipboard(text)
      return {}
    },
  }
}
