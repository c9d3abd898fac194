import { resolve } from 'node:path'
import ui from '@nuxt/ui/vite'
import vue from '@vitejs/plugin-vue'

const renderer = resolve(import.meta.dirname ?? '.', 'src-renderer')

/**
 * Plugins of the page: Vue, Nuxt UI with our colours, Tailwind. Icons are taken from the installed Lucide collection at
 * build time, only those that the sources name, so that nothing is asked of Iconify's web API.
 */
export function rendererPlugins() {
  return [
    vue(),
    ui({
      root: renderer,
      colorMode: false,
      autoImport: false,
      dts: false,
      ui: { colors: { primary: 'emerald', neutral: 'slate' } },
      icon: { clientBundle: { scan: { globInclude: ['**/*.vue', '**/*.ts'], globExclude: ['node_modules/**'] }, sizeLimitKb: 100 } },
    }),
  ]
}

/** Constants that the libraries of the page replace at build time. */
export const rendererDefines = {
  __VUE_OPTIONS_API__: 'true',
  __VUE_PROD_DEVTOOLS__: 'false',
  __VUE_I18N_FULL_INSTALL__: 'false',
  __VUE_I18N_LEGACY_API__: 'false',
  __INTLIFY_PROD_DEVTOOLS__: 'false',
}
