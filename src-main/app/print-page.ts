import { BrowserWindow, session } from 'electron'
import { contentSecurityPolicy } from './content-security-policy'
import { guardContents, guardSession, type BlockedListener } from './navigation-guard'

const pageUrl = 'app://print/'

/**
 * Prints a page with the system's dialog, from a window that nobody sees: sandboxed, without scripts and preload, in a
 * session of its own that serves this one page. `html` is borrowed. False when the user cancelled.
 */
export async function printPage(html: Uint8Array, onBlocked: BlockedListener): Promise<boolean> {
  const own = session.fromPartition(`print-${Date.now()}`, { cache: false })
  guardSession(own, onBlocked)
  own.protocol.handle('app', () => {
    const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': contentSecurityPolicy }
    return new Response(new Uint8Array(html), { headers })
  })
  const window = new BrowserWindow({
    show: false,
    webPreferences: { session: own, sandbox: true, contextIsolation: true, javascript: false, devTools: false, spellcheck: false },
  })
  try {
    guardContents(window.webContents, onBlocked, () => undefined)
    await window.loadURL(pageUrl)
    return await new Promise<boolean>((resolve) => {
      window.webContents.print({ printBackground: false }, (success) => resolve(success))
    })
  } finally {
    window.destroy()
    own.protocol.unhandle('app')
  }
}
