import type { Ref } from 'vue'
import { onBeforeRouteLeave, onBeforeRouteUpdate, type RouteLocationNormalized } from 'vue-router'
import { useVaultStore } from '../../../stores/vault'
import { useLeaveQuestion } from '../../../composables/use-leave-question'

/**
 * Keeps what was typed in a panel from being lost by a slip: closing the panel and leaving its page ask first while
 * `isDirty`, and do nothing while `isBusy`. The lock of the vault is never held up.
 */
export function useDiscard(isOpen: Ref<boolean>, isDirty: () => boolean, isBusy: () => boolean) {
  const vault = useVaultStore()
  const { isAsking, guard, answer } = useLeaveQuestion(() => isOpen.value && isDirty())

  /** True when nothing would be lost, or the user agrees to lose it. */
  async function mayDiscard(): Promise<boolean> {
    return !isBusy() && guard()
  }
  async function close(): Promise<void> {
    if (await mayDiscard()) isOpen.value = false
  }

  /** An address that is only cleaned takes no panel away; another page or another tab of it does. */
  async function mayLeave(to: RouteLocationNormalized, from: RouteLocationNormalized): Promise<boolean> {
    if (!isOpen.value || !vault.isUnlocked || (to.path === from.path && to.query['tab'] === from.query['tab'])) return true
    if (!(await mayDiscard())) return false
    isOpen.value = false
    return true
  }
  onBeforeRouteLeave(mayLeave)
  onBeforeRouteUpdate(mayLeave)

  return { isAsking, answer, mayDiscard, close }
}
