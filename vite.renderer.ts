import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import ui from '@nuxt/ui/vite'
import vue from '@vitejs/plugin-vue'

const checkout = import.meta.dirname ?? '.'

interface Manifest {
  name: string
  version: string
  license?: string
  dependencies?: Record<string, string>
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(resolve(checkout, folder, 'package.json'), 'utf8')) as Manifest
}

/** Packages that end up in the product although they are built into it rather than depended on at run time. */
const bundled = ['@iconify-json/lucide', '@nuxt/ui', '@tanstack/vue-virtual', '@zxcvbn-ts/core', '@zxcvbn-ts/language-common', '@zxcvbn-ts/language-en', 'electron', 'pinia', 'vue', 'vue-i18n', 'vue-router']

const licencesId = 'virtual:licences'

/** Answers `virtual:licences` from the manifests of the installed packages. */
function licencesPlugin() {
  return {
    name: 'keystead:licences',
    resolveId: (id: string) => (id === licencesId ? `\0${licencesId}` : undefined),
    load(id: string) {
      if (id !== `\0${licencesId}`) return undefined
      const names = [...bundled, ...Object.keys(manifestOf('.').dependencies ?? {})].toSorted()
      const licences = names.map((name) => {
        const manifest = manifestOf(`node_modules/${name}`)
        return { name: manifest.name, version: manifest.version, licence: manifest.license ?? '' }
      })
      return `export const licences = ${JSON.stringify(licences)}`
    },
  }
}

/**
 * Plugins of the page: Vue, Nuxt UI with our colours, Tailwind. Icons are taken from the installed Lucide collection at
 * build time, only those that the sources name, so that nothing is asked of Iconify's web API.
 */
export function rendererPlugins() {
  return [
    vue(),
    licencesPlugin(),
    ui({
      root: resolve(checkout, 'src-renderer'),
      colorMode: false,
      autoImport: false,
      dts: false,
      ui: {
        colors: { primary: 'emerald', neutral: 'slate' },
        // Under the pointer the library pales the colour until white text on it falls below a contrast of 4.5, or tints
        // the ground until coloured text on it does.
        button: {
          compoundVariants: [
            { color: 'primary', variant: 'solid', class: 'hover:bg-primary-800 active:bg-primary-800 dark:hover:bg-primary-300 dark:active:bg-primary-300' },
            { color: 'error', variant: 'solid', class: 'hover:bg-error-800 active:bg-error-800 dark:hover:bg-error-300 dark:active:bg-error-300' },
            { color: 'primary', variant: ['soft', 'subtle'], class: 'hover:text-primary-800 active:text-primary-800 dark:hover:text-primary-300 dark:active:text-primary-300' },
          ],
        },
      },
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
