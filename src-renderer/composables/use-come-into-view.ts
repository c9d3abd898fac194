import { watch, type Ref } from 'vue'

/** Brings an element into view when there is something to show in it: what a button gives may be below the edge of the page. */
export function useComeIntoView(element: Readonly<Ref<HTMLElement | null>>, what: () => unknown): void {
  watch(what, (thing) => thing && element.value?.scrollIntoView({ block: 'nearest' }), { flush: 'post' })
}
