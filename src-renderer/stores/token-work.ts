import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

/** Something that a token is busy with. */
export interface TokenWork {
  tokenId: string
  /** The name of what is being made. */
  name: string
}

/** What tokens are busy with: some take half a minute for a key, and the page that has asked may be left meanwhile. */
export const useTokenWorkStore = defineStore('tokenWork', () => {
  const running = shallowRef<readonly TokenWork[]>([])

  /** Lists the work while `act` goes on. */
  async function track<T>(work: TokenWork, act: () => Promise<T>): Promise<T> {
    running.value = [...running.value, work]
    try {
      return await act()
    } finally {
      running.value = running.value.filter((each) => each !== work)
    }
  }
  return { running, track, of: (tokenId: string) => computed(() => running.value.filter((work) => work.tokenId === tokenId)) }
})
