import type { KeyRow, KeyVersionDetails } from '../../../src-shared/contract/key-window'
import type { KeyMetadata } from '../../../src-shared/contract/keys'
import type { CertificateMetadata } from '../../../src-shared/contract/certificates'
import type { KeyUse } from '../../../src-shared/contract/where-used'
import type { RotationPolicy } from '../../../src-shared/model/rotation'
import type { Tag } from '../../../src-shared/model/tags'
import type { JobFile, JobSummary } from '../../../src-shared/contract/files'
import type { Settings } from '../../../src-shared/contract/settings'
import type { AuditEntry, AuditSignature, KeychainState, SlotEntry, VaultStatus } from '../../../src-shared/contract/vault'
import type { EventName, EventPayloads } from '../../../src-shared/contract/events'
import type { Bridge, PageOperation } from '../../../src-shared/contract/bridge'
import type { FakeSecret } from './sample-secrets'
import type { KmsError } from '../../../src-shared/errors'

/** The operations of the fake main: what they answer is looked at by the page, not by the compiler. */
export type FakeOperations = { [N in PageOperation]: (request: Parameters<Bridge['operations'][N]>[0]) => Promise<unknown> }

/** A version as it is remembered; what follows from the others is worked out when it is asked for. */
export type FakeVersion = Omit<KeyVersionDetails, 'isRetired' | 'isNearlyExhausted' | 'uses'>

/** A key of the fake main: what lists and pages show of it follows from this (key-views.ts). */
export interface FakeKey {
  row: Omit<KeyRow, 'automaticRotation' | 'nextRotationDate' | 'deleteDate'>
  metadata: Omit<KeyMetadata, 'automaticRotation' | 'rotationInterval' | 'nextRotationDate' | 'deleteDate'>
  tags: Tag[]
  rotation: RotationPolicy
  /** Milliseconds since the epoch; null unless the deletion is pending. */
  deletesAt: number | null
  versions: FakeVersion[]
  /** Place of the oldest version that still decrypts. */
  minimumVersion: number
  /** A finish-rotation run was stopped. */
  isUnfinished: boolean
  uses: KeyUse[]
}

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
  keys: FakeKey[]
  certificates: CertificateMetadata[]
  secrets: FakeSecret[]
  audit: AuditEntry[]
  auditSignatures: AuditSignature[]
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
