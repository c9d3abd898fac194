import type { SaveTarget } from '../../src-shared/contract/desktop'
import type { Settings } from '../../src-shared/contract/settings'
import type { Response } from '../../src-shared/contract/operations'

export type Language = Response<'getSettings'>['systemLanguage']

/** What operations need of the desktop. The window's side implements it; without a desktop it refuses. */
export interface DesktopPort {
  /** Absolute paths that the user chose; empty when cancelled. */
  chooseSources(what: 'files' | 'folders'): Promise<string[]>
  /** Null when cancelled. */
  chooseFolder(): Promise<string | null>
  /** Null when cancelled. */
  chooseBackupFile(): Promise<string | null>
  /** Asks where to save; the user has confirmed replacing an existing file. Null when cancelled. */
  chooseSaveTarget(what: SaveTarget, suggestedName: string): Promise<string | null>
  /** Prints UTF-8 HTML (borrowed; no scripts run in it). False when the user cancelled. */
  printPage(html: Uint8Array): Promise<boolean>
  writeClipboard(text: string): void
  /**
   * Puts a secret (UTF-8 text, borrowed) on the clipboard, with the marks that tell histories of the clipboard to leave it
   * out where the system and Electron allow that.
   */
  writeSecret(text: Uint8Array): Promise<void>
  /** UTF-8 of the text on the clipboard, for the caller to zero; empty when there is none. */
  readClipboard(): Promise<Uint8Array>
  clearClipboard(): Promise<void>
  showItemInFolder(path: string): void
  systemLanguage(): Language
  appInfo(): Pick<Response<'getAppInfo'>, 'version' | 'electronVersion' | 'contentProtection'>
}

/** The language to speak under these settings. */
export function languageOf({ language }: Settings, desktop: Pick<DesktopPort, 'systemLanguage'>): Language {
  return language === 'system' ? desktop.systemLanguage() : language
}
