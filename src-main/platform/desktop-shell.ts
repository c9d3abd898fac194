import { shell } from 'electron'

/** Opens an address in the user's browser. Callers check it against the list of external links first. */
export function openInBrowser(url: string): Promise<void> {
  return shell.openExternal(url)
}

/** Shows a file in the file manager. */
export function showInFolder(path: string): void {
  shell.showItemInFolder(path)
}
