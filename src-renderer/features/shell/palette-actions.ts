import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import type { Settings } from '../../../src-shared/contract/settings'
import { triggerShortcut } from '../../composables/use-shortcut'
import { useToasts } from '../../composables/use-toasts'
import { useSettingsStore } from '../../stores/settings'

/** A line of the command palette. */
export interface PaletteItem {
  label: string
  icon: string
  suffix?: string
  kbds?: string[]
  run: () => void
}

/** Pages and actions of the palette. `lock` and `shortcuts` belong to the shell. */
export function usePaletteActions(shell: { lock: () => void; shortcuts: () => void }) {
  const { t } = useI18n()
  const router = useRouter()
  const settings = useSettingsStore()
  const toasts = useToasts()

  const set = (patch: Partial<Settings>) => void settings.update(patch).catch((problem: unknown) => toasts.failure(problem, t('settings.saveFailed')))
  const visit = (path: string) => () => void router.push(path)

  const go = computed<PaletteItem[]>(() => [
    { label: t('shell.keys'), icon: 'i-lucide-key-round', run: visit('/keys') },
    { label: t('shell.secrets'), icon: 'i-lucide-lock-keyhole', run: visit('/secrets') },
    { label: t('shell.files'), icon: 'i-lucide-files', run: visit('/files') },
    { label: t('shell.tokens'), icon: 'i-lucide-usb', run: visit('/tokens') },
    { label: t('shell.activity'), icon: 'i-lucide-scroll-text', run: visit('/activity') },
    { label: t('shell.settings'), icon: 'i-lucide-settings', kbds: ['meta', ','], run: visit('/settings') },
  ])
  const actions = computed<PaletteItem[]>(() => [
    { label: t('shell.palette.createKey'), icon: 'i-lucide-plus', kbds: ['meta', 'N'], run: () => void router.push({ name: 'keys', query: { create: '1' } }) },
    { label: t('shell.palette.newSecret'), icon: 'i-lucide-plus', run: () => void router.push({ name: 'secrets', query: { create: '1' } }) },
    { label: t('shell.palette.generatePassword'), icon: 'i-lucide-dices', kbds: ['meta', 'G'], run: () => void triggerShortcut('generate') },
    { label: t('shell.palette.secretHealth'), icon: 'i-lucide-heart-pulse', run: () => void router.push({ name: 'secret-health' }) },
    { label: t('shell.palette.calendar'), icon: 'i-lucide-calendar-clock', run: () => void router.push({ name: 'secret-calendar' }) },
    { label: t('shell.palette.importSecrets'), icon: 'i-lucide-import', run: () => void router.push({ name: 'secret-import' }) },
    { label: t('shell.palette.exportSecrets'), icon: 'i-lucide-share', run: () => void router.push({ name: 'secrets', query: { export: '1' } }) },
    { label: t('shell.palette.importKey'), icon: 'i-lucide-import', run: () => void router.push({ name: 'keys', query: { import: '1' } }) },
    { label: t('shell.palette.keyCeremony'), icon: 'i-lucide-users-round', run: () => void router.push({ name: 'token-ceremony' }) },
    { label: t('shell.palette.encryptFiles'), icon: 'i-lucide-file-lock-2', run: visit('/files') },
    { label: t('shell.palette.addModule'), icon: 'i-lucide-plus', run: () => void router.push({ name: 'tokens', query: { add: '1' } }) },
    { label: t('shell.palette.inspect'), icon: 'i-lucide-file-search', run: visit('/inspect') },
    { label: t('shell.lock'), icon: 'i-lucide-lock', kbds: ['meta', 'L'], run: shell.lock },
    { label: t('shell.palette.changePassphrase'), icon: 'i-lucide-rectangle-ellipsis', run: () => void router.push('/settings/security?open=passphrase') },
    { label: t('shell.palette.backUp'), icon: 'i-lucide-archive', run: visit('/settings/backup') },
    { label: t('shell.palette.themeLight'), icon: 'i-lucide-sun', run: () => set({ theme: 'light' }) },
    { label: t('shell.palette.themeDark'), icon: 'i-lucide-moon', run: () => set({ theme: 'dark' }) },
    { label: t('shell.palette.themeSystem'), icon: 'i-lucide-monitor', run: () => set({ theme: 'system' }) },
    { label: t('shell.palette.languageEnglish'), icon: 'i-lucide-languages', run: () => set({ language: 'en' }) },
    { label: t('shell.palette.languageChinese'), icon: 'i-lucide-languages', run: () => set({ language: 'zh-CN' }) },
    { label: t('shell.palette.shortcuts'), icon: 'i-lucide-keyboard', kbds: ['meta', '/'], run: shell.shortcuts },
  ])
  return { go, actions }
}
