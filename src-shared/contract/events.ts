import type { JobSummary } from './files'
import type { VaultStatus } from './vault'
import type { Settings } from './settings'

/** Events that main sends to the page. Payloads are plain data and never carry a secret. */
export interface EventPayloads {
  vaultChanged: VaultStatus
  keysChanged: { keyId: string | null }
  /** Null: all may have changed. */
  secretsChanged: { secretName: string | null }
  /** When the copied secret will be cleared (ISO 8601); null once it is gone. */
  clipboardChanged: { clearsAt: string | null }
  /** Progress of work on many secrets; `total` is 0 until it is known. */
  secretWorkChanged: { work: 'health' | 'export' | 'import'; done: number; total: number }
  /** Null: any may have changed, or come or gone. */
  tokensChanged: { tokenId: string | null }
  jobChanged: JobSummary
  settingsChanged: Settings
  /** A shortcut of the application menu that the page carries out. */
  shortcut: { action: 'palette' | 'new' | 'search' | 'settings' | 'shortcuts' }
}

export type EventName = keyof EventPayloads

export const eventNames = ['vaultChanged', 'keysChanged', 'secretsChanged', 'clipboardChanged', 'secretWorkChanged', 'tokensChanged', 'jobChanged', 'settingsChanged', 'shortcut'] as const satisfies readonly EventName[]

/** The IPC channel of an event. */
export function eventChannelOf(event: EventName): `kms-event:${EventName}` {
  return `kms-event:${event}`
}
