/** The pages outside that the application links to; nothing else is ever opened. */
export const externalLinks = [
  'https://docs.aws.amazon.com/encryption-sdk/latest/developer-guide/message-format.html',
  'https://www.rfc-editor.org/rfc/rfc9106',
] as const

const allowed: ReadonlySet<string> = new Set(externalLinks)

/** True for an address on the list, letter by letter: no parsing that a crafted address could lead astray. */
export function isExternalLink(url: string): boolean {
  return allowed.has(url)
}

/** Opens an address of the list in the user's browser through `open`; anything else is ignored. */
export function externalLinkOpener(open: (url: string) => Promise<void>): (url: string) => void {
  return (url) => {
    if (isExternalLink(url)) void open(url).catch(() => undefined)
  }
}
