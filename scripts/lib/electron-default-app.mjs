import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const manifest = { name: 'electron-default-app', productName: 'Electron', type: 'module', main: 'main.js' }

/** Does what Electron's own default app does for `electron <folder>`: become the app in that folder. */
const mainSource = `import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { app } from 'electron'

const takesValue = new Set(['-r', '--require', '--import', '--loader'])

function appFolder() {
  const args = process.argv.slice(1)
  return args.find((argument, index) => !argument.startsWith('-') && !takesValue.has(args[index - 1]))
}

const folder = appFolder()
if (folder === undefined) {
  console.error('Usage: electron <folder of the app>')
  app.exit(2)
} else {
  const path = resolve(folder)
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
  app.setName(manifest.productName ?? manifest.name)
  app.setVersion(manifest.version ?? '')
  if (manifest.desktopName) app.setDesktopName(manifest.desktopName)
  app.setAppPath(path)
  await import(pathToFileURL(join(path, manifest.main ?? 'index.js')).href)
}
`

/** Adds the default app to a dist folder that came without one; a packaged build must not carry it along. */
export async function writeDefaultApp(dist) {
  const folder = join(dist, 'resources', 'app')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  await writeFile(join(folder, 'main.js'), mainSource)
}
