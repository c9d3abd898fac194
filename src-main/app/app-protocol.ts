import { readFile } from 'node:fs/promises'
import { protocol, type Session } from 'electron'
import { pageOrigin } from '../faces/ipc/sender-guard'
import { contentSecurityPolicy } from './content-security-policy'
import { resolvePageFile, type PageFiles } from './page-files'

/** An empty page of another site: showing it ends the process of the page before (renderer replacement). */
export const blankPageUrl = 'app://blank/'
/** The one page of the application. */
export const mainPageUrl = `${pageOrigin}/`

const commonHeaders = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
}

/** Must run before the application is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }])
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
