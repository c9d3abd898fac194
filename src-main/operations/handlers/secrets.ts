import type { secretSchemas } from '../../../src-shared/contract/secrets'
import type { Secrets } from '../../secrets/secrets'
import type { HandlersOf } from '../handlers'

/** The operations of the KMS API on secrets. */
export function secretHandlers(_options: { secrets: Secrets }): HandlersOf<typeof secretSchemas> {
  return {} as never
}
