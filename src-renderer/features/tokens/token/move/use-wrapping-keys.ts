import { shallowRef } from 'vue'
import type { TokenObject } from '../../../../../src-shared/contract/tokens'
import type { TokenObjectClass } from '../../../../../src-shared/model/tokens'
import { kms } from '../../../../bridge'
import { useCall } from '../../../../composables/use-call'

/** As many objects as are asked for at once. */
const pageRows = 500

/** The keys on a token that may wrap (`wrap`) or unwrap others. */
export function useWrappingKeys(use: 'wrap' | 'unwrap') {
  const keys = shallowRef<readonly TokenObject[]>([])
  const classes: TokenObjectClass[] = use === 'wrap' ? ['secret-key', 'public-key'] : ['secret-key', 'private-key']
  const reading = useCall(async (tokenId: string) => {
    const found: TokenObject[] = []
    for (let offset = 0, matching = 1; offset < matching; offset += pageRows) {
      const answer = await kms.listTokenObjects({ tokenId, classes, offset, count: pageRows })
      found.push(...answer.objects.filter(({ uses }) => uses.includes(use)))
      matching = answer.matching
    }
    keys.value = found
  })
  return { keys, read: reading.run, pending: reading.pending, error: reading.error }
}
