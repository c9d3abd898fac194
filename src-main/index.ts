import { app, dialog } from 'electron'
import { registerAppScheme } from './app/app-protocol'
import { hardenCommandLine } from './app/hardening'
import { runDesktopApp } from './app/run-desktop-app'

/** A bug in starting must not end in a process without a window that nobody can see. */
function failStart(error: unknown): void {
  const reason = error instanceof Error ? error.message : 'unknown reason'
  dialog.showErrorBox('Keystead could not start', `${reason}\n\nKeystead 无法启动。`)
  app.exit(1)
}

const userDataFolder = app.commandLine.getSwitchValue('user-data-dir')
if (userDataFolder) app.setPath('userData', userDataFolder)
hardenCommandLine()
registerAppScheme()
if (app.requestSingleInstanceLock()) void runDesktopApp(import.meta.url).catch(failStart)
else app.exit(0)
