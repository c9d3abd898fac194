import { computed, shallowRef } from 'vue'
import type { TokenObject } from '../../../../../src-shared/contract/tokens'

/** Objects that are ticked, also those that have been scrolled away. */
export function useSelection() {
  const ticked = shallowRef<ReadonlyMap<string, TokenObject>>(new Map())
  const objects = computed(() => [...ticked.value.values()])

  function toggle(object: TokenObject): void {
    const next = new Map(ticked.value)
    if (!next.delete(object.objectId)) next.set(object.objectId, object)
    ticked.value = next
  }
  return { objects, has: (objectId: string) => ticked.value.has(objectId), toggle, clear: () => (ticked.value = new Map()) }
}
