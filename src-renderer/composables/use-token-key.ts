import { computed, onBeforeUnmount, ref, shallowRef, watch } from 'vue'
import type { TokenObject } from '../../src-shared/contract/tokens'
import { kms, withSecrets } from '../bridge'
import { useCall } from './use-call'
import { useTokens } from './use-tokens'

const shownKeys = 500

/**
 * Chooses a token and a key on it that `isSuitable`, logging in on the way where that is needed; what was logged in to here is
 * logged out of at the end.
 */
export function useTokenKey(isSuitable: (key: TokenObject) => boolean) {
  const store = useTokens()
  const chosen = ref<string | null>(null)
  const objectId = ref<string | null>(null)
  const pin = ref('')
  const keys = shallowRef<readonly TokenObject[] | null>(null)
  let loggedInHere: string | null = null

  const tokens = computed(() => store.tokens.filter(({ isInitialized }) => isInitialized))
  const token = computed(() => tokens.value.find(({ tokenId }) => tokenId === chosen.value) ?? tokens.value[0] ?? null)
  const tokenId = computed({ get: () => token.value?.tokenId ?? '', set: (id: string) => void (chosen.value = id) })
  const isOpen = computed(() => token.value !== null && (token.value.login === 'user' || !token.value.needsLogin))
  const key = computed(() => keys.value?.find((each) => each.objectId === objectId.value) ?? null)
  /** The PIN is typed here: to log in, or for a key that asks each time. */
  const needsPin = computed(() => token.value !== null && !token.value.hasPinPad && (!isOpen.value || key.value?.asksEachTime === true))
  const canLogIn = computed(() => token.value !== null && !isOpen.value && token.value.userPin !== 'locked' && (token.value.hasPinPad || pin.value !== ''))
  const isReady = computed(() => isOpen.value && key.value !== null && (!needsPin.value || pin.value !== ''))

  const listing = useCall(async (id: string) => {
    keys.value = null
    const { objects } = await kms.listTokenObjects({ tokenId: id, count: shownKeys, classes: ['secret-key', 'private-key'] })
    keys.value = objects.filter(isSuitable)
    objectId.value = keys.value[0]?.objectId ?? null
  })
  const login = useCall(async () => {
    const asked = token.value
    if (!asked) return
    const { tokenId: id } = asked
    try {
      if (asked.hasPinPad) await kms.logInToToken({ tokenId: id })
      else await withSecrets([pin], (bytes) => kms.logInToToken({ tokenId: id, pin: bytes }))
      loggedInHere = id
    } finally {
      await store.load()
    }
  })

  watch([() => token.value?.tokenId, isOpen], ([id, open]) => {
    keys.value = null
    if (id !== undefined && open) void listing.run(id)
  }, { immediate: true })

  /** What an operation with the key is asked with, lent for the time of the call. */
  async function use<T>(act: (request: { tokenId: string; objectId: string; userPin?: Uint8Array }) => Promise<T>): Promise<T> {
    const named = { tokenId: tokenId.value, objectId: objectId.value ?? '' }
    return pin.value === '' ? act(named) : withSecrets([pin], (userPin) => act({ ...named, userPin }))
  }

  /** Ends the login that was made here. */
  async function leave(): Promise<void> {
    const id = loggedInHere
    loggedInHere = null
    pin.value = ''
    if (id !== null) await kms.logOutOfToken({ tokenId: id })
  }
  onBeforeUnmount(() => void leave().catch(() => undefined))

  const error = computed(() => login.error.value ?? listing.error.value)
  const pending = computed(() => login.pending.value)
  return { store, tokens, token, tokenId, objectId, pin, keys, key, isOpen, needsPin, canLogIn, isReady, login, listing, error, pending, use }
}

export type TokenKeyChoice = ReturnType<typeof useTokenKey>
