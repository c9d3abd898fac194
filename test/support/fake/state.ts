import type { KeyRow } from '../../../src-shared/contract/key-window'
import type { KeyMetadata } from '../../../src-shared/contract/keys'
import type { JobFile, JobSummary } from '../../../src-shared/contract/files'
import type { Settings } from '../../../src-shared/contract/settings'
import type { AuditEntry, KeychainState, SlotEntry, VaultStatus } from '../../../src-shared/contract/vault'
import type { EventName, EventPayloads } from '../../../src-shared/contract/events'
import type { PageOperation } from '../../../src-shared/contract/bridge'
import type { KmsError } from '../../../src-shared/errors'

/** What the fake main remembers; tests set it up and look at it. */
export interface FakeState {
  status: VaultStatus
  passphrase: string
  pin: string | null
  words: string[]
  pendingWords: string[] | null
  slots: SlotEntry[]
  keychain: KeychainState
  settings: Settings
  systemLanguage: 'en' | 'zh-CN'
  keys: { row: KeyRow; metadata: KeyMetadata }[]
  audit: AuditEntry[]
  jobs: { job: JobSummary; files: JobFile[] }[]
  /** Milliseconds that a key derivation takes. */
  kdfMs: number
  nowMs: number
  /** The next call of an operation is refused with this error. */
  failures: Map<PageOperation, KmsError>
  clipboard: string | null
  emit: <E extends EventName>(event: E, payload: EventPayloads[E]) => void
}

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Fixed time of the fake world. */
export const fakeNow = Date.parse('2026-03-14T09:26:53Z')

export function isoBefore(nowMs: number, minutes: number): string {
  return new Date(nowMs - minutes * 60_000).toISOString().replace(/\.\d+Z$/, 'Z')
}
