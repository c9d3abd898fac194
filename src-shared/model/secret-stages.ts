import { invalidParameter, KmsError } from '../errors'
import { currentStage, pendingStage, previousStage, secretLimits, stageProblem } from './secrets'

/** What the stage rules see of a version: its name and its labels, in the order of sortedStages(). */
export interface StagedVersion {
  readonly versionId: string
  readonly stages: readonly string[]
}

/** The versions after a change, oldest first, and the ids of those that fell out. */
export interface VersionsChange<V extends StagedVersion> {
  readonly versions: readonly V[]
  readonly dropped: readonly string[]
}

/** UpdateSecretVersionStage: takes a label from a version, gives it to one, or both. */
export interface StageMove {
  stage: string
  removeFromVersion?: string | undefined
  moveToVersion?: string | undefined
}

const reserved: readonly string[] = [currentStage, previousStage, pendingStage]

/** ACSCurrent, ACSPrevious, ACSPending, then the others by name; each once. */
export function sortedStages(stages: Iterable<string>): readonly string[] {
  return [...new Set(stages)].sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1))
}

/** The version with a label; null when none has it. */
export function versionWithStage<V extends StagedVersion>(versions: readonly V[], stage: string): V | null {
  return versions.find(({ stages }) => stages.includes(stage)) ?? null
}

/** Null when there is no such version. */
export function versionById<V extends StagedVersion>(versions: readonly V[], versionId: string): V | null {
  return versions.find((version) => version.versionId === versionId) ?? null
}

/** A version that nothing names; ACSPending is no label, but keeps a version from being dropped. */
export function isDeprecated({ stages }: StagedVersion): boolean {
  return stages.every((stage) => stage === pendingStage)
}

/**
 * Checks the stages of PutSecretValue; absent: ACSCurrent. ACSPrevious is not taken: it goes where ACSCurrent was.
 * INVALID_PARAMETER (versionStages).
 */
export function requestedStages(stages: readonly string[] = [currentStage]): readonly string[] {
  if (stages.length === 0) throw invalidParameter('versionStages', 'must name at least one stage')
  for (const stage of stages) {
    const problem = stage === previousStage ? 'must not have ACSPrevious, which moves together with ACSCurrent' : stageProblem(stage)
    if (problem !== null) throw invalidParameter('versionStages', problem)
  }
  if (new Set(stages).size !== stages.length) throw invalidParameter('versionStages', 'must not name a stage twice')
  return stages
}

/**
 * Adds a version with these labels, which the versions that had them lose. With ACSCurrent among them, ACSPrevious goes
 * to the version that had ACSCurrent. Beyond ten versions the oldest one without a label falls out. The id must be new.
 * LIMIT_EXCEEDED for a ninth label.
 */
export function withVersion<V extends StagedVersion>(versions: readonly V[], added: V, stages: readonly string[]): VersionsChange<V> {
  const bare: V = { ...added, stages: [] }
  const staged = stages.reduce<readonly V[]>((known, stage) => giveStage(known, stage, added.versionId), [...versions, bare])
  // A version that waits for ACSCurrent must find room for the ACSPrevious that this will make.
  requireRoom(staged, stages.includes(pendingStage) ? [currentStage, previousStage] : [])
  return dropOldest(staged)
}

/**
 * Moves, gives or takes a label. Moving ACSCurrent gives ACSPrevious to the version that lost it. INVALID_PARAMETER
 * (versionStage; removeFromVersion when that version has not the label; moveToVersion when ACSCurrent or ACSPrevious
 * would be removed, or nothing is asked for), SECRET_VERSION_NOT_FOUND, ROTATION_PENDING for a move to the version with
 * ACSPending, LIMIT_EXCEEDED for a ninth label.
 */
export function movedStage<V extends StagedVersion>(versions: readonly V[], move: StageMove): readonly V[] {
  const { stage, removeFromVersion, moveToVersion } = move
  const problem = stageProblem(stage)
  if (problem !== null) throw invalidParameter('versionStage', problem)
  for (const versionId of [removeFromVersion, moveToVersion]) if (versionId !== undefined) requireVersion(versions, versionId)
  if (moveToVersion === undefined) requireRemovable(move)
  else if (versionWithStage(versions, pendingStage)?.versionId === moveToVersion) throw rotationPending()
  if (removeFromVersion !== undefined && versionWithStage(versions, stage)?.versionId !== removeFromVersion) {
    throw invalidParameter('removeFromVersion', 'must be the version that has the stage')
  }
  const changed = moveToVersion === undefined ? withoutStage(versions, stage) : giveStage(versions, stage, moveToVersion)
  requireRoom(changed)
  return changed
}

