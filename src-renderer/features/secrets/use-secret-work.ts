import { onScopeDispose, shallowRef } from 'vue'
import type { EventPayloads } from '../../../src-shared/contract/events'
import { onEvent } from '../../bridge'

type Work = EventPayloads['secretWorkChanged']

/** How far a work on many secrets is, as main tells it; null before the first word and after `reset`. */
export function useSecretWork(work: Work['work']) {
  const progress = shallowRef<Pick<Work, 'done' | 'total'> | null>(null)
  const stop = onEvent('secretWorkChanged', (told) => {
    if (told.work === work) progress.value = { done: told.done, total: told.total }
  })
  onScopeDispose(stop)
  return { progress, reset: () => void (progress.value = null) }
}
