import type { MenuItemConstructorOptions } from 'electron'
import { expect, test } from 'vitest'
import { menuTemplate } from '../../../src-main/app/menu-template'

function itemsOf(language: 'en' | 'zh-CN', isPackaged: boolean, heard: string[] = []): MenuItemConstructorOptions[] {
  const options = { language, lock: () => void heard.push('lock'), shortcut: (action: string) => void heard.push(action) }
  return menuTemplate(options, false, isPackaged).flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []))
}

test('every shortcut of the window is there and does its work', () => {
  const heard: string[] = []
  for (const { accelerator, click } of itemsOf('en', true, heard)) if (accelerator) (click as () => void)()
  const accelerators = itemsOf('en', true).flatMap(({ accelerator }) => accelerator ?? [])
  expect(accelerators.map(String).toSorted()).toEqual(['CmdOrCtrl+,', 'CmdOrCtrl+/', 'CmdOrCtrl+F', 'CmdOrCtrl+K', 'CmdOrCtrl+L', 'CmdOrCtrl+N'])
  expect(heard.toSorted()).toEqual(['lock', 'new', 'palette', 'search', 'settings', 'shortcuts'])
})

test('a packaged application has neither reload nor developer tools', () => {
  const roles = (isPackaged: boolean) => itemsOf('en', isPackaged).flatMap(({ role }) => role ?? [])
  const developing = ['reload', 'forceReload', 'toggleDevTools']
  expect(roles(true).filter((role) => developing.includes(role))).toEqual([])
  expect(roles(false)).toContain('toggleDevTools')
})

test('the labels are in the language of the settings', () => {
  expect(itemsOf('zh-CN', true).map(({ label }) => label)).toContain('锁定')
  expect(itemsOf('en', true).map(({ label }) => label)).toContain('Lock')
})

test('every item says what it does in the language of the window', () => {
  const labelsOf = (language: 'en' | 'zh-CN') => itemsOf(language, true).flatMap(({ type, label }) => (type === 'separator' ? [] : [label]))
  const english = labelsOf('en')
  const chinese = labelsOf('zh-CN')
  for (const label of english) expect(label).toMatch(/^[A-Z][a-z ]+$/)
  for (const label of chinese) expect(label).toMatch(/^\p{Script=Han}+$/u)
  expect(chinese).toHaveLength(english.length)
})
