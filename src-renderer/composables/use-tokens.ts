import { watch } from 'vue'
import { useTokensStore } from '../stores/tokens'

/** The tokens of all modules, kept as they are now while the component is there. */
export function useTokens() {
  const store = useTokensStore()
  void store.load()
  watch(() => store.changes, () => void store.load())
  return store
}
