import { app, Menu } from 'electron'
import { menuTemplate, type MenuOptions } from './menu-template'

/** Sets the application menu. Reload and developer tools are only there while developing. */
export function setApplicationMenu(options: MenuOptions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(options, process.platform === 'darwin', app.isPackaged)))
}
