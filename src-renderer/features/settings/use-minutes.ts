import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

/** Choices of a time in minutes, 0 for never at the end. A time set elsewhere (in the file by hand) stays selectable. */
export function useMinutes(chosen: Readonly<Ref<number>>, offered: readonly number[]) {
  const { t } = useI18n()
  const labelOf = (minutes: number) => {
    if (minutes === 0) return t('settings.autoLock.never')
    return minutes % 60 === 0 ? t('settings.autoLock.hours', minutes / 60) : t('settings.autoLock.minutes', minutes)
  }
  return computed(() => {
    const choices = new Set([...offered, chosen.value])
    choices.delete(0)
    return [...[...choices].toSorted((a, b) => a - b), 0].map((value) => ({ value, label: labelOf(value) }))
  })
}
