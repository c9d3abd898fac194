import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import type { CeremonyState } from '../../../../src-shared/contract/token-ceremony'
import type { TokenSummary } from '../../../../src-shared/contract/tokens'
import { isKmsError, type KmsError } from '../../../../src-shared/errors'
import { kms, withSecrets } from '../../../bridge'
import { useCall } from '../../../composables/use-call'
import { newCeremonyDraft } from './ceremony-draft'

export const ceremonyPages = ['token', 'key', 'shares', 'write', 'protocol'] as const
export type CeremonyPage = (typeof ceremonyPages)[number]

/** A key ceremony as it stands. Key and shares are in main; a share is here only while its custodian looks at it. */
export function useCeremony() {
  const page = ref<CeremonyPage>('token')
  const token = shallowRef<TokenSummary | null>(null)
  const draft = ref(newCeremonyDraft())
  const ceremony = shallowRef<CeremonyState | null>(null)
  /** Why the ceremony had to begin anew. */
  const lost = shallowRef<KmsError | null>(null)
  const isProtocolKept = ref(false)
  /** The PIN of the token; empty when it is not asked for here. */
  const pin = ref('')

  /** Goes on with what main answers. A ceremony that has ended meanwhile begins anew. */
  async function become(step: Promise<{ ceremony: CeremonyState }>): Promise<void> {
    try {
      ceremony.value = (await step).ceremony
    } catch (problem) {
      if (!isKmsError(problem, 'CEREMONY_NOT_FOUND')) throw problem
      restart()
      lost.value = problem
    }
  }

  const starting = useCall(async () => {
    const { kind, label, purpose, keySpec, threshold, participants } = draft.value
    const tokenId = token.value?.tokenId
    if (tokenId === undefined) return
    const split = kind === 'generate' ? { split: { keySpec, threshold, participants: participants.map(({ name }) => name.trim()) } } : {}
    await become(kms.startKeyCeremony({ tokenId, label: label.trim(), purpose, ...split }))
    if (ceremony.value !== null) page.value = 'shares'
  })
  const finishing = useCall(async () => {
    const ceremonyId = ceremony.value?.ceremonyId
    if (ceremonyId === undefined) return
    await become(pin.value === '' ? kms.finishKeyCeremony({ ceremonyId }) : withSecrets([pin], (userPin) => kms.finishKeyCeremony({ ceremonyId, userPin })))
    if (ceremony.value?.isFinished) page.value = 'protocol'
  })

  function choose(chosen: TokenSummary): void {
    token.value = chosen
    lost.value = null
    page.value = 'key'
  }
  function restart(): void {
    ceremony.value = null
    isProtocolKept.value = false
    pin.value = ''
    page.value = 'token'
  }

  onScopeDispose(() => {
    pin.value = ''
    // What main keeps of a ceremony ends with the lock at the latest.
    if (ceremony.value) kms.cancelKeyCeremony({ ceremonyId: ceremony.value.ceremonyId }).catch(() => undefined)
  })

  /** Leaving would lose something: the ceremony, or the protocol of one that is over. */
  const loses = computed(() => {
    if (ceremony.value === null) return null
    if (!ceremony.value.isFinished) return 'ceremony' as const
    return isProtocolKept.value ? null : ('protocol' as const)
  })
  return { page, token, draft, ceremony, lost, isProtocolKept, pin, loses, become, starting, finishing, choose }
}

export type CeremonyWork = ReturnType<typeof useCeremony>
