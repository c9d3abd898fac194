import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { inRoot, root } from './paths.mjs'

const sourceFolders = ['src-shared', 'src-main', 'src-renderer', 'resources']
const sourceFiles = ['electron.vite.config.ts', 'vite.main.ts', 'vite.renderer.ts', 'package.json', 'package-lock.json', 'tsconfig.base.json']
const results = ['main/index.js', 'main/cli.js', 'preload/index.cjs', 'renderer/index.html']

const stampFile = () => inRoot('out', '.build-stamp')

async function listFiles() {
  const files = sourceFiles.map((name) => inRoot(name))
  for (const folder of sourceFolders) {
    if (!existsSync(inRoot(folder))) continue
    const entries = await readdir(inRoot(folder), { recursive: true, withFileTypes: true })
    files.push(...entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name)))
  }
  return files.filter((file) => existsSync(file)).sort()
}

/** A hash over everything that the build reads. */
export async function sourceStamp() {
  const hash = createHash('sha256')
  for (const file of await listFiles()) {
    const content = await readFile(file)
    hash.update(`${relative(root, file)}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

/** Whether `out/` was built from these very sources and is complete. */
export async function isBuilt(stamp) {
  if (!results.every((name) => existsSync(inRoot('out', name)))) return false
  return (await readFile(stampFile(), 'utf8').catch(() => '')) === stamp
}

export async function writeStamp(stamp) {
  await mkdir(inRoot('out'), { recursive: true })
  await writeFile(stampFile(), stamp)
}
