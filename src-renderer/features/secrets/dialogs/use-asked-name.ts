import { readonly, ref, watch } from 'vue'

/** The name that a dialog asks about, kept while it closes. `begin` is called for each one, before it is shown. */
export function useAskedName(asked: () => string | null, begin: (name: string) => void) {
  const name = ref('')
  watch(
    asked,
    (next) => {
      if (next === null) return
      name.value = next
      begin(next)
    },
    { immediate: true },
  )
  return readonly(name)
}
