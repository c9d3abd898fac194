import type { JobSummary } from './files'
import type { VaultStatus } from './vault'
import type { Settings } from './settings'

/** Events that main sends to the page. Payloads are plain data and never carry a secret. */
export interface EventPayloads {
  vaultChanged: VaultStatus
  keysChanged: { keyId: string | null }
  jobChanged: JobSummary
  settingsChanged: Settings
  /** A shortcut of the application menu that the page carries out. */
  shortcut: { action: 'palette' | 'new' | 'search' | 'settings' | 'shortcuts' }
}

export type EventName = keyof EventPayloads

export const eventNames = ['vaultChanged', 'keysChanged', 'jobChanged', 'settingsChanged', 'shortcut'] as const satisfies readonly EventName[]

/** The IPC channel of an event. */
export function eventChannelOf(event: EventName): `kms-event:${EventName}` {
  return `kms-event:${event}`
}
