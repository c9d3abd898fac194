import { onBeforeUnmount, onMounted } from 'vue'

/** Listens to an event of the page or the window while the component is mounted. */
export function useListener<K extends keyof DocumentEventMap & keyof WindowEventMap>(target: Document | Window, type: K, handler: (event: WindowEventMap[K]) => void): void {
  const listener = handler as EventListener
  onMounted(() => target.addEventListener(type, listener))
  onBeforeUnmount(() => target.removeEventListener(type, listener))
}
