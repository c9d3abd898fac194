import { createI18n } from 'vue-i18n'
import { en } from './en'
import { zhCN } from './zh-CN'

export const languages = ['en', 'zh-CN'] as const
export type Language = (typeof languages)[number]

/** Texts of every feature in both languages. A text missing in one of them does not compile. */
export const messages = { en, 'zh-CN': zhCN }

/** The translator of the window; starts in English until the settings are known. */
export const i18n = createI18n({
  legacy: false,
  locale: 'en' as Language,
  fallbackLocale: 'en' as Language,
  messages,
})

/** Switches every text and the language of the document. */
export function setLanguage(language: Language): void {
  i18n.global.locale.value = language
  document.documentElement.lang = language
}
