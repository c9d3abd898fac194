import { z } from 'zod'
import { rotationSteps, secretLimits, type RotationStep } from '../../../src-shared/model/secrets'
import { damagedRow, decodeLayouts, encodeRow } from '../../keystore/stored-row'
import type { RecordTransaction, VaultRecords } from '../../vault/records'
import type { TargetConfig } from './targets/target-config'

/** What began a rotation. */
export type RotationTrigger = 'manual' | 'schedule' | 'retry'

/** Why and where a rotation stopped. */
export interface RotationFailure {
  readonly step: RotationStep
  readonly code: string
  /** What the target said; never a value. */
  readonly reason: string | null
}

/** A rotation that has begun and not ended. */
export interface RotationRun {
  readonly versionId: string
  /** The version whose value the target had before. */
  readonly baseVersionId: string
  readonly startedAt: number
  readonly trigger: RotationTrigger
  readonly account: string | null
  /** The last step that is known to be done. */
  readonly doneStep: RotationStep
  /** Null while nothing went wrong: it runs, or was interrupted. */
  readonly failure: RotationFailure | null
  /** False when it is known that the target was never sent the new value. */
  readonly mayBeApplied: boolean
  /** Another target was set after a former one may have got the new value. */
  readonly mayBeElsewhere: boolean
}

/** How a rotation ended, or what a try to end it came to. */
export interface RotationEntry {
  readonly time: number
  readonly versionId: string
  readonly account: string | null
  readonly result: 'success' | 'failure' | 'rolled-back'
  readonly failure: RotationFailure | null
  readonly trigger: RotationTrigger
}

/** The row `secret-rotation` of a secret. There is no secret in it. */
export interface RotationState {
  readonly target: TargetConfig | null
  readonly run: RotationRun | null
  /** Newest first. */
  readonly history: readonly RotationEntry[]
}

const layoutVersion = 1
const fieldCounts: readonly number[] = [3]
const what = 'rotation of a secret'
const noRotation: RotationState = { target: null, run: null, history: [] }

const text = z.string().max(4096)
const time = z.int().min(0)
const server = { host: text, port: z.int().min(1).max(65_535), socketPath: text.nullable(), adminSecretId: text.nullable() }
const target = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('postgresql'), ...server, database: text }),
  z.strictObject({ kind: z.literal('mysql'), ...server, accountHost: text }),
  z.strictObject({ kind: z.literal('redis'), ...server }),
  z.strictObject({ kind: z.literal('ssh'), host: text, port: server.port, user: text, hostKeyFingerprint: text.nullable() }),
  z.strictObject({ kind: z.literal('command'), program: text, args: z.array(text), timeoutSeconds: z.int().min(1) }),
])
const trigger = z.enum(['manual', 'schedule', 'retry'])
const failure = z.strictObject({ step: z.enum(rotationSteps), code: text, reason: text.nullable() })
const run = z.strictObject({
  versionId: text,
  baseVersionId: text,
  startedAt: time,
  trigger,
  account: text.nullable(),
  doneStep: z.enum(rotationSteps),
  failure: failure.nullable(),
  mayBeApplied: z.boolean(),
  // Rows that were written before it was noted do not have it.
  mayBeElsewhere: z.boolean().default(false),
})
const entry = z.strictObject({ time, versionId: text, account: text.nullable(), result: z.enum(['success', 'failure', 'rolled-back']), failure: failure.nullable(), trigger })
const fields = z.tuple([target.nullable(), run.nullable(), z.array(entry).max(secretLimits.historyEntries)])

/** The row: layout 1 is target, run and history, as the types above name their parts. */
export function encodeRotation({ target: at, run: pending, history }: RotationState): Uint8Array {
  return encodeRow(layoutVersion, [at, pending, history.slice(0, secretLimits.historyEntries)])
}

/** Reads encodeRotation() strictly. VAULT_DAMAGED, VAULT_NEWER_VERSION. */
export function decodeRotation(bytes: Uint8Array): RotationState {
  const [, ...found] = decodeLayouts(bytes, layoutVersion, fieldCounts, what)
  const parsed = fields.safeParse(found)
  if (!parsed.success) throw damagedRow(what)
  const [at, pending, history] = parsed.data
  return { target: at, run: pending, history }
}

/** The rotation of a secret; of one that never had a target, an empty one. */
export async function readRotation(from: Pick<VaultRecords, 'read'> | Pick<RecordTransaction, 'read'>, secretId: string): Promise<RotationState> {
  const row = await from.read('secret-rotation', secretId)
  return row ? decodeRotation(row) : noRotation
}

/** Writes the rotation of a secret. */
export async function writeRotation(tx: Pick<RecordTransaction, 'put'>, secretId: string, state: RotationState): Promise<void> {
  await tx.put('secret-rotation', secretId, null, encodeRotation(state))
}

/** The state with one more entry in its history. */
export function withEntry(state: RotationState, added: RotationEntry): RotationState {
  return { ...state, history: [added, ...state.history].slice(0, secretLimits.historyEntries) }
}
