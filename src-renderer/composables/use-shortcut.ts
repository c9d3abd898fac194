import { onBeforeUnmount, onMounted } from 'vue'

/** What the keyboard can ask of the window. */
export type ShortcutAction = 'palette' | 'new' | 'search' | 'generate' | 'settings' | 'shortcuts' | 'lock'

type Handler = () => void

const handlers = new Map<ShortcutAction, Handler[]>()

/** Carries out an action with the handler registered last (the page on top). False when nobody handles it. */
export function triggerShortcut(action: ShortcutAction): boolean {
  const handler = handlers.get(action)?.at(-1)
  handler?.()
  return handler !== undefined
}

/** Registers a handler; answers the function that removes it. */
export function addShortcut(action: ShortcutAction, handler: Handler): () => void {
  const list = handlers.get(action) ?? []
  handlers.set(action, [...list, handler])
  return () => void handlers.set(action, (handlers.get(action) ?? []).filter((other) => other !== handler))
}

/** Handles an action (Ctrl+N, Ctrl+F and so on) while the component is mounted. */
export function useShortcut(action: ShortcutAction, handler: Handler): void {
  let remove: (() => void) | undefined
  onMounted(() => (remove = addShortcut(action, handler)))
  onBeforeUnmount(() => remove?.())
}
