import type { secretWindowSchemas } from '../../../src-shared/contract/secret-window'
import type { Secrets } from '../../secrets/secrets'
import type { HandlersOf } from '../handlers'

export function secretWindowHandlers(_options: { secrets: Secrets }): HandlersOf<typeof secretWindowSchemas> {
  return {} as never
}
