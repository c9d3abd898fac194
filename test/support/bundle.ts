import { join } from 'node:path'
import { build } from 'vite'
import { withoutOptionalAddons } from '../../vite.main'
import { projectRoot } from './source-files'

/** Bundles a test program (path relative to the checkout) for Node and gives the path of the result. */
export async function bundleForNode(entry: string, name: string): Promise<string> {
  const outDir = join(projectRoot, 'out', 'test-programs', name)
  await build({
    configFile: false,
    logLevel: 'warn',
    root: projectRoot,
    plugins: [withoutOptionalAddons()],
    ssr: { noExternal: true, external: ['libsql', 'keytar', '@node-rs/argon2', 'pkcs11js'] },
    build: {
      ssr: join(projectRoot, entry),
      outDir,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'main.mjs', format: 'es' } },
    },
  })
  return join(outDir, 'main.mjs')
}
