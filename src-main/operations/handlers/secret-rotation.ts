import type { secretRotationSchemas } from '../../../src-shared/contract/secret-rotation'
import type { Secrets } from '../../secrets/secrets'
import type { HandlersOf } from '../handlers'

export function secretRotationHandlers(_options: { secrets: Secrets }): HandlersOf<typeof secretRotationSchemas> {
  return {} as never
}
