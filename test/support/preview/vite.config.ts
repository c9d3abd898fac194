import { resolve } from 'node:path'
import { defineConfig } from 'vite'
import { rendererDefines, rendererPlugins } from '../../../vite.renderer'

/** The window with a fake main, for looking at it: `npx vite build -c test/support/preview/vite.config.ts`. Never part of the product. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: rendererPlugins(),
  define: rendererDefines,
  build: { outDir: resolve(import.meta.dirname, '../../../out/preview'), emptyOutDir: true, target: 'esnext' },
})
