import { setCustomIconsLoader } from '@iconify/vue'

/** Icons come with the build. One that is missing stays empty: the library must not ask its web API for it. */
export function closeIconApi(): void {
  setCustomIconsLoader(() => Promise.resolve(null), 'lucide')
}
