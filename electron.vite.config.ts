import { resolve } from 'node:path'
import { defineConfig } from 'electron-vite'
import { withoutOptionalAddons } from './vite.main'
import { rendererDefines, rendererPlugins } from './vite.renderer'

const source = (path: string) => resolve(import.meta.dirname ?? '.', path)

/** Packages with native parts stay outside the bundles; everything else is bundled. */
const nativePackages = ['electron', 'libsql', 'keytar', '@node-rs/argon2', 'pkcs11js']

export default defineConfig({
  main: {
    plugins: [withoutOptionalAddons()],
    build: {
      externalizeDeps: false,
      outDir: 'out/main',
      sourcemap: false,
      rollupOptions: {
        external: nativePackages,
        input: {
          index: source('src-main/index.ts'),
          cli: source('src-main/faces/cli/main.ts'),
          'file-worker': source('src-main/files/worker.ts'),
          'rotation-worker': source('src-main/secrets/rotation/targets/worker.ts'),
          'strength-worker': source('src-main/secrets/window/strength-worker.ts'),
          'token-host': source('src-main/tokens/host/main.ts'),
          'exchange-worker': source('src-main/secrets/exchange/worker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      outDir: 'out/preload',
      rollupOptions: {
        external: ['electron'],
        input: { index: source('src-main/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: source('src-renderer'),
    plugins: rendererPlugins(),
    define: rendererDefines,
    build: {
      outDir: 'out/renderer',
      // The page is parsed at every start: half the bytes are half the wait.
      minify: true,
      modulePreload: { polyfill: false },
      rollupOptions: { input: { index: source('src-renderer/index.html') } },
    },
  },
})
