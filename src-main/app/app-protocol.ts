import { readdir, readFile } from 'node:fs/promises'
import { extname, join, posix } from 'node:path'
import { protocol, type Session } from 'electron'
import { pageOrigin } from '../faces/ipc/sender-guard'

/** An empty page of another site: showing it ends the process of the page before (renderer replacement). */
export const blankPageUrl = 'app://blank/'
/** The one page of the application. */
export const mainPageUrl = `${pageOrigin}/`

/**
 * What a page may do. Nothing leaves it: no connections, frames, forms or plugins. Style has 'unsafe-inline' for the
 * style elements that the component library adds at run time; styles cannot send anything anywhere.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "worker-src 'none'",
  "frame-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const commonHeaders = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
}

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

/** Must run before the application is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }])
}

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

/** Serves the pages of the application to this session. */
export function serveApp(session: Session, files: PageFiles): void {
  session.protocol.handle('app', async ({ method, url }) => {
    if (url === blankPageUrl) return respond(200, 'text/html; charset=utf-8', '<!doctype html><title>Keystead</title>')
    const file = resolvePageFile(files, method, url)
    if (!file) return respond(404, 'text/plain; charset=utf-8', 'Not found')
    return respond(200, file.contentType, new Uint8Array(await readFile(file.path)))
  })
}

function respond(status: number, contentType: string, body: string | Uint8Array<ArrayBuffer>): Response {
  return new Response(body, { status, headers: { ...commonHeaders, 'Content-Type': contentType } })
}
