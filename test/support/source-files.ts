import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout. */
export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

export interface SourceFile {
  /** Relative to the checkout, with forward slashes. */
  path: string
  text: string
}

/** Every source file below `folder` (relative to the checkout) with one of the endings. */
export function sourceFiles(folder: string, endings: readonly string[] = ['.ts', '.vue']): SourceFile[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules') && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(projectRoot, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }))
}

/** Module names that a file imports, static, dynamic and type-only. */
export function importsOf({ text }: SourceFile): string[] {
  const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])([^'"\n]+)\1/g
  return [...text.matchAll(pattern)].map((match) => match[2] ?? '')
}
