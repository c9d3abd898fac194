import { z } from 'zod'
import { empty, text } from './fields'

export const themes = ['system', 'light', 'dark'] as const
export const languages = ['system', 'en', 'zh-CN'] as const

/** Kept in the clear beside the vault: nothing here is a secret and the unlock screen needs it. */
export const settings = z.strictObject({
  theme: z.enum(themes),
  language: z.enum(languages),
  /** Minutes without input until the vault locks; 0 = never. */
  lockAfterIdleMinutes: z.int().min(0).max(1440),
  lockOnSuspend: z.boolean(),
  lockOnScreenLock: z.boolean(),
  lockOnWindowClose: z.boolean(),
  /** Seconds until a copied secret is cleared from the clipboard. */
  clipboardClearSeconds: z.int().min(5).max(300),
  /** Minutes without use until a login to a token ends; 0 = never. */
  tokenLogoutMinutes: z.int().min(0).max(1440),
})
export type Settings = z.infer<typeof settings>

export const defaultSettings: Settings = {
  theme: 'system',
  language: 'system',
  lockAfterIdleMinutes: 10,
  lockOnSuspend: true,
  lockOnScreenLock: true,
  lockOnWindowClose: true,
  clipboardClearSeconds: 10,
  tokenLogoutMinutes: 10,
}

export const settingsSchemas = {
  getSettings: { request: empty, response: z.strictObject({ settings, systemLanguage: z.enum(['en', 'zh-CN']) }) },
  updateSettings: { request: settings.partial(), response: z.strictObject({ settings }) },
  getAppInfo: {
    request: empty,
    response: z.strictObject({
      version: z.string(),
      electronVersion: z.string(),
      vaultFolder: z.string(),
      /** Always true: there is no operation that opens a connection. */
      isOffline: z.literal(true),
      contentProtection: z.enum(['on', 'off', 'not-available']),
    }),
  },
  /** Puts text that is not a secret (an id, an ARN, a ciphertext) on the clipboard. */
  copyText: { request: z.strictObject({ text: text(20_000, 1) }), response: empty },
}
