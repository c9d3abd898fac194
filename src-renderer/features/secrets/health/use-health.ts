import { computed, ref, shallowRef, type Ref } from 'vue'
import { kms } from '../../../bridge'
import { useCall } from '../../../composables/use-call'
import { useVirtualWindow } from '../../../composables/use-virtual-window'
import { useSecretWork } from '../use-secret-work'
import type { Finding, Health } from './health-looks'

/** Rows of the list, in pixels. */
export const findingHeight = 56

/** The health report: made when the page opens and on demand, then listed in windows of rows without checking again. */
export function useHealth(scroller: Ref<HTMLElement | null>) {
  const report = shallowRef<Omit<Health, 'findings'> | null>(null)
  const turn = ref(0)
  const work = useSecretWork('health')
  /** Rows are asked for once there is a report. */
  let ready: Promise<unknown> = Promise.resolve()

  const checking = useCall(async () => {
    work.reset()
    const { findings: _, ...rest } = await kms.checkSecretHealth({ offset: 0, count: 1, refresh: true })
    report.value = rest
  })
  async function check(): Promise<void> {
    ready = checking.run()
    await ready
    turn.value += 1
  }
  ready = checking.run()

  const list = useVirtualWindow<Finding, number>({
    load: async ({ offset, count }) => {
      await ready
      if (checking.error.value) throw checking.error.value
      const { total, findings } = await kms.checkSecretHealth({ offset, count, refresh: false })
      return { total, rows: findings }
    },
    query: () => turn.value,
    scroller,
    rowHeight: findingHeight,
    debounceMs: 0,
  })
  const state = computed(() => (checking.pending.value && report.value === null ? ('loading' as const) : list.state.value))
  return { report, list, state, check, isChecking: checking.pending, progress: work.progress }
}
