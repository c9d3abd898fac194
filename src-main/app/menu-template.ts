import type { MenuItemConstructorOptions } from 'electron'
import type { EventPayloads } from '../../src-shared/contract/events'
import type { Language } from '../operations/desktop-port'

type Action = EventPayloads['shortcut']['action']

export interface MenuOptions {
  language: Language
  lock: () => void
  shortcut: (action: Action) => void
}

const texts = {
  en: {
    file: 'File',
    new: 'New',
    lock: 'Lock',
    settings: 'Settings',
    edit: 'Edit',
    view: 'View',
    search: 'Search',
    palette: 'Command palette',
    help: 'Help',
    shortcuts: 'Keyboard shortcuts',
  },
  'zh-CN': {
    file: '文件',
    new: '新建',
    lock: '锁定',
    settings: '设置',
    edit: '编辑',
    view: '视图',
    search: '搜索',
    palette: '命令面板',
    help: '帮助',
    shortcuts: '键盘快捷键',
  },
} as const

/** The menu as data. */
export function menuTemplate({ language, lock, shortcut }: MenuOptions, isMac: boolean, isPackaged: boolean): MenuItemConstructorOptions[] {
  const text = texts[language]
  const item = (label: string, accelerator: string, action: Action): MenuItemConstructorOptions => ({
    label,
    accelerator,
    click: () => shortcut(action),
  })
  const separator: MenuItemConstructorOptions = { type: 'separator' }
  const settings = item(text.settings, 'CmdOrCtrl+,', 'settings')
  const lockItem: MenuItemConstructorOptions = { label: text.lock, accelerator: 'CmdOrCtrl+L', click: lock }
  const developing: MenuItemConstructorOptions[] = isPackaged ? [] : [separator, { role: 'reload' }, { role: 'toggleDevTools' }]
  const zoom: MenuItemConstructorOptions[] = [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { role: 'togglefullscreen' }]
  return [
    ...(isMac ? [{ role: 'appMenu' } satisfies MenuItemConstructorOptions] : []),
    { label: text.file, submenu: [item(text.new, 'CmdOrCtrl+N', 'new'), lockItem, separator, settings, separator, { role: isMac ? 'close' : 'quit' }] },
    { label: text.edit, submenu: [{ role: 'undo' }, { role: 'redo' }, separator, { role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }] },
    {
      label: text.view,
      submenu: [item(text.palette, 'CmdOrCtrl+K', 'palette'), item(text.search, 'CmdOrCtrl+F', 'search'), separator, ...zoom, ...developing],
    },
    { label: text.help, submenu: [item(text.shortcuts, 'CmdOrCtrl+/', 'shortcuts')] },
  ]
}
