import type { Caller } from '../../../src-shared/model/caller'
import { pendingStage } from '../../../src-shared/model/secrets'
import { withPendingKept } from '../../../src-shared/model/secret-stages'
import { editSecret, type SecretChange } from '../change-secret'
import type { SecretEntry } from '../secret-index'
import type { SecretRecord } from '../secret-record'
import { requireActive, secretNotFound, type SecretSession } from '../secret-session'
import { openValue, type SecretValues } from '../secret-values'
import { addVersion, makePendingCurrent } from '../versions'
import { withLaterEdits } from './later-edits'
import { readRotation, withEntry, writeRotation, type RotationEntry, type RotationFailure, type RotationRun, type RotationState } from './rotation-row'
import { accountOf, renewedValue } from './rotated-value'
import type { ValueShape } from './value-shape'

/** For whom and of what the rows of a rotation are changed. */
export interface RotationSubject {
  readonly session: SecretSession
  readonly caller: Caller
  readonly secretId: string
  /** Hears that something was written. */
  readonly written: () => void
}

/** What becomes of a secret, and of its rotation. */
interface Change extends SecretChange {
  readonly rotation: RotationState
}

/** The secret as it is now. SECRET_NOT_FOUND when it was destroyed meanwhile. */
export function entryOf({ session, secretId }: Pick<RotationSubject, 'session' | 'secretId'>): SecretEntry {
  const entry = session.index.byId(secretId)
  if (!entry) throw secretNotFound()
  return entry
}

/**
 * Makes the pending version and notes the run, in one transaction: from here on the new value is never lost. Gives the run
 * back. INVALID_PARAMETER (versionId), SECRET_VERSION_EXISTS, LIMIT_EXCEEDED, UNSUPPORTED_OPERATION, codes of sealValue().
 */
export async function beginRun(subject: RotationSubject, shape: ValueShape, begun: Pick<RotationRun, 'versionId' | 'baseVersionId' | 'trigger'>): Promise<RotationRun> {
  const startedAt = subject.session.nowMs()
  let run: RotationRun = { ...begun, startedAt, account: null, doneStep: 'prepare', failure: null, mayBeApplied: true, mayBeElsewhere: false }
  await change(subject, async (record, values, state) => {
    const value = await openValue(subject.session, record, begun.baseVersionId)
    try {
      run = { ...run, account: accountOf(shape, value) }
      const data = await renewedValue(shape, value, startedAt)
      try {
        const added = await addVersion(subject.session, record, values, { versionId: begun.versionId, data, dataType: 'text', stages: [pendingStage] })
        return { ...added, rotation: { ...state, run } }
      } finally {
        data.fill(0)
      }
    } finally {
      value.fill(0)
    }
  })
  return run
}

/** Writes what is known of the run now, in the queue of changes. SECRET_NOT_FOUND, SECRET_IN_DELETE_WINDOW. */
export function noteRun(subject: RotationSubject, run: RotationRun): Promise<RotationRun> {
  const { session, caller, secretId } = subject
  return session.changes.run(async () => {
    const entry = entryOf(subject)
    requireActive(entry)
    const { name } = entry.record
    await session.records.mutate(caller, name, async (tx) => {
      await writeRotation(tx, secretId, { ...(await readRotation(tx, secretId)), run })
    })
    subject.written()
    session.changed(name)
    return run
  })
}

/**
 * The end of a rotation: the pending version becomes current, with what was edited since it was made. With something left
 * to clean up the run goes on, and the secret counts as one whose rotation failed until that is done. Codes of withLaterEdits().
 */
