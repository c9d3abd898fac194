import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { Response } from '../../src-shared/contract/operations'
import type { TokenModuleView, TokenSummary } from '../../src-shared/contract/tokens'
import type { KmsError } from '../../src-shared/errors'
import { kms, onEvent } from '../bridge'
import { asKmsError } from '../composables/use-call'

/** A module that could not be asked for its tokens. */
export type ModuleTrouble = Response<'listTokens'>['problems'][number]

/** Modules and tokens as main last told them. Asking starts the modules, so it is done by pages that show tokens only (useTokens). */
export const useTokensStore = defineStore('tokens', () => {
  const modules = shallowRef<readonly TokenModuleView[]>([])
  const tokens = shallowRef<readonly TokenSummary[]>([])
  const problems = shallowRef<readonly ModuleTrouble[]>([])
  const emptySlots = ref(0)
  /** Main has answered at least once. */
  const isKnown = ref(false)
  const isLoading = ref(false)
  const error = shallowRef<KmsError | null>(null)
  /** Grows whenever main says that tokens changed. */
  const changes = ref(0)
  let isAskedAgain = false

  onEvent('tokensChanged', () => void (changes.value += 1))

  async function ask(): Promise<void> {
    try {
      const listed = await kms.listTokens()
      modules.value = (await kms.listTokenModules()).modules
      tokens.value = listed.tokens
      problems.value = listed.problems
      emptySlots.value = listed.emptySlots
      isKnown.value = true
      error.value = null
    } catch (problem) {
      error.value = asKmsError(problem)
    }
  }

  let loading: Promise<void> | null = null

  /** Asks main, one question at a time: what changes meanwhile is asked for once more. What goes wrong is in `error`. */
  function load(): Promise<void> {
    isAskedAgain = true
    return (loading ??= loadAll())
  }

  async function loadAll(): Promise<void> {
    isLoading.value = true
    while (isAskedAgain) {
      isAskedAgain = false
      await ask()
    }
    isLoading.value = false
    loading = null
  }

  /** A token by its id; null when it is not there. */
  function find(tokenId: string): TokenSummary | null {
    return tokens.value.find((token) => token.tokenId === tokenId) ?? null
  }

  return { modules, tokens, problems, emptySlots, isKnown, isLoading, error, changes, load, find }
})
