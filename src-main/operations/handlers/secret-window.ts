import type { secretWindowSchemas } from '../../../src-shared/contract/secret-window'
import type { Keystore } from '../../keystore/keystore'
import type { PathHandles } from '../../platform/path-handles'
import type { Clock } from '../../platform/ports'
import type { Secrets } from '../../secrets/secrets'
import type { SecretClipboard } from '../clipboard'
import type { HandlersOf } from '../handlers'
import type { SecretWork } from '../secret-work'

export interface SecretWindowOptions {
  keystore: Keystore
  secrets: Secrets
  clipboard: SecretClipboard
  secretWork: SecretWork
  handles: PathHandles
  clock: Clock
}

export function secretWindowHandlers(_options: SecretWindowOptions): HandlersOf<typeof secretWindowSchemas> {
  return {} as never
}
