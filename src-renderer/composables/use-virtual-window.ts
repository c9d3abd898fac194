import { useVirtualizer } from '@tanstack/vue-virtual'
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import type { KmsError } from '../../src-shared/errors'
import { asKmsError } from './use-call'

/** A part of a list that main answers. */
export interface RowWindow<Row> {
  total: number
  rows: readonly Row[]
}

export interface VirtualWindowOptions<Row, Query> {
  /** Asks main for rows; the query is search, filters and sort. Rejects with KmsError. */
  load: (request: { offset: number; count: number; query: Query }) => Promise<RowWindow<Row>>
  /** A change of it starts from the top. */
  query: () => Query
  /** The element that scrolls. */
  scroller: Ref<HTMLElement | null>
  rowHeight: number
  /** Rows asked for at once. */
  pageRows?: number
  /** Milliseconds that a changed query rests before it is asked (typing). */
  debounceMs?: number
}

/** A row on screen; `row` is null until main has answered. */
export interface VirtualRow<Row> {
  index: number
  top: number
  row: Row | null
}

/**
 * Scrolls over a list that lives in main: only the windows of rows that are on screen are asked for and kept.
 * `state` is loading (nothing known yet), error, empty or full.
 */
export function useVirtualWindow<Row, Query>(options: VirtualWindowOptions<Row, Query>) {
  const pageRows = options.pageRows ?? 100
  const total = ref(0)
  const known = ref(false)
  const error = shallowRef<KmsError | null>(null)
  const pages = shallowRef<ReadonlyMap<number, readonly Row[]>>(new Map())
  const asked = new Set<number>()
  let generation = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const virtualizer = useVirtualizer(
    computed(() => ({
      count: total.value,
      getScrollElement: () => options.scroller.value,
      estimateSize: () => options.rowHeight,
      overscan: 8,
    })),
  )

  async function loadPage(page: number): Promise<void> {
    if (asked.has(page)) return
    asked.add(page)
    const mine = generation
    try {
      const answer = await options.load({ offset: page * pageRows, count: pageRows, query: options.query() })
      if (mine === generation) accept(page, answer)
    } catch (problem) {
      if (mine !== generation) return
      asked.delete(page)
      error.value = asKmsError(problem)
    }
  }

  function accept(page: number, answer: RowWindow<Row>): void {
    total.value = answer.total
    known.value = true
    error.value = null
    pages.value = new Map([...pages.value, [page, answer.rows]])
  }

  /** Asks again for what is on screen; rows shown stay until the answer is there. */
  async function reload(): Promise<void> {
    generation += 1
    asked.clear()
    const wanted = pagesOnScreen()
    const mine = generation
    await Promise.all(wanted.map(loadPage))
    if (mine === generation) pages.value = new Map([...pages.value].filter(([page]) => asked.has(page)))
  }

  function pagesOnScreen(): number[] {
    const items = virtualizer.value.getVirtualItems()
    const first = Math.floor((items[0]?.index ?? 0) / pageRows)
    const last = Math.floor((items.at(-1)?.index ?? 0) / pageRows)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  }

  function restart(): void {
    clearTimeout(timer)
    timer = setTimeout(() => {
      options.scroller.value?.scrollTo({ top: 0 })
      generation += 1
      asked.clear()
      void loadPage(0).then(() => (pages.value = new Map([...pages.value].filter(([page]) => asked.has(page)))))
    }, options.debounceMs ?? 120)
  }

  watch(() => JSON.stringify(options.query()), restart)
  watch(
    () => pagesOnScreen().join(),
    () => known.value && pagesOnScreen().forEach((page) => void loadPage(page)),
  )
  onScopeDispose(() => clearTimeout(timer))
  void loadPage(0)

  const rows = computed<VirtualRow<Row>[]>(() =>
    virtualizer.value.getVirtualItems().map((item) => ({
      index: item.index,
      top: item.start,
      row: pages.value.get(Math.floor(item.index / pageRows))?.[item.index % pageRows] ?? null,
    })),
  )
  const state = computed(() => {
    if (!known.value) return error.value ? ('error' as const) : ('loading' as const)
    if (error.value) return 'error' as const
    return total.value === 0 ? ('empty' as const) : ('full' as const)
  })

  return {
    state,
    total,
    error,
    rows,
    /** Height of the whole list in pixels. */
    height: computed(() => virtualizer.value.getTotalSize()),
    reload,
    /** Brings a row on screen (keyboard navigation). */
    scrollTo: (index: number) => virtualizer.value.scrollToIndex(index),
  }
}
