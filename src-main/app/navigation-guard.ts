import type { Session, WebContents } from 'electron'

/** Told of what was stopped: the kind of attempt and the scheme it was for. Addresses are not passed on. */
export type BlockedListener = (what: string, scheme: string) => void

const allowedSchemes = new Set(['app:', 'devtools:'])

/** True when a request with this URL may be made at all. */
export function isAllowedRequest(url: string): boolean {
  return URL.canParse(url) && allowedSchemes.has(new URL(url).protocol)
}

/** Denies every permission and device, stops downloads, and cancels every request that would leave the application. */
export function guardSession(session: Session, onBlocked: BlockedListener): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => {
    onBlocked('permission', permission)
    answer(false)
  })
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.setSpellCheckerEnabled(false)
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    const cancel = !isAllowedRequest(url)
    if (cancel) onBlocked('request', schemeOf(url))
    answer({ cancel })
  })
  session.on('will-download', (event) => {
    event.preventDefault()
    onBlocked('download', '')
  })
  session.on('select-hid-device', (event, _details, answer) => {
    event.preventDefault()
    answer(null)
  })
  session.on('select-usb-device', (event, _details, answer) => {
    event.preventDefault()
    answer()
  })
  session.on('select-serial-port', (event, _ports, _contents, answer) => {
    event.preventDefault()
    answer('')
  })
}

/** Keeps a page where it is: no navigation of its own, no windows, no webviews. */
export function guardContents(contents: WebContents, onBlocked: BlockedListener, openExternal: (url: string) => void): void {
  const stop = (what: string) => (event: { preventDefault(): void; url: string }) => {
    event.preventDefault()
    onBlocked(what, schemeOf(event.url))
  }
  contents.on('will-navigate', stop('navigation'))
  contents.on('will-frame-navigate', stop('navigation'))
  contents.on('will-redirect', stop('redirect'))
  contents.on('will-attach-webview', (event) => {
    event.preventDefault()
    onBlocked('webview', '')
  })
  contents.setWindowOpenHandler(({ url }) => {
    openExternal(url)
    return { action: 'deny' }
  })
}

function schemeOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : ''
}