/** The end of a rotation: the pending version becomes the current one. SECRET_VERSION_NOT_FOUND. */
export function withPendingCurrent<V extends StagedVersion>(versions: readonly V[], versionId: string): readonly V[] {
  requireVersion(versions, versionId)
  const changed = giveStage(withoutStage(versions, pendingStage), currentStage, versionId)
  requireRoom(changed)
  return changed
}

/**
 * The end of a rotation whose version stays without being current: it loses ACSPending and counts as the newest one, so that
 * of those without a label it is the last to fall out.
 */
export function withPendingKept<V extends StagedVersion>(versions: readonly V[]): readonly V[] {
  const isPending = ({ stages }: StagedVersion) => stages.includes(pendingStage)
  return withoutStage([...versions.filter((version) => !isPending(version)), ...versions.filter(isPending)], pendingStage)
}

/** The versions with a label on none of them. */
export function withoutStage<V extends StagedVersion>(versions: readonly V[], stage: string): readonly V[] {
  return versions.map((version) => (version.stages.includes(stage) ? { ...version, stages: version.stages.filter((name) => name !== stage) } : version))
}

/** SECRET_VERSION_NOT_FOUND, for an id or a stage that no version of the secret has. */
export function versionNotFound(): KmsError {
  return new KmsError('SECRET_VERSION_NOT_FOUND', 'The secret has no such version or stage.')
}

/** ROTATION_PENDING, for what has to wait until a rotation is finished or rolled back. */
export function rotationPending(secretName?: string): KmsError {
  return new KmsError('ROTATION_PENDING', 'A rotation of the specified secret was not finished: retry it or roll it back first.', secretName === undefined ? {} : { secretName })
}

function giveStage<V extends StagedVersion>(versions: readonly V[], stage: string, versionId: string): readonly V[] {
  const loser = versionWithStage(versions, stage)
  if (loser?.versionId === versionId) return versions
  const given = withoutStage(versions, stage).map((version) => (version.versionId === versionId ? { ...version, stages: sortedStages([...version.stages, stage]) } : version))
  return stage === currentStage && loser ? giveStage(given, previousStage, loser.versionId) : given
}

function requireVersion(versions: readonly StagedVersion[], versionId: string): void {
  if (versionById(versions, versionId) === null) throw versionNotFound()
}

function requireRemovable({ stage, removeFromVersion }: StageMove): void {
  if (removeFromVersion === undefined) throw invalidParameter('moveToVersion', 'must be given, or removeFromVersion')
  if (stage === currentStage || stage === previousStage) throw invalidParameter('moveToVersion', `must be given: ${stage} can be moved, not removed`)
}

/** `more`: labels that will be needed soon. */
function requireRoom(versions: readonly StagedVersion[], more: readonly string[] = []): void {
  const labels = new Set([...versions.flatMap(({ stages }) => stages), ...more])
  labels.delete(pendingStage)
  if (labels.size > secretLimits.stages) throw new KmsError('LIMIT_EXCEEDED', 'The secret would have too many stages.', { limit: secretLimits.stages })
}

function dropOldest<V extends StagedVersion>(versions: readonly V[]): VersionsChange<V> {
  const surplus = versions.length - secretLimits.versions
  if (surplus <= 0) return { versions, dropped: [] }
  // The newest one was just added and stays, also without a label.
  const dropped = versions.slice(0, -1).filter(({ stages }) => stages.length === 0).slice(0, surplus).map(({ versionId }) => versionId)
  if (dropped.length < surplus) throw new KmsError('LIMIT_EXCEEDED', 'The secret has too many versions that are in use.', { limit: secretLimits.versions })
  return { versions: versions.filter(({ versionId }) => !dropped.includes(versionId)), dropped }
}

function rankOf(stage: string): number {
  const place = reserved.indexOf(stage)
  return place < 0 ? reserved.length : place
}
