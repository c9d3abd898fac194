import { KmsError } from '../../src-shared/errors'
import type { DesktopPort } from './desktop-port'

const unsupported = () => new KmsError('UNSUPPORTED_OPERATION', 'This needs the window of Keystead.')

function refuse(): never {
  throw unsupported()
}

/** The desktop of a face without one: everything that needs a window is refused with UNSUPPORTED_OPERATION. */
export function noDesktop(version: string): DesktopPort {
  return {
    chooseSources: () => Promise.reject(unsupported()),
    chooseFolder: () => Promise.reject(unsupported()),
    chooseBackupFile: () => Promise.reject(unsupported()),
    chooseSaveTarget: () => Promise.reject(unsupported()),
    printPage: () => Promise.reject(unsupported()),
    writeClipboard: refuse,
    writeSecret: () => Promise.reject(unsupported()),
    readClipboard: () => Promise.reject(unsupported()),
    clearClipboard: () => Promise.reject(unsupported()),
    showItemInFolder: refuse,
    systemLanguage: () => 'en',
    appInfo: () => ({ version, electronVersion: process.versions['electron'] ?? '', contentProtection: 'not-available' }),
  }
}