export async function switchRun(subject: RotationSubject, run: RotationRun, isLeftToClean: boolean): Promise<RotationRun> {
  const switched: RotationRun = { ...run, doneStep: 'switch', failure: null }
  const lastRotatedAt = subject.session.nowMs()
  await change(subject, async (record, values, state) => {
    const edited = await withLaterEdits(subject.session, record, values, run)
    const current = await makePendingCurrent(subject.session, edited.record, run.versionId, edited.values)
    const rotation = { ...current.rotation, lastRotatedAt, isInvalid: isLeftToClean }
    const told = isLeftToClean ? { ...state, run: switched } : ended(state, run, lastRotatedAt, 'success')
    return { ...edited, record: { ...current, rotation }, rotation: told }
  })
  return switched
}

/** Nothing is left of the old value at the target. */
export async function endRun(subject: RotationSubject, run: RotationRun): Promise<void> {
  const time = subject.session.nowMs()
  await change(subject, (record, _values, state) => ({
    record: { ...record, rotation: { ...record.rotation, isInvalid: false } },
    rotation: ended(state, run, time, 'success'),
  }))
}

/** Notes why a run stopped; null as the run: before it had begun. */
export async function failRun(subject: RotationSubject, run: RotationRun | null, tried: Pick<RotationRun, 'versionId' | 'account' | 'trigger'>, failure: RotationFailure): Promise<void> {
  const time = subject.session.nowMs()
  const { versionId, account, trigger } = tried
  await change(subject, (record, _values, state) => ({
    record: { ...record, rotation: { ...record.rotation, isInvalid: true } },
    rotation: withEntry({ ...state, run: run && { ...run, failure } }, { time, versionId, account, trigger, result: 'failure', failure }),
  }))
}

/** Ends a run whose target has the current value, or never had another. */
export async function dropRun(subject: RotationSubject, run: RotationRun): Promise<void> {
  const how = run.mayBeElsewhere ? { isKept: true, reason: 'A former target may have the new value, so it was kept as a version.' } : { isKept: false, reason: null }
  await change(subject, (record, values, state) => withoutRun(subject, record, values, state, run, how))
}

/**
 * The secret without the run: its pending version is dropped, unless it is to be kept or has a label. `reason` goes into
 * the history.
 */
export async function withoutRun({ session }: RotationSubject, record: SecretRecord, values: () => Promise<SecretValues>, state: RotationState, run: RotationRun, { isKept, reason }: { isKept: boolean; reason: string | null }): Promise<Change> {
  const rotation = { ...record.rotation, isInvalid: true }
  const failure = reason === null ? null : { step: run.failure?.step ?? run.doneStep, code: run.failure?.code ?? 'CANCELLED', reason }
  const told = ended(state, run, session.nowMs(), 'rolled-back', failure)
  const pending = record.versions.find(({ versionId, stages }) => versionId === run.versionId && stages.includes(pendingStage))
  if (!pending) return { record: { ...record, rotation }, rotation: told }
  if (isKept || pending.stages.length > 1) return { record: { ...record, rotation, versions: withPendingKept(record.versions) }, rotation: told }
  const kept = new Map([...(await values())].filter(([versionId]) => versionId !== run.versionId))
  return { record: { ...record, rotation, versions: record.versions.filter(({ versionId }) => versionId !== run.versionId) }, values: kept, rotation: told }
}

/** Changes a secret and its rotation in one transaction, in the queue of changes. */
export function change(subject: RotationSubject, edit: (record: SecretRecord, values: () => Promise<SecretValues>, state: RotationState) => Change | Promise<Change>): Promise<SecretRecord> {
  const { session, caller, secretId } = subject
  return session.changes.run(async () => {
    const entry = entryOf(subject)
    requireActive(entry)
    const changed = await editSecret(session, caller, entry, async (record, values) => {
      const { rotation, ...edited } = await edit(record, values, await readRotation(session.records, secretId))
      return { ...edited, more: (tx) => writeRotation(tx, secretId, rotation) }
    })
    subject.written()
    return changed
  })
}

function ended(state: RotationState, { versionId, account, trigger }: RotationRun, time: number, result: RotationEntry['result'], failure: RotationFailure | null = null): RotationState {
  return withEntry({ ...state, run: null }, { time, versionId, account, trigger, result, failure })
}
