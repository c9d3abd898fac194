import { join } from 'node:path'
import electron, { app, BrowserWindow, clipboard, dialog, type FileFilter, type OpenDialogOptions, type SaveDialogOptions } from 'electron'
import type { SaveTarget } from '../../src-shared/contract/desktop'
import type { DesktopPort, Language } from '../operations/desktop-port'
import { showInFolder } from '../platform/desktop-shell'
import { electronClipboard } from './electron-clipboard'
import type { BlockedListener } from './navigation-guard'
import { printPage } from './print-page'

export interface ElectronDesktopOptions {
  window: () => BrowserWindow | null
  contentProtection: () => 'on' | 'off' | 'not-available'
  onBlocked: BlockedListener
}

/** The desktop through Electron. Dialogs belong to the main window while there is one. */
export function electronDesktop({ window, contentProtection, onBlocked }: ElectronDesktopOptions): DesktopPort {
  const ask = async (options: OpenDialogOptions): Promise<string[]> => {
    const parent = window()
    const { canceled, filePaths } = await (parent ? dialog.showOpenDialog(parent, options) : dialog.showOpenDialog(options))
    return canceled ? [] : filePaths
  }
  const askOne = async (options: OpenDialogOptions) => (await ask(options))[0] ?? null
  return {
    chooseSources: (what) => ask({ properties: [what === 'files' ? 'openFile' : 'openDirectory', 'multiSelections', 'showHiddenFiles', 'dontAddToRecent'] }),
    chooseFolder: () => askOne({ properties: ['openDirectory', 'createDirectory', 'dontAddToRecent'] }),
    chooseBackupFile: () => askOne({ properties: ['openFile', 'dontAddToRecent'], filters: filtersFor('backup') }),
    async chooseSaveTarget(what, suggestedName) {
      const parent = window()
      const options: SaveDialogOptions = {
        defaultPath: join(app.getPath('documents'), suggestedName),
        filters: filtersFor(what),
        properties: ['createDirectory', 'showOverwriteConfirmation', 'dontAddToRecent'],
      }
      const { canceled, filePath } = await (parent ? dialog.showSaveDialog(parent, options) : dialog.showSaveDialog(options))
      return canceled || !filePath ? null : filePath
    },
    printPage: (html) => printPage(html, onBlocked),
    writeClipboard: (text) => clipboard.writeText(text),
    ...electronClipboard(electron),
    showItemInFolder: showInFolder,
    systemLanguage,
    appInfo: () => ({
      version: app.getVersion(),
      electronVersion: process.versions['electron'] ?? '',
      contentProtection: contentProtection(),
    }),
  }
}

/** Simplified Chinese when the system prefers any Chinese, English otherwise. */
export function systemLanguage(): Language {
  const [preferred = app.getLocale()] = app.getPreferredSystemLanguages()
  return preferred.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

const filters: Readonly<Record<SaveTarget, FileFilter>> = {
  backup: { name: 'Keystead', extensions: ['backup'] },
  'recovery-kit': { name: 'Text', extensions: ['txt'] },
  'ceremony-protocol': { name: 'Text', extensions: ['txt'] },
  'public-key': { name: 'PEM', extensions: ['pem', 'pub'] },
  'private-key': { name: 'PEM', extensions: ['pem', 'key'] },
  'certificate-request': { name: 'PEM', extensions: ['csr', 'pem'] },
  certificate: { name: 'PEM', extensions: ['crt', 'pem'] },
  pkcs12: { name: 'PKCS#12', extensions: ['p12', 'pfx'] },
  signature: { name: 'Signature', extensions: ['sig'] },
  ciphertext: { name: 'Ciphertext', extensions: ['bin', 'txt'] },
  attachment: { name: '*', extensions: ['*'] },
  calendar: { name: 'iCalendar', extensions: ['ics'] },
  kdbx: { name: 'KeePass', extensions: ['kdbx'] },
  env: { name: '.env', extensions: ['env'] },
  json: { name: 'JSON', extensions: ['json'] },
  'import-parameters': { name: 'Import parameters', extensions: ['pem', 'der', 'txt'] },
}

function filtersFor(what: SaveTarget): FileFilter[] {
  return [filters[what], { name: '*', extensions: ['*'] }]
}
