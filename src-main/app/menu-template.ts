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
    close: 'Close window',
    quit: 'Quit',
    edit: 'Edit',
    undo: 'Undo',
    redo: 'Redo',
    cut: 'Cut',
    copy: 'Copy',
    paste: 'Paste',
    selectAll: 'Select all',
    view: 'View',
    resetZoom: 'Actual size',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    togglefullscreen: 'Full screen',
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
    close: '关闭窗口',
    quit: '退出',
    edit: '编辑',
    undo: '撤销',
    redo: '重做',
    cut: '剪切',
    copy: '复制',
    paste: '粘贴',
    selectAll: '全选',
    view: '视图',
    resetZoom: '实际大小',
    zoomIn: '放大',
    zoomOut: '缩小',
    togglefullscreen: '全屏',
    search: '搜索',
    palette: '命令面板',
    help: '帮助',
    shortcuts: '键盘快捷键',
  },
} as const

type Role = Extract<keyof (typeof texts)['en'], MenuItemConstructorOptions['role']>

/** The menu as data. */
export function menuTemplate({ language, lock, shortcut }: MenuOptions, isMac: boolean, isPackaged: boolean): MenuItemConstructorOptions[] {
  const text = texts[language]
  const item = (label: string, accelerator: string, action: Action): MenuItemConstructorOptions => ({
    label,
    accelerator,
    click: () => shortcut(action),
  })
  // Electron names roles in English whatever the language of the window.
  const role = (name: Role): MenuItemConstructorOptions => ({ role: name, label: text[name] })
  const separator: MenuItemConstructorOptions = { type: 'separator' }
  const settings = item(text.settings, 'CmdOrCtrl+,', 'settings')
  const lockItem: MenuItemConstructorOptions = { label: text.lock, accelerator: 'CmdOrCtrl+L', click: lock }
  const developing: MenuItemConstructorOptions[] = isPackaged ? [] : [separator, { role: 'reload' }, { role: 'toggleDevTools' }]
  const zoom: MenuItemConstructorOptions[] = (['resetZoom', 'zoomIn', 'zoomOut', 'togglefullscreen'] as const).map(role)
  return [
    ...(isMac ? [{ role: 'appMenu' } satisfies MenuItemConstructorOptions] : []),
    { label: text.file, submenu: [item(text.new, 'CmdOrCtrl+N', 'new'), lockItem, separator, settings, separator, role(isMac ? 'close' : 'quit')] },
    { label: text.edit, submenu: [role('undo'), role('redo'), separator, ...(['cut', 'copy', 'paste', 'selectAll'] as const).map(role)] },
    {
      label: text.view,
      submenu: [item(text.palette, 'CmdOrCtrl+K', 'palette'), item(text.search, 'CmdOrCtrl+F', 'search'), separator, ...zoom, ...developing],
    },
    { label: text.help, submenu: [item(text.shortcuts, 'CmdOrCtrl+/', 'shortcuts')] },
  ]
}
