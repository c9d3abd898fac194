import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'

/** As many rows of a kind as the palette shows. */
export const shownRows = 8
const restMs = 120

/** Rows that match what is typed into the palette, asked of main while it is open. */
export function usePaletteRows<Row>(search: Readonly<Ref<string>>, isOpen: Readonly<Ref<boolean>>, ask: (search: string) => Promise<readonly Row[]>) {
  const rows = shallowRef<readonly Row[]>([])
  const pending = ref(false)
  let turn = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function load(mine: number): Promise<void> {
    try {
      const answer = await ask(search.value.trim().slice(0, 256))
      if (mine === turn) rows.value = answer
    } catch {
      // The palette stays usable without them; their page tells what is wrong.
      if (mine === turn) rows.value = []
    } finally {
      if (mine === turn) pending.value = false
    }
  }

  watch([search, isOpen], () => {
    clearTimeout(timer)
    turn += 1
    const mine = turn
    pending.value = isOpen.value
    if (isOpen.value) timer = setTimeout(() => void load(mine), restMs)
    else rows.value = []
  })
  onScopeDispose(() => clearTimeout(timer))
  return { rows, pending }
}
