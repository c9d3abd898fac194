import { readdir } from 'node:fs/promises'
import { extname, join, posix } from 'node:path'
import { pageOrigin } from '../faces/ipc/sender-guard'

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
}

/** A file that may be served. */
export interface PageFile {
  path: string
  contentType: string
}

/** Files by the exact path of their URL. */
export type PageFiles = ReadonlyMap<string, PageFile>

/** Every regular file of known type below `folder`; links are left out. Rejects when the folder cannot be read. */
export async function listPageFiles(folder: string): Promise<PageFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = new Map<string, PageFile>()
  for (const entry of entries) {
    const contentType = contentTypes[extname(entry.name)]
    if (!entry.isFile() || contentType === undefined) continue
    const path = join(entry.parentPath, entry.name)
    const url = path.slice(folder.length).replaceAll('\\', '/')
    files.set(posix.join('/', url), { path, contentType })
  }
  return files
}

/**
 * The file for a request, or null. Only GET, only our host, and only paths that are on the list letter by letter:
 * nothing is decoded, so that no spelling of `..` leads anywhere.
 */
export function resolvePageFile(files: PageFiles, method: string, requestUrl: string): PageFile | null {
  if (method !== 'GET' || !URL.canParse(requestUrl)) return null
  const { protocol: scheme, host, pathname, username, password, port } = new URL(requestUrl)
  if (`${scheme}//${host}` !== pageOrigin || username || password || port) return null
  return files.get(pathname === '/' ? '/index.html' : pathname) ?? null
}
