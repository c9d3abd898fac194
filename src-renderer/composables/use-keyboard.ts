import { onScopeDispose } from 'vue'
import { onEvent } from '../bridge'
import { triggerShortcut, type ShortcutAction } from './use-shortcut'

/** Keys with Ctrl (Command on a Mac), in the order of the shortcuts list. */
export const shortcutKeys: Readonly<Record<ShortcutAction, string>> = {
  palette: 'K',
  lock: 'L',
  new: 'N',
  search: 'F',
  generate: 'G',
  settings: ',',
  shortcuts: '/',
}

/** The menu and the page may both see one key press; within this time it counts once. */
const onceMs = 200

/** The action of a key press; null when it is none of ours. */
export function actionOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): ShortcutAction | null {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return null
  const found = Object.entries(shortcutKeys).find(([, key]) => key.toLowerCase() === event.key.toLowerCase())
  return (found?.[0] as ShortcutAction | undefined) ?? null
}

/** Listens to the keyboard and to the application's menu. */
export function useKeyboard(): void {
  let last: { action: ShortcutAction; at: number } | null = null

  function carryOut(action: ShortcutAction): void {
    const now = performance.now()
    if (last?.action === action && now - last.at < onceMs) return
    last = { action, at: now }
    triggerShortcut(action)
  }
  function press(event: KeyboardEvent): void {
    const action = actionOf(event)
    if (action === null) return
    event.preventDefault()
    if (!event.repeat) carryOut(action)
  }

  window.addEventListener('keydown', press)
  const stop = onEvent('shortcut', ({ action }) => carryOut(action))
  onScopeDispose(() => {
    window.removeEventListener('keydown', press)
    stop()
  })
}
