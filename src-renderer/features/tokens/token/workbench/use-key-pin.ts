import { ref } from 'vue'
import { withSecrets } from '../../../../bridge'

/** The PIN that some keys ask for at each use: a field that is emptied by the use. `lend` gives what a request takes of it. */
export function useKeyPin() {
  const pin = ref('')
  async function lend<T>(use: (request: { contextPin?: Uint8Array }) => Promise<T>): Promise<T> {
    return withSecrets([pin], (contextPin) => use(contextPin.length > 0 ? { contextPin } : {}))
  }
  return { pin, lend }
}
