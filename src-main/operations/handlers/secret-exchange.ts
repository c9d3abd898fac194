import type { secretExchangeSchemas } from '../../../src-shared/contract/secret-exchange'
import type { Secrets } from '../../secrets/secrets'
import type { HandlersOf } from '../handlers'

export function secretExchangeHandlers(_options: { secrets: Secrets }): HandlersOf<typeof secretExchangeSchemas> {
  return {} as never
}
